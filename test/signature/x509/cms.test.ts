// SPDX-License-Identifier: Apache-2.0
// What a message's bytes alone tell: which are bound to the payload, and why the others aren't. Each message here is right
// but for one thing.
import { constants, createHash, sign } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkBinding } from '../../../src/signature/x509/cms.ts';
import { ALGORITHM, NOW, altNames, email, keyPair, makeCertificate, makeLeaf } from './certificates.ts';
import { NULL, der, int, octets, oid, seq } from './der-writer.ts';
import { PAYLOAD, armored, attribute, contentType, messageDigest, signingTime, write, writeMessage, type Writing } from './messages.ts';

const test = suite('x509 cms');

const ca = keyPair('ca');
const leaf = makeLeaf('CA', ca);
const GOOD = writeMessage({ leaf });

function reasonOf(armor: Uint8Array, payload: Uint8Array = PAYLOAD): string {
  const start = performance.now();
  const binding = checkBinding(armor, payload);
  assert.ok(performance.now() - start < 1000, 'longer than a second');
  return binding.kind === 'bound' ? 'bound' : `${binding.kind} ${binding.reason}`;
}

test('a message binds its payload, and no other', () => {
  assert.is(reasonOf(armored(GOOD)), 'bound');
  assert.is(reasonOf(armored(GOOD), Buffer.concat([PAYLOAD, Buffer.from('\n')])), 'bad binding');
});

test('the signing time is told', () => {
  const binding = checkBinding(write({ leaf, at: NOW - 5 }), PAYLOAD);
  assert.is(binding.kind === 'bound' && binding.signingTime, NOW - 5);
});

const pss = (salt: number, hash = 'sha256' as const, mask: Uint8Array = ALGORITHM[hash]): Buffer =>
  seq(oid('1.2.840.113549.1.1.10'), seq(der(0xa0, ALGORITHM[hash]), der(0xa1, seq(oid('1.2.840.113549.1.1.8'), mask)), der(0xa2, int(salt))));
const rsa = makeLeaf('CA', ca, { key: keyPair('alice', 2048) });
const ed = makeLeaf('CA', ca, { key: keyPair('alice', 'ed25519') });
const p384 = makeLeaf('CA', ca, { key: keyPair('alice', 'P-384') });

/** Other algorithms; RFC 8419 for Ed25519. */
const BOUND: Record<string, Writing> = {
  'ECDSA P-384 with SHA-384': { leaf: p384, hash: 'sha384', signatureAlgorithm: ALGORITHM['ecdsa-sha384'] },
  'RSA with SHA-256': { leaf: rsa, signatureAlgorithm: ALGORITHM['rsa-sha256'] },
  'RSA, the hash left to the digest algorithm': { leaf: rsa, hash: 'sha512', signatureAlgorithm: ALGORITHM.rsa },
  'RSASSA-PSS': { leaf: rsa, signatureAlgorithm: pss(32), signature: (bytes, key) => sign('sha256', bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }) },
  Ed25519: { leaf: ed, hash: 'sha512', signatureAlgorithm: ALGORITHM.ed25519, signature: (bytes, key) => sign(null, bytes, key) },
  'digest parameters NULL': { leaf, digestAlgorithm: seq(oid('2.16.840.1.101.3.4.2.1'), NULL) },
  'an unknown signed attribute': { leaf, also: [attribute('1.2.3.4', octets(Buffer.from('x')))] },
  'the certificate named (ESSCertIDv2)': { leaf, also: [attribute('1.2.840.113549.1.9.16.2.47', seq(seq(seq(octets(createHash('sha256').update(leaf.der).digest())))))] },
  'the certificate named (ESSCertID)': { leaf, also: [attribute('1.2.840.113549.1.9.16.2.12', seq(seq(seq(octets(createHash('sha1').update(leaf.der).digest())))))] },
};
for (const [title, writing] of Object.entries(BOUND)) {
  test(`bound: ${title}`, () => {
    assert.is(reasonOf(write(writing)), 'bound');
    assert.is(reasonOf(write({ ...writing, signature: (bytes) => createHash('sha512').update(bytes).digest() })), 'bad signature');
  });
}

const other = makeLeaf('CA', ca, { key: keyPair('mallory'), serial: 7 });
const usual = [contentType(), messageDigest(PAYLOAD), signingTime(NOW)];

const REFUSED: Record<string, [says: string, writing: Omit<Writing, 'leaf'> & { leaf?: typeof leaf }]> = {
  'signed attributes missing': ['bad signed-attributes', { attributes: null }],
  'no content type': ['bad signed-attributes', { attributes: usual.slice(1) }],
  'another content type': ['bad signed-attributes', { attributes: [contentType('1.2.840.113549.1.9.16.1.4'), ...usual.slice(1)] }],
  'no message digest': ['bad signed-attributes', { attributes: [usual[0]!, usual[2]!] }],
  'no signing time': ['bad signed-attributes', { attributes: usual.slice(0, 2) }],
  'two signing times': ['bad signed-attributes', { attributes: [...usual.slice(0, 2), attribute('1.2.840.113549.1.9.5', ...[NOW, NOW + 1].map((at) => der(0x17, Buffer.from(new Date(at * 1000).toISOString().replace(/[-:T]|\.\d+/g, '').slice(2)))))] }],
  'an attribute twice': ['bad signed-attributes', { attributes: [...usual, signingTime(NOW + 1)] }],
  'attributes out of order': ['bad signed-attributes', { attributes: [usual[1]!, usual[0]!, usual[2]!], unsorted: true }],
  'the digest of another payload': ['bad binding', { attributes: [usual[0]!, messageDigest(Buffer.from('x')), usual[2]!] }],
  'the digest by another hash': ['bad binding', { attributes: [usual[0]!, messageDigest(PAYLOAD, 'sha512'), usual[2]!] }],
  'a truncated digest': ['bad binding', { attributes: [usual[0]!, attribute('1.2.840.113549.1.9.4', octets(createHash('sha256').update(PAYLOAD).digest().subarray(1))), usual[2]!] }],
  'SHA-1 for the content': ['bad digest-weak', { digestAlgorithm: ALGORITHM.sha1 }],
  'SHA-1 for the attributes': ['bad digest-weak', { signatureAlgorithm: ALGORITHM['ecdsa-sha1'] }],
  'two hashes': ['undecided signature-algorithm', { signatureAlgorithm: ALGORITHM['ecdsa-sha384'] }],
  'an unknown digest': ['undecided digest-algorithm', { digestAlgorithm: seq(oid('1.2.3')) }],
  'an unknown signature algorithm': ['undecided signature-algorithm', { signatureAlgorithm: seq(oid('1.2.3')) }],
  'Ed25519 with SHA-256': ['undecided signature-algorithm', { leaf: ed, signatureAlgorithm: ALGORITHM.ed25519, signature: (bytes, key) => sign(null, bytes, key) }],
  'the algorithm of another kind of key': ['bad signature', { signatureAlgorithm: ALGORITHM['rsa-sha256'] }],
  'PSS with another mask hash': ['undecided signature-algorithm', { leaf: rsa, signatureAlgorithm: pss(32, 'sha256', ALGORITHM.sha512), signature: (bytes, key) => sign('sha256', bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING }) }],
  'PSS with a huge salt': ['undecided signature-algorithm', { leaf: rsa, signatureAlgorithm: pss(2147483647), signature: (bytes, key) => sign('sha256', bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING }) }],
  'PSS with its defaults, which are SHA-1': ['bad digest-weak', { leaf: rsa, signatureAlgorithm: seq(oid('1.2.840.113549.1.1.10'), seq()), signature: (bytes, key) => sign('sha256', bytes, key) }],
  'another one\'s signature': ['bad signature', { signature: (bytes) => sign('sha256', bytes, keyPair('mallory').privateKey) }],
  'no certificate': ['bad certificate', { certificates: [] }],
  'another certificate': ['bad certificate', { certificates: [other.der] }],
  'a certificate with the same name and number, for another key': ['bad signature', { certificates: [makeLeaf('CA', ca, { key: keyPair('mallory'), serial: 4711 }).der], leaf: makeLeaf('CA', ca, { serial: 4711 }) }],
  'two certificates with one name and number': ['bad certificate', { leaf: makeLeaf('CA', ca, { serial: 4712 }), others: [makeLeaf('CA', ca, { key: keyPair('mallory'), serial: 4712 }).der] }],
  'another certificate than the named one': ['bad certificate', { also: [attribute('1.2.840.113549.1.9.16.2.47', seq(seq(seq(octets(createHash('sha256').update(other.der).digest())))))] }],
  'a named certificate that nobody can read': ['bad certificate', { also: [attribute('1.2.840.113549.1.9.16.2.47', seq(NULL))] }],
  'certificates that are none': ['bad certificate', { others: [seq(NULL)] }],
  'eleven certificates': ['bad malformed', { others: Array.from({ length: 10 }, () => other.der) }],
  'content inside': ['bad content', { content: seq(oid('1.2.840.113549.1.7.1'), der(0xa0, octets(PAYLOAD))) }],
  'content of another type': ['bad content', { content: seq(oid('1.2.840.113549.1.9.16.1.4')) }],
  'no signer': ['bad signers', { signers: () => [] }],
  'two signers': ['bad signers', { signers: (info) => [info, info] }],
  'ten thousand signers': ['bad malformed', { signers: (info) => Array.from({ length: 10_000 }, () => info) }],
  'three hundred signers, all like the first': ['bad too-large', { signers: (info) => Array.from({ length: 300 }, () => info) }],
  'ten thousand certificates': ['bad malformed', { certificates: Array.from({ length: 10_000 }, () => other.der) }],
  'a thousand signers': ['bad malformed', { signers: () => Array.from({ length: 1000 }, () => seq(int(1))) }],
  'a thousand attributes': ['bad malformed', { unsigned: () => Array.from({ length: 1000 }, (_, i) => attribute(`1.2.3.${i}`, NULL)) }],
  'an unsigned attribute twice': ['bad malformed', { unsigned: () => [attribute('1.2.3', NULL), attribute('1.2.3', int(1))] }],
  'version 3': ['undecided version', { version: 3 }],
  'a signer of version 3': ['undecided version', { signerVersion: 3 }],
  'no signed data': ['bad malformed', { contentInfoType: '1.2.840.113549.1.7.1' }],
  'a huge object identifier': ['bad malformed', { digestAlgorithm: seq(der(0x06, Buffer.alloc(20_000, 0x81), Buffer.of(1))) }],
};
for (const [title, [says, writing]] of Object.entries(REFUSED)) {
  test(`${says}: ${title}`, () => assert.is(reasonOf(write({ leaf, ...writing })), says));
}

const rsaSpki = (n: bigint, e: bigint): Buffer => seq(ALGORITHM.rsa, der(0x03, Buffer.of(0), seq(int(n), int(e))));
const wide = (1n << 16383n) + 1n;
const point = keyPair('alice').publicKey.export({ format: 'der', type: 'spki' });
const KEYS: Record<string, [says: string, spki: Uint8Array]> = {
  'RSA of 1024 bits': ['bad key-weak', keyPair('alice', 1024).publicKey.export({ format: 'der', type: 'spki' })],
  'RSA of 16384 bits': ['bad key-weak', rsaSpki(wide, 65537n)],
  'RSA with the exponent 1': ['bad key-weak', rsaSpki((1n << 2047n) + 1n, 1n)],
  'RSA with a long exponent': ['bad key-weak', rsaSpki((1n << 2047n) + 1n, (1n << 2046n) + 1n)],
  'an even modulus': ['bad key-weak', rsaSpki(1n << 2047n, 65537n)],
  'a point off the curve': ['bad key-malformed', Buffer.concat([point.subarray(0, -1), Buffer.of(point.at(-1)! ^ 1)])],
  'an Ed25519 point of small order': ['bad key-weak', seq(ALGORITHM.ed25519, der(0x03, Buffer.of(0), Buffer.concat([Buffer.of(1), Buffer.alloc(31)])))],
  'a key of an unknown kind': ['undecided key-type', seq(seq(oid('1.2.3')), der(0x03, Buffer.of(0)))],
  'a curve with parameters of its own': ['undecided key-type', seq(seq(oid('1.2.840.10045.2.1'), seq(int(1))), der(0x03, Buffer.of(0), Buffer.alloc(65, 4)))],
};
for (const [title, [says, spki]] of Object.entries(KEYS)) {
  test(`${says}: ${title}`, () => assert.is(reasonOf(write({ leaf: makeLeaf('CA', ca, { spki }) })), says));
}

test('whoever holds the key may show another certificate for it: the names inside are for the authority to give', () => {
  const twin = makeCertificate({ subject: 'Bob', issuer: 'CA', key: leaf.key, by: ca, serial: 4713, extensions: [altNames(email('bob@example.com'))] });
  const message = writeMessage({ leaf: makeLeaf('CA', ca, { serial: 4713 }), certificates: [twin.der] });
  const binding = checkBinding(armored(message), PAYLOAD);
  assert.is(binding.kind === 'bound' && Buffer.compare(binding.message.signer.der, twin.der), 0);
});

test('the armor is exact', () => {
  const text = Buffer.from(armored(GOOD)).toString();
  const good = [text, text.trimEnd(), text.replaceAll('\n', '\r\n'), text.replace(/\n(?!-)(?=.)/g, '').replace('-----M', '-----\nM').replace(/([^-\n])-----END/, '$1\n-----END')];
  for (const each of good) assert.is(reasonOf(Buffer.from(each)), 'bound', each);
  const bad = [
    `x${text}`, `\n${text}`, `${text}x`, `${text}\n`, text.replace('SIGNED MESSAGE', 'PKCS7'), text.replace('\n', '\n\n'), text.replace('\n', '\nVersion: 1\n'),
    text.replace('MII', 'M II'), text.replace(/.(?=\n-----END)/, '!'), text.slice(0, text.length / 2), '', '-----BEGIN SIGNED MESSAGE-----\n-----END SIGNED MESSAGE-----\n',
    text + text, `-----BEGIN SIGNED MESSAGE-----\n${'A'.repeat(10_000_000)}\n-----END SIGNED MESSAGE-----\n`,
  ];
  for (const each of bad) assert.is(reasonOf(Buffer.from(each)), 'bad malformed', each.slice(0, 80));
});

test('lengths that lie are malformed', () => {
  const lies = ['30847fffffff', '3084ffffffff', '30880000000000000001', '3085010000000006', '30820001', '30810530', '3080', '30ff', '3f8100', '30'];
  for (const lie of lies) assert.is(reasonOf(armored(Buffer.concat([Buffer.from(lie, 'hex'), GOOD]))), 'bad malformed', lie);
  for (let cut = 0; cut < GOOD.length; cut += 7) assert.is(reasonOf(armored(GOOD.subarray(0, cut))), 'bad malformed');
});

test('what follows the message is malformed', () => {
  assert.is(reasonOf(armored(Buffer.concat([GOOD, NULL]))), 'bad malformed');
  assert.is(reasonOf(armored(Buffer.concat([GOOD, Buffer.alloc(2)]))), 'bad malformed');
});

test('deep nesting is not followed', () => {
  assert.is(reasonOf(armored(nest(60_000))), 'bad malformed');
  assert.is(reasonOf(armored(Buffer.alloc(65_536, 0x30))), 'bad malformed');
  assert.is(reasonOf(armored(Buffer.alloc(60_000, Buffer.from('3080', 'hex')))), 'bad malformed');
  // Inside an attribute that nobody reads, it is only bytes.
  assert.is(reasonOf(write({ leaf, also: [attribute('1.2.3.4', nest(30_000))] })), 'bound');
});

/** Returns sequences within sequences, so many bytes of them. */
function nest(length: number): Buffer {
  let value = NULL;
  while (value.length < length) value = seq(value);
  return value;
}

test('the outer shells may be of indefinite length, as gpgsm writes them, and nothing inside them', () => {
  // Each shell's header goes, 0x80 comes, and two zero octets end it.
  const open = (value: Buffer): Buffer => Buffer.concat([Buffer.of(value[0]!, 0x80), contentOf(value), Buffer.alloc(2)]);
  const explicit = GOOD.subarray(GOOD.length - contentOf(GOOD).length + 11);
  const data = contentOf(explicit);
  const shells = Buffer.concat([contentOf(GOOD).subarray(0, 11), open(Buffer.concat([explicit.subarray(0, explicit.length - data.length), data]))]);
  assert.is(reasonOf(armored(open(seq(shells)))), 'bound');
  const attributes = GOOD.indexOf(contentType()) - 2;
  const inner = Buffer.concat([GOOD.subarray(0, attributes), Buffer.of(0xa0, 0x80), GOOD.subarray(attributes + 2)]);
  assert.is(reasonOf(armored(inner)), 'bad malformed');
});

/** Returns the content of a value whose header is well-formed. */
function contentOf(value: Buffer): Buffer {
  return value.subarray(value[1]! < 0x80 ? 2 : 2 + (value[1]! & 0x7f));
}

test.run();
