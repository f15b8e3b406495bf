// SPDX-License-Identifier: Apache-2.0
// The keyless signer against Sigstore's own mock: each combination of services, and each way in which one of them fails. The
// token of every failure is looked for in all that the fault holds.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromUtf8, utf8 } from '../../src/bytes.ts';
import { Fault, type FaultCode } from '../../src/fault.ts';
import { checkBundle } from '../../src/signature/sigstore/bundle.ts';
import { readTrustedRoot } from '../../src/signature/sigstore/trusted-root.ts';
import { sigstoreSigner, type SigstoreSignerOptions } from '../../src/signer/sigstore.ts';
import type { Signed } from '../../src/signer/signer.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { startSigstore } from '../kit/sigstore/sigstore.ts';

const test = suite('sigstore signer');
const sigstore = await startSigstore();
const trustedRoot = await readTrustedRoot(sigstore.trustedRoot);
const PAYLOAD = utf8('DSSEv1 5 hello');
const { url } = sigstore;
const alice = (): Promise<string> => sigstore.token({ email: 'alice@example.com' });
const servers: Server[] = [];

const signer = (options: Partial<SigstoreSignerOptions> = {}) =>
  sigstoreSigner({ spec: 'sigstore', services: { fulcio: url, rekor: { address: url, version: 1 }, tsa: undefined }, trustedRoot, token: alice, ...options });
const sign = (options?: Partial<SigstoreSignerOptions>): Promise<Signed> => signer(options).sign(PAYLOAD);

/** A server that answers as it is told; its address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Fails unless nothing in the fault, its cause or stack, holds any part of the token. */
async function refused(code: FaultCode, token: string, options: Partial<SigstoreSignerOptions>): Promise<Fault> {
  const fault = await rejectsWith(code, sign({ ...options, token: () => Promise.resolve(token) }));
  const all = inspect(fault, { depth: 10, showHidden: true, maxStringLength: null });
  for (const part of token.split('.').filter((each) => each.length > 4)) assert.not.match(all, part);
  assert.is(fault.cause, undefined);
  assert.type(fault.hint, 'string');
  return fault;
}

const SHAPES: Record<string, SigstoreSignerOptions['services']> = {
  'a log': { fulcio: url, rekor: { address: url, version: 1 }, tsa: undefined },
  'a log and a timestamp': { fulcio: url, rekor: { address: url, version: 1 }, tsa: url },
  "the log's second version and a timestamp": { fulcio: url, rekor: { address: url, version: 2 }, tsa: url },
};

for (const [name, services] of Object.entries(SHAPES)) {
  test(`signs with ${name}`, async () => {
    const { scheme, keyid, bytes } = await sign({ services });
    assert.is(scheme, 'sigstore');
    assert.is(keyid, `sigstore:${sigstore.issuer}#alice@example.com`);
    assert.is(JSON.parse(fromUtf8(bytes)!).mediaType, 'application/vnd.dev.sigstore.bundle.v0.3+json');
    const check = await checkBundle(bytes, PAYLOAD, { trustedRoot, keylessTime: 'proven' });
    assert.is(check.kind, 'good');
    const other = await checkBundle(bytes, utf8('something else'), { trustedRoot, keylessTime: 'proven' });
    assert.is(other.kind, 'bad');
  });
}

test('each signature has a key of its own', async () => {
  const one = signer();
  const keys = await Promise.all([1, 2].map(async () => JSON.parse(fromUtf8((await one.sign(PAYLOAD)).bytes)!).verificationMaterial.certificate.rawBytes as string));
  assert.is.not(keys[0], keys[1]);
});

test('nothing is asked before the first signing, and a token that is not accepted goes nowhere', async () => {
  const before = sigstore.requests.length;
  let asked = 0;
  const accept = (): never => {
    throw new Fault('SIGNING_FAILED', 'not this one');
  };
  const refusing = signer({ accept, token: () => (asked++, alice()) });
  assert.is(asked, 0);
  await rejectsWith('SIGNING_FAILED', refusing.sign(PAYLOAD));
  assert.is(asked, 1);
  assert.is(sigstore.requests.length, before);
});

test('what another Sigstore certified is not passed on', async () => {
  const other = await startSigstore();
  const fault = await rejectsWith('SIGNING_FAILED', sign({ trustedRoot: await readTrustedRoot(other.trustedRoot) }));
  assert.match(fault.hint!, 'people trust-root');
  await other.close();
});

test('a token that is none, or whose address is not verified, is not told', async () => {
  const jwt = (claims: object): string => ['canaryheader', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'canarysignature'].join('.');
  const wrong = ['canary', 'canary.canary.canary', jwt({ sub: 'x' }), jwt({ iss: 'x', sub: '' }), jwt({ iss: 'https://x', sub: 'x', email: 'a@b', email_verified: false }), jwt({ iss: 'https://x', sub: 'x', email: 'a@b' }), `${'a'.repeat(70_000)}.a.a`, ''];
  for (const token of wrong) await refused('SIGNING_FAILED', token, {});
});

test('the authority refuses the token', async () => {
  const fault = await refused('SIGNING_FAILED', await sigstore.token({ email: 'alice@example.com', aud: 'somebody' }), {});
  assert.match(fault.message, '(401)');
});

test('a service that quotes the token does not make us tell it', async () => {
  const token = await alice();
  const [, payload] = token.split('.');
  for (const quoted of [token, `bad token ${payload}`, `Bearer ${token}\u001b[31m`]) {
    const address = await serve((_request, response) => response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ message: quoted })));
    const fault = await refused('SIGNING_FAILED', token, { services: { fulcio: address, rekor: undefined, tsa: url } });
    assert.match(fault.message, '[token]');
    assert.not.match(fault.message, '\u001b');
  }
});

test('nobody there: which service, and why', async () => {
  const gone = 'http://127.0.0.1:9';
  const rekor = { address: url, version: 1 as const };
  const token = await alice();
  for (const services of [{ fulcio: gone, rekor, tsa: undefined }, { fulcio: url, rekor: { ...rekor, address: gone }, tsa: undefined }, { fulcio: url, rekor, tsa: gone }]) {
    const fault = await refused('SIGNER_UNAVAILABLE', token, { services });
    assert.match(fault.message, `can't reach ${gone}: ECONNREFUSED`);
  }
  const fault = await refused('SIGNER_UNAVAILABLE', token, { services: { fulcio: 'https://fulcio.invalid', rekor, tsa: undefined } });
  assert.match(fault.message, /ENOTFOUND|EAI_AGAIN/);
});

test('answers that make no sense', async () => {
  const token = await alice();
  for (const [status, body] of [[200, ''], [200, '{}'], [200, '{"signedCertificateEmbeddedSct":{"chain":{"certificates":[]}}}'], [200, '{"signedCertificateEmbeddedSct":{"chain":{"certificates":["eyJhbGciOiJub25lIn0"]}}}'], [302, ''], [404, '<html>'], [503, '']] as const) {
    const address = await serve((_request, response) => response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end(body));
    const expected = status === 302 ? 'SIGNER_UNAVAILABLE' : 'SIGNING_FAILED';
    await refused(expected, token, { services: { fulcio: address, rekor: { address: url, version: 1 }, tsa: undefined } });
    if (status !== 302) await refused('SIGNING_FAILED', token, { services: { fulcio: url, rekor: { address, version: 1 }, tsa: undefined } });
  }
});

test.after(async () => {
  for (const server of servers) server.close().closeAllConnections();
  await sigstore.close();
});

test.run();
