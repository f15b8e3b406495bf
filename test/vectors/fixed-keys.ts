// SPDX-License-Identifier: Apache-2.0
// Keys whose private halves everybody knows, and signatures that come out the same every time: vectors are rebuilt from
// them, byte for byte. They guard nothing and must never stand in a roster.
import { createECDH, createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { concat, fromBase64, hex, utf8 } from '../../src/bytes.ts';
import { wireMpint, wireString } from '../../src/signature/wire.ts';
import { ed25519FromSeed } from '../kit/authenticator.ts';

/** A key as the wire sees it: its public blob, and the signature string it makes of some bytes. */
export interface FixedKey {
  blob: Uint8Array;
  sign: (data: Uint8Array) => Uint8Array;
}

/** The first two secret keys of RFC 8032 §7.1. */
const SEEDS = [
  '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
] as const;

/** The curves of RFC 5656 with the orders of their groups (SEC 2). */
const CURVES = {
  256: { openssl: 'prime256v1', digest: 'sha256', order: 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551' },
  384: {
    openssl: 'secp384r1',
    digest: 'sha384',
    order: 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  },
  521: {
    openssl: 'secp521r1',
    digest: 'sha512',
    order: '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
  },
} as const;

export type CurveSize = keyof typeof CURVES;

/** PKCS #1 of a 2048-bit key, made once for this file. */
const RSA = [
  'MIIEpAIBAAKCAQEA1f/1w5Z71pGjsAPVeakw9EPHCXdSvFi5/MFoBlIKiI87/F9VvPnIvPuN/g+n4A3snZMV4vQB25wgMP29QVkoeP3YB30g8/9sjtYbnqTpEBAC74TusbHY',
  'BDsTB9HpVJqz223WnHu71LaS86vTbj7z5Tv6DQbgoQ3AK+iaobT9WS8xtqsnXVgV4aUnFK8be+mpqTLi6/S4vtENRiifk6hsX4eW7uK4qiDF8mZ1AbLhicCWPUX8Pq5Wc/tE',
  'B1rNYtplZUiL8twhV56tnBzuY9U9kamzh45Otnu73I8zuyjSaLjf2rcC+AKQNYJ2YnQvUNKw/dx3K+2mtbOBrPDvO85EcQIDAQABAoIBABFScC7I9LTiwg4CfsT5HyzOewMh',
  'pPv470kYe1aeTRr5A8vYXa93xToYNJ9UM2xX7ty3ELD3u69ukk5/jiexfgID2M42YIn6QBZ0b0o7+Ao5pDswwUTMlqXfsEPUR8pLjB50DsieMrneSMPaQeQtH/82B8tb0Kfz',
  'XdL6t4rlBGgzsKSa5qKgfr6gZvFH7ISI0W9rnjr8ESFvMOybps/KPvA8MOUtjmvWjKwlObPWKlz/rNU1sX2Oo7glHWRFV2ZJecrnbsyYE5urLM8vVgqsScyEHI5BBLMNkIIc',
  'iql1P+plk/SQ18MN8k5R7pGxKw3Rh1yZVw6CsrOOVY304qxP7dcCgYEA9vmTIZ5SBvBz0uWwEe53NlXXigfRDe/eGjH5pmE/dnTo1wksnbX2baGpxw5O9sPEfJp+6WIOgQuf',
  'M2w/kK2lwZjPqT1fUKouBTxGt41t+pwvJye8FIsaGOA+3lqqX0lEKUSJt81gAggLZUnnqD1tkAp9gerULqU0mimgEe3eFQMCgYEA3dHoLeMpm0MchLCjseLUyyCaYX4A1ecS',
  'Ct8i6a9QkDKllHB6rdDNRWesKJQ9fHKseYehnavq90E/H9xjV58Z+0er9vvm3DD2F4C/6oqXJIy/UgVbtUen455YYy2/O+SIicvfoYE9YaWXdAKxWDXAKqLkJGrg5ong71Ux',
  'OaT3ZHsCgYB6HC2d2pxt5+csZ/ok84WnrMuz6Gd5f5aN1xW7KKvrEqSo5VVU6MndrKe3zqBGK8bzYKPNGnlXXnqpPyUykFi7HqXV5I1C4dF9Ly87w8aTuTMrJd89PQV7NSyA',
  'Xc2M7TmxObzpzrZgar/PpbnPGggYxscFPCkKow4eBuSo2LYMJwKBgQCNqGirLWA7zE8hGiFgD+kvU8HjsvFbqTanhLqqHBDKFd4SfwaJjEgbI8sZGxptKFqnPgvjQpBKmPt0',
  'IG283llcVPgoQdS8F/SBK/LkGN/PMqdX/R4FFh7MySnPJL70w8zCm1VUsdF+U572MmYJXEI9uEsUSsEX2UOx9Gj8VDK9kwKBgQC9EqIczB3VUVRVxghCE1KTxmuFdK/tXwc3',
  'piNicJIUH/wqyE6Goh8D/wTN1rItHF2qQAp7XitvpWxYt8dJu2b3Efj3vhb1qxksLIuzxj/AbRAT8KRSXPg5iwxyR0yhFjoQOH21e+4KofFKcn8HtfTZWvS9p4KWayPoEz2M',
  'oVVxsQ==',
].join('');

export function ed25519Private(index: 0 | 1 = 0): KeyObject {
  return ed25519FromSeed(Buffer.from(SEEDS[index], 'hex'));
}

export function ed25519Point(index: 0 | 1 = 0): Uint8Array {
  return Buffer.from(createPublicKey(ed25519Private(index)).export({ format: 'jwk' }).x!, 'base64url');
}

export function ed25519Blob(point: Uint8Array): Uint8Array {
  return concat(wireString('ssh-ed25519'), wireString(point));
}

export function ed25519Key(index: 0 | 1 = 0): FixedKey {
  const key = ed25519Private(index);
  return { blob: ed25519Blob(ed25519Point(index)), sign: (data) => concat(wireString('ssh-ed25519'), wireString(sign(null, data, key))) };
}

export function rsaKey(digest: 'sha1' | 'sha256' | 'sha512' = 'sha512'): FixedKey {
  const key = rsaPrivate();
  const algorithm = { sha1: 'ssh-rsa', sha256: 'rsa-sha2-256', sha512: 'rsa-sha2-512' }[digest];
  const [e, n] = [rsaNumber('e'), rsaNumber('n')];
  return { blob: rsaBlob(e, n), sign: (data) => concat(wireString(algorithm), wireString(sign(digest, data, key))) };
}

export function rsaNumber(name: 'e' | 'n'): Uint8Array {
  return Buffer.from(createPublicKey(rsaPrivate()).export({ format: 'jwk' })[name]!, 'base64url');
}

export function rsaBlob(e: Uint8Array, n: Uint8Array): Uint8Array {
  return concat(wireString('ssh-rsa'), wireMpint(e), wireMpint(n));
}

export function ecdsaKey(size: CurveSize): FixedKey {
  const type = `ecdsa-sha2-nistp${size}`;
  return {
    blob: concat(wireString(type), wireString(`nistp${size}`), wireString(ecdsaPoint(size))),
    sign: (data) => concat(wireString(type), wireString(ecdsaPair(size, data))),
  };
}

/** Returns the uncompressed point of the curve's fixed key. */
export function ecdsaPoint(size: CurveSize): Uint8Array {
  return pointOf(size, secret(size));
}

/** Returns r and s as two mpints. */
export function ecdsaPair(size: CurveSize, data: Uint8Array): Uint8Array {
  const { r, s } = ecdsaSign(size, data);
  return concat(mpint(r), mpint(s));
}

/**
 * Signs with a nonce derived from key and message: node:crypto draws a random one, and vectors must not change. (Not RFC 6979, and
 * not constant in time: the key is public.)
 */
export function ecdsaSign(size: CurveSize, data: Uint8Array): { r: bigint; s: bigint; order: bigint } {
  const { digest, order } = CURVES[size];
  const n = BigInt(`0x${order}`);
  const hash = createHash(digest).update(data).digest();
  const nonce = (BigInt(`0x${createHash('sha512').update(`nonce ${size} `).update(hash).digest('hex')}`) % (n - 1n)) + 1n;
  const width = (pointOf(size, nonce).length - 1) / 2;
  const r = BigInt(`0x${hex(pointOf(size, nonce).subarray(1, 1 + width))}`) % n;
  const s = (inverse(nonce, n) * (BigInt(`0x${hex(hash)}`) + r * secret(size))) % n;
  return { r, s, order: n };
}

export function mpint(number: bigint): Uint8Array {
  return wireMpint(bigEndian(number, 66));
}

function rsaPrivate(): KeyObject {
  return createPrivateKey({ key: Buffer.from(fromBase64(RSA)!), format: 'der', type: 'pkcs1' });
}

function secret(size: CurveSize): bigint {
  return BigInt(`0x${createHash('sha256').update(utf8(`countersign vector key nistp${size}`)).digest('hex')}`);
}

function pointOf(size: CurveSize, scalar: bigint): Uint8Array {
  const curve = createECDH(CURVES[size].openssl);
  curve.setPrivateKey(bigEndian(scalar, CURVES[size].order.length / 2));
  return curve.getPublicKey();
}

function bigEndian(number: bigint, length: number): Buffer {
  return Buffer.from(number.toString(16).padStart(length * 2, '0'), 'hex');
}

/** By Fermat: the orders are primes. */
function inverse(number: bigint, prime: bigint): bigint {
  let [result, base] = [1n, number % prime];
  for (let exponent = prime - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % prime;
    base = (base * base) % prime;
  }
  return result;
}
