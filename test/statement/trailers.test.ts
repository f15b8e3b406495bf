// SPDX-License-Identifier: Apache-2.0
// How a stamp travels: into any message and out again. Every way in which lines that look like a stamp are none stands in the
// vectors.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLatin1, latin1 } from '../../src/bytes.ts';
import { canonicalMessage } from '../../src/commit/message.ts';
import { addStamp, printTrailers, readTrailers, withoutStamp, type Carried, type Stamp } from '../../src/statement/trailers.ts';
import { BLOCK, CHANGE, EDIT, LINES, OTHER_ULID, STAMP, ULID } from './sample.ts';

const test = suite('trailers');
const RUNS = { numRuns: process.env['SLOW'] ? 10_000 : 200 };

function read(message: string): Carried {
  return readTrailers(fromLatin1(message));
}

function add(message: string, stamp = STAMP): string {
  return latin1(addStamp(fromLatin1(message), stamp));
}

const HUMAN: Stamp = { provenance: 'human', agent: undefined, session: undefined, changes: [], edit: undefined, signature: undefined };

test('a stamp, its message above, and what others added below', () => {
  const carried = read(`subject\n\nbody\n\nReviewed-by: Bob <b@x>\n${BLOCK}Signed-off-by: Zo\xc3\xab <z@x>\n(cherry picked from commit c0ffee12)\n`);
  assert.equal(carried, {
    kind: 'stamp', stamp: STAMP, above: fromLatin1('subject\n\nbody\n\nReviewed-by: Bob <b@x>\n'), below: ['Signed-off-by: Zo\xc3\xab <z@x>', '(cherry picked from commit c0ffee12)'],
  });
});

test('no stamp line, no stamp', () => {
  for (const message of ['', '\n', 'subject', 'Provenance of wool\n', ' Provenance: ai\n', '> Provenance: ai\n', 'My-Provenance: ai\n', 'x Provenance: ai\n', 'Provenances: ai\n', 'Provenance-2: ai\n', 'a\rProvenance: ai\n']) {
    assert.equal(read(message), { kind: 'none', above: fromLatin1(message) }, message);
  }
});

test('every form that a stamp may have is printed as it was read', () => {
  const signature = STAMP.signature!;
  const forms: Stamp[] = [
    STAMP, HUMAN,
    { ...STAMP, provenance: 'assisted', session: undefined }, { ...STAMP, provenance: 'assisted' },
    { ...HUMAN, changes: [CHANGE], edit: EDIT, signature: { ...signature, scheme: 'ssh' } },
    { ...HUMAN, changes: [CHANGE, EDIT], signature: { ...signature, scheme: 'openpgp' } },
    { ...STAMP, changes: Array.from({ length: 64 }, () => CHANGE), edit: undefined },
    { ...STAMP, signature: { scheme: 'openpgp', bytes: Buffer.alloc(12_288) } },
  ];
  for (const stamp of forms) {
    const carried = read(`subject\n\n${printTrailers(stamp).join('\n')}\n`);
    assert.equal(carried, { kind: 'stamp', stamp, above: fromLatin1('subject\n\n'), below: [] });
  }
  assert.equal(printTrailers(STAMP), LINES);
});

test('trailing space, line breaks of Windows and blank lines at the end are not looked at', () => {
  for (const message of [`s\n\n${BLOCK}\n\n`, `s\n \n${BLOCK}`, `s\r\n\r\n${BLOCK.replaceAll('\n', '\r\n')}`, `s\n\n${BLOCK.replaceAll('\n', ' \t\n')}`, `s\n\n${BLOCK.trimEnd()}`, `s\n\n${BLOCK} \n\t\n`]) {
    const carried = read(message);
    assert.is(carried.kind, 'stamp');
    if (carried.kind === 'stamp') assert.equal(carried.stamp, STAMP);
  }
});

test('add: below text in a paragraph of its own, below trailers in theirs', () => {
  const cases: [message: string, above: string][] = [
    ['', ''],
    [' \r\n\n', ''],
    ['subject', 'subject\n\n'],
    ['subject\n\n\n', 'subject\n\n'],
    ['Fix: subject that looks like a trailer\n', 'Fix: subject that looks like a trailer\n\n'],
    ['\n\nFix: subject\n', '\n\nFix: subject\n\n'],
    ['s\n\nSigned-off-by: A <a@b>\n', 's\n\nSigned-off-by: A <a@b>\n'],
    ['s\n\nSigned-off-by: A <a@b>\n(cherry picked from commit c0ffee12)\n', 's\n\nSigned-off-by: A <a@b>\n(cherry picked from commit c0ffee12)\n'],
    ['s\r\n\r\nSigned-off-by: A <a@b>\r\n', 's\r\n\r\nSigned-off-by: A <a@b>\n'],
    ['s\n\nprose\nSigned-off-by: A <a@b>\n', 's\n\nprose\nSigned-off-by: A <a@b>\n\n'],
    ['s\n\nNote: prose that looks like a trailer\n', 's\n\nNote: prose that looks like a trailer\n'],
    ['s\n\nNote: prose that looks like one,\nthen not\n', 's\n\nNote: prose that looks like one,\nthen not\n\n'],
    ['s\n\nsee https://example.com\n', 's\n\nsee https://example.com\n\n'],
    ['s\n\nhttps://example.com\n', 's\n\nhttps://example.com\n\n'],
    ['s\n\nFoo: bar\n baz\n', 's\n\nFoo: bar\n baz\n\n'],
    ['s\n\nbody\n---\nmore\n', 's\n\nbody\n---\nmore\n\n'],
    ['s\n\n# not a comment\n', 's\n\n# not a comment\n\n'],
  ];
  for (const [message, above] of cases) {
    assert.is(add(message), above + BLOCK, JSON.stringify(message));
    assert.equal(read(add(message)), { kind: 'stamp', stamp: STAMP, above: fromLatin1(above), below: [] });
  }
});

/** Messages of every kind but those that carry stamp lines or end marks already. */
const messages = fc
  .array(fc.oneof(
    fc.constantFrom('\n', '\n\n', '\r\n', ' ', '\t', '---\n', '# x\n', 'Foo: bar\n', 'Foo:\n', 'Signed-off-by: A <a@b>\n', '(cherry picked from commit c0ffee12)\n', ' folded\n', 'prose\n', '\f\n', ': x\n', '-: x\n'),
    fc.uint8Array({ maxLength: 8 }).map(latin1),
  ), { maxLength: 12 })
  .map((parts) => parts.join('').replaceAll('\0', ''));

test('add, then read: the stamp comes back, and the message above it as it was bound', () => {
  fc.assert(fc.property(messages, (message) => {
    const stamped = add(message);
    const carried = read(stamped);
    assert.is(carried.kind, 'stamp', stamped);
    if (carried.kind !== 'stamp') return;
    assert.equal([carried.stamp, carried.below], [STAMP, []]);
    assert.is(canonicalMessage(latin1(carried.above)), canonicalMessage(message));
    assert.is(add(latin1(carried.above)), stamped, 'stamped anew');
    assert.is(canonicalMessage(latin1(withoutStamp(fromLatin1(stamped)))), canonicalMessage(message));
  }), RUNS);
});

test('one character of a stamp changed: malformed, another stamp, or not this one', () => {
  const message = add('subject\n\nbody\n');
  const start = message.indexOf('Provenance');
  for (let at = start; at < message.length - 1; at++) {
    const carried = read(`${message.slice(0, at)}~${message.slice(at + 1)}`);
    if (carried.kind === 'stamp') assert.not.equal(carried.stamp, STAMP);
  }
});

test('stamp lines are taken out wherever they stand, and no other', () => {
  const message = `s\n\nbody\n${LINES[0]!}\nProvenance\n\n${BLOCK}PROVENANCE-X :y\nFoo: bar\n`;
  assert.is(latin1(withoutStamp(fromLatin1(message))), 's\n\nbody\nProvenance\n\nFoo: bar\n');
  const plain = fromLatin1('no stamp\r\n');
  assert.is(withoutStamp(plain), plain);
});

test('another session is another stamp', () => {
  const carried = read(`s\n\n${BLOCK.replace(ULID, OTHER_ULID)}`);
  assert.is(carried.kind === 'stamp' && carried.stamp.session, OTHER_ULID);
});

test('a megabyte of anything is read in linear time', () => {
  const million = 1 << 20;
  const started = performance.now();
  for (const piece of ['\n', ' \n', 'Provenance: ai\n', 'provenance', 'provenance-a', 'Provenance\t', 'Foo: bar\n', 'a-', ': ', '(cherry picked from commit ', '# ------------------------ >8 -------------', '\r']) {
    const text = piece.repeat(million / piece.length);
    for (const message of [text, `s\n\n${text}\n${BLOCK}`, `s\n\n${BLOCK}${text}`]) {
      read(message);
      withoutStamp(addStamp(fromLatin1(message), STAMP));
    }
  }
  // seconds where a quadratic reader needs hours
  assert.ok(performance.now() - started < 30_000);
});

test.run();
