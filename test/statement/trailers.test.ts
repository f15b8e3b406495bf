// SPDX-License-Identifier: Apache-2.0
// How a stamp travels: into any message and out again, and every way in which lines that look like one are none.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { base64, fromLatin1, latin1 } from '../../src/bytes.ts';
import { canonicalMessage } from '../../src/commit/message.ts';
import { addStamp, printTrailers, readTrailers, withoutStamp, type Carried, type Stamp } from '../../src/statement/trailers.ts';
import { AGENT, BLOCK, CHANGE, EDIT, LINES, OTHER_ULID, STAMP, ULID } from './sample.ts';

const test = suite('trailers');
const RUNS = { numRuns: process.env['SLOW'] ? 10_000 : 200 };

function read(message: string): Carried {
  return readTrailers(fromLatin1(message));
}

function add(message: string, stamp = STAMP): string {
  return latin1(addStamp(fromLatin1(message), stamp));
}

/** Returns the block with one line changed. */
function edited(from: string, to: string): string {
  assert.ok(BLOCK.includes(from), from);
  return BLOCK.replace(from, to);
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

const MALFORMED: Record<string, [message: string, reason: string, line?: number]> = {
  'a second stamp below': [`s\n\n${BLOCK}\n${BLOCK}`, 'text below the stamp', 9],
  'a second stamp below other trailers': [`s\n\n${BLOCK}Foo: bar\n${BLOCK}`, 'a second stamp', 10],
  'one line of a second stamp below': [`s\n\n${BLOCK}Foo: bar\nprovenance-X : y\n`, 'a second stamp', 10],
  'a second stamp directly below': [`s\n\n${BLOCK}${BLOCK}`, 'stamp lines doubled or out of order'],
  'a stamp of a squashed commit in the body': [`s\n\n${BLOCK}\n* next\n\n${BLOCK}`, 'text below the stamp', 9],
  'a stamp line in the subject': [`Provenance: ai is new\n\n${BLOCK}`, 'text below the stamp'],
  'prose below': [`s\n\n${BLOCK}and so on\n`, 'text below the stamp', 9],
  'a paragraph below': [`s\n\n${BLOCK}\nFoo: bar\n`, 'text below the stamp', 9],
  'a comment below': [`s\n\n${BLOCK}# comment\n`, 'text below the stamp', 9],
  'a divider below': [`s\n\n${BLOCK}---\n`, 'text below the stamp', 9],
  'a folded value': [`s\n\n${edited('v1 ed25519 ', 'v1 ed25519\n ')}`, 'text below the stamp'],
  'a folded line at the end': [`s\n\n${BLOCK} folded\n`, 'text below the stamp'],
  'a folded line at the end, by a tab': [`s\n\n${BLOCK}\tfolded\n`, 'text below the stamp'],
  'a blank line inside': [`s\n\n${edited('Provenance-Change', '\nProvenance-Change')}`, 'text below the stamp', 6],
  'a trailer inside': [`s\n\n${edited('Provenance-Change', 'Foo: bar\nProvenance-Change')}`, 'a second stamp', 7],
  'a trailer without a space below': [`s\n\n${BLOCK}Foo:bar\n`, 'text below the stamp'],
  'a trailer with a space before the colon below': [`s\n\n${BLOCK}Foo : bar\n`, 'text below the stamp'],
  'a carriage return inside a line below': [`s\n\n${BLOCK}Foo: bar\rbaz\n`, 'text below the stamp'],
  'a cherry-pick line that names none': [`s\n\n${BLOCK}(cherry picked from commit )\n`, 'text below the stamp'],
  'prose above in its paragraph': [`s\n\nprose\n${BLOCK}`, 'text above the stamp in its paragraph', 3],
  'prose between trailers above': [`s\n\nFoo: bar\nprose\nFoo: bar\n${BLOCK}`, 'text above the stamp in its paragraph', 4],
  'a comment above in its paragraph': [`s\n\n# comment\n${BLOCK}`, 'text above the stamp in its paragraph', 3],
  'a folded trailer above in its paragraph': [`s\n\nFoo: bar\n baz\n${BLOCK}`, 'text above the stamp in its paragraph', 4],
  'a stamp in the paragraph of the subject': [`s\n${BLOCK}`, 'text above the stamp in its paragraph', 1],
  'a subject that is a trailer': [`Fix: this\n${BLOCK}`, 'no text above the trailers', 1],
  'a form feed is no blank line': [`s\n\f\n${BLOCK}`, 'text above the stamp in its paragraph', 2],
  'NUL above': [`s\0\n\n${BLOCK}`, 'an end mark of git in the message'],
  'NUL below': [`s\n\n${BLOCK}Foo: \0\n`, 'an end mark of git in the message'],
  'a scissors line above': [`s\n\n# ------------------------ >8 ------------------------\n\n${BLOCK}`, 'an end mark of git in the message'],
  'space before the colon': [`s\n\n${edited('Provenance: ai', 'Provenance : ai')}`, 'an unknown or misspelt stamp line'],
  'a tab after the colon': [`s\n\n${edited('Provenance: ai', 'Provenance:\tai')}`, 'an unknown or misspelt stamp line'],
  'no space after the colon': [`s\n\n${edited('Provenance: ai', 'Provenance:ai')}`, 'an unknown or misspelt stamp line'],
  'capitals': [`s\n\n${edited('Provenance: ai', 'PROVENANCE: ai')}`, 'an unknown or misspelt stamp line'],
  'small letters': [`s\n\n${edited('Provenance-Agent', 'provenance-agent')}`, 'an unknown or misspelt stamp line'],
  'capitals and space': ['s\n\nPROVENANCE : ai\n', 'an unknown or misspelt stamp line'],
  'an unknown stamp line': [`s\n\n${edited('Provenance-Agent', 'Provenance-Model: x\nProvenance-Agent')}`, 'an unknown or misspelt stamp line'],
  'an empty agent': [`s\n\n${edited(`Provenance-Agent: ${AGENT}`, 'Provenance-Agent:')}`, 'an unknown or misspelt stamp line'],
  'an agent of spaces': [`s\n\n${edited(`Provenance-Agent: ${AGENT}`, 'Provenance-Agent:   ')}`, 'an unknown or misspelt stamp line'],
  'lines in another order': [`s\n\n${LINES.toReversed().join('\n')}\n`, 'stamp lines doubled or out of order'],
  'a line twice': [`s\n\n${edited(LINES[1]!, `${LINES[1]!}\n${LINES[1]!}`)}`, 'stamp lines doubled or out of order'],
  'no first line': [`s\n\n${edited('Provenance: ai\n', '')}`, 'an unknown provenance'],
  'an unknown provenance': [`s\n\n${edited(': ai', ': robot')}`, 'an unknown provenance'],
  'a provenance in capitals': [`s\n\n${edited(': ai', ': AI')}`, 'an unknown provenance'],
  'two spaces after the colon': [`s\n\n${edited(': ai', ':  ai')}`, 'an unknown provenance'],
  'ai alone': ['s\n\nProvenance: ai\n', 'no agent'],
  'assisted alone': ['s\n\nProvenance: assisted\n', 'no agent'],
  'ai without a session': [`s\n\n${edited(`${LINES[2]!}\n`, '')}`, 'no session'],
  'an agent that is not ASCII': [`s\n\n${edited(AGENT, 'cl\xc3\xa4ude')}`, 'an agent that is no name'],
  'an agent with an escape sequence': [`s\n\n${edited(AGENT, 'cl\x1b[2Jaude')}`, 'an agent that is no name'],
  'an agent of one character': [`s\n\n${edited(AGENT, 'x')}`, 'an agent that is no name'],
  'a session in small letters': [`s\n\n${edited(ULID, ULID.toLowerCase())}`, 'a session that is no ULID'],
  'a session that is a path': [`s\n\n${edited(ULID, `../${ULID}`)}`, 'a session that is no ULID'],
  'human with an agent': [`s\n\n${edited(': ai', ': human').replace(`${LINES[2]!}\n`, '')}`, 'a human stamp with an agent or session'],
  'human with a session': [`s\n\n${edited(': ai', ': human').replace(`${LINES[1]!}\n`, '')}`, 'a human stamp with an agent or session'],
  'human with a signature alone': [`s\n\nProvenance: human\n${LINES[5]!}\n`, 'no change digest'],
  'no change': [`s\n\n${edited(`${LINES[3]!}\n`, '')}`, 'no change digest'],
  'a change of another algorithm': [`s\n\n${edited(CHANGE, CHANGE.replace('sha256', 'sha1'))}`, 'no change digest'],
  'a change in capitals': [`s\n\n${edited(CHANGE, CHANGE.replaceAll('b', 'B'))}`, 'no change digest'],
  'a short change': [`s\n\n${edited(CHANGE, CHANGE.slice(0, -1))}`, 'no change digest'],
  'two spaces between changes': [`s\n\n${edited(CHANGE, `${CHANGE}  ${CHANGE}`)}`, 'no change digest'],
  'more changes than a commit may have parents': [`s\n\n${edited(CHANGE, Array.from({ length: 65 }, () => CHANGE).join(' ')).replace(`${LINES[4]!}\n`, '')}`, 'no change digest'],
  'no edit': [`s\n\n${edited(`${LINES[4]!}\n`, '')}`, 'no edit digest, or one on a merge'],
  'an edit on a merge': [`s\n\n${edited(CHANGE, `${CHANGE} ${CHANGE}`)}`, 'no edit digest, or one on a merge'],
  'two edits': [`s\n\n${edited(EDIT, `${EDIT} ${EDIT}`)}`, 'no edit digest, or one on a merge'],
  'no signature': [`s\n\n${edited(`${LINES[5]!}\n`, '')}`, 'no signature in a known form'],
  'another version': [`s\n\n${edited('v1 ', 'v2 ')}`, 'no signature in a known form'],
  'an unknown scheme': [`s\n\n${edited('ed25519', 'ed448')}`, 'no signature in a known form'],
  'a scheme of envelopes': [`s\n\n${edited('ed25519', 'sigstore')}`, 'no signature in a known form'],
  'two spaces in a signature': [`s\n\n${edited('ed25519 ', 'ed25519  ')}`, 'no signature in a known form'],
  'an empty signature': [`s\n\n${edited(base64(STAMP.signature!.bytes), '')}`, 'no signature in a known form'],
  'base64url': [`s\n\n${edited('BwcHB', 'Bw-_B')}`, 'no signature in a known form'],
  'base64 without padding': [`s\n\n${edited('==', '')}`, 'a signature that is not canonical base64'],
  'base64 with bits in its padding': [`s\n\n${edited('Bw==', 'Bx==')}`, 'a signature that is not canonical base64'],
  'base64 with padding inside': [`s\n\n${edited('BwcHB', 'Bw==B')}`, 'a signature that is not canonical base64'],
  'a signature of 16 KiB and more': [`s\n\n${edited('BwcH', 'BwcH'.repeat(5000))}`, 'no signature in a known form'],
};

for (const [what, [message, reason, line]] of Object.entries(MALFORMED)) {
  test(`malformed: ${what}`, () => {
    const carried = read(message);
    assert.is(carried.kind, 'malformed');
    if (carried.kind !== 'malformed') return;
    assert.is(carried.reason, reason);
    if (line !== undefined) assert.is(carried.line, line);
    assert.is(read(message.replaceAll('\n', '\r\n')).kind, 'malformed', 'with line breaks of Windows');
  });
}

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
  const carried = read(`s\n\n${edited(ULID, OTHER_ULID)}`);
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
