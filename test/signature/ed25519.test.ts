// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, equal } from '../../src/bytes.ts';
import { checkEd25519, ed25519Jwk, ed25519KeyObject, ed25519PublicKey, isSoundPoint } from '../../src/signature/ed25519.ts';
import { ed25519FromSeed } from '../kit/authenticator.ts';
import { throwsWith } from '../kit/rejects.ts';

const test = suite('ed25519');
const bytes = (text: string): Uint8Array => Buffer.from(text, 'hex');

/** RFC 8032 §7.1, tests 1 to 3: seed, public key, message, signature. */
const RFC = [
  ['9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'],
  ['4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'],
  ['c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7', 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', 'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'],
] as const;

const [, POINT, , SIGNATURE] = RFC[0];

/** The eight points of small order (four of them come as pairs that differ in the sign bit), then their second encodings. */
const SMALL = [
  '01'.padEnd(64, '0'), `ec${'f'.repeat(60)}7f`, '0'.repeat(64), `${'0'.repeat(62)}80`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  `01${'0'.repeat(60)}80`, `ec${'f'.repeat(62)}`, `ed${'f'.repeat(60)}7f`, `ee${'f'.repeat(60)}7f`, `ed${'f'.repeat(62)}`, `ee${'f'.repeat(62)}`,
].map(bytes);

test('the signatures of RFC 8032', () => {
  for (const [seed, point, message, signature] of RFC) {
    const key = ed25519FromSeed(bytes(seed));
    assert.ok(equal(ed25519PublicKey(key), bytes(point)));
    assert.ok(equal(sign(null, bytes(message), key), bytes(signature)));
    assert.ok(checkEd25519(bytes(point), bytes(message), bytes(signature)));
  }
});

test('a key object and its 32 bytes, both ways; the object is kept', () => {
  const object = ed25519KeyObject(bytes(POINT));
  assert.ok(equal(ed25519PublicKey(object), bytes(POINT)));
  assert.is(ed25519KeyObject(bytes(POINT)), object);
});

test('every flipped bit of signature, key or payload is noticed', () => {
  const [, point, message, signature] = RFC[2].map((text) => bytes(text)) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const flip = (of: Uint8Array, bit: number): Uint8Array => of.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
  for (let bit = 0; bit < 512; bit++) assert.not.ok(checkEd25519(point, message, flip(signature, bit)));
  for (let bit = 0; bit < 256; bit++) assert.not.ok(checkEd25519(flip(point, bit), message, signature));
  for (let bit = 0; bit < 16; bit++) assert.not.ok(checkEd25519(point, flip(message, bit), signature));
});

test('wrong lengths are not good and do not throw', () => {
  for (const length of [0, 31, 33, 64]) assert.not.ok(checkEd25519(new Uint8Array(length).fill(9), new Uint8Array(), bytes(SIGNATURE)));
  for (const length of [0, 63, 65, 114]) assert.not.ok(checkEd25519(bytes(POINT), new Uint8Array(), new Uint8Array(length)));
});

test('small-order and non-canonical points are refused', () => {
  for (const point of SMALL) {
    assert.not.ok(isSoundPoint(point));
    throwsWith('KEY_INVALID', () => ed25519KeyObject(point));
  }
  // The largest y below the prime that is not of small order.
  assert.ok(isSoundPoint(bytes(`eb${'f'.repeat(60)}7f`)));
});

test('why: under small-order keys OpenSSL takes a signature that nobody made', () => {
  // R is the neutral element and s is 0: the equation asks only that kA be neutral, which for a point of order 8 is so every eighth time.
  const forged = concat(Uint8Array.of(1), new Uint8Array(63));
  for (const point of SMALL.slice(0, 8)) {
    const object = createPublicKey({ key: ed25519Jwk(point), format: 'jwk' });
    const fooled = Array.from({ length: 400 }, () => randomBytes(8)).filter((message) => verify(null, message, object, forged));
    assert.ok(fooled.length > 0);
    for (const message of fooled) assert.not.ok(checkEd25519(point, message, forged));
  }
});

test.run();
