// SPDX-License-Identifier: Apache-2.0
// Our reading of stamps held against `git interpret-trailers --parse --no-divider`, which reads trailers as `git log` does.
// Wherever we read a stamp, git reads the same lines. Where git reads lines and we don't, the case stands here with its reason.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLatin1, latin1 } from '../../src/bytes.ts';
import { addStamp, printTrailers, readTrailers } from '../../src/statement/trailers.ts';
import { ScratchRepo } from '../kit/git.ts';
import { BLOCK, LINES, STAMP } from './sample.ts';

const test = suite('trailers as git reads them');
const RUNS = { numRuns: process.env['SLOW'] ? 5_000 : 150 };
const repo = new ScratchRepo();

/** Returns the provenance lines that git reads, each as `key: value`. */
function gitLines(message: string, args = ['--no-divider']): string[] {
  const out = repo.bytes(['interpret-trailers', '--parse', ...args], { input: fromLatin1(message) }).toString('latin1');
  return out.split('\n').filter((line) => /^provenance(?:-[a-z]+)?[ \t]*:/i.test(line));
}

/** Returns the lines that we read, or none where there is no stamp or a malformed one. */
function ourLines(message: string): string[] {
  const carried = readTrailers(fromLatin1(message));
  return carried.kind === 'stamp' ? printTrailers(carried.stamp) : [];
}

/** Git reads a first paragraph as the subject, whatever it holds: so a message that is nothing but a stamp has no trailers for it. */
function isStampAlone(message: string): boolean {
  const carried = readTrailers(fromLatin1(message));
  return carried.kind === 'stamp' && carried.above.length === 0;
}

const LINE = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 2, arbitrary: fc.constantFrom('subject', 'prose, more prose', 'Fix: it') },
  { weight: 3, arbitrary: fc.constantFrom('Signed-off-by: A <a@b>', 'Foo: bar', 'Foo:  bar ', '(cherry picked from commit c0ffee12)', 'Bug: 12\r') },
  { weight: 1, arbitrary: fc.constantFrom('Foo:bar', 'Foo : bar', 'Foo:', ' folded', '\tfolded', '# comment', '---', '-: x', ': x', 'http://x: y', 'Conflicts:', '\tfile', '\f', '\v', ' ', '\r', 'Z\xc3\xab: x', 'Foo: b\far', 'a\rb') },
  { weight: 1, arbitrary: fc.constantFrom('# ------------------------ >8 ------------------------', '# ------------------------ >8 ------------------------\r', '; ------------------------ >8 ------------------------', '(cherry picked from commit x)', 'diff --git a/x b/x', '>From x: y') },
  { weight: 1, arbitrary: fc.constantFrom(...LINES, 'PROVENANCE : ai', 'Provenance:', 'Provenance-Agent:', 'Provenance: human', 'Provenance-X-Y: z', 'provenance: ai') },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 10 }).map(latin1) },
);
const LINES_OF = fc.array(LINE, { maxLength: 7 }).map((lines) => lines.join('\n'));
const MESSAGES = fc.tuple(LINES_OF, fc.constantFrom('\n', '\n\n', '\n \n', '\r\n\r\n', ''), fc.constantFrom(BLOCK, BLOCK.replaceAll('\n', '\r\n'), 'Provenance: human\n'), fc.option(LINES_OF, { nil: '' }));

test('wherever we read a stamp, git reads the same lines', () => {
  let stamps = 0;
  fc.assert(fc.property(MESSAGES, (parts) => {
    const message = parts.join('');
    const ours = ourLines(message);
    if (ours.length === 0) return;
    stamps++;
    assert.equal(gitLines(message), isStampAlone(message) ? [] : ours, JSON.stringify(message));
  }), { ...RUNS, numRuns: RUNS.numRuns * 4 });
  assert.ok(stamps > 20, `${stamps} stamps only: the generator is too wild`);
});

test('whatever message we add a stamp to, git reads it', () => {
  fc.assert(fc.property(LINES_OF.filter((text) => readTrailers(fromLatin1(text)).kind === 'none' && !text.includes('\0') && !/^# -{24} >8 -{24}\r?$/m.test(text)), (message) => {
    const stamped = latin1(addStamp(fromLatin1(message), STAMP));
    assert.equal(gitLines(stamped), isStampAlone(stamped) ? [] : LINES, JSON.stringify(stamped));
  }), RUNS);
});

/** What git takes and we refuse: the message, how many lines git reads, and why. docs/spec.md has the same table. */
const STRICTER: [what: string, message: string, lines: number, why: string][] = [
  ['space before the colon', `s\n\n${BLOCK.replace('Provenance:', 'Provenance :')}`, 6, 'one stamp has one spelling'],
  ['no space after the colon', `s\n\n${BLOCK.replace(': ai', ':ai')}`, 6, 'one stamp has one spelling'],
  ['a key in other letters', `s\n\n${BLOCK.replace('Provenance:', 'PROVENANCE:')}`, 6, 'one stamp has one spelling'],
  ['an empty value', `s\n\n${BLOCK.replace(/(?<=Agent:).*/, '')}`, 6, 'every field that is there says something'],
  ['a folded value', `s\n\n${BLOCK.replace('v1 ', 'v1\n ')}`, 6, 'mail programs fold and unfold in different ways'],
  ['a folded trailer above in the paragraph', `s\n\nFoo: bar\n baz\n${BLOCK}`, 6, 'the same'],
  ['prose in the paragraph, beside a Signed-off-by', `s\n\nprose\nSigned-off-by: A <a@b>\n${BLOCK}`, 6, 'git takes a paragraph that is a quarter trailers; where prose may stand, text can hide'],
  ['prose below, beside a Signed-off-by', `s\n\n${BLOCK}Signed-off-by: A <a@b>\nprose\n`, 6, 'nobody signed it, and a reader takes it for the author\'s'],
  ['a # line in the block', `s\n\n${BLOCK.replace('Provenance-Session', '# x\nProvenance-Session')}`, 6, 'which lines are comments is configuration'],
  ['a # line below', `s\n\n${BLOCK}# x\n`, 6, 'the same'],
  ['a # line above in the paragraph', `s\n\n# x\n${BLOCK}`, 6, 'the same'],
  ['another trailer inside', `s\n\n${BLOCK.replace('Provenance-Session', 'Foo: bar\nProvenance-Session')}`, 6, 'one stamp is one run of lines'],
  ['lines in another order', `s\n\n${LINES.toReversed().join('\n')}\n`, 6, 'one stamp has one order'],
  ['a second stamp in the paragraph', `s\n\n${BLOCK}${BLOCK}`, 12, 'which of two counts would be the reader\'s choice'],
  ['a stamp in the body, another at the end', `s\n\n${BLOCK}\nbody\n\n${BLOCK}`, 6, 'the same'],
  ['a trailer without a space below', `s\n\n${BLOCK}Foo:bar\n`, 6, 'one form for what nobody signed'],
  ['a trailer with a space before the colon below', `s\n\n${BLOCK}Foo : bar\n`, 6, 'the same'],
  ['a paragraph of trailers as the only one, after a blank line', `\nFoo: bar\n${BLOCK}`, 6, 'a subject that clean-up would move up'],
  ['a conflict list at the end', `s\n\n${BLOCK}\nConflicts:\n\tfile\n`, 6, 'text below the stamp'],
  ['a scissors line below', `s\n\n${BLOCK}# ------------------------ >8 ------------------------\ndiff\n`, 6, 'text below the stamp'],
];

for (const [what, message, lines, why] of STRICTER) {
  test(`stricter: ${what}: ${why}`, () => {
    assert.is(gitLines(message).length, lines);
    assert.is(readTrailers(fromLatin1(message)).kind, 'malformed');
  });
}

/** What neither of us takes for a stamp: git reads no trailers. */
const NEITHER: Record<string, string> = {
  'in the paragraph of the subject': `s\n${BLOCK}`,
  'prose in the paragraph': `s\n\nprose\n${BLOCK}`,
  'a subject that is a trailer': `Fix: it\n${BLOCK}`,
  'a form feed for a blank line': `s\n\f\n${BLOCK}`,
  'prose below': `s\n\n${BLOCK}prose\n`,
  'a paragraph below': `s\n\n${BLOCK}\nmore\n`,
  'a scissors line above': `s\n\n# ------------------------ >8 ------------------------\n\n${BLOCK}`,
  'below a NUL': `s\0\n\n${BLOCK}`,
};

for (const [what, message] of Object.entries(NEITHER)) {
  test(`neither: ${what}`, () => {
    assert.equal([gitLines(message), readTrailers(fromLatin1(message)).kind], [[], 'malformed']);
  });
}

test('where git reads less: a stamp alone is its subject, and without --no-divider a line --- ends the message', () => {
  assert.equal([gitLines(BLOCK), ourLines(BLOCK)], [[], LINES]);
  const divided = `s\n\nbody\n---\nmore\n\n${BLOCK}`;
  assert.equal([gitLines(divided), ourLines(divided), gitLines(divided, [])], [LINES, LINES, []]);
});

test('git log reads what interpret-trailers reads, in a real commit', () => {
  const message = `s\n\nbody\n---\nmore\n\nReviewed-by: B <b@x>\n${BLOCK}Signed-off-by: A <a@b>\n`;
  repo.commit(message, { args: ['--cleanup=verbatim'] });
  assert.equal(repo.git(['log', '-1', '--format=%(trailers:only,unfold)']).split('\n').filter((line) => line.startsWith('Provenance')), ourLines(message));
});

test.run();
