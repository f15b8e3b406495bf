// SPDX-License-Identifier: Apache-2.0
// Who vouches for a certificate: chains that hold, and chains wrong in one thing. openssl judges each of them too, at the
// same time; where it says something else, the entry tells why we don't.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_ANCHORS } from '../../../src/signature/anchors.ts';
import type { Check } from '../../../src/signature/signature.ts';
import { encodeArmor } from '../../../src/signature/x509/armor.ts';
import { readAuthority } from '../../../src/signature/x509/authority.ts';
import { checkSignedMessage } from '../../../src/signature/signed-message.ts';
import { cleanEnvironment } from '../../kit/environment.ts';
import { rejectsWith } from '../../kit/rejects.ts';
import { tempDir } from '../../kit/temp.ts';
import {
  ALGORITHM, DIGITAL_SIGNATURE, EMAIL_PROTECTION, KEY_CERT_SIGN, NOW, altNames, constraints, email, extension, keyPair, keyUsage,
  leafExtensions, makeIntermediate, makeLeaf, makeRoot, otherName, purposes, uri, type Made,
} from './certificates.ts';
import { NULL, der, oid, seq, utf8 } from './der-writer.ts';
import { PAYLOAD, armored, writeMessage } from './messages.ts';

const test = suite('x509 chain');

const SERVER = '1.3.6.1.5.5.7.3.1';
const ca = keyPair('CA');
const between = keyPair('Between');
const root = makeRoot('CA');
const mid = makeIntermediate('Between', 'CA', ca);

interface Chain {
  leaf: Made;
  others?: readonly Made[];
  roots?: readonly Made[];
  /** What we say: `good`, `stranger`, or kind and reason. */
  says: string;
  /** What openssl says where it says something else, and why we don't. */
  unlike?: string;
}

const sub = (extensions: readonly Uint8Array[]): Made => makeIntermediate('Between', 'CA', ca, { extensions });
const below = (others: readonly Made[], says: string, unlike?: string): Chain => ({ leaf: makeLeaf('Between', between), others, says, ...(unlike ? { unlike } : {}) });
const only = (extensions: readonly Uint8Array[], says: string, unlike?: string): Chain => ({ leaf: makeLeaf('CA', ca, { extensions }), says, ...(unlike ? { unlike } : {}) });

const names = altNames(email('alice@example.com'));
const emailConstraint = (domain: string): Buffer => extension('2.5.29.30', seq(der(0xa0, seq(der(0x81, Buffer.from(domain))))), true);
const policies = extension('2.5.29.32', seq(seq(oid('2.23.140.1.5.1.1'))), true);

function tower(height: number): Chain {
  const floors = Array.from({ length: height }, (_, i) => makeIntermediate(`Floor ${i}`, i === 0 ? 'CA' : `Floor ${i - 1}`, i === 0 ? ca : keyPair(`Floor ${i - 1}`)));
  return { leaf: makeLeaf(`Floor ${height - 1}`, keyPair(`Floor ${height - 1}`)), others: floors, says: height <= 6 ? 'good' : 'stranger' };
}

const CHAINS: Record<string, Chain> = {
  'an authority directly': { leaf: makeLeaf('CA', ca), says: 'good' },
  'one between': below([mid], 'good'),
  'six between': tower(6),
  'seven between': { ...tower(7), unlike: 'eight certificates are enough' },
  'the one between missing': below([], 'stranger'),
  'an unknown authority': { leaf: makeLeaf('Other', keyPair('Other')), others: [makeRoot('Other')], says: 'stranger' },
  'no authority': { leaf: makeLeaf('CA', ca), roots: [], says: 'stranger' },
  'the name of the authority, and another key': { leaf: makeLeaf('CA', keyPair('Fake')), says: 'stranger' },
  'the name of the authority, and another root beside it': { leaf: makeLeaf('CA', keyPair('Fake')), others: [makeRoot('CA', { key: keyPair('Fake') })], says: 'stranger' },
  'an authority of the same name before the right one': { leaf: makeLeaf('CA', ca), roots: [makeRoot('CA', { key: keyPair('Fake') }), root], says: 'good', unlike: 'openssl looks at the first of a name only' },
  'a certificate that vouches for itself': { leaf: makeRoot('Alice', { extensions: leafExtensions('alice@example.com') }), says: 'stranger' },
  'a leaf that has run out': { leaf: makeLeaf('CA', ca, { notAfter: NOW - 1 }), says: 'bad time' },
  'the last second of a leaf': { leaf: makeLeaf('CA', ca, { notAfter: NOW }), says: 'good', unlike: 'RFC 5280 §4.1.2.5: both ends are inside' },
  'a leaf of tomorrow': { leaf: makeLeaf('CA', ca, { notBefore: NOW + 1 }), says: 'bad time' },
  'an intermediate that has run out': below([makeIntermediate('Between', 'CA', ca, { notAfter: NOW - 1 })], 'bad time'),
  'an intermediate that has run out, and its successor': below([makeIntermediate('Between', 'CA', ca, { notAfter: NOW - 1 }), mid], 'good'),
  'an authority that has run out': { leaf: makeLeaf('CA', ca), roots: [makeRoot('CA', { notAfter: NOW - 1 })], says: 'bad time' },
  'an intermediate without basic constraints': below([sub([keyUsage(KEY_CERT_SIGN)])], 'bad chain'),
  'an intermediate that is no authority': below([sub([constraints(false), keyUsage(KEY_CERT_SIGN)])], 'bad chain'),
  'a person as an authority': below([makeIntermediate('Between', 'CA', ca, { extensions: leafExtensions('bob@example.com') })], 'bad chain'),
  'an intermediate that may not sign certificates': below([sub([constraints(true), keyUsage(DIGITAL_SIGNATURE)])], 'bad chain'),
  'an intermediate without key usage': below([sub([constraints(true)])], 'good'),
  'a path length that is kept': below([sub([constraints(true, 0), keyUsage(KEY_CERT_SIGN)])], 'good'),
  'a path length that is not': { ...below([mid], 'bad chain'), roots: [makeRoot('CA', { extensions: [constraints(true, 0), keyUsage(KEY_CERT_SIGN)] })] },
  'an intermediate for servers': below([sub([constraints(true), keyUsage(KEY_CERT_SIGN), purposes(SERVER)])], 'bad usage'),
  'an unknown critical extension between': below([sub([constraints(true), extension('1.2.3', NULL, true)])], 'bad chain'),
  'an unknown critical extension': only([names, extension('1.2.3', NULL, true)], 'bad chain'),
  'an unknown extension': only([names, extension('1.2.3', NULL)], 'good'),
  'policies, critical': only([names, policies], 'good'),
  'constraints that ask for policies': below([sub([constraints(true), extension('2.5.29.36', seq(der(0x80, Buffer.of(0))), true)])], 'bad chain', 'policies are not read'),
  'no key usage, no purpose': only([names], 'good'),
  'a key for encryption': only([names, keyUsage(0x20)], 'bad usage'),
  'a key for non-repudiation': only([names, keyUsage(0x40)], 'good'),
  'a key usage that nobody can read': only([names, extension('2.5.29.15', NULL, true)], 'bad usage'),
  'a purpose elsewhere': only([names, purposes(SERVER)], 'bad usage'),
  'e-mail among other purposes': only([names, purposes(SERVER, EMAIL_PROTECTION)], 'good'),
  'any purpose': only([names, purposes('2.5.29.37.0')], 'good', 'RFC 5280 §4.2.1.12: anyExtendedKeyUsage places no bound'),
  'an authority that signs itself': { leaf: makeLeaf('CA', ca, { extensions: [names, constraints(true)] }), says: 'bad usage', unlike: 'an authority names people, it is none' },
  'SHA-1': { leaf: makeLeaf('CA', ca, { hash: 'sha1', algorithm: ALGORITHM['ecdsa-sha1'] }), says: 'bad digest-weak', unlike: 'SHA-1 collides' },
  'a weak key between': { leaf: makeLeaf('Between', keyPair('Between', 1024), { algorithm: ALGORITHM['rsa-sha256'] }), others: [makeIntermediate('Between', 'CA', ca, { key: keyPair('Between', 1024) })], says: 'bad key-weak', unlike: '1024 bits are not enough' },
  'names constrained to others': below([sub([constraints(true), emailConstraint('example.org')])], 'undecided name-constraints'),
  'names constrained to these': below([sub([constraints(true), emailConstraint('example.com')])], 'undecided name-constraints', 'name constraints are not read'),
  'no address': only([keyUsage(DIGITAL_SIGNATURE)], 'bad identity', 'whose it is was not asked'),
  'other names only': only([altNames(uri('https://example.com'), der(0x82, Buffer.from('example.com')))], 'bad identity', 'whose it is was not asked'),
  'a NUL in an address': only([altNames(email('alice@example.com\0.evil.org'))], 'bad identity', 'whose it is was not asked'),
  'an address with a name around it': only([altNames(email('Alice <alice@example.com>'))], 'bad identity', 'whose it is was not asked'),
  'an address for all': only([altNames(email('*@example.com'))], 'bad identity', 'whose it is was not asked'),
  'an address beyond ASCII': only([altNames(email('älice@example.com'))], 'bad identity', 'whose it is was not asked'),
  'names that nobody can read': only([extension('2.5.29.17', NULL)], 'bad identity'),
};

const at = NOW;
const dir = tempDir();
const pem = (made: Made): string => encodeArmor(made.der, 'CERTIFICATE');

async function check({ leaf, others = [], roots = [root] }: Chain): Promise<Check> {
  const authorities = await Promise.all(roots.map(({ der: bytes }) => readAuthority(bytes)));
  return checkSignedMessage(armored(message({ leaf, others })), PAYLOAD, { ...NO_ANCHORS, authorities });
}

function message({ leaf, others = [] }: Pick<Chain, 'leaf' | 'others'>): Uint8Array {
  const rsa = leaf.key.publicKey.asymmetricKeyType === 'rsa';
  return writeMessage({ leaf, at, others: others.map(({ der: bytes }) => bytes), ...(rsa ? { signatureAlgorithm: ALGORITHM['rsa-sha256'] } : {}) });
}

/** Asks openssl about the same bytes, at the same time. */
function openssl(chain: Chain): boolean {
  const roots = chain.roots ?? [root];
  for (const [file, bytes] of [['message', message(chain)], ['payload', PAYLOAD], ['roots', roots.map(pem).join('')]] as const) writeFileSync(join(dir, file), bytes);
  const trust = roots.length > 0 ? ['-CAfile', 'roots'] : ['-no-CAfile'];
  const args = ['cms', '-verify', '-binary', '-inform', 'DER', '-in', 'message', '-content', 'payload', '-attime', String(at), '-no-CApath', ...trust, '-out', 'out'];
  return spawnSync('openssl', args, { cwd: dir, env: cleanEnvironment() }).status === 0;
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.error('skipped: CHAINS NOT HELD AGAINST OPENSSL, there is no openssl here');

for (const [title, chain] of Object.entries(CHAINS)) {
  test(`${chain.says}: ${title}`, async () => {
    const result = await check(chain);
    assert.is([result.kind, ...('reason' in result ? [result.reason] : [])].join(' '), chain.says);
    if (hasOpenssl) assert.is(openssl(chain), (result.kind === 'good') !== (chain.unlike !== undefined), chain.unlike ?? 'openssl says otherwise');
  });
}

test('a good one is known by its authority and all its addresses, and says when', async () => {
  const { fingerprint } = await readAuthority(root.der);
  const leaf = makeLeaf('CA', ca, { extensions: leafExtensions('Alice@Example.com', 'alice@example.org', 'alice@example.com') });
  const keyids = ['alice@example.com', 'alice@example.org'].map((address) => `x509:${fingerprint}#${address}`);
  assert.equal(await check({ leaf, says: '' }), { kind: 'good', keyid: keyids[0], keyids, strength: 'software', signedAt: NOW });
});

test('the signer\'s word cannot reach behind the horizon', async () => {
  const anchors = { ...NO_ANCHORS, authorities: [await readAuthority(root.der)] };
  const armor = armored(message({ leaf: makeLeaf('CA', ca, { notAfter: NOW + 10 }) }));
  assert.is((await checkSignedMessage(armor, PAYLOAD, anchors, NOW + 10)).kind, 'good');
  assert.equal(await checkSignedMessage(armor, PAYLOAD, anchors, NOW - 10).then((early) => 'signedAt' in early && early.signedAt), NOW);
  const late = await checkSignedMessage(armor, PAYLOAD, anchors, NOW + 11);
  assert.is(late.kind === 'bad' && late.reason, 'time');
});

test('other names beside an address are passed over', async () => {
  const leaf = makeLeaf('CA', ca, { extensions: [altNames(otherName('1.3.6.1.4.1.311.20.2.3', 'alice@corp'), email('alice@example.com'))] });
  const result = await check({ leaf, says: '' });
  assert.equal(result.kind === 'good' && result.keyids?.map((keyid) => keyid.split('#')[1]), ['alice@example.com']);
});

test('a stranger is known by the certificate', async () => {
  const leaf = makeLeaf('Other', keyPair('Other'));
  const { fingerprint } = await readAuthority(makeRoot('Alice', { extensions: [constraints(true)] }).der);
  const result = await check({ leaf, says: '' });
  assert.is(result.kind, 'stranger');
  assert.match('keyid' in result ? (result.keyid ?? '') : '', /^x509:[0-9a-f]{64}$/);
  assert.not.match('keyid' in result ? (result.keyid ?? '') : '', fingerprint);
});

test('nine authorities of one name, each signed by the next, end soon', async () => {
  const keys = Array.from({ length: 9 }, (_, i) => keyPair(`Knot ${i}`, 2048));
  const algorithm = ALGORITHM['rsa-sha256'];
  const others = keys.map((key, i) => makeIntermediate('Knot', 'Knot', keys[(i + 1) % keys.length]!, { key, algorithm }));
  const start = performance.now();
  const result = await check({ leaf: makeLeaf('Knot', keys[0]!, { algorithm }), others, roots: [makeRoot('Knot', { key: keyPair('Knot') })], says: '' });
  assert.is(result.kind, 'stranger');
  assert.ok(performance.now() - start < 1000);
});

test('an authority is one certificate, PEM or DER, of a certification authority', async () => {
  const { fingerprint, der: bytes } = await readAuthority(root.der);
  assert.is(Buffer.compare(bytes, root.der), 0);
  assert.is((await readAuthority(Buffer.from(pem(root)))).fingerprint, fingerprint);
  assert.is((await readAuthority(Buffer.from(pem(root).replaceAll('\n', '\r\n')))).fingerprint, fingerprint);
  const none: Record<string, Uint8Array> = {
    nothing: Buffer.alloc(0), text: Buffer.from('hello'), 'two certificates': Buffer.from(pem(root) + pem(mid)), 'junk behind': Buffer.concat([root.der, NULL]),
    'text around': Buffer.from(`CA\n${pem(root)}`), 'a private key': Buffer.from(pem(root).replaceAll('CERTIFICATE', 'PRIVATE KEY')), 'a person': makeLeaf('CA', ca).der,
    'a weak key': makeRoot('CA', { key: keyPair('CA', 1024), algorithm: ALGORITHM['rsa-sha256'] }).der, 'no usage of its key': makeRoot('CA', { extensions: [constraints(true), keyUsage(DIGITAL_SIGNATURE)] }).der,
    'an unknown demand': makeRoot('CA', { extensions: [constraints(true), extension('1.2.3', utf8('x'), true)] }).der, truncated: root.der.subarray(0, -1),
  };
  for (const [title, each] of Object.entries(none)) await rejectsWith('KEY_INVALID', readAuthority(each)).catch((error) => assert.unreachable(`${title}: ${String(error)}`));
});

test.run();
