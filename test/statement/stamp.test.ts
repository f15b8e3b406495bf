// SPDX-License-Identifier: Apache-2.0
// The signed text of a stamp: its bytes written out, one text per statement, and nothing that a second line could hide in. What
// is no statement, and why, stands in the vectors.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromUtf8, sha256, utf8 } from '../../src/bytes.ts';
import type { Digest } from '../../src/commit/change.ts';
import { EMPTY_TREE, type Oid } from '../../src/oid.ts';
import { emptyChange, isAgentName, parseStamp, printStamp, type StampStatement } from '../../src/statement/stamp.ts';
import { newUlid } from '../../src/ulid.ts';
import { Fault } from '../../src/fault.ts';
import { throwsWith } from '../kit/rejects.ts';
import { AGENT, CHANGE, EDIT, STATEMENT, TEXT, ULID } from './sample.ts';

const test = suite('stamp statement');
const RUNS = { numRuns: process.env['SLOW'] ? 10_000 : 200 };

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => `sha256:${Buffer.from(bytes).toString('hex')}` as Digest);
const word = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text));
const oid = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('hex') as Oid);
const orNone = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const statements: fc.Arbitrary<StampStatement> = fc.record({
  objectFormat: fc.constant('sha1' as const),
  repository: word,
  provenance: fc.constantFrom('human', 'ai', 'assisted'),
  agent: orNone(fc.string({ minLength: 2, maxLength: 200 }).filter(isAgentName)),
  session: orNone(fc.nat().map(newUlid)),
  changes: fc.array(digest, { minLength: 1, maxLength: 4 }),
  edit: orNone(digest),
  tree: orNone(oid),
  author: fc.record({ name: word, email: word, date: fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }), zone: fc.stringMatching(/^[+-][0-9]{4}$/) }, { noNullPrototype: true }),
  text: fc.constantFrom('utf-8', 'raw'),
  message: digest,
}, { noNullPrototype: true });

test('the bytes, by hand', () => {
  assert.is(fromUtf8(printStamp(STATEMENT)), TEXT);
  assert.equal(parseStamp(utf8(TEXT)), STATEMENT);
  const human: StampStatement = { ...STATEMENT, provenance: 'human', agent: undefined, session: undefined, changes: [CHANGE, EDIT], edit: undefined, tree: EMPTY_TREE.sha1 };
  const text = TEXT.replace(': ai', ': human').replace(`agent: ${AGENT}`, 'agent: -').replace(`session: ${ULID}`, 'session: -')
    .replace(`change: ${CHANGE}`, `change: ${CHANGE} ${EDIT}`).replace(`edit: ${EDIT}`, 'edit: -').replace('tree: -', `tree: ${EMPTY_TREE.sha1}`);
  assert.is(fromUtf8(printStamp(human)), text);
  assert.equal(parseStamp(utf8(text)), human);
  assert.is(emptyChange('sha1'), `sha256:${sha256(utf8('countersign-change v1 sha1\n'))}`);
});

test('parse(print(x)) is x, and print(parse(text)) is the text', () => {
  fc.assert(fc.property(statements, (statement) => {
    const bytes = printStamp(statement);
    assert.equal(parseStamp(bytes), statement);
    assert.equal(printStamp(parseStamp(bytes)), bytes);
  }), RUNS);
});

test('two statements never share a text', () => {
  fc.assert(fc.property(statements, statements, (a, b) => {
    const isSame = fromUtf8(printStamp(a)) === fromUtf8(printStamp(b));
    if (isSame) assert.equal(a, b);
  }), RUNS);
});

test('every changed, added or removed byte: no statement, or the one that prints these bytes', () => {
  const good = utf8(TEXT);
  let readable = 0;
  const tryOut = (bytes: Uint8Array): void => {
    try {
      assert.equal(Buffer.from(printStamp(parseStamp(bytes))), Buffer.from(bytes));
      readable++;
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      assert.is(thrown.code, 'STATEMENT_INVALID');
    }
  };
  for (let at = 0; at < good.length; at++) {
    for (const byte of [good[at]! ^ 1, good[at]! ^ 0x20, 0x0a, 0x2d, 0xc3]) if (byte !== good[at]) tryOut(good.with(at, byte));
    tryOut(Uint8Array.from([...good.subarray(0, at), 0x20, ...good.subarray(at)]));
    tryOut(Uint8Array.from([...good.subarray(0, at), ...good.subarray(at + 1)]));
  }
  assert.ok(readable > 100);
});

test('no control character and no half character is ever printed', () => {
  for (const bad of ['\n', '\r', '\0', '\t', '\u001b', '\u007f', '\u0085', '\u009b', '\ud800', '\udc00x']) {
    for (const field of ['name', 'email', 'zone'] as const) {
      throwsWith('STATEMENT_INVALID', () => printStamp({ ...STATEMENT, author: { ...STATEMENT.author, [field]: `a${bad}` } }));
    }
    for (const field of ['repository', 'agent', 'message', 'session'] as const) throwsWith('STATEMENT_INVALID', () => printStamp({ ...STATEMENT, [field]: `a${bad}` }));
  }
  throwsWith('STATEMENT_INVALID', () => printStamp({ ...STATEMENT, author: { ...STATEMENT.author, name: 'A\nauthor-email: eve@example.com' } }));
});

test('agent names: printable ASCII, no space at either end, 2 to 200 characters', () => {
  for (const name of ['ab', AGENT, 'a b', 'x'.repeat(200), '--', 'a: b']) assert.ok(isAgentName(name), name);
  for (const name of ['', '-', 'a', ' ab', 'ab ', 'a\tb', 'aé', 'a\nb', 'ab\n', 'x'.repeat(201), 'a\u00a0b', 'a\u0000b']) assert.not.ok(isAgentName(name), JSON.stringify(name));
});

test('megabytes are refused, not digested', () => {
  const started = performance.now();
  for (const text of ['\n'.repeat(4_000_000), TEXT.replace('Zoë', ' '.repeat(4_000_000)).replace('tree: -', 'tree:'), `${TEXT}${'a: b\n'.repeat(500_000)}`]) {
    throwsWith('STATEMENT_INVALID', () => parseStamp(utf8(text)));
  }
  assert.ok(performance.now() - started < 20_000);
});

test.run();
