// SPDX-License-Identifier: Apache-2.0
// Evidence files: each kind out and in again, at one path, with one spelling; and every file that is almost one.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { base64, fromUtf8, sha256, utf8 } from '../../src/bytes.ts';
import { canonical } from '../../src/canonical.ts';
import { Fault } from '../../src/fault.ts';
import { pathOf } from '../../src/oid.ts';
import { PAYLOAD_TYPE, pae } from '../../src/signature/dsse.ts';
import { MAX_BUNDLE, MAX_EVIDENCE, cosignFolder, evidencePath, grantPath, parseEvidence, pathKey, printEvidence, statementOf, type EvidenceKind, type Predicate } from '../../src/statement/evidence.ts';
import type { Approval } from '../../src/statement/schema.ts';
import { throwsWith } from '../kit/rejects.ts';
import { OTHER_ULID, PREDICATES, ULID } from './sample.ts';

const test = suite('evidence');
const KEYID = 'ssh:SHA256:ZxTZQ/K7JZpz0mHqWqdmYCUcq3MAtnu9TYA66TCBkxM';
const SIG = Buffer.from('signature');

function sample(kind: EvidenceKind): Predicate {
  return PREDICATES.find((predicate) => predicate.kind === kind)!;
}

/** Returns the payload of a kind with its body changed, as a statement that is canonical whatever is in it. */
function payloadWith(kind: EvidenceKind, change: Record<string, unknown>): Uint8Array {
  const statement = JSON.parse(fromUtf8(statementOf(sample(kind)).payload)!) as { predicate: Record<string, unknown> };
  Object.assign(statement.predicate, change);
  return utf8(canonical(statement));
}

/** Returns an envelope around any payload, canonical and one signature, as another tool could write it. */
function envelope(payload: Uint8Array, more: Record<string, unknown> = {}): Uint8Array {
  return utf8(`${canonical({ payload: base64(payload), payloadType: PAYLOAD_TYPE, signatures: [{ keyid: KEYID, sig: base64(SIG) }], ...more })}\n`);
}

function reasonOf(file: Uint8Array, path?: string): unknown {
  return throwsWith('STATEMENT_INVALID', () => parseEvidence(file, path === undefined ? undefined : pathOf(path))).cause;
}

for (const predicate of PREDICATES) {
  const { payload, signed } = statementOf(predicate);
  const file = printEvidence(payload, KEYID, SIG);
  const path = evidencePath(predicate);

  test(`${predicate.kind}: printed and read again, at its one path`, () => {
    const read = parseEvidence(file, path);
    assert.equal(read, { ...predicate, envelope: { payloadType: PAYLOAD_TYPE, payload: Buffer.from(payload), keyid: KEYID, sig: SIG } });
    assert.equal(printEvidence(read.envelope.payload, read.envelope.keyid, read.envelope.sig), file);
    assert.equal(statementOf(read).payload, payload);
    assert.equal(signed, pae(PAYLOAD_TYPE, payload));
  });

  test(`${predicate.kind}: under any other name it is nothing`, () => {
    const others = [
      path.replace(ULID, OTHER_ULID), path.replace('.json', ''), path.replace('.json', '.JSON'), `${path}/`, path.toLowerCase(), path.replace('.countersign', '.Countersign'),
      path.replace('evidence/', 'evidence//'), `./${path}`, `a/${path}`, ...PREDICATES.filter((other) => other !== predicate).map(evidencePath),
    ];
    for (const other of others) if (other !== path) assert.is(reasonOf(file, other), 'path', other);
  });

  test(`${predicate.kind}: a changed byte is no file, or another statement or signature`, () => {
    for (let at = 0; at < file.length; at += process.env['SLOW'] ? 1 : 7) {
      try {
        const read = parseEvidence(file.with(at, file[at]! ^ 1), path);
        assert.not.equal(read.envelope, parseEvidence(file).envelope);
      } catch (thrown) {
        if (!(thrown instanceof Fault)) throw thrown;
        assert.is(thrown.code, 'STATEMENT_INVALID');
      }
    }
  });

  test(`${predicate.kind}: a member missing, unknown or of another type`, () => {
    const { body } = predicate;
    for (const key of Object.keys(body)) {
      assert.is(reasonOf(envelope(payloadWith(predicate.kind, { [key]: null }))), 'schema', key);
      assert.is(reasonOf(envelope(payloadWith(predicate.kind, { [key]: { x: 1 } }))), 'schema', key);
      const text = fromUtf8(payload)!.replace(`"${key}":`, `"${key}x":`);
      assert.is(reasonOf(envelope(utf8(text))), 'schema', key);
    }
    assert.is(reasonOf(envelope(payloadWith(predicate.kind, { extra: 1 }))), 'schema');
  });
}

test('the paths, by hand', () => {
  const hex = '5b'.repeat(32);
  const paths = Object.fromEntries(PREDICATES.map((predicate) => [predicate.kind, evidencePath(predicate)]));
  assert.equal(paths, {
    grant: `.countersign/evidence/sessions/${ULID}.json`,
    revocation: `.countersign/evidence/revocations/${ULID}.json`,
    cosignature: `.countersign/evidence/cosign/${sha256(utf8('post-mortems/größe.md'))}/${ULID}.json`,
    approval: `.countersign/evidence/approvals/${hex}/${ULID}.json`,
    objection: `.countersign/evidence/objections/${hex}/${ULID}.json`,
  });
  assert.is(grantPath(ULID), paths['grant']);
  assert.is(`${cosignFolder(pathOf('post-mortems/größe.md'))}${ULID}.json`, paths['cosignature']);
  assert.is(pathKey(pathOf('é')), sha256(Uint8Array.of(0xc3, 0xa9)));
});

test('the statement, by hand', () => {
  const revocation = sample('revocation');
  assert.is(fromUtf8(statementOf(revocation).payload), `{"_type":"https://in-toto.io/Statement/v1","predicate":{"id":"${ULID}","kind":"session","person":"alice","remark":"","repository":"0192f6c4-7a1b-7c3d-8e5f-0123456789ab","target":"${OTHER_ULID}","time":"2026-01-02T03:04:05Z"},"predicateType":"urn:countersign:revocation:v1","subject":[{"digest":{"sha256":"${sha256(utf8(OTHER_ULID))}"},"name":"session:${OTHER_ULID}"}]}`);
});

test('__proto__ in the predicate changes nothing and is refused', () => {
  const reason = reasonOf(envelope(utf8(fromUtf8(statementOf(sample('grant')).payload)!.replace('"predicate":{', '"predicate":{"__proto__":{"sponsor":"eve"},'))));
  assert.ok(reason === 'schema' || reason === 'canonical');
  assert.is(({} as Record<string, unknown>)['sponsor'], undefined);
});

test('a lone surrogate has no bytes', () => {
  const text = fromUtf8(statementOf(sample('objection')).payload)!.replace('"remark":"', '"remark":"\\ud800');
  assert.is(reasonOf(envelope(utf8(text))), 'surrogate');
  throwsWith('STATEMENT_INVALID', () => statementOf({ kind: 'objection', body: { ...sample('objection').body, remark: '\udfff' } } as Predicate));
});

test('nesting as deep as a file can hold is refused, not followed', () => {
  const depth = 12_000;
  const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  assert.is(reasonOf(envelope(utf8(nested))), 'kind');
  const text = fromUtf8(statementOf(sample('grant')).payload)!;
  assert.is(reasonOf(envelope(utf8(text.replace('"allow":[', `"allow":[${nested},`)))), 'schema');
});

test('payloads that are not UTF-8 are not JSON', () => {
  const { payload } = statementOf(sample('grant'));
  assert.is(reasonOf(envelope(Buffer.concat([payload, Buffer.from([0xff])]))), 'json');
  assert.is(reasonOf(envelope(Buffer.concat([Buffer.from('\ufeff'), payload]))), 'json');
});

test('values: one way to write a time, patterns that can match, names that are names', () => {
  const bad: [EvidenceKind, Record<string, unknown>][] = [
    ...['2026-01-02T03:04:05+00:00', '2026-01-02T03:04:05.000Z', '2026-01-02 03:04:05Z', '2026-01-02T03:04:05z', '2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-02T24:00:00Z', '2026-01-02T03:04:60Z', '2026-01-02', '', '+002026-01-02T03:04:05Z', '2026-01-02T03:04:05Z\n']
      .flatMap((time): [EvidenceKind, Record<string, unknown>][] => [['grant', { notAfter: time }], ['objection', { time }], ['approval', { expires: time }]]),
    ...['', '/src', 'src/../x', 'src//x', 'a\0b', 'a\\b', 'src/**x', 'x'.repeat(513)].map((glob): [EvidenceKind, Record<string, unknown>] => ['grant', { allow: [glob] }]),
    ['grant', { allow: [] }],
    ['grant', { deny: Array.from({ length: 201 }, () => 'a') }],
    ...['', '../x', ULID.toLowerCase(), ` ${ULID}`, `${ULID}\n`, '8'.padEnd(26, '0'), 5].map((id): [EvidenceKind, Record<string, unknown>] => ['revocation', { id }]),
    ...['', 'Alice', 'a b', '-a', 'a/b', 'a'.repeat(65), 'alice\n'].map((person): [EvidenceKind, Record<string, unknown>] => ['objection', { person }]),
    ...['', 'AAAA', base64(new Uint8Array(31)), base64(new Uint8Array(33)), base64(new Uint8Array(32)).replace('A=', 'B='), base64(new Uint8Array(32)).slice(0, -1), 'A'.repeat(43)].map((publicKey): [EvidenceKind, Record<string, unknown>] => ['grant', { publicKey }]),
    ...['', 'x'.repeat(40), 'A'.repeat(40), 'a'.repeat(41), `${'a'.repeat(40)}\n`].map((oid): [EvidenceKind, Record<string, unknown>] => ['cosignature', { oid }]),
    ...['100664', '160000', '040000', '', 33188].map((mode): [EvidenceKind, Record<string, unknown>] => ['cosignature', { mode }]),
    ...['sha256:', `sha256:${'A'.repeat(64)}`, 'b'.repeat(64)].map((change): [EvidenceKind, Record<string, unknown>] => ['approval', { change }]),
    ['cosignature', { path: '' }], ['cosignature', { path: 'x'.repeat(4097) }],
    ['objection', { remark: 'x'.repeat(1001) }],
    ['grant', { repository: 'not-a-uuid' }],
    ['grant', { agent: '' }], ['grant', { agent: ' x' }], ['grant', { agent: 'x'.repeat(99) }], ['grant', { model: 'ü' }],
    ['revocation', { kind: 'grant' }],
    ['approval', { waives: ['Not A Rule'] }], ['approval', { waives: 'over-limit' }],
    ['approval', { manifest: [{}] }], ['approval', { manifest: null }],
    ['approval', { protected: [{ path: 'a', mode: '100644', oid: 'x', sha256: 'y' }] }],
  ];
  for (const [kind, change] of bad) assert.is(reasonOf(envelope(payloadWith(kind, change))), 'schema', `${kind} ${JSON.stringify(change).slice(0, 100)}`);
  const fine: [EvidenceKind, Record<string, unknown>][] = [['grant', { notAfter: '2028-02-29T23:59:59Z' }], ['grant', { agent: 'x'.repeat(98) }], ['grant', { allow: ['**'] }], ['objection', { role: '' }], ['objection', { remark: '\u001b[2J' }]];
  for (const [kind, change] of fine) assert.is(parseEvidence(envelope(payloadWith(kind, change))).kind, kind);
});

/** Returns an approval's file of this many bytes or up to three more: base64 grows by four. */
function fileOf(least: number, keyid = KEYID): Uint8Array {
  const [entry] = (sample('approval').body as Approval).manifest;
  const build = (entries: number, remark: number): Uint8Array =>
    envelope(payloadWith('approval', { manifest: Array.from({ length: entries }, () => entry), remark: 'x'.repeat(remark) }), { signatures: [{ keyid, sig: base64(SIG) }] });
  let [entries, remark] = [1, 0];
  while (build(entries + 1, 0).length < least) entries++;
  while (build(entries, remark).length < least) remark++;
  return build(entries, remark);
}

test('size: 64 KiB, a bundle 256, and not a byte more is looked at', () => {
  const largest = fileOf(MAX_EVIDENCE - 3);
  assert.ok(largest.length <= MAX_EVIDENCE && largest.length > MAX_EVIDENCE - 4);
  assert.is(parseEvidence(largest).kind, 'approval');
  const above = fileOf(MAX_EVIDENCE + 1);
  assert.ok(above.length <= MAX_EVIDENCE + 4);
  assert.is(reasonOf(above), 'size');
  const bundle = fileOf(MAX_EVIDENCE + 1, 'sigstore:https://accounts.example#alice@example.com');
  assert.is(parseEvidence(bundle).kind, 'approval');
  assert.is(reasonOf(new Uint8Array(MAX_BUNDLE + 1).fill(0x20)), 'size');
  const { payload } = statementOf(sample('grant'));
  throwsWith('STATEMENT_INVALID', () => printEvidence(payload, KEYID, new Uint8Array(MAX_EVIDENCE)));
});

test('what can\'t be read again is not printed', () => {
  throwsWith('STATEMENT_INVALID', () => printEvidence(utf8('{}'), KEYID, SIG));
  throwsWith('STATEMENT_INVALID', () => printEvidence(payloadWith('grant', { sponsor: 'EVE' }), KEYID, SIG));
  throwsWith('STATEMENT_INVALID', () => printEvidence(statementOf(sample('grant')).payload, 'session:x', SIG));
});

test('nothing hostile stands in the sentence of a fault', () => {
  const file = envelope(payloadWith('grant', { '\u001b[2J\u202e\n': 1 }));
  const { message } = throwsWith('STATEMENT_INVALID', () => parseEvidence(file));
  assert.not.match(message, /[\p{Cc}\p{Cf}]/u);
  const long = throwsWith('STATEMENT_INVALID', () => parseEvidence(envelope(payloadWith('grant', { ['x'.repeat(10_000)]: 1 }))));
  assert.ok(long.message.length < 300);
});

test('random JSON in the place of anything: a fault or the same bytes again', () => {
  const runs = { numRuns: process.env['SLOW'] ? 5_000 : 200 };
  fc.assert(fc.property(fc.constantFrom(...PREDICATES), fc.jsonValue(), fc.nat(), (predicate, value, pick) => {
    const keys = Object.keys(predicate.body);
    const change = { [keys[pick % keys.length]!]: value };
    try {
      const file = envelope(payloadWith(predicate.kind, change));
      const { envelope: read } = parseEvidence(file);
      assert.equal(printEvidence(read.payload, read.keyid, read.sig), file);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      assert.is(thrown.code, 'STATEMENT_INVALID');
    }
  }), runs);
});

test.run();
