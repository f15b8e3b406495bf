// SPDX-License-Identifier: Apache-2.0
// The algorithms of certificates and CMS: which are known, which are refused as weak, and the arithmetic, which is
// node:crypto's. What isn't known is neither good nor bad.
import { constants, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { KeyKind } from './public-key.ts';
import { TAG, readDer, type DerReader } from './der.ts';
import { identifier } from './identifier.ts';

export type Hash = 'sha256' | 'sha384' | 'sha512';

/** An AlgorithmIdentifier (RFC 5280 §4.1.1.2), nothing judged. */
export interface Algorithm {
  id: string;
  /** The whole encoding, to compare. */
  der: Uint8Array;
  /** The encoding of the parameters; undefined where there are none or NULL. */
  parameters: Uint8Array | undefined;
}

/** How a signature is computed. Ed25519 brings its own hash. */
export interface SignatureScheme {
  kind: KeyKind;
  hash: Hash | undefined;
  /** Of RSASSA-PSS; without it RSA means PKCS #1 v1.5. */
  saltLength?: number;
}

/** `weak`: known and broken, SHA-1 and older. */
export type AlgorithmProblem = 'weak' | 'unknown';

const HASHES = new Map<string, Hash | 'weak'>([
  [identifier('2.16.840.1.101.3.4.2.1'), 'sha256'],
  [identifier('2.16.840.1.101.3.4.2.2'), 'sha384'],
  [identifier('2.16.840.1.101.3.4.2.3'), 'sha512'],
  [identifier('1.3.14.3.2.26'), 'weak'], // SHA-1
  [identifier('1.2.840.113549.2.5'), 'weak'], // MD5
]);

const RSA = identifier('1.2.840.113549.1.1.1');
const PSS = identifier('1.2.840.113549.1.1.10');
const MGF1 = identifier('1.2.840.113549.1.1.8');

const SCHEMES = new Map<string, SignatureScheme | 'weak'>([
  [identifier('1.2.840.113549.1.1.11'), { kind: 'rsa', hash: 'sha256' }],
  [identifier('1.2.840.113549.1.1.12'), { kind: 'rsa', hash: 'sha384' }],
  [identifier('1.2.840.113549.1.1.13'), { kind: 'rsa', hash: 'sha512' }],
  [identifier('1.2.840.10045.4.3.2'), { kind: 'ec', hash: 'sha256' }],
  [identifier('1.2.840.10045.4.3.3'), { kind: 'ec', hash: 'sha384' }],
  [identifier('1.2.840.10045.4.3.4'), { kind: 'ec', hash: 'sha512' }],
  [identifier('1.3.101.112'), { kind: 'ed25519', hash: undefined }],
  [identifier('1.2.840.113549.1.1.5'), 'weak'], // RSA with SHA-1
  [identifier('1.2.840.113549.1.1.4'), 'weak'], // RSA with MD5
  [identifier('1.2.840.10045.4.1'), 'weak'], // ECDSA with SHA-1
]);

export function readAlgorithm(reader: DerReader): Algorithm {
  const { der, content } = reader.next(TAG.sequence);
  const fields = readDer(content, (inner) => ({ id: inner.identifier(), parameters: inner.done ? undefined : inner.next() }));
  if (fields === undefined) return reader.refuse();
  const { id, parameters } = fields;
  if (parameters?.tag === TAG.null && parameters.content.length > 0) return reader.refuse();
  return { id, der, parameters: parameters?.tag === TAG.null ? undefined : parameters?.der };
}

export function hashOf({ id, parameters }: Algorithm): Hash | AlgorithmProblem {
  return parameters === undefined ? (HASHES.get(id) ?? 'unknown') : 'unknown';
}

/** Returns what a signature algorithm means. CMS may name RSA alone and leave the hash to the digest algorithm (RFC 3370 §3.2). */
export function schemeOf(algorithm: Algorithm, digest?: Hash): SignatureScheme | AlgorithmProblem {
  const { id, parameters } = algorithm;
  if (id === PSS) return pssScheme(parameters);
  if (parameters !== undefined) return 'unknown';
  if (id === RSA && digest !== undefined) return { kind: 'rsa', hash: digest };
  return SCHEMES.get(id) ?? 'unknown';
}

/** RFC 4055 §3.1: the hash, MGF1 over the same hash, and the salt's length. The defaults of all three are SHA-1's. */
function pssScheme(parameters: Uint8Array | undefined): SignatureScheme | AlgorithmProblem {
  if (parameters === undefined) return 'weak';
  const read = readDer(parameters, (reader) => reader.inside(TAG.sequence, (inner) => ({
    hash: inner.optional(0xa0, () => inner.inside(0xa0, (field) => hashOf(readAlgorithm(field)))) ?? 'weak',
    mask: inner.optional(0xa1, () => inner.inside(0xa1, (field) => maskHash(readAlgorithm(field)))) ?? 'weak',
    saltLength: inner.optional(0xa2, () => inner.inside(0xa2, (field) => field.count())) ?? 20,
  })));
  if (read === undefined || read.hash === 'unknown' || read.hash !== read.mask || read.saltLength > 1024) return 'unknown';
  return read.hash === 'weak' ? 'weak' : { kind: 'rsa', hash: read.hash, saltLength: read.saltLength };
}

function maskHash({ id, parameters }: Algorithm): Hash | AlgorithmProblem {
  const hash = id === MGF1 && parameters !== undefined ? readDer(parameters, readAlgorithm) : undefined;
  return hash === undefined ? 'unknown' : hashOf(hash);
}

/** Tells whether this is the key's signature of the data. Never throws. */
export function verifySignature(key: KeyObject, { kind, hash, saltLength }: SignatureScheme, data: Uint8Array, signature: Uint8Array): boolean {
  if (key.asymmetricKeyType !== kind) return false;
  const options = kind === 'rsa' && saltLength !== undefined ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } : key;
  try {
    return verify(hash ?? null, data, options, signature);
  } catch {
    // OpenSSL throws for signatures of a shape that it cannot read, and for a PSS salt that the key has no room for.
    return false;
  }
}
