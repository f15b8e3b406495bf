// SPDX-License-Identifier: Apache-2.0
// Key files: what is read from them, what is refused, and certificates that were made to deceive.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../../../src/bytes.ts';
import { readCertificates } from '../../../src/signature/openpgp/certificate.ts';
import { describeCertificate } from '../../../src/signature/openpgp/description.ts';
import { checkOpenpgp } from '../../../src/signature/openpgp/openpgp.ts';
import { rejectsWith } from '../../kit/rejects.ts';
import { DAY, T0, bind, certify, direct, flags, framed, issuerOf, keyIdOf, mintKey, mpi, packet, publicKey, reason, seconds, sign, signature, subkey, uint, user, wrap } from './mint.ts';

const test = suite('openpgp certificates');

const PAYLOAD = Buffer.from('payload\n');
const at = T0 + 10 * DAY;
const key = mintKey('eddsa');
const rsa = mintKey('rsa2048', { at: T0 + 1 });
const mallory = mintKey('eddsa', { at: T0 + 2 });
const plain = Buffer.concat([publicKey(key), user(key)]);

async function verdict(bytes: Uint8Array, ...files: Uint8Array[]): Promise<string> {
  const certificates = (await Promise.all(files.map(readCertificates))).flat();
  const check = await checkOpenpgp(bytes, PAYLOAD, certificates);
  return `${check.kind} ${'reason' in check ? check.reason : check.keyid}`;
}

test('several certificates in one file, and the fingerprints of their keys', async () => {
  const found = await readCertificates(Buffer.concat([plain, subkey(rsa), bind(key, rsa), publicKey(mallory), user(mallory)]));
  assert.equal(found.map(({ fingerprints }) => fingerprints), [[key.fingerprint, rsa.fingerprint], [mallory.fingerprint]]);
  assert.equal(found.map(({ materials }) => materials.length), [2, 1]);
});

test('one key has one material, whatever it is wrapped in', async () => {
  const numbers = rsa.body.subarray(6);
  const later = { ...rsa, ...wrap(4, T0 + DAY, 1, numbers) };
  const six = { ...rsa, version: 6 as const, ...wrap(6, T0, 1, numbers) };
  const [a, b, c] = await readCertificates(Buffer.concat([publicKey(rsa), user(rsa), publicKey(later), publicKey(six)]));
  assert.is.not(a!.fingerprint, b!.fingerprint);
  assert.equal([b!.materials, c!.materials], [a!.materials, a!.materials]);
  const raw = mallory.body.subarray(-32);
  const modern = { ...mallory, ...wrap(4, T0, 27, raw) };
  const [old, young] = await readCertificates(Buffer.concat([publicKey(mallory), publicKey(modern)]));
  assert.equal(old!.materials, young!.materials);
  // as an SSH key of the same numbers has it
  assert.equal(old!.materials, [sha256(Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]))]);
});

test('a description tells what the owner vouches for', async () => {
  const evil = Buffer.from('Evil \x1b[2K\u202e <e@example.org>');
  const [read] = await readCertificates(Buffer.concat([
    publicKey(key), packet(13, Buffer.from('Not vouched for')), user(key, { at: T0 + 5 }), user(key, { text: evil, hashed: [flags(3), seconds(9, 30 * DAY)] }),
    packet(13, Buffer.from('Gone')), certify(key, { text: Buffer.from('Gone') }), certify(key, { text: Buffer.from('Gone'), type: 0x30, at: T0 + 1, hashed: [] }),
  ]));
  assert.equal(describeCertificate(read!), {
    algorithm: 'ed25519', createdAt: T0, expiresAt: T0 + 30 * DAY, signs: true,
    userIds: ['Test Example <test@example.org>', 'Evil \\u{1b}[2K\\u{202e} <e@example.org>'],
  });
  const [revoked] = await readCertificates(Buffer.concat([publicKey(key), direct(key, 0x20, at, [reason(3)]), direct(key, 0x20, at + DAY, [reason(0)]), user(key)]));
  assert.equal(describeCertificate(revoked!).revoked, { at: at + DAY, reason: 'compromised' });
  assert.is(describeCertificate(revoked!).signs, false);
});

/** Returns a certificate with so many subkeys, none of them bound. */
function manyKeys(from: number, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count + 1 }, (_, i) => packet(i === 0 ? 6 : 14, wrap(4, from + i, 27, mallory.body.subarray(-32)).body)));
}

test('what is no key file is refused', async () => {
  const secret = packet(5, key.body);
  const files: Record<string, Uint8Array> = {
    'nothing': Buffer.of(), 'text': Buffer.from('hello'), 'a secret key': Buffer.concat([secret, user(key)]), 'a secret subkey': Buffer.concat([plain, packet(7, rsa.body)]),
    'a signature': sign(key, PAYLOAD, at), 'a user id first': user(key), 'a literal': Buffer.concat([plain, packet(11, Buffer.of(1))]), 'a compressed packet': Buffer.concat([plain, packet(8, Buffer.of(1))]),
    'cut': plain.subarray(0, -1), 'junk behind': Buffer.concat([plain, Buffer.of(0x12)]), 'a length beyond the end': Buffer.from('c6ffffffffff04', 'hex'), 'a partial length': Buffer.concat([Buffer.of(0xc6, 0xe5), Buffer.alloc(32)]),
    'an indeterminate length': Buffer.concat([Buffer.of(0x9b), key.body]), 'a version 3 key': packet(6, Buffer.concat([Buffer.of(3), key.body.subarray(1)])), 'an unknown algorithm': packet(6, wrap(4, T0, 99, Buffer.alloc(32)).body),
    'too large': Buffer.concat([plain, Buffer.alloc(1_048_576, packet(13, Buffer.alloc(100)))]), 'too many packets': Buffer.concat([plain, Buffer.alloc(400_000, Buffer.of(0xe8, 0))]),
    'too many keys': Buffer.concat(Array.from({ length: 101 }, () => plain)), 'too many self-signatures': Buffer.concat([plain, ...Array.from({ length: 512 }, () => certify(key))]),
    'too many subkeys': Buffer.concat([plain, ...Array.from({ length: 65 }, (_, i) => packet(14, wrap(4, T0 + i, 27, mallory.body.subarray(-32)).body))]),
    'too many keys in all': Buffer.concat(Array.from({ length: 9 }, (_, i) => manyKeys(T0 + i * DAY, 57))),
    'a number with a false length': packet(6, wrap(4, T0, 1, Buffer.concat([uint(2047, 2), mpi(Buffer.alloc(256, 0xff)).subarray(2), mpi(Buffer.of(1, 0, 1))])).body),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const start = performance.now();
    await rejectsWith('KEY_INVALID', readCertificates(bytes));
    assert.ok(performance.now() - start < 1000, name);
  }
});

test('subkeys that cannot be read, portraits and padding are passed over', async () => {
  const unknown = [packet(14, wrap(4, T0, 99, Buffer.alloc(32)).body), bind(key, rsa)];
  const portrait = [packet(17, Buffer.alloc(60_000, 7)), packet(2, signature(key, { type: 0x13, at: T0, over: [framed(key), Buffer.concat([Buffer.of(0xd1), uint(60_000, 4), Buffer.alloc(60_000, 7)])] }))];
  const file = Buffer.concat([packet(10, Buffer.from('PGP')), plain, ...portrait, packet(12, Buffer.of(1)), packet(21, Buffer.alloc(9)), packet(60, Buffer.of(1)), ...unknown]);
  const [read] = await readCertificates(file);
  assert.equal(read!.fingerprints, [key.fingerprint]);
  assert.equal(describeCertificate(read!).userIds, ['Test Example <test@example.org>']);
  assert.is(await verdict(sign(key, PAYLOAD, at), file), `good openpgp:${key.fingerprint}`);
});

test("somebody's key in a certificate of another proves nothing for that other", async () => {
  const stolen = Buffer.concat([publicKey(mallory), user(mallory), subkey(key), bind(mallory, key, { at: T0 + 5, backsig: false })]);
  const bytes = sign(key, PAYLOAD, at);
  assert.is(await verdict(bytes, stolen), 'bad cross-signature');
  assert.is(await verdict(bytes, stolen, plain), `good openpgp:${key.fingerprint}`);
  assert.is(await verdict(bytes, plain, stolen), `good openpgp:${key.fingerprint}`);
  // nor does a cross signature for another primary key
  const reused = signature(key, { type: 0x19, at, over: [framed(rsa), framed(key)] });
  const claimed = Buffer.concat([publicKey(mallory), user(mallory), subkey(key), bind(mallory, key, { at: T0 + 5, backsig: false, hashed: [flags(2), { type: 32, body: reused }] })]);
  assert.is(await verdict(bytes, claimed), 'bad cross-signature');
});

test('a key that many certificates claim is still found', async () => {
  const claims = Array.from({ length: 7 }, (_, i) => {
    const thief = mintKey('eddsa', { at: T0 + i });
    return Buffer.concat([publicKey(thief), user(thief), ...Array.from({ length: 20 }, () => subkey(key))]);
  });
  assert.is(await verdict(sign(key, PAYLOAD, at), ...claims, plain), `good openpgp:${key.fingerprint}`);
});

test('of two states of a certificate, the one that knows of a revocation counts', async () => {
  const gone = Buffer.concat([publicKey(key), direct(key, 0x20, at, [reason(2)]), user(key)]);
  const bytes = sign(key, PAYLOAD, at - 1);
  assert.is(await verdict(bytes, plain, gone), 'bad revoked');
  assert.is(await verdict(bytes, gone, plain), 'bad revoked');
  const sub = Buffer.concat([plain, subkey(rsa), bind(key, rsa), subkey(rsa), bind(key, rsa, { type: 0x28, at, hashed: [reason(2)] })]);
  assert.is(await verdict(sign(rsa, PAYLOAD, at - 1), sub), 'bad revoked');
});

test('a signature over a key is none over a document, nor the other way round', async () => {
  const text = Buffer.concat([framed(key), Buffer.concat([Buffer.of(0xb4), uint(4, 4), Buffer.from('Evil')])]);
  const document = signature(key, { type: 0x00, at, over: [text], hashed: [flags(3)] });
  const [read] = await readCertificates(Buffer.concat([publicKey(key), packet(13, Buffer.from('Evil')), packet(2, document)]));
  assert.equal(describeCertificate(read!).userIds, []);
  const retyped = Buffer.from(document);
  retyped[1] = 0x13;
  assert.equal(describeCertificate((await readCertificates(Buffer.concat([publicKey(key), packet(13, Buffer.from('Evil')), packet(2, retyped)])))[0]!).userIds, []);
});

test('key ids that two keys share', async () => {
  // The lookup finds both by their id; the arithmetic tells them apart.
  const alias = { ...mallory, fingerprint: key.fingerprint };
  const bytes = sign(alias, PAYLOAD, at, { issuer: false, unhashed: [keyIdOf(key)] });
  assert.is(await verdict(bytes, plain), 'bad signature');
  assert.is(await verdict(sign(key, PAYLOAD, at, { issuer: false, hashed: [issuerOf(mallory)], unhashed: [keyIdOf(key)] }), plain), `stranger openpgp:${mallory.fingerprint}`);
});

test('a check tells when it was signed, and when that runs out', async () => {
  const certificates = await readCertificates(plain);
  const check = await checkOpenpgp(sign(key, PAYLOAD, at, { hashed: [seconds(3, DAY)] }), PAYLOAD, certificates);
  assert.equal(check, { kind: 'good', keyid: `openpgp:${key.fingerprint}`, strength: 'software', signedAt: at, expiresAt: at + DAY });
  assert.is((await checkOpenpgp(sign(key, PAYLOAD, at), PAYLOAD, certificates)).expiresAt, undefined);
});

test('a name of no possible length reaches nobody', async () => {
  const long = { type: 33, body: Buffer.alloc(5000, 0x41) };
  assert.is(await verdict(sign(key, PAYLOAD, at, { issuer: false, hashed: [long] }), plain), 'bad malformed');
  assert.is(await verdict(sign(key, PAYLOAD, at, { issuer: false, unhashed: [long] }), plain), 'bad issuer');
});

test('hostile signature packets are answered at once', async () => {
  const certificates = await readCertificates(plain);
  const start = performance.now();
  const bodies = [
    Buffer.concat([Buffer.of(4, 0, 22, 8), uint(65_000, 2), Buffer.alloc(65_000, Buffer.of(1, 100)), uint(0, 2), Buffer.alloc(2)]), // 32,500 subpackets
    Buffer.concat([Buffer.of(4, 0, 22, 8), uint(60_000, 2), Buffer.alloc(60_000, 0)]),
    Buffer.concat([Buffer.of(6, 0, 27, 8), uint(0xffffffff, 4)]),
    Buffer.concat([Buffer.of(4, 0, 22, 8), uint(6, 2), Buffer.from('ffffffffff02', 'hex')]),
    Buffer.of(), Buffer.of(4), Buffer.of(4, 0, 22, 8), Buffer.of(6, 0, 27, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255),
  ];
  for (const body of bodies) assert.is((await checkOpenpgp(packet(2, body), PAYLOAD, certificates)).kind === 'good', false);
  assert.equal(await checkOpenpgp(packet(2, Buffer.alloc(70_000, 4)), PAYLOAD, certificates), { kind: 'bad', reason: 'too-large' });
  assert.ok(performance.now() - start < 1000);
});

test.run();
