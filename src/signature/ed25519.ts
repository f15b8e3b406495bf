// SPDX-License-Identifier: Apache-2.0
// Raw Ed25519 (RFC 8032): the keys of sessions, and the inside of the ssh-ed25519 types. node:crypto does the
// arithmetic; this file refuses the public keys for which the arithmetic proves nothing.
import { createPublicKey, verify } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { Fault } from '../fault.ts';
import { hex } from '../bytes.ts';
import { cachedKeyObject } from './key-cache.ts';

/**
 * The y coordinates (little-endian) of the eight points of small order; each but the first two stands for two points, which
 * differ in the sign bit. For such a key A, the checked equation `sB = R + kA` loses its key: kA is one of at most eight points
 * whatever was signed, so anybody can make signatures that verify, and OpenSSL does not refuse them.
 */
const SMALL_ORDER = new Set([
  '0100000000000000000000000000000000000000000000000000000000000000', // order 1, the neutral element
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', // order 2
  '0000000000000000000000000000000000000000000000000000000000000000', // order 4
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', // order 8
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', // order 8
]);

/** Tells whether these 32 bytes may be a key: y is below the field's prime (RFC 8032 §5.1.3), and not a small-order point. */
export function isSoundPoint(point: Uint8Array): boolean {
  if (point.length !== 32) return false;
  const y = Uint8Array.from(point);
  y[31]! &= 0x7f;
  // p = 2^255 - 19: y >= p exactly when all bytes are at their highest and the lowest is 0xed or more. Such a y would be a
  // second encoding, and so a second fingerprint, of one key.
  const beyondPrime = y[0]! >= 0xed && y[31] === 0x7f && y.subarray(1, 31).every((byte) => byte === 0xff);
  return !beyondPrime && !SMALL_ORDER.has(hex(y));
}

/** Returns the JSON Web Key of RFC 8037 §2. */
export function ed25519Jwk(point: Uint8Array): JsonWebKey {
  return { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(point).toString('base64url') };
}

/** Returns the key for node:crypto, cached. @throws Fault KEY_INVALID where it isn't 32 bytes or is an unsound point. */
export function ed25519KeyObject(publicKey: Uint8Array): KeyObject {
  if (!isSoundPoint(publicKey)) throw new Fault('KEY_INVALID', 'an ed25519 public key is not 32 bytes of a sound point');
  return cachedKeyObject(`ed25519:${hex(publicKey)}`, () => createPublicKey({ key: ed25519Jwk(publicKey), format: 'jwk' }));
}

/** Returns the 32 bytes of an Ed25519 key, public or private. @throws Fault KEY_INVALID for another kind of key. */
export function ed25519PublicKey(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType !== 'ed25519') throw new Fault('KEY_INVALID', 'a key is not an ed25519 key');
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return Buffer.from(half.export({ format: 'jwk' }).x!, 'base64url');
}

/** Tells whether this is the key's signature of exactly these bytes. Never throws: an unsound key has no signatures. */
export function checkEd25519(publicKey: Uint8Array, payload: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64 || !isSoundPoint(publicKey)) return false;
  return verify(null, payload, ed25519KeyObject(publicKey), signature);
}
