// SPDX-License-Identifier: Apache-2.0
// One key of a certificate, primary or sub: its fingerprint, its numbers as node:crypto wants them, and whether signatures
// of it could prove anything.
import { createHash, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { concat, hex, sha256 } from '../../bytes.ts';
import { ed25519Jwk, isSoundPoint } from '../ed25519.ts';
import { bitLength, isSoundRsa } from '../rsa.ts';
import { wireUint32 } from '../wire.ts';
import type { KeyPacket, Numbers } from './packets.ts';

/** Why signatures of a key are not checked: it proves too little, is no key, or is of an algorithm that we don't know. */
export type KeyProblem = 'key-weak' | 'key-malformed' | 'key-algorithm';

export interface Key {
  version: 4 | 6;
  /** Upper-case hex: 40 digits (version 4) or 64 (version 6). */
  fingerprint: string;
  /** 16 of these digits. */
  keyId: string;
  createdAt: number;
  algorithm: number;
  /** For people: `rsa4096`, `ed25519`, `nistp256`, `unknown`. */
  word: string;
  /** As signatures over the key hash it (RFC 9580 §5.2.4). */
  framed: Uint8Array;
  material: Material | KeyProblem;
}

export interface Material {
  kind: 'rsa' | 'ecdsa' | 'ed25519' | 'ed448';
  object: KeyObject;
  /** Bytes of one number of a signature. */
  size: number;
  /** SHA-256 over the SubjectPublicKeyInfo. */
  digest: string;
}

/** The curves of RFC 9580 §9.2, and the one more that gpg knows, by the hex of their OIDs. */
const CURVES: Record<string, { word: string; size: number }> = {
  '2a8648ce3d030107': { word: 'nistp256', size: 32 },
  '2b81040022': { word: 'nistp384', size: 48 },
  '2b81040023': { word: 'nistp521', size: 66 },
  '2b2403030208010107': { word: 'brainpoolP256r1', size: 32 },
  '2b240303020801010b': { word: 'brainpoolP384r1', size: 48 },
  '2b240303020801010d': { word: 'brainpoolP512r1', size: 64 },
  '2b8104000a': { word: 'secp256k1', size: 32 },
};

/** y coordinates (little-endian) of Ed448's points of order 1, 2 and 4: for them anybody can make signatures. */
const ED448_SMALL = new Set([`01${'00'.repeat(56)}`, `fe${'ff'.repeat(27)}fe${'ff'.repeat(27)}00`, '00'.repeat(57)]);

export function keyOf({ version, body, createdAt, algorithm, numbers }: KeyPacket): Key {
  const framed = version === 6 ? concat(Uint8Array.of(0x9b), wireUint32(body.length), body) : concat(Uint8Array.of(0x99, body.length >> 8, body.length & 0xff), body);
  const fingerprint = createHash(version === 6 ? 'sha256' : 'sha1').update(framed).digest('hex').toUpperCase();
  const keyId = version === 6 ? fingerprint.slice(0, 16) : fingerprint.slice(-16);
  return { version, fingerprint, keyId, createdAt, algorithm, word: wordOf(numbers), framed, material: materialOf(numbers) };
}

/** Tells whether an id (key id or fingerprint, upper-case hex) names this key. */
export function isNamed(key: Key, id: string): boolean {
  return id === key.fingerprint || id === key.keyId;
}

function wordOf(numbers: Numbers): string {
  if (numbers.kind === 'rsa') return `rsa${bitLength(numbers.n)}`;
  return numbers.kind === 'ecdsa' ? (CURVES[numbers.oid]?.word ?? 'unknown') : numbers.kind === 'other' ? 'unknown' : numbers.kind;
}

function materialOf(numbers: Numbers): Material | KeyProblem {
  const problem = problemOf(numbers);
  if (problem || numbers.kind === 'other') return problem ?? 'key-algorithm';
  try {
    const object = keyObject(numbers);
    return { kind: numbers.kind, object, size: sizeOf(numbers), digest: sha256(object.export({ type: 'spki', format: 'der' })) };
  } catch {
    // Only OpenSSL can tell whether a point is on its curve.
    return 'key-malformed';
  }
}

function problemOf(numbers: Numbers): KeyProblem | undefined {
  switch (numbers.kind) {
    case 'rsa':
      return isSoundRsa(numbers.n, numbers.e) ? undefined : 'key-weak';
    case 'ecdsa': {
      const curve = CURVES[numbers.oid];
      if (!curve) return 'key-algorithm';
      return numbers.point[0] === 4 && numbers.point.length === 1 + 2 * curve.size ? undefined : 'key-malformed';
    }
    case 'ed25519':
      return isSoundPoint(numbers.point) ? undefined : 'key-weak';
    case 'ed448':
      return ED448_SMALL.has(hex(numbers.point).replace(/80$/, '00')) ? 'key-weak' : undefined;
    default:
      return 'key-algorithm';
  }
}

function sizeOf(numbers: Exclude<Numbers, { kind: 'other' }>): number {
  if (numbers.kind === 'rsa') return numbers.n.length;
  return numbers.kind === 'ecdsa' ? CURVES[numbers.oid]!.size : numbers.point.length;
}

function keyObject(numbers: Exclude<Numbers, { kind: 'other' }>): KeyObject {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  switch (numbers.kind) {
    case 'rsa':
      return createPublicKey({ key: { kty: 'RSA', n: text(numbers.n), e: text(numbers.e) }, format: 'jwk' });
    case 'ecdsa':
      return createPublicKey({ key: ecdsaSpki(numbers), format: 'der', type: 'spki' });
    case 'ed25519':
      return createPublicKey({ key: ed25519Jwk(numbers.point), format: 'jwk' });
    default:
      return createPublicKey({ key: { kty: 'OKP', crv: 'Ed448', x: text(numbers.point) }, format: 'jwk' });
  }
}

/** The SubjectPublicKeyInfo of RFC 5480 §2: JSON Web Keys don't know all these curves. */
function ecdsaSpki({ oid, point }: { oid: string; point: Uint8Array }): Buffer {
  const ecPublicKey = Buffer.from('06072a8648ce3d0201', 'hex');
  return der(0x30, der(0x30, ecPublicKey, der(0x06, Buffer.from(oid, 'hex'))), der(0x03, Uint8Array.of(0), point));
}

/** Lengths below 65536, which is all that a point on a known curve needs. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...length), body]);
}
