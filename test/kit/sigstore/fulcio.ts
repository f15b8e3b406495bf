// SPDX-License-Identifier: Apache-2.0
// The mock's Fulcio, with what it lacks of the real one: a token is believed only if the provider signed it for Sigstore, and
// a person's address stands in the certificate as an e-mail address. The mock writes every subject as a URI, by which
// Fulcio's certificates say: a workload.
import { createPublicKey, sign, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { fulcioHandler, initializeCA, initializeCTLog, type CA } from '@sigstore/mock/dist/fulcio/index.js';
import { generateKeyPair } from '@sigstore/mock/dist/util/key.js';
import { bits, der } from '../../signature/x509/der-writer.ts';
import type { Answer, Service } from './service.ts';

export interface Fulcio {
  service: Service;
  /** DER. */
  root: Uint8Array;
  /** The certificate log's public key (SPKI) and id. */
  ctlog: { publicKey: Buffer; logId: Buffer };
}

/** Makes an authority with its own certificate log; `keys` are the provider's, as JWKs. */
export async function makeFulcio(clock: Date, keys: () => readonly object[]): Promise<Fulcio> {
  const pair = generateKeyPair('P-384');
  const ctlog = await initializeCTLog(generateKeyPair(), clock);
  const people = { ...ctlog, log: (certificate: ArrayBuffer, issuer: ArrayBuffer) => ctlog.log(plain(asEmail(certificate, pair.privateKey)), issuer) };
  const [workloads, persons] = [await initializeCA(pair, ctlog, clock), await initializeCA(pair, people, clock)];
  // Both authorities have one key and one name, and the first one's root speaks for both.
  const issuing: CA = {
    rootCertificate: workloads.rootCertificate,
    async issueCertificate(request) {
      if (!isEmail(request.subjectAltName)) return workloads.issueCertificate(request);
      const { buffer } = await persons.issueCertificate(request);
      return new Uint8Array(plain(asEmail(buffer, pair.privateKey)));
    },
  };
  const [bySubject, byEmail] = [fulcioHandler(issuing), fulcioHandler(issuing, { subjectClaim: 'email' })];
  const answer = async (body: string): Promise<Answer> => {
    const claims = claimsOf(body, keys());
    if (claims === undefined) return { statusCode: 401, response: '{"code":16,"message":"There was an error processing the identity token"}' };
    const { response, ...rest } = await ('email' in claims ? byEmail : bySubject).fn(body);
    return { ...rest, response: typeof response === 'string' ? wrapped(response) : response };
  };
  return {
    service: { path: bySubject.path, answer },
    root: bytesOf(workloads.rootCertificate),
    ctlog: { publicKey: ctlog.publicKey, logId: Buffer.from(bytesOf(ctlog.logID)) },
  };
}

/** Breaks the lines of PEM in JSON as RFC 7468 §2 has it: what the log keeps of a certificate is spelled so. */
function wrapped(json: string): string {
  return json.replace(/(?<=-\\n)[A-Za-z0-9+/=]+(?=\\n-)/g, (base64) => base64.replace(/.{64}(?!$)/g, String.raw`$&\n`));
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A buffer of its own: the mock takes the whole buffer below a view. */
function plain(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function isEmail(subject: string): boolean {
  return /^[^/:@]+@[^/:@]+$/.test(subject);
}

/** Returns the claims of a token for Sigstore that the provider signed (RS256). */
function claimsOf(body: string, keys: readonly object[]): Record<string, unknown> | undefined {
  const { credentials } = JSON.parse(body) as { credentials?: { oidcIdentityToken?: string } };
  const [header = '', payload = '', signature = ''] = (credentials?.oidcIdentityToken ?? '').split('.');
  const signed = keys.some((key) => {
    const publicKey = createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
    return verify('sha256', Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'));
  });
  const claims = signed ? (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>) : undefined;
  return claims?.['aud'] === 'sigstore' ? claims : undefined;
}

/** subjectAltName (2.5.29.17), critical, with one URI: up to and with the URI's tag. */
const ONE_URI = /\x06\x03\x55\x1d\x11\x01\x01\xff\x04.\x30.\x86/s;

/** Returns the certificate with its one subject as an e-mail address instead of a URI (RFC 5280 §4.2.1.6), signed anew. */
function asEmail(certificate: ArrayBuffer, key: KeyObject): Buffer {
  const text = Buffer.from(certificate).toString('latin1');
  const found = ONE_URI.exec(text);
  if (found === null) throw new Error('the certificate names no single URI');
  const at = found.index + found[0].length - 1;
  const changed = Buffer.from(`${text.slice(0, at)}\x81${text.slice(at + 1)}`, 'latin1');
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature }; all three lengths have their long form but the second.
  const start = changed[1] === 0x82 ? 4 : 3;
  const tbs = valueAt(changed, start);
  const algorithm = valueAt(changed, start + tbs.length);
  return der(0x30, tbs, algorithm, bits(sign('sha384', tbs, key)));
}

/** Returns the value that begins there, with tag and length. */
function valueAt(bytes: Buffer, at: number): Buffer {
  const length = bytes[at + 1]!;
  if (length < 0x80) return bytes.subarray(at, at + 2 + length);
  const octets = length & 0x7f;
  return bytes.subarray(at, at + 2 + octets + bytes.readUIntBE(at + 2, octets));
}
