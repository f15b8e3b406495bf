// SPDX-License-Identifier: Apache-2.0
// Which RSA keys prove something, whatever format they come in: one rule, so that no format is the easy one.

/** Beyond this OpenSSL refuses to verify. */
const MOST_BITS = 16384;

/**
 * Tells whether a modulus and an exponent (big-endian, without leading zeros) make a key that proves something. Even numbers and 1
 * are no RSA at all; an exponent of more than 8 bytes only makes the verifier work (OpenSSL has the same bound for large moduli).
 */
export function isSoundRsa(n: Uint8Array, e: Uint8Array, most = MOST_BITS): boolean {
  const bits = bitLength(n);
  return bits >= 2048 && bits <= most && isOdd(n) && e.length <= 8 && isOdd(e) && (e.length > 1 || e[0]! >= 3);
}

/** Returns the length of a number (big-endian, without leading zeros) in bits. */
export function bitLength(number: Uint8Array): number {
  return number.length * 8 - Math.clz32(number[0] ?? 0) + 24;
}

function isOdd(number: Uint8Array): boolean {
  return ((number.at(-1) ?? 0) & 1) === 1;
}
