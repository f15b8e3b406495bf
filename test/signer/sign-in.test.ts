// SPDX-License-Identifier: Apache-2.0
// Signing in, against an OpenID provider on loopback, with a browser that does as it is told: what a person, a page elsewhere or
// a provider can do wrong. Tokens, codes and secrets are looked for in all that a fault holds.
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Fault, FaultCode } from '../../src/fault.ts';
import { hasBrowser } from '../../src/signer/browser.ts';
import { signIn, type SignInRequest } from '../../src/signer/sign-in.ts';
import { readClaims } from '../../src/signer/token.ts';
import { makeProvider, type Provider } from '../kit/sigstore/provider.ts';
import { rejectsWith } from '../kit/rejects.ts';

const test = suite('sign-in');

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => boolean;
const servers: Server[] = [];

/** A provider on loopback; `answer` takes what it wants before it does. */
async function provide(answer: Answer = () => false): Promise<{ issuer: string; provider: Provider }> {
  const made: Provider[] = [];
  const server = createServer((request, response) => {
    if (request.url!.startsWith('/own/')) {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => void (answer(request, response, Buffer.concat(chunks).toString()) || response.writeHead(404).end()));
    } else if (!answer(request, response, '')) made[0]!.handler(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = await makeProvider(issuer);
  made.push(provider);
  return { issuer, provider };
}

const json = (response: ServerResponse, value: object, status = 200): boolean => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  return true;
};

/** A browser: opens the address, with what is changed in it, and goes where it is sent, with what is changed there. */
function browser(there: (url: URL) => void = () => {}, back: (url: URL) => void = () => {}): SignInRequest['open'] {
  const visit = async (url: URL): Promise<void> => {
    const address = new URL(url);
    there(address);
    const response = await fetch(address, { redirect: 'manual' });
    const location = new URL(response.headers.get('location')!);
    back(location);
    await (await fetch(location)).text();
  };
  return (url) => void visit(url);
}

const said: string[] = [];
const request = (issuer: string, more: Partial<SignInRequest> = {}): SignInRequest => ({ issuer, clientId: 'sigstore', flow: 'browser', tell: (line) => void said.push(line), open: browser(), patience: 5000, ...more });

const CANARY = 'canary';

/** Fails unless nothing in the fault holds a token, a code or a canary, and it says what to do. */
async function refused(code: FaultCode, asked: SignInRequest): Promise<Fault> {
  const fault = await rejectsWith(code, signIn(asked));
  assert.not.match(inspect(fault, { depth: 10, showHidden: true, maxStringLength: null }), /canary|eyJ/);
  assert.type(fault.hint, 'string');
  return fault;
}

test('in the browser: code with PKCE, state and nonce; the token is for whoever signed in', async () => {
  const { issuer } = await provide();
  const seen: URL[] = [];
  const open = browser((url) => (seen.push(new URL(url)), url.searchParams.set('login_hint', 'bob@example.com')));
  const token = await signIn(request(issuer, { open, connector: 'https://accounts.example.com' }));
  assert.equal(readClaims(token).email, 'bob@example.com');
  const { searchParams } = seen[0]!;
  assert.is(searchParams.get('response_type'), 'code');
  assert.is(searchParams.get('code_challenge_method'), 'S256');
  assert.is(searchParams.get('client_id'), 'sigstore');
  assert.is(searchParams.get('connector_id'), 'https://accounts.example.com');
  for (const secret of ['state', 'nonce', 'code_challenge']) assert.ok(searchParams.get(secret)!.length >= 43, secret);
  assert.match(searchParams.get('redirect_uri')!, /^http:\/\/127\.0\.0\.1:\d+\/auth\/callback$/);
  assert.ok(said.some((line) => line.includes(seen[0]!.href)), 'the address is printed');
});

test('two sign-ins have nothing in common', async () => {
  const { issuer } = await provide();
  const seen: URL[] = [];
  const open = browser((url) => void seen.push(new URL(url)));
  for (let i = 0; i < 2; i++) await signIn(request(issuer, { open }));
  for (const secret of ['state', 'nonce', 'code_challenge', 'redirect_uri']) assert.is.not(seen[0]!.searchParams.get(secret), seen[1]!.searchParams.get(secret), secret);
});

const ATTACKS: Record<string, SignInRequest['open']> = {
  "another sign-in's answer (state)": browser(undefined, (url) => url.searchParams.set('state', CANARY)),
  'an answer without state': browser(undefined, (url) => url.searchParams.delete('state')),
  "somebody else's token (nonce)": browser((url) => url.searchParams.set('nonce', CANARY)),
  'a code that was asked for with another secret (PKCE)': browser((url) => url.searchParams.set('code_challenge', 'x'.repeat(43))),
  'an answer with neither code nor error': browser(undefined, (url) => url.searchParams.delete('code')),
};
for (const [name, open] of Object.entries(ATTACKS)) {
  test(`refused: ${name}`, async () => {
    await refused('SIGNING_FAILED', request((await provide()).issuer, { open }));
  });
}

test('the provider refuses, or the person does', async () => {
  const open = browser(undefined, (url) => {
    url.searchParams.delete('code');
    url.searchParams.set('error', 'access_denied');
    url.searchParams.set('error_description', `${CANARY}\u001b[2J`);
  });
  const fault = await refused('SIGNING_FAILED', request((await provide()).issuer, { open }));
  assert.match(fault.message, 'refused the sign-in: access_denied');
});

test('the browser is closed', async () => {
  const { issuer } = await provide();
  const fault = await refused('SIGNING_FAILED', request(issuer, { open: () => undefined, patience: 50 }));
  assert.match(fault.message, 'nobody signed in');
});

test('one answer is taken, at one address; then nobody listens', async () => {
  const { issuer } = await provide();
  const redirects: string[] = [];
  const others: number[] = [];
  const open: SignInRequest['open'] = (url) => {
    const redirect = url.searchParams.get('redirect_uri')!;
    redirects.push(redirect);
    const ask = (path: string, method = 'GET', host = new URL(redirect).host): Promise<void> => new Promise((resolve) => {
      const asked = httpRequest(new URL(path, redirect), { method, headers: { host } }, (response) => (others.push(response.statusCode!), response.resume(), resolve()));
      asked.end();
    });
    void Promise.all([ask('/favicon.ico'), ask('/'), ask('/auth/callback', 'POST'), ask('/auth/callback', 'GET', 'evil.example')]).then(() => browser()(url));
  };
  await signIn(request(issuer, { open }));
  assert.equal(others, [404, 404, 404, 404]);
  await fetch(redirects[0]!).then(() => assert.unreachable(), () => undefined);
});

test('the page says nothing of what the address says', async () => {
  const { issuer } = await provide();
  let page = '';
  let policy: string | null = '';
  const visit = async (url: URL): Promise<void> => {
    const response = await fetch(new URL(`?error=<b>${CANARY}`, url.searchParams.get('redirect_uri')!));
    [page, policy] = [await response.text(), response.headers.get('content-security-policy')];
  };
  const visits: Promise<void>[] = [];
  await refused('SIGNING_FAILED', request(issuer, { open: (url) => void visits.push(visit(url)) }));
  await Promise.all(visits);
  assert.not.match(page, CANARY);
  assert.match(page, 'close this page');
  assert.is(policy, "default-src 'none'");
});

test('a provider that is not there, not one, or has its endpoints elsewhere', async () => {
  const { issuer: gone } = await provide();
  await new Promise((resolve) => servers.at(-1)!.close(resolve));
  assert.match((await refused('SIGNER_UNAVAILABLE', request(gone))).message, 'ECONNREFUSED');
  for (const issuer of ['http://issuer.example.com', 'ftp://127.0.0.1', 'https://user:secret@issuer.example.com', 'none', 'http://127.0.0.1.evil.example']) await refused('SIGNER_UNAVAILABLE', request(issuer));
  const answers: [FaultCode, (issuer: string) => object][] = [
    ['SIGNING_FAILED', () => ({})],
    ['SIGNING_FAILED', () => ({ issuer: 'https://other.example.com' })],
    ['SIGNING_FAILED', (issuer) => ({ issuer, padding: 'x'.repeat(2_000_000) })],
    ['SIGNER_UNAVAILABLE', (issuer) => ({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: 'http://evil.example/token' })],
    ['SIGNER_UNAVAILABLE', (issuer) => ({ issuer, authorization_endpoint: 'javascript:alert(1)', token_endpoint: `${issuer}/token` })],
  ];
  for (const [code, answer] of answers) {
    const { issuer } = await provide((asked, response) => asked.url!.startsWith('/.well-known') && json(response, answer(`http://${asked.headers.host}`)));
    await refused(code, request(issuer));
  }
});

test('what the token endpoint says is not told', async () => {
  const bodies: [object, number][] = [[{ error: 'invalid_grant', error_description: CANARY }, 400], [{ access_token: CANARY, token_type: 'bearer' }, 200], [{ access_token: CANARY, token_type: 'bearer', id_token: `eyJ.${CANARY}.x` }, 200], [{ [CANARY]: CANARY }, 500]];
  for (const [body, status] of bodies) {
    const { issuer } = await provide((asked, response) => asked.url === '/token' && json(response, body, status));
    await refused('SIGNING_FAILED', request(issuer));
  }
});

/** A provider with a device flow, whose token endpoint goes through these answers. */
async function device(answers: ((provider: Provider) => Promise<[object, number]>)[], start: object = {}): Promise<{ issuer: string; asked: URLSearchParams[] }> {
  const asked: URLSearchParams[] = [];
  const provided = await provide((incoming, response, body) => {
    const issuer = `http://${incoming.headers.host}`;
    if (incoming.url!.startsWith('/.well-known')) return json(response, { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/own/token`, device_authorization_endpoint: `${issuer}/own/device` });
    if (!incoming.url!.startsWith('/own/')) return false;
    asked.push(new URLSearchParams(body));
    if (incoming.url === '/own/device') return json(response, { device_code: CANARY, user_code: 'ABCD-EFGH', verification_uri: 'https://issuer.example.com/device', expires_in: 300, interval: 1, ...start });
    void answers.shift()!(provided.provider).then(([value, status]) => json(response, value, status));
    return true;
  });
  return { issuer: provided.issuer, asked };
}
const pending = (): Promise<[object, number]> => Promise.resolve([{ error: 'authorization_pending' }, 400]);
const granted = async ({ token }: Provider): Promise<[object, number]> => [{ access_token: 'x', token_type: 'bearer', id_token: await token({ email: 'alice@example.com' }) }, 200];

test('on another device: the code is shown, and asked after until somebody has signed in', async () => {
  said.length = 0;
  const { issuer, asked } = await device([pending, granted]);
  const token = await signIn(request(issuer, { flow: 'device' }));
  assert.is(readClaims(token).email, 'alice@example.com');
  assert.equal(said, ['countersign: sign in at https://issuer.example.com/device', 'countersign: the code there is ABCD-EFGH']);
  assert.is(asked[0]!.get('scope'), 'openid email');
  assert.equal(asked.slice(1).map((each) => each.get('device_code')), [CANARY, CANARY]);
});

test('on another device: refused, too late, nobody, and a code that would paint the terminal', async () => {
  for (const error of ['access_denied', 'expired_token']) {
    const { issuer } = await device([() => Promise.resolve([{ error, error_description: CANARY }, 400])]);
    await refused('SIGNING_FAILED', request(issuer, { flow: 'device' }));
  }
  said.length = 0;
  const { issuer } = await device([pending, pending], { user_code: '\u001b[2J', verification_uri: `https://x/${'y'.repeat(5000)}\u202e` });
  const fault = await refused('SIGNING_FAILED', request(issuer, { flow: 'device', patience: 1500 }));
  assert.match(fault.message, 'nobody signed in');
  assert.not.match(said.join('\n'), /\u001b|\u202e|y{600}/);
});

test('on another device: a provider that does not know how', async () => {
  await refused('SIGNER_UNAVAILABLE', request((await provide()).issuer, { flow: 'device' }));
});

test('where a browser is likely to be seen', () => {
  assert.ok(hasBrowser({ DISPLAY: ':0' }, 'linux'));
  assert.ok(hasBrowser({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux'));
  assert.not.ok(hasBrowser({}, 'linux'));
  assert.ok(hasBrowser({}, 'darwin'));
  assert.not.ok(hasBrowser({ DISPLAY: ':0', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }, 'linux'));
});

test.after(() => {
  for (const server of servers) server.close().closeAllConnections();
});

test.run();
