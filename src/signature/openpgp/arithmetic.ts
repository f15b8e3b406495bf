// SPDX-License-Identifier: Apache-2.0
// Digests and numbers: whether a signature is a key's over exactly these bytes (RFC 9580 §5.2.3, §5.2.4), by node:crypto.
// Whether the key may sign, and when, is not asked here.
import { createHash, createVerify, verify } from 'node:crypto';
import { concat } from '../../bytes.ts';
import { readWire, type WireReader } from '../wire.ts';
import type { Key, Material } from './key.ts';
import type { Signature } from './signature-packet.ts';

interface Digest {
  name: string;
  size: number;
  /** Length of the salt in a version 6 signature; 0 where it must not be used there. */
  salt: number;
}

/** RFC 9580 §9.5. */
const DIGESTS: Record<number, Digest> = {
  2: { name: 'sha1', size: 20, salt: 0 },
  8: { name: 'sha256', size: 32, salt: 16 },
  9: { name: 'sha384', size: 48, salt: 24 },
  10: { name: 'sha512', size: 64, salt: 32 },
  11: { name: 'sha224', size: 28, salt: 16 },
  12: { name: 'sha3-256', size: 32, salt: 16 },
  14: { name: 'sha3-512', size: 64, salt: 32 },
};

/** MD5, SHA-1 and RIPEMD-160: for them, two documents with one digest can be made, or could soon be. */
const WEAK = [1, 2, 3];

/** What a digest is good for: documents, only the own statements of a certificate (`weak`), or nothing that we know. */
export function digestKind(digest: number): 'sound' | 'weak' | 'unknown' {
  return WEAK.includes(digest) ? 'weak' : digest in DIGESTS ? 'sound' : 'unknown';
}

/** Tells whether a digest is as long as a key asks for: RFC 9580 §5.2.3.2 to 5, and gpg; else it would be the weaker half. */
export function isLongEnough({ digest }: Signature, { material }: Key): boolean {
  if (typeof material === 'string') return false;
  const { kind, size } = material;
  const least = kind === 'rsa' ? 0 : kind === 'ed25519' ? 32 : kind === 'ed448' ? 64 : Math.min(size, 64);
  return (DIGESTS[digest]?.size ?? 0) >= least;
}

/** Tells whether a signature over the parts, put together, is this key's. Never throws; a key with a problem has no signatures. */
export function isSignedBy(key: Key, signature: Signature, ...parts: Uint8Array[]): boolean {
  const { material } = key;
  const digest = DIGESTS[signature.digest];
  if (typeof material === 'string' || !digest || signature.version !== key.version || signature.algorithm !== key.algorithm) return false;
  if (signature.salt.length !== (key.version === 6 ? digest.salt : 0) || (key.version === 6 && digest.salt === 0)) return false;
  const value = readNumbers(signature, material);
  if (!value) return false;
  try {
    return verifies(material, digest.name, [signature.salt, ...parts, signature.trailer], value);
  } catch {
    // An OpenSSL that is set up to do without a digest or curve says so by throwing.
    return false;
  }
}

function verifies({ kind, object }: Material, name: string, pieces: readonly Uint8Array[], value: Uint8Array): boolean {
  // EdDSA signs the digest as its message (§5.2.3.3 to 5)
  if (kind === 'ed25519' || kind === 'ed448') return verify(null, hash(name, pieces), object, value);
  const verifier = createVerify(name);
  for (const piece of pieces) verifier.update(piece);
  return verifier.verify({ key: object, dsaEncoding: 'ieee-p1363' }, value);
}

/** Returns the numbers as node:crypto takes them: one for RSA, else two side by side; undefined where they cannot be the key's. */
function readNumbers({ numbers, algorithm }: Signature, { kind, size }: Material): Uint8Array | undefined {
  if (algorithm === 27 || algorithm === 28) return numbers.length === 2 * size ? numbers : undefined;
  return readWire(numbers, (wire) => (kind === 'rsa' ? readMpi(wire, size) : concat(readMpi(wire, size), readMpi(wire, size))));
}

/** Reads a multiprecision integer (§3.2) into so many bytes; what is longer is no such number. */
function readMpi(wire: WireReader, size: number): Uint8Array {
  const bits = wire.uint16();
  const number = wire.take((bits + 7) >> 3);
  return number.length > size ? wire.refuse() : concat(new Uint8Array(size - number.length), number);
}

function hash(name: string, pieces: readonly Uint8Array[]): Uint8Array {
  const state = createHash(name);
  for (const piece of pieces) state.update(piece);
  return state.digest();
}
