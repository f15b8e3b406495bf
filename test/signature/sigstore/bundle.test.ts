// SPDX-License-Identifier: Apache-2.0
// Bundles by a Sigstore of our own: who is known behind them, since when, and what is missing or wrong in the others. As in all
// these tests nothing knows today's date.
import { performance } from 'node:perf_hooks';
import { bundleFromJSON, bundleToJSON } from '@sigstore/bundle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_ANCHORS } from '../../../src/signature/anchors.ts';
import { checkBytes } from '../../../src/signature/check.ts';
import type { Check } from '../../../src/signature/signature.ts';
import { checkBundle } from '../../../src/signature/sigstore/bundle.ts';
import { readTrustedRoot } from '../../../src/signature/sigstore/trusted-root.ts';
import { DIGITAL_SIGNATURE, NOW, altNames, constraints, email, extension, keyPair, keyUsage, makeLeaf, purposes, uri } from '../x509/certificates.ts';
import { NULL, seq, utf8 } from '../x509/der-writer.ts';
import { PAYLOAD } from '../x509/messages.ts';
import { bundle, bundleJson, type BundleMaking } from './bundles.ts';
import { ALICE, ISSUER, PERSON, fulcioLeaf, rootJson } from './instance.ts';

const test = suite('bundle');

const trustedRoot = await readTrustedRoot(rootJson());
const proven = { trustedRoot, keylessTime: 'proven' } as const;
const certificate = { trustedRoot, keylessTime: 'certificate' } as const;
const SECOND = { version: '0.0.2' } as const;

const says = (check: Check): string => [check.kind, ...('reason' in check ? [check.reason] : [])].join(' ');

async function saysOf(bytes: Uint8Array, anchors: typeof proven | typeof certificate = proven): Promise<string> {
  const start = performance.now();
  const check = await checkBundle(bytes, PAYLOAD, anchors);
  assert.ok(performance.now() - start < 1000, 'longer than a second');
  return says(check);
}

const good = (signedAt: number): Check => ({ kind: 'good', keyid: ALICE, strength: 'software', signedAt, ...PERSON });

test('the first version of the log proves who and when', async () => {
  assert.equal(await checkBundle(bundle({ entries: [{ at: NOW + 5 }] }), PAYLOAD, proven), good(NOW + 5));
});

test('the second proves who, and a timestamp when', async () => {
  assert.equal(await checkBundle(bundle({ entries: [SECOND], timestamps: [{ at: NOW + 7 }] }), PAYLOAD, proven), good(NOW + 7));
});

test('of several proofs all must hold, and the earliest counts', async () => {
  const check = await checkBundle(bundle({ entries: [{ at: NOW + 5 }, SECOND], timestamps: [{ at: NOW + 9 }, { at: NOW + 3 }] }), PAYLOAD, proven);
  assert.equal(check, good(NOW + 3));
  assert.is(await saysOf(bundle({ entries: [{}, { ...SECOND, log: 'mallory' }] })), 'bad log');
  assert.is(await saysOf(bundle({ timestamps: [{}, { by: 'mallory' }] })), 'bad timestamp');
});

test('it is the front door\'s scheme sigstore', async () => {
  assert.equal(await checkBytes('sigstore', bundle(), PAYLOAD, 'countersign', { ...NO_ANCHORS, trustedRoot }), good(NOW));
  assert.is(says(await checkBytes('sigstore', bundle(), PAYLOAD, 'countersign')), 'undecided no-trusted-root');
});

test('it is spelled as @sigstore/bundle spells it', () => {
  for (const making of [{}, { entries: [SECOND], timestamps: [{}] }, { entries: [] }]) {
    const value = bundleJson(making);
    assert.is(JSON.stringify(bundleToJSON(bundleFromJSON(value))), JSON.stringify(value));
  }
});

test('the payload is bound before any key is used', async () => {
  assert.equal(await checkBundle(bundle(), Buffer.from('another'), proven), { kind: 'bad', reason: 'binding' });
  assert.equal(await checkBundle(bundle({ digest: Buffer.alloc(32) }), PAYLOAD, proven), { kind: 'bad', reason: 'binding' });
});

test('without a trusted root nobody is known, and a wrong signature is wrong', async () => {
  const anchors = { ...proven, trustedRoot: undefined };
  assert.equal(await checkBundle(bundle(), PAYLOAD, anchors), { kind: 'undecided', keyid: ALICE, reason: 'no-trusted-root' });
  assert.is(says(await checkBundle(bundle({ key: 'mallory' }), PAYLOAD, anchors)), 'bad signature');
});

test('an expired certificate is as good as its proof of time', async () => {
  // Years before and years after the others, whatever today is.
  for (const at of [NOW - 9e7, NOW + 9e7]) {
    const identity = { notBefore: at - 10, notAfter: at + 590 };
    assert.is(await saysOf(bundle({ identity, entries: [{ at }] })), 'good');
    assert.is(await saysOf(bundle({ identity, entries: [{ at: at + 591 }] })), 'bad time');
    assert.is(await saysOf(bundle({ identity, entries: [SECOND] })), 'undecided no-proof-of-time');
  }
});

test('the certificate\'s minutes count if the policy is content with them, and begin with the first', async () => {
  assert.equal(await checkBundle(bundle({ entries: [SECOND] }), PAYLOAD, certificate), good(NOW - 10));
  assert.is(await saysOf(bundle({ entries: [{ at: NOW + 600 }] }), certificate), 'bad time');
  assert.is(await saysOf(bundle({ timestamps: [{ by: 'mallory' }] }), certificate), 'bad timestamp');
  assert.is(await saysOf(bundle({ entries: [] }), certificate), 'bad log');
});

const others = { hashes: [Buffer.alloc(32)] };
const never = (note: string, line: string): string => `${note}\n${line.replace('rekor.example.com', '(.*.*.*.*.*.*.*.*)*x')}`;
const usual = [keyUsage(DIGITAL_SIGNATURE), purposes('1.3.6.1.5.5.7.3.3'), extension('1.3.6.1.4.1.57264.1.8', utf8(ISSUER))];

const BUNDLES: Record<string, [says: string, making: BundleMaking]> = {
  'no proof at all': ['undecided no-proof-of-time', { entries: [] }],
  'a timestamp, but no log has seen it': ['bad log', { entries: [], timestamps: [{}] }],
  'no inclusion proof': ['bad bundle', { entries: [{ proof: false }] }],
  'a proof of the second version is missing': ['bad bundle', { entries: [{ ...SECOND, proof: false }], timestamps: [{}] }],
  'the first version without promise': ['bad log', { entries: [{ promise: false }], timestamps: [{}] }],
  'the second version with a promise': ['bad log', { entries: [{ ...SECOND, promise: true }], timestamps: [{}] }],
  'the second version with a time that nobody signed': ['bad log', { entries: [{ ...SECOND, at: NOW }], timestamps: [{}] }],
  'a third version': ['undecided log-version', { entries: [{ version: '0.0.3' }] }],
  'another kind of entry': ['undecided log-version', { entries: [{ kind: 'dsse' }] }],
  'an entry about something else': ['bad log', { entries: [{ body: Buffer.from('{"apiVersion":"0.0.1","kind":"hashedrekord"}') }] }],
  'an entry of the second version, called one of the first': ['bad log', { entries: [{ body: Buffer.from('{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{}}') }] }],
  'logged by another log': ['bad log', { entries: [{ log: 'mallory' }] }],
  'logged by another log, which says so': ['bad log', { entries: [{ log: 'mallory', of: 'mallory' }] }],
  'the second version, by another log': ['bad log', { entries: [{ ...SECOND, log: 'mallory' }], timestamps: [{}] }],
  'the second version, under another log\'s id': ['bad log', { entries: [{ ...SECOND, of: 'mallory' }], timestamps: [{}] }],
  'logged before the certificate': ['bad time', { entries: [{ at: NOW - 11 }] }],
  'logged after the certificate': ['bad time', { entries: [{ at: NOW + 591 }] }],
  'a swapped inclusion proof': ['bad log', { entries: [{ ...SECOND, ...others }], timestamps: [{}] }],
  'a proof without hashes': ['bad log', { entries: [{ hashes: [] }] }],
  'a proof of other hashes than have 32 octets': ['bad log', { entries: [{ hashes: [Buffer.alloc(31)] }] }],
  'a proof of a thousand hashes': ['bad bundle', { entries: [{ hashes: Array.from({ length: 1000 }, () => Buffer.alloc(32)) }] }],
  'another size than the checkpoint\'s': ['bad log', { entries: [{ proofOf: { size: '3' } }] }],
  'another root than the checkpoint\'s': ['bad log', { entries: [{ proofOf: { root: Buffer.alloc(32) } }] }],
  'a checkpoint without signature': ['bad log', { entries: [{ checkpoint: (note) => note }] }],
  'a checkpoint with a line that nobody asked for': ['bad log', { entries: [{ checkpoint: (note, line) => `${note}\n${line}x\n` }] }],
  'a checkpoint whose name is an expression that never ends': ['bad log', { entries: [{ checkpoint: never }] }],
  'a checkpoint of ten thousand letters': ['bad bundle', { entries: [{ checkpoint: (note, line) => `${note}${'x'.repeat(10_000)}\n${line}` }] }],
  'five entries': ['bad bundle', { entries: [{}, {}, {}, {}, {}] }],
  'the same entry twice': ['bad timestamp', { entries: [{}, {}] }],
  'a timestamp of another signature': ['bad timestamp', { entries: [SECOND], timestamps: [{ over: Buffer.from('x') }] }],
  'a timestamp by somebody else': ['bad timestamp', { entries: [SECOND], timestamps: [{ by: 'mallory' }] }],
  'a timestamp after the certificate': ['bad time', { entries: [SECOND], timestamps: [{ at: NOW + 600 }] }],
  'a timestamp that is none': ['bad timestamp', { timestamps: [() => seq(NULL)] }],
  'a signature by another key': ['bad signature', { key: 'mallory' }],
  'noise for a signature': ['bad signature', { signature: () => Buffer.alloc(70, 0x30) }],
  'a certificate that is none': ['bad certificate', { leaf: { ...fulcioLeaf(), der: seq(NULL) }, entries: [] }],
  'a certificate by somebody else': ['bad chain', { identity: { by: 'mallory' } }],
  'a certificate outside the certificate log': ['bad chain', { identity: { sct: false } }],
  'a certificate in another certificate log': ['bad chain', { identity: { ctlog: 'mallory' } }],
  'an authority of its own': ['bad usage', { identity: { extensions: [constraints(true), altNames(email('alice@example.com')), ...usual.slice(1)] } }],
  'a certificate for e-mail': ['bad usage', { identity: { extensions: [usual[0]!, usual[2]!, purposes('1.3.6.1.5.5.7.3.4'), altNames(email('alice@example.com'))] } }],
  'a plain certificate': ['bad identity', { leaf: makeLeaf('fulcio', keyPair('fulcio'), { key: keyPair('gitsign'), extensions: [usual[0]!, altNames(email('alice@example.com'))] }) }],
  'two names': ['bad identity', { identity: { names: [email('alice@example.com'), email('bob@example.com')] } }],
  'a wildcard': ['bad identity', { identity: { names: [email('*@example.com')] } }],
  'two issuers': ['bad identity', { identity: { rawIssuer: 'https://other.example.com' } }],
  'another version of bundles': ['bad bundle', { mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.3' }],
  'a later version of bundles': ['bad bundle', { mediaType: 'application/vnd.dev.sigstore.bundle.v0.4+json' }],
};
for (const [title, [expected, making]] of Object.entries(BUNDLES)) {
  test(`${expected}: ${title}`, async () => assert.is(await saysOf(bundle(making)), expected));
}

test('somebody else\'s certificate for the same key changes what the log has seen', async () => {
  const mallory = fulcioLeaf({ names: [email('mallory@example.com')] });
  const [alices, mallorys] = [bundleJson(), bundleJson({ leaf: mallory })];
  const swapped = { ...alices, verificationMaterial: { ...alices.verificationMaterial, certificate: mallorys.verificationMaterial.certificate } };
  assert.is(await saysOf(Buffer.from(JSON.stringify(mallorys))), 'good');
  assert.is(await saysOf(Buffer.from(JSON.stringify(swapped))), 'bad log');
});

test('a key on another curve is not known', async () => {
  const leaf = makeLeaf('fulcio', keyPair('fulcio'), { key: keyPair('curve', 'P-384'), extensions: [...usual, altNames(email('alice@example.com'))] });
  assert.is(await saysOf(bundle({ leaf })), 'undecided signature-algorithm');
});

const roots = JSON.parse(rootJson().toString()) as Record<string, { publicKey?: object; validFor: object }[]>;
const BEFORE = { start: '2001-01-01T00:00:00Z', end: '2002-01-01T00:00:00Z' };
const STAMPED: BundleMaking = { entries: [SECOND], timestamps: [{}] };
const ROOTS: Record<string, [says: string, root: Record<string, unknown>, making?: BundleMaking]> = {
  'another authority': ['bad chain', { certificateAuthorities: roots['timestampAuthorities'] }],
  'an authority that had ended': ['bad chain', { certificateAuthorities: roots['certificateAuthorities']!.map((each) => ({ ...each, validFor: BEFORE })) }],
  'another log': ['bad log', { tlogs: roots['ctlogs'] }],
  'a log that had ended': ['bad log', { tlogs: roots['tlogs']!.map((each) => ({ ...each, publicKey: { ...each.publicKey, validFor: BEFORE } })) }, STAMPED],
  'a log without a first day': ['bad log', { tlogs: roots['tlogs']!.map((each) => ({ ...each, publicKey: { ...each.publicKey, validFor: {} } })) }, STAMPED],
  'another timestamp authority': ['bad timestamp', { timestampAuthorities: roots['certificateAuthorities'] }, STAMPED],
  'no log is known': ['bad log', { tlogs: [] }],
  'no log is known, and none was asked': ['good', { tlogs: [] }, { entries: [], timestamps: [{}] }],
  'no certificate log is known, and none was asked': ['good', { ctlogs: [] }, { identity: { sct: false } }],
};
for (const [title, [expected, root, making]] of Object.entries(ROOTS)) {
  test(`under another root: ${expected}: ${title}`, async () => {
    const bytes = bundle(making);
    await saysOf(bytes);
    assert.is(says(await checkBundle(bytes, PAYLOAD, { ...proven, trustedRoot: await readTrustedRoot(rootJson(root)) })), expected);
  });
}

const text = bundle().toString();
const rawBytes = /"rawBytes":"[^"]*"/.exec(text)![0];
const SPELLINGS: Record<string, string> = {
  nothing: '',
  'no JSON': '{',
  null: 'null',
  'a list': `[${text}]`,
  'a final line break': `${text}\n`,
  'white space': text.replace(':', ': '),
  'a byte order mark': `\ufeff${text}`,
  'another order': JSON.stringify(Object.fromEntries(Object.entries(bundleJson()).reverse())),
  'a key twice': text.replace('{"mediaType"', '{"mediaType":"x","mediaType"'),
  'a second signature': text.replace('"messageSignature"', '"messageSignature":{},"messageSignature"'),
  'an unknown key': text.replace('{"mediaType"', '{"x":"","mediaType"'),
  'the prototype': text.replace('{"mediaType"', '{"__proto__":{},"mediaType"'),
  'an envelope beside the signature': text.replace(/\}$/, ',"dsseEnvelope":{"payload":"eA==","payloadType":"x","signatures":[{"sig":"eA==","keyid":""}]}}'),
  'an envelope in place of the signature': `${text.slice(0, text.indexOf(',"messageSignature"'))},"dsseEnvelope":{"payload":"eA==","payloadType":"x","signatures":[{"sig":"eA==","keyid":""}]}}`,
  'a public key beside the certificate': text.replace('{"certificate"', '{"publicKey":{"hint":"x"},"certificate"'),
  'a chain in place of the certificate': text.replace(`"certificate":{${rawBytes}}`, `"x509CertificateChain":{"certificates":[{${rawBytes}}]}`),
  'an escape': text.replace('hashedrekord', 'h\\u0061shedrekord'),
  'base64 for URLs': text.replace(/"signature":"[^"]*"/, (part) => part.replaceAll('+', '-').replaceAll('/', '_').replace(/=+"$/, '"')),
  'a digest by a weaker hash': text.replace('SHA2_256', 'SHA1'),
  'a number where a text is': text.replace(rawBytes, '"rawBytes":5'),
  'a length where a text is': text.replace(rawBytes, '"rawBytes":{"length":4000000000}'),
  'a list where a text is': text.replace(rawBytes, '"rawBytes":["x"]'),
  'a negative index': text.replace('"logIndex":"1000"', '"logIndex":"-1000"'),
  'an index beyond what JavaScript counts': text.replace('"logIndex":"1000"', '"logIndex":"9007199254740993"'),
  'a hundred thousand brackets': '['.repeat(100_000),
  'ten megabytes': `${text.slice(0, -1)}${' '.repeat(10_000_000)}}`,
};
for (const [title, spelling] of Object.entries(SPELLINGS)) {
  test(`no bundle: ${title}`, async () => {
    assert.is.not(spelling, text);
    assert.is(await saysOf(Buffer.from(spelling)), 'bad bundle');
  });
}

test('no bundle: bytes that are no text', async () => assert.is(await saysOf(Buffer.from(text.replace('hashed', '\u00ff'), 'latin1')), 'bad bundle'));

const claim = (number: number, value: Uint8Array | string): Buffer => extension(`1.3.6.1.4.1.57264.1.${number}`, typeof value === 'string' ? utf8(value) : value);
const WORKLOADS: Record<string, [workload: boolean, identity: NonNullable<BundleMaking['identity']>]> = {
  'an address': [false, {}],
  'a URI': [true, { names: [uri('https://github.com/a/b')] }],
  'an address, and the instructions of a build': [true, { more: [claim(9, 'https://ci.example.com/build')] }],
  'an address, and where the runner stands': [true, { more: [claim(11, 'self-hosted')] }],
  'an address, and what GitHub wrote in the first years': [true, { more: [claim(2, Buffer.from('push'))] }],
  'an address, and a claim of somebody else\'s': [false, { more: [extension('1.3.6.1.4.1.99999.1', utf8('yes'))] }],
};
for (const [title, [workload, identity]] of Object.entries(WORKLOADS)) {
  test(`${workload ? 'a workload' : 'a person'}: ${title}`, async () => {
    const check = await checkBundle(bundle({ identity }), PAYLOAD, proven);
    assert.equal([check.kind, check.kind === 'good' && check.workload], ['good', workload]);
  });
}

test('claims are read by their number, never by what their value looks like', async () => {
  const raw = Buffer.concat([Buffer.of(0x0c, 3), Buffer.from('yes')]);
  const more = [claim(4, raw), claim(24, Buffer.from('yes')), extension('2.999.1234567', utf8('yes')), extension('1.2.3', utf8('x'.repeat(1001)))];
  const check = await checkBundle(bundle({ identity: { more } }), PAYLOAD, proven);
  assert.equal(check.kind === 'good' && check.claims, { ...PERSON.claims, '1.3.6.1.4.1.57264.1.4': '\x0c\x03yes', '2.999.1234567': 'yes' });
});

test.run();
