// SPDX-License-Identifier: Apache-2.0
// Signing in, so that Sigstore knows who signs: in the browser (authorization code with PKCE, RFC 7636, and a loopback
// redirect, RFC 8252), or with a code on another device (RFC 8628). Tokens and codes are in no message, and whatever
// openid-client throws ends here: it may hold them.
import type * as client from 'openid-client';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import { listenForAnswer } from './callback.ts';
import { checkAddress, fetchBounded, isLoopback, silenceOf, unreachable } from './web.ts';

export interface SignInRequest {
  /** The OpenID issuer. */
  issuer: string;
  clientId: string;
  flow: 'browser' | 'device';
  /** Whom the issuer should ask, where it only passes on what others say (Dex's `connector_id`, which Sigstore's own issuer takes). */
  connector?: string | undefined;
  /** Shows a line to the person; it is printable. */
  tell(line: string): void;
  open(url: URL): void;
  /** Milliseconds for the person; five minutes if not given. */
  patience?: number | undefined;
}

type Client = typeof client;
interface Session { client: Client; config: client.Configuration }

const MINUTES = 5;
const SCOPE = 'openid email';

/**
 * Returns an identity token of whoever signs in.
 * @throws Fault SIGNER_UNAVAILABLE (no network, the issuer can't do this), SIGNING_FAILED (refused, nobody came, an answer
 *   that is not to this question)
 */
export async function signIn(request: SignInRequest): Promise<string> {
  try {
    const session = await discover(request);
    const { id_token: token } = await (request.flow === 'browser' ? signInHere(session, request) : signInElsewhere(session, request));
    if (token !== undefined) return token;
  } catch (thrown) {
    throw thrown instanceof Fault ? thrown : refusal(thrown, request);
  }
  throw new Fault('SIGNING_FAILED', `${shown(request.issuer)} gave no identity token`, { hint: 'check countersign.sigstore.issuer and clientId' });
}

async function discover({ issuer, clientId }: SignInRequest): Promise<Session> {
  const client = await import('openid-client');
  const url = new URL(checkAddress(issuer, 'countersign.sigstore.issuer'));
  const execute = isLoopback(url) ? [client.allowInsecureRequests] : [];
  const fetching = (address: string, options: RequestInit): Promise<Response> => fetchBounded(address, options);
  const config = await client.discovery(url, clientId, undefined, client.None(), { execute, timeout: 20, [client.customFetch]: fetching as client.CustomFetch });
  const { authorization_endpoint: authorize, token_endpoint: token, device_authorization_endpoint: device } = config.serverMetadata();
  for (const endpoint of [authorize, token, device]) if (endpoint !== undefined) checkEndpoint(endpoint, issuer);
  return { client, config };
}

/** An endpoint may have a query, else it is held to what the issuer is. */
function checkEndpoint(endpoint: string, issuer: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  checkAddress(url === undefined ? endpoint : `${url.origin}${url.pathname}`, `what ${shown(issuer)} names`);
}

async function signInHere({ client, config }: Session, { issuer, connector, tell, open, patience = MINUTES * 60_000 }: SignInRequest): Promise<client.TokenEndpointResponse> {
  const { address, answer, close } = await listenForAnswer(patience);
  try {
    const [pkceCodeVerifier, expectedState, expectedNonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: address, scope: SCOPE, state: expectedState, nonce: expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
      ...(connector !== undefined && { connector_id: connector }),
    });
    tell(`countersign: sign in at ${shown(issuer)}; if no browser opens, go to`);
    tell(`  ${printable(url.href)}`);
    open(url);
    return await client.authorizationCodeGrant(config, await answer, { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true });
  } finally {
    close();
  }
}

async function signInElsewhere({ client, config }: Session, { issuer, connector, tell, patience = MINUTES * 60_000 }: SignInRequest): Promise<client.TokenEndpointResponse> {
  if (config.serverMetadata().device_authorization_endpoint === undefined) {
    throw new Fault('SIGNER_UNAVAILABLE', `${shown(issuer)} takes no sign-in from another device`, { hint: 'sign in where there is a browser, with "git config countersign.sigstore.flow browser"' });
  }
  const signal = AbortSignal.timeout(patience);
  const started = await client.initiateDeviceAuthorization(config, { scope: SCOPE, ...(connector !== undefined && { connector_id: connector }) });
  const page = started.verification_uri_complete ?? started.verification_uri;
  tell(`countersign: sign in at ${printable(clip(page, 500))}`);
  tell(`countersign: the code there is ${printable(clip(started.user_code, 40))}`);
  try {
    return await client.pollDeviceAuthorizationGrant(config, started, undefined, { signal });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    throw new Fault('SIGNING_FAILED', `nobody signed in within ${patience / 1000} seconds`, { hint: 'try again' });
  }
}

/** What of an answer may be told: the codes of RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5 and openid-client's own. */
function refusal(thrown: unknown, { issuer }: SignInRequest): Fault {
  const silence = silenceOf(thrown);
  if (silence !== undefined) return unreachable(issuer, silence);
  const { error, code } = (thrown ?? {}) as { error?: unknown; code?: unknown };
  const [refused, unfit] = [word(error, /^[a-z_]{1,40}$/), word(code, /^OAUTH_[A-Z_]{1,40}$/)];
  if (refused === 'expired_token') return new Fault('SIGNING_FAILED', 'nobody signed in while the code was good', { hint: 'try again' });
  if (refused !== undefined) return new Fault('SIGNING_FAILED', `${shown(issuer)} refused the sign-in: ${refused}`, { hint: 'try again, and let it tell your address' });
  return new Fault('SIGNING_FAILED', `${shown(issuer)} gave an answer to the sign-in that can't be used${unfit === undefined ? '' : ` (${unfit})`}`, { hint: 'try again, or check countersign.sigstore.issuer' });
}

function word(value: unknown, shape: RegExp): string | undefined {
  return typeof value === 'string' && shape.test(value) ? value : undefined;
}

function shown(address: string): string {
  return printable(clip(address, 200));
}
