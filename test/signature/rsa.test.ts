// SPDX-License-Identifier: Apache-2.0
// The one rule for RSA keys, at its edges.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bitLength, isSoundRsa } from '../../src/signature/rsa.ts';

const test = suite('rsa');

const F4 = Uint8Array.of(1, 0, 1);

/** An odd number of so many bits. */
function modulus(bits: number): Uint8Array {
  const number = new Uint8Array(Math.ceil(bits / 8));
  number[0] = 1 << ((bits - 1) % 8);
  number[number.length - 1]! |= 1;
  return number;
}

test('bits are counted from the highest that is set', () => {
  for (const bits of [1, 8, 9, 2047, 2048, 2049]) assert.is(bitLength(modulus(bits)), bits);
  assert.is(bitLength(new Uint8Array()), -8);
});

test('2048 to 16384 bits, or fewer where the caller says so', () => {
  for (const [bits, sound] of [[2047, false], [2048, true], [16384, true], [16385, false]] as const) assert.is(isSoundRsa(modulus(bits), F4), sound, String(bits));
  assert.is(isSoundRsa(modulus(8192), F4, 8192), true);
  assert.is(isSoundRsa(modulus(8193), F4, 8192), false);
});

test('an even modulus, an even exponent, 1, none, and a long one are no RSA', () => {
  const n = modulus(3072);
  for (const e of [[], [0], [1], [2], [1, 0], [1, 0, 0, 0, 0, 0, 0, 0, 1]]) assert.is(isSoundRsa(n, Uint8Array.from(e)), false, e.join());
  for (const e of [[3], [1, 1], [1, 0, 0, 0, 0, 0, 0, 1]]) assert.is(isSoundRsa(n, Uint8Array.from(e)), true, e.join());
  n[n.length - 1] = 2;
  assert.is(isSoundRsa(n, F4), false);
  assert.is(isSoundRsa(new Uint8Array(), F4), false);
});

test.run();
