// SPDX-License-Identifier: Apache-2.0
// gitsign's signatures by a Sigstore of our own: who is known behind them, when, and what is missing or wrong in the others.
// Nothing here knows today's date: the certificates ran out long ago, or will only be valid in years.
import { performance } from 'node:perf_hooks';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_ANCHORS } from '../../../src/signature/anchors.ts';
import { readTrustedRoot } from '../../../src/signature/sigstore/trusted-root.ts';
import { checkSignedMessage } from '../../../src/signature/signed-message.ts';
import { readAuthority } from '../../../src/signature/x509/authority.ts';
import { ALGORITHM, DIGITAL_SIGNATURE, NOW, altNames, constraints, email, extension, keyPair, keyUsage, makeRoot, otherName, purposes, uri } from '../x509/certificates.ts';
import { NULL, der, octets, oid, seq, utf8 } from '../x509/der-writer.ts';
import { PAYLOAD, attribute } from '../x509/messages.ts';
import { ALICE, ISSUER, LOG_ENTRY, PERSON, TIMESTAMP, fulcioLeaf, gitsign, logEntry, number, rootJson, type Gitsign, type Identity } from './instance.ts';

const test = suite('keyless');

const trustedRoot = await readTrustedRoot(rootJson());
const proven = { ...NO_ANCHORS, trustedRoot };
const certificate = { ...proven, keylessTime: 'certificate' } as const;

async function saysOf(armor: Uint8Array, anchors = proven): Promise<string> {
  const start = performance.now();
  const check = await checkSignedMessage(armor, PAYLOAD, anchors);
  assert.ok(performance.now() - start < 1000, 'longer than a second');
  return [check.kind, ...('reason' in check ? [check.reason] : [])].join(' ');
}

test('a log entry proves who and when', async () => {
  const check = await checkSignedMessage(gitsign({ entry: { at: NOW + 5 } }), PAYLOAD, proven);
  assert.equal(check, { kind: 'good', keyid: ALICE, strength: 'software', signedAt: NOW + 5, ...PERSON });
});

test('a timestamp proves who and when', async () => {
  const check = await checkSignedMessage(gitsign({ entry: 'none', timestamp: { at: NOW + 7 } }), PAYLOAD, proven);
  assert.equal(check, { kind: 'good', keyid: ALICE, strength: 'software', signedAt: NOW + 7, ...PERSON });
});

test('of two proofs both must hold, and the earlier one counts', async () => {
  const check = await checkSignedMessage(gitsign({ entry: { at: NOW + 7 }, timestamp: { at: NOW + 3 } }), PAYLOAD, proven);
  assert.is(check.kind === 'good' && check.signedAt, NOW + 3);
  assert.is(await saysOf(gitsign({ entry: { log: 'mallory' }, timestamp: {} })), 'bad log');
  assert.is(await saysOf(gitsign({ timestamp: { by: 'mallory' } })), 'bad timestamp');
});

test('without a trusted root nobody is known', async () => {
  assert.equal(await checkSignedMessage(gitsign(), PAYLOAD, NO_ANCHORS), { kind: 'undecided', keyid: ALICE, reason: 'no-trusted-root' });
});

test('without a proof of time nobody is known, unless the policy is content with the signer\'s word', async () => {
  const armor = gitsign({ entry: 'none', at: NOW + 2 });
  assert.equal(await checkSignedMessage(armor, PAYLOAD, proven), { kind: 'undecided', keyid: ALICE, reason: 'no-proof-of-time' });
  assert.equal(await checkSignedMessage(armor, PAYLOAD, certificate), { kind: 'good', keyid: ALICE, strength: 'software', signedAt: NOW + 2, ...PERSON });
  assert.is(await saysOf(gitsign({ entry: 'none', at: NOW - 11 }), certificate), 'bad time');
  assert.is(await saysOf(gitsign({ entry: 'none', at: NOW + 591 }), certificate), 'bad time');
  for (const identity of [{ sct: false }, { ctlog: 'mallory' }, { by: 'mallory' }]) assert.is(await saysOf(gitsign({ entry: 'none', identity }), certificate), 'bad chain');
});

test('the signer\'s word cannot reach behind the horizon, and a proof needs none', async () => {
  const anchors = certificate;
  const kindAt = async (armor: Uint8Array, horizon: number): Promise<string> => (await checkSignedMessage(armor, PAYLOAD, anchors, horizon)).kind;
  assert.equal(await Promise.all([NOW - 1e6, NOW + 590, NOW + 591].map((horizon) => kindAt(gitsign({ entry: 'none' }), horizon))), ['good', 'good', 'bad']);
  assert.is(await kindAt(gitsign(), NOW + 1e6), 'good');
});

test('a proof that fails is not made good by the signer\'s word', async () => {
  assert.is(await saysOf(gitsign({ entry: { log: 'mallory' } }), certificate), 'bad log');
  assert.is(await saysOf(gitsign({ entry: { at: NOW + 600 } }), certificate), 'bad time');
  assert.is(await saysOf(gitsign({ entry: 'none', timestamp: { by: 'mallory' } }), certificate), 'bad timestamp');
});

test('the payload is bound before anybody is asked', async () => {
  assert.is((await checkSignedMessage(gitsign(), Buffer.from('other'), proven)).kind, 'bad');
  const check = await checkSignedMessage(gitsign({ payload: Buffer.from('other') }), PAYLOAD, proven);
  assert.equal(check, { kind: 'bad', reason: 'binding' });
});

const genuineNote = (note: string, line: string): string => `${note}\n${line}`;

const SIGNATURES: Record<string, [says: string, gitsign: Gitsign]> = {
  'a promise alone': ['good', { entry: { proof: false } }],
  'a proof of inclusion alone tells no time': ['undecided no-proof-of-time', { entry: { promise: false } }],
  'a proof of inclusion, the time from a timestamp': ['good', { entry: { promise: false }, timestamp: {} }],
  'neither promise nor proof': ['undecided no-proof-of-time', { entry: { promise: false, proof: false } }],
  'neither promise nor proof, with a timestamp': ['bad log', { entry: { promise: false, proof: false }, timestamp: {} }],
  'the body kept in the entry': ['bad log', { entry: { body: Buffer.from('{}') } }],
  'logged before the certificate': ['bad time', { entry: { at: NOW - 11 } }],
  'logged after the certificate': ['bad time', { entry: { at: NOW + 591 } }],
  'logged by another log': ['bad log', { entry: { log: 'mallory' } }],
  'an entry for another signature': ['bad log', { entry: () => logEntry(Buffer.from('{"apiVersion":"0.0.1","kind":"hashedrekord"}')) }],
  'another time than promised': ['bad log', { entry: (genuine) => replace(genuine, number(4, NOW), number(4, NOW + 1)) }],
  'another index than promised': ['bad log', { entry: (genuine) => replace(genuine, number(1, 1000), number(1, 1001)) }],
  'an index beyond what JavaScript counts': ['bad log', { entry: (genuine) => replace(genuine, number(1, 1000), Buffer.from('08ffffffffffffffff7f', 'hex')) }],
  'another kind of entry': ['undecided log-version', { entry: { kind: 'intoto' } }],
  'an entry of Rekor v2': ['undecided log-version', { entry: { version: '0.0.2' } }],
  'a wrong hash in the proof': ['bad log', { entry: { hashes: [Buffer.alloc(32)] } }],
  'no hash in the proof': ['bad log', { entry: { hashes: [] } }],
  'a thousand hashes': ['bad log', { entry: { hashes: Array.from({ length: 1000 }, () => Buffer.alloc(32)) } }],
  'a hash of another length': ['bad log', { entry: { hashes: [Buffer.alloc(31)] } }],
  'a checkpoint without signature': ['bad log', { entry: { checkpoint: (note) => note } }],
  'a checkpoint of another size': ['bad log', { entry: { checkpoint: (note, line) => genuineNote(note.replace('\n2\n', '\n3\n'), line) } }],
  'a checkpoint whose name is an expression that never ends': ['bad log', { entry: { checkpoint: (note, line) => genuineNote(note, line.replace('rekor.example.com', '(.*.*.*.*.*.*.*.*)*x')) } }],
  'the same after a genuine line': ['bad log', { entry: { checkpoint: (note, line) => `${note}\n${line.replace('— ', '— x')}\n\n${line.replace('rekor.example.com', '(.*.*.*.*.*.*.*.*)*x')}` } }],
  'a checkpoint of a megabyte': ['bad malformed', { entry: { checkpoint: (note, line) => genuineNote(note + 'x'.repeat(1_000_000), line) } }],
  'a checkpoint of ten thousand letters': ['bad log', { entry: { checkpoint: (note, line) => genuineNote(note + 'x'.repeat(10_000), line) } }],
  'an unknown field': ['good', { entry: { more: [number(99, 1)] } }],
  'a field twice': ['bad log', { entry: { more: [number(4, NOW)] } }],
  'a thousand fields': ['bad log', { entry: { more: Array.from({ length: 1000 }, () => number(99, 1)) } }],
  'a truncated entry': ['bad log', { entry: (genuine) => genuine.subarray(0, -1) }],
  'an empty entry': ['undecided log-version', { entry: () => Buffer.alloc(0) }],
  'an entry of noise': ['bad log', { entry: () => Buffer.alloc(100, 0xff) }],
  'a group (wire type 3)': ['bad log', { entry: (genuine) => Buffer.concat([genuine, Buffer.of(0x9b, 0x06)]) }],
  'a text where the entry is': ['undecided no-proof-of-time', { entry: 'none', unsigned: [attribute(LOG_ENTRY, utf8('c0d23d6a'))] }],
  'two entries': ['bad log', { entry: 'none', unsigned: [attribute(LOG_ENTRY, octets(Buffer.of(1)), octets(Buffer.of(2)))] }],
  'two timestamps': ['bad log', { unsigned: [attribute(TIMESTAMP, seq(), NULL)] }],
  'a timestamp by somebody else': ['bad timestamp', { entry: 'none', timestamp: { by: 'mallory' } }],
  'a timestamp of another signature': ['bad timestamp', { entry: 'none', timestamp: { over: Buffer.from('x') } }],
  'a timestamp after the certificate': ['bad time', { entry: 'none', timestamp: { at: NOW + 600 } }],
  'a timestamp that is none': ['bad timestamp', { entry: 'none', timestamp: () => seq(NULL) }],
  'a timestamp of noise': ['bad timestamp', { entry: 'none', timestamp: () => octets(Buffer.alloc(5000, 0x30)) }],
  'a timestamp of 40 kB': ['bad timestamp', { entry: 'none', timestamp: () => octets(Buffer.alloc(40_000)) }],
  'a certificate by somebody else': ['bad chain', { identity: { by: 'mallory' } }],
  'a certificate outside the certificate log': ['bad chain', { identity: { sct: false } }],
  'a certificate in another certificate log': ['bad chain', { identity: { ctlog: 'mallory' } }],
  'a certificate for e-mail': ['bad usage', { identity: { extensions: [keyUsage(DIGITAL_SIGNATURE), purposes('1.3.6.1.5.5.7.3.4'), altNames(email('alice@example.com')), extension('1.3.6.1.4.1.57264.1.8', utf8(ISSUER))] } }],
  'a key for encryption': ['bad usage', { identity: { extensions: [keyUsage(0x20), purposes('1.3.6.1.5.5.7.3.3'), altNames(email('alice@example.com')), extension('1.3.6.1.4.1.57264.1.8', utf8(ISSUER))] } }],
  'an authority': ['bad usage', { identity: { extensions: [constraints(true), purposes('1.3.6.1.5.5.7.3.3'), altNames(email('alice@example.com')), extension('1.3.6.1.4.1.57264.1.8', utf8(ISSUER))] } }],
  'an unknown critical extension': ['bad usage', { identity: { extensions: [keyUsage(DIGITAL_SIGNATURE), purposes('1.3.6.1.5.5.7.3.3'), altNames(email('alice@example.com')), extension('1.3.6.1.4.1.57264.1.8', utf8(ISSUER)), extension('1.2.3', NULL, true)] } }],
};
for (const [title, [says, making]] of Object.entries(SIGNATURES)) {
  test(`${says}: ${title}`, async () => assert.is(await saysOf(gitsign(making)), says));
}

/** Puts the identity's names and issuer into a keyid. */
const USERNAME = '1.3.6.1.4.1.57264.1.7';
const IDENTITIES: Record<string, [keyid: string | undefined, identity: Identity]> = {
  'an e-mail address, as it is written': [`sigstore:${ISSUER}#Alice@Example.com`, { names: [email('Alice@Example.com')] }],
  'a workflow': [`sigstore:${ISSUER}#https://github.com/a/b/.github/workflows/c.yml@refs/heads/d`, { names: [uri('https://github.com/a/b/.github/workflows/c.yml@refs/heads/d')] }],
  'a user name': [`sigstore:${ISSUER}#alice!example.com`, { names: [otherName(USERNAME, 'alice!example.com')] }],
  'a # in the identity': [`sigstore:${ISSUER}#https://example.com/#x`, { names: [uri('https://example.com/#x')] }],
  'the issuer of the first years': ['sigstore:github-sigstore-production#alice@example.com', { issuer: 'github-sigstore-production' }],
  'two names': [undefined, { names: [email('alice@example.com'), email('bob@example.com')] }],
  'two names of two kinds': [undefined, { names: [email('alice@example.com'), uri('https://example.com')] }],
  'no name': [undefined, { names: [] }],
  'a host': [undefined, { names: [der(0x82, Buffer.from('example.com'))] }],
  'another kind of other name': [undefined, { names: [otherName('1.3.6.1.4.1.311.20.2.3', 'alice')] }],
  'an other name that nobody can read': [undefined, { names: [der(0xa0, oid(USERNAME), octets(Buffer.from('alice')))] }],
  'a NUL': [undefined, { names: [email('alice@example.com\0.evil.org')] }],
  'a line break': [undefined, { names: [uri('https://example.com\n#x')] }],
  'a zero-width space': [undefined, { names: [otherName(USERNAME, 'al\u200bice')] }],
  'text turned round': [undefined, { names: [otherName(USERNAME, '\u202eecila')] }],
  'a wildcard': [undefined, { names: [email('*@example.com')] }],
  'a wildcard in a URI': [undefined, { names: [uri('https://github.com/a/*')] }],
  'no text': [undefined, { names: [uri('')] }],
  'text beyond ASCII in a URI': [undefined, { names: [uri('https://exämple.com')] }],
  'text of 10,000 letters': [undefined, { names: [uri(`https://${'x'.repeat(10_000)}`)] }],
  'a # in the issuer': [undefined, { issuer: `${ISSUER}#alice@example.com` }],
  'a space in the issuer': [undefined, { issuer: `${ISSUER} x` }],
  'no issuer': [undefined, { issuer: '' }],
  'two issuers': [undefined, { issuer: ISSUER, rawIssuer: 'https://other.example.com' }],
};
for (const [title, [keyid, identity]] of Object.entries(IDENTITIES)) {
  test(`${keyid === undefined ? 'nobody' : 'somebody'}: ${title}`, async () => {
    const check = await checkSignedMessage(gitsign({ identity }), PAYLOAD, proven);
    assert.equal(keyid === undefined ? check : [check.kind, 'keyid' in check && check.keyid], keyid === undefined ? { kind: 'bad', reason: 'identity' } : ['good', keyid]);
  });
}

test('an authority of the roster makes no Sigstore identity, and Sigstore no address of the roster\'s', async () => {
  const authorities = [await readAuthority(makeRoot('fulcio', { key: keyPair('fulcio') }).der)];
  assert.is(await saysOf(gitsign(), { ...NO_ANCHORS, authorities } as typeof proven), 'undecided no-trusted-root');
  const plain = fulcioLeaf({ extensions: [keyUsage(DIGITAL_SIGNATURE), altNames(email('alice@example.com'))] });
  assert.is(await saysOf(gitsign({ leaf: plain })), 'stranger');
});

test('another root is another answer, though the signature is known already', async () => {
  const armor = gitsign();
  assert.is(await saysOf(armor), 'good');
  const none = { ...proven, trustedRoot: await readTrustedRoot(rootJson({ tlogs: [] })) };
  assert.is(await saysOf(armor, none), 'bad log');
  const past = { start: '2001-01-01T00:00:00Z', end: '2002-01-01T00:00:00Z' };
  const json = JSON.parse(rootJson().toString()) as { certificateAuthorities: object[] };
  const retired = { ...proven, trustedRoot: await readTrustedRoot(rootJson({ certificateAuthorities: json.certificateAuthorities.map((each) => ({ ...each, validFor: past })) })) };
  assert.is(await saysOf(armor, retired), 'bad chain');
  assert.is(await saysOf(armor), 'good');
});

test('a certificate in another encoding is not the one that was signed', async () => {
  // @sigstore/core reads a length in two octets where one is enough, and verifies what it would have written itself. It even
  // reads inside extensions that nobody knows.
  const value = utf8('a');
  const leaf = fulcioLeaf({ extensions: [
    keyUsage(DIGITAL_SIGNATURE), purposes('1.3.6.1.5.5.7.3.3'), altNames(email('alice@example.com')), extension('1.3.6.1.4.1.57264.1.8', utf8(ISSUER)), extension('1.3.6.1.4.1.57264.1.99', value),
  ] });
  assert.is(await saysOf(gitsign({ leaf, entry: 'none' }), certificate), 'good');
  const loose = { ...leaf, der: loosen(leaf.der, leaf.der.indexOf(value)) };
  assert.is(loose.der.length, leaf.der.length + 1);
  assert.is(await saysOf(gitsign({ leaf: loose, entry: 'none' }), certificate), 'bad chain');
});

test('other algorithms than gitsign\'s are not known', async () => {
  const writing = { hash: 'sha384', signatureAlgorithm: ALGORITHM['ecdsa-sha384'] } as const;
  assert.is(await saysOf(gitsign({ writing })), 'undecided signature-algorithm');
});

/** Returns a value in which the one that begins there has its length in two octets; those around it stay as short as they can be. */
function loosen(value: Buffer, target: number): Buffer {
  const header = value[1]! < 0x80 ? 2 : 2 + (value[1]! & 0x7f);
  if (target === 0) return Buffer.concat([Buffer.of(value[0]!, 0x81), value.subarray(1)]);
  const parts: Buffer[] = [];
  for (let at = header; at < value.length;) {
    const long = value[at + 1]! & 0x7f;
    const length = value[at + 1]! < 0x80 ? 2 + long : 2 + long + value.readUIntBE(at + 2, long);
    const part = value.subarray(at, at + length);
    parts.push(at <= target && target < at + length ? loosen(part, target - at) : part);
    at += length;
  }
  return der(value[0]!, ...parts);
}

function replace(whole: Buffer, part: Buffer, by: Buffer): Buffer {
  const at = whole.indexOf(part);
  return Buffer.concat([whole.subarray(0, at), by, whole.subarray(at + part.length)]);
}

test.run();
