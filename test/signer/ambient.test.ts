// SPDX-License-Identifier: Apache-2.0
// The identities that CI gives, and what a token says: where they come from, in which order, and that no failure tells them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FaultCode } from '../../src/fault.ts';
import { ambientToken } from '../../src/signer/ambient.ts';
import { PUBLIC, servicesOf } from '../../src/signer/services.ts';
import { parseKeyless } from '../../src/signer/spec.ts';
import { readClaims, withoutToken } from '../../src/signer/token.ts';
import { rejectsWith, throwsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('ambient identity');
const dir = tempDir();
const servers: Server[] = [];
const CANARY = 'canary';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function refused(code: FaultCode, act: Promise<unknown>): Promise<void> {
  const fault = await rejectsWith(code, act);
  assert.not.match(inspect(fault, { depth: 10, showHidden: true }), CANARY);
  assert.type(fault.hint, 'string');
}

test('there is none outside of CI', async () => {
  assert.is(await ambientToken({}, undefined), undefined);
  assert.is(await ambientToken({ SIGSTORE_ID_TOKEN: ' ', ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x', BUILDKITE: 'true' }, undefined), undefined);
});

test('GitLab and others put it into the environment; a file that is set comes first', async () => {
  const file = join(dir, 'token');
  writeFileSync(file, 'from-a-file\n');
  assert.is(await ambientToken({ SIGSTORE_ID_TOKEN: 'from-gitlab' }, undefined), 'from-gitlab');
  assert.is(await ambientToken({ SIGSTORE_ID_TOKEN: 'from-gitlab' }, file), 'from-a-file');
});

test('a token file that is none', async () => {
  writeFileSync(join(dir, 'empty'), '\n');
  writeFileSync(join(dir, 'large'), 'x'.repeat(70_000));
  for (const name of ['empty', 'large', 'missing', '.']) await refused('SIGNER_UNAVAILABLE', ambientToken({ SIGSTORE_ID_TOKEN: CANARY }, join(dir, name)));
  await refused('SIGNER_UNAVAILABLE', ambientToken({}, '/dev/zero'));
});

test('GitHub Actions is asked for a token for Sigstore, with its own one', async () => {
  const asked: [url: string | undefined, authorization: string | undefined][] = [];
  const address = await serve((request, response) => {
    asked.push([request.url, request.headers.authorization]);
    response.end('{"value":"from-github"}');
  });
  const env = { ACTIONS_ID_TOKEN_REQUEST_URL: `${address}/token?api-version=2`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: CANARY };
  assert.is(await ambientToken(env, undefined), 'from-github');
  assert.equal(asked, [['/token?api-version=2&audience=sigstore', `Bearer ${CANARY}`]]);
});

test('GitHub Actions refuses, sends elsewhere, talks nonsense, or is not asked at all', async () => {
  const answers: RequestListener[] = [
    (_request, response) => response.writeHead(403).end(CANARY),
    (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
    (_request, response) => response.end(`{"value":{"${CANARY}":1}}`),
    (_request, response) => response.end(CANARY),
  ];
  for (const answer of answers) {
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: await serve(answer), ACTIONS_ID_TOKEN_REQUEST_TOKEN: CANARY };
    await refused('SIGNING_FAILED', ambientToken(env, undefined));
  }
  for (const url of ['http://issuer.example.com/', 'none', 'file:///etc/passwd']) await refused('SIGNER_UNAVAILABLE', ambientToken({ ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: CANARY }, undefined));
  const endless = await serve((_request, response) => void response.write('x'.repeat(2_000_000)));
  await refused('SIGNER_UNAVAILABLE', ambientToken({ ACTIONS_ID_TOKEN_REQUEST_URL: endless, ACTIONS_ID_TOKEN_REQUEST_TOKEN: CANARY }, undefined));
});

test('Buildkite\'s agent is asked', async () => {
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'buildkite-agent'), `#!/bin/sh\n[ "$*" = 'oidc request-token --audience sigstore' ] && [ "$FAIL" = '' ] && echo from-buildkite && exit\necho ${CANARY} >&2; exit 1\n`, { mode: 0o755 });
  const env = { BUILDKITE: 'true', BUILDKITE_AGENT_ACCESS_TOKEN: CANARY, PATH: `${bin}${delimiter}${process.env['PATH']}` };
  assert.is(await ambientToken(env, undefined), 'from-buildkite');
  await refused('SIGNING_FAILED', ambientToken({ ...env, FAIL: '1' }, undefined));
});

const jwt = (claims: unknown): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;

test('what a token says', () => {
  assert.equal(readClaims(jwt({ iss: 'https://x', sub: 'repo:o/r' })), { issuer: 'https://x', subject: 'repo:o/r', email: undefined });
  assert.is(readClaims(jwt({ iss: 'https://x', sub: '1', email: 'a@b', email_verified: true })).email, 'a@b');
  assert.is(readClaims(jwt({ iss: 'https://x', sub: '1', email: 'a@b', email_verified: 'true' })).email, 'a@b');
  for (const claims of [null, 1, [], {}, { iss: 'https://x' }, { sub: 'x' }, { iss: 1, sub: 'x' }, { iss: 'https://x', sub: '1', email: ['a@b'], email_verified: true }, { iss: 'https://x', sub: '1', email: 'a@b', email_verified: 1 }]) {
    throwsWith('SIGNING_FAILED', () => readClaims(jwt(claims)));
  }
});

test('no part of a token stays in a text', () => {
  const token = jwt({ iss: 'https://x', sub: 'canary-subject' });
  const [, payload] = token.split('.');
  for (const text of [token, `"${payload}"`, `Bearer ${token}, ${token}`, 'another eyJhbGciOiJub25lIn0.eyJ.x one']) assert.not.match(withoutToken(text, token), /eyJ|e30\./);
});

const place = { dir: '/place', home: '/home/alice' };
const services = (settings: Record<string, string>) => servicesOf(new Map(Object.entries(settings).map(([name, value]) => [`countersign.sigstore.${name.toLowerCase()}`, value])), place);

test('the public services, unless there are others; a private authority has nothing to do with them', () => {
  assert.equal(services({}), { issuer: PUBLIC.issuer, fulcio: PUBLIC.fulcio, rekor: { address: PUBLIC.rekor, version: 1 }, tsa: undefined, clientId: 'sigstore', flow: undefined, tokenFile: undefined });
  const own = services({ fulcio: 'https://f.example.com/', tsa: 'https://t.example.com/api', tokenFile: '~/token', flow: 'device', clientId: 'c' });
  assert.equal(own, { issuer: undefined, fulcio: 'https://f.example.com', rekor: undefined, tsa: 'https://t.example.com/api', clientId: 'c', flow: 'device', tokenFile: '/home/alice/token' });
  assert.equal(services({ rekor: 'https://r.example.com', rekorVersion: '2', tsa: 'http://[::1]:1' }).rekor, { address: 'https://r.example.com', version: 2 });
  assert.is(services({ rekor: 'none', tsa: 'https://t.example.com' }).rekor, undefined);
});

test('settings that make no sense', () => {
  const wrong = [{ fulcio: 'https://f.example.com' }, { rekor: 'none' }, { rekorVersion: '2' }, { rekorVersion: '3' }, { flow: 'both' }, { fulcio: 'http://f.example.com' }, { issuer: 'https://a@b' }, { tsa: 'https://t?x=1' }, { rekor: '--help' }, { issuer: 'http://127.0.0.1.example.com' }];
  for (const settings of wrong) throwsWith('SIGNER_UNAVAILABLE', () => services(settings as Record<string, string>));
});

test('how an identity is named', () => {
  assert.equal(parseKeyless('sigstore'), { issuer: undefined, identity: undefined });
  assert.equal(parseKeyless('sigstore:https://x/y'), { issuer: 'https://x/y', identity: undefined });
  assert.equal(parseKeyless('sigstore:https://x#a@b#c'), { issuer: 'https://x', identity: 'a@b#c' });
  for (const spec of ['sigstore:', 'sigstore:x', 'sigstore:http://x', 'sigstore:https://x#', 'sigstore:https://x#a b', 'sigstore\n', 'Sigstore', 'sigstore:https://x\u200b']) assert.is(parseKeyless(spec), undefined, spec);
});

test.after(() => {
  for (const server of servers) server.close().closeAllConnections();
});

test.run();
