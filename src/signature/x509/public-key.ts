// SPDX-License-Identifier: Apache-2.0
// Public keys of certificates (SubjectPublicKeyInfo, RFC 5280 §4.1.2.7), read and judged before OpenSSL sees them: keys that
// prove too little, and keys made to cost a verifier too much.
import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { sha256 } from '../../bytes.ts';
import { isSoundPoint } from '../ed25519.ts';
import { cachedKeyObject } from '../key-cache.ts';
import { isSoundRsa } from '../rsa.ts';
import { TAG, readDer } from './der.ts';
import { identifier } from './identifier.ts';

export type KeyKind = 'rsa' | 'ec' | 'ed25519';

/** `weak` is also a key beyond what anybody needs, which only costs time. */
export type KeyProblem = 'malformed' | 'unsupported' | 'weak';

const RSA = identifier('1.2.840.113549.1.1.1');
const EC = identifier('1.2.840.10045.2.1');
const ED25519 = identifier('1.3.101.112');

/** The octets of a coordinate, by curve: P-256, P-384, P-521. */
const CURVES = new Map([
  [identifier('1.2.840.10045.3.1.7'), 32],
  [identifier('1.3.132.0.34'), 48],
  [identifier('1.3.132.0.35'), 66],
]);

/** A chain may have eight certificates, and a message ten; nobody issues longer keys. */
const MOST_RSA_BITS = 8192;

/** Returns the key for node:crypto, cached, or what is wrong with it. Reads hostile bytes; never throws. */
export function publicKeyOf(spki: Uint8Array): KeyObject | KeyProblem {
  const problem = keyProblem(spki);
  if (problem !== undefined) return problem;
  try {
    return cachedKeyObject(`spki:${sha256(spki)}`, () => createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }));
  } catch {
    // Only OpenSSL can tell whether an ECDSA point is on its curve.
    return 'malformed';
  }
}

function keyProblem(spki: Uint8Array): KeyProblem | undefined {
  const read = readDer(spki, (reader) => reader.inside(TAG.sequence, (info) => {
    const [id, parameters] = info.inside(TAG.sequence, (algorithm) => [algorithm.identifier(), algorithm.done ? undefined : algorithm.next()] as const);
    return { id, parameters, key: info.octetBits() };
  }));
  if (read === undefined) return 'malformed';
  const { id, parameters, key } = read;
  if (id === RSA) return parameters?.tag === TAG.null && parameters.content.length === 0 ? rsaProblem(key) : 'malformed';
  if (id === EC) return parameters === undefined ? 'malformed' : ecProblem(parameters.der, key);
  if (id === ED25519) return parameters === undefined && key.length === 32 ? (isSoundPoint(key) ? undefined : 'weak') : 'malformed';
  return 'unsupported';
}

function rsaProblem(key: Uint8Array): KeyProblem | undefined {
  const read = readDer(key, (reader) => reader.inside(TAG.sequence, (fields) => [fields.integer(), fields.integer()] as const));
  if (read === undefined) return 'malformed';
  const [n, e] = read;
  if (n[0]! > 0x7f || e[0]! > 0x7f) return 'malformed';
  return isSoundRsa(magnitude(n), magnitude(e), MOST_RSA_BITS) ? undefined : 'weak';
}

function ecProblem(parameters: Uint8Array, point: Uint8Array): KeyProblem | undefined {
  const curve = readDer(parameters, (reader) => reader.identifier());
  const size = curve === undefined ? undefined : CURVES.get(curve);
  if (size === undefined) return 'unsupported';
  return point.length === 1 + 2 * size && point[0] === 4 ? undefined : 'malformed';
}

/** Returns a number without the octet that only says that it is not negative. */
function magnitude(integer: Uint8Array): Uint8Array {
  return integer[0] === 0 ? integer.subarray(1) : integer;
}
