// SPDX-License-Identifier: Apache-2.0
// An OpenID provider that asks nothing: whoever opens its sign-in page is signed in at once, as the address in `login_hint`
// (OpenID Connect Core §3.1.2.1) or, without one, as alice.
import type { IncomingMessage, RequestListener } from 'node:http';
import { OAuth2Issuer, OAuth2Service, type MutableRedirectUri, type MutableToken } from 'oauth2-mock-server';

export interface Provider {
  handler: RequestListener;
  /** The public keys, as JWKs. */
  keys(): readonly object[];
  /** Returns a token without a sign-in, as CI's providers hand them out: of a person where it has an `email`, else of `sub`. */
  token(claims: Record<string, unknown>): Promise<string>;
}

type Asked = IncomingMessage & { query?: Record<string, unknown>; body?: { code?: string } };

export async function makeProvider(url: string): Promise<Provider> {
  const issuer = new OAuth2Issuer();
  issuer.url = url;
  await issuer.keys.generate('RS256');
  const service = new OAuth2Service(issuer);
  const signedIn = new Map<string, string>();
  service.on('beforeAuthorizeRedirect', ({ url: redirect }: MutableRedirectUri, { query }: Asked) => {
    signedIn.set(redirect.searchParams.get('code') ?? '', String(query?.['login_hint'] ?? 'alice@example.com'));
  });
  service.on('beforeTokenSigning', ({ payload }: MutableToken, { body }: Asked) => {
    const email = signedIn.get(body?.code ?? '');
    if (email !== undefined) Object.assign(payload, person(email));
  });
  return {
    handler: service.requestHandler,
    keys: () => issuer.keys.toJSON(),
    token: ({ email, ...claims }) => {
      const own = { aud: 'sigstore', ...(typeof email === 'string' && person(email)), ...claims };
      return issuer.buildToken({ scopesOrTransform: (_header, payload) => void Object.assign(payload, own) });
    },
  };
}

function person(email: string): Record<string, unknown> {
  return { sub: `number of ${email}`, email, email_verified: true };
}
