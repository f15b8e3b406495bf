// SPDX-License-Identifier: Apache-2.0
// Sigstore on this machine, for tests and the demo: the project's own mock of Fulcio, both versions of Rekor and the
// timestamp authority, and an OpenID provider, on loopback, with the trusted root that names them.
import { createHash, randomUUID } from 'node:crypto';
import { createServer as createPlain, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { initializeTLog, rekorHandler } from '@sigstore/mock/dist/rekor/index.js';
import { initializeTSA, tsaHandler, type TSA } from '@sigstore/mock/dist/timestamp/index.js';
import { generateKeyPair } from '@sigstore/mock/dist/util/key.js';
import { constraints, extension, keyPair, makeRoot } from '../../signature/x509/certificates.ts';
import { der, seq } from '../../signature/x509/der-writer.ts';
import { makeFulcio, type Fulcio } from './fulcio.ts';
import { makeProvider, type Provider } from './provider.ts';
import { makeRekorV2, type RekorV2 } from './rekor-v2.ts';
import type { Service } from './service.ts';

export interface Sigstore {
  /** Where Fulcio, Rekor and the timestamp authority are: `http://127.0.0.1:PORT`. */
  url: string;
  /** The provider: `https://127.0.0.1:PORT`, since a roster takes no other issuer. */
  issuer: string;
  /** The provider's certificate (PEM), for NODE_EXTRA_CA_CERTS of whoever signs in. */
  certificate: string;
  /** trusted_root.json. */
  trustedRoot: Uint8Array;
  /** What was asked so far: `POST /api/v2/signingCert`. */
  requests: string[];
  token: Provider['token'];
  close(): Promise<void>;
}

/** Starts it. Every instance has keys of its own, so that two are strangers to each other. */
export async function startSigstore(onRequest: (request: string) => void = () => {}): Promise<Sigstore> {
  const requests: string[] = [];
  const services = new Map<string, Service['answer']>();
  // The mock takes a fixed clock where it takes one at all: this one is set anew for each request, in whole seconds, because
  // @sigstore/core reads no fraction of other than three digits.
  const clock = new Date();
  let signIn: RequestListener = refuse;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const [line, service] = [`${request.method} ${request.url?.replace(/\?.*/s, '')}`, services.get(request.url ?? '')];
    requests.push(line);
    onRequest(line);
    clock.setTime(Math.floor(Date.now() / 1000) * 1000);
    if (service === undefined) signIn(request, response);
    else void serve(service, request, response);
  };
  const identity = loopbackIdentity();
  const [plain, secure] = [createPlain(answer), createSecure(identity, answer)];
  const [url, issuer] = [`http://${await listen(plain)}`, `https://${await listen(secure)}`];

  const provider = await makeProvider(issuer);
  signIn = provider.handler;
  const [fulcio, tsa, rekorV2] = [await makeFulcio(clock, provider.keys), await initializeTSA(generateKeyPair('P-384'), clock), makeRekorV2(new URL(url).host)];
  const rekor = await initializeTLog(url, generateKeyPair(), clock);
  const [v1, timestamps] = [rekorHandler(rekor), tsaHandler(tsa)];
  const offered = [fulcio.service, rekorV2.service, { path: v1.path, answer: v1.fn }, { path: timestamps.path, answer: timestamps.fn }];
  for (const { path, answer: each } of offered) services.set(path, each);
  return {
    url, issuer, certificate: identity.cert, requests, token: provider.token,
    trustedRoot: Buffer.from(JSON.stringify(rootOf(url, { fulcio, rekor: rekor.publicKey, rekorV2, tsa }), null, 2)),
    close: async () => void (await Promise.all([shut(plain), shut(secure)])),
  };
}

function refuse(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503).end();
}

async function serve(answer: Service['answer'], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { statusCode, response: body, contentType = 'text/plain' } = await answer(Buffer.concat(chunks).toString()).catch((error: unknown) => ({ statusCode: 400, response: String(error), contentType: 'text/plain' }));
  response.writeHead(statusCode, { 'content-type': contentType });
  response.end(typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** A key and a certificate for 127.0.0.1, which is its own authority. */
function loopbackIdentity(): { key: string; cert: string } {
  const now = Math.floor(Date.now() / 1000);
  const key = keyPair(`loopback ${randomUUID()}`);
  // iPAddress is [7] (RFC 5280 §4.2.1.6)
  const names = extension('2.5.29.17', seq(der(0x87, Buffer.of(127, 0, 0, 1))));
  const { der: certificate } = makeRoot('loopback', { key, serial: now, notBefore: now - 3600, notAfter: now + 86400, extensions: [constraints(true), names] });
  const lines = certificate.toString('base64').replace(/.{1,64}/g, '$&\n');
  return { key: key.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string, cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n` };
}

interface Parts {
  fulcio: Fulcio;
  rekor: Buffer;
  rekorV2: RekorV2;
  tsa: TSA;
}

/** Sigstore's trusted root as JSON: https://github.com/sigstore/protobuf-specs, sigstore_trustroot.proto. */
function rootOf(url: string, { fulcio, rekor, rekorV2, tsa }: Parts): Record<string, unknown> {
  const validFor = { start: new Date(Date.now() - 3_600_000).toISOString() };
  const base64 = (bytes: ArrayBufferView): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const log = (publicKey: Buffer, logId: Buffer) => ({
    baseUrl: url, hashAlgorithm: 'SHA2_256', logId: { keyId: base64(logId) },
    publicKey: { rawBytes: base64(publicKey), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
  });
  const authority = (commonName: string, ...chain: readonly ArrayBufferView[]) => ({
    subject: { organization: 'sigstore.mock', commonName }, uri: url, validFor, certChain: { certificates: chain.map((each) => ({ rawBytes: base64(each) })) },
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log(rekor, createHash('sha256').update(rekor).digest()), log(rekorV2.publicKey, rekorV2.logId)],
    certificateAuthorities: [authority('sigstore', fulcio.root)],
    ctlogs: [log(fulcio.ctlog.publicKey, fulcio.ctlog.logId)],
    timestampAuthorities: [authority('tsa', tsa.intCertificate, tsa.rootCertificate)],
  };
}
