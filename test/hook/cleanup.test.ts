// SPDX-License-Identifier: Apache-2.0
// The clean-up of messages against git's own, on what people and machines may write.
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLatin1, fromUtf8, latin1, utf8 } from '../../src/bytes.ts';
import { chosenComment, cleanMessage, cleanupMode, isEmptyMessage, isUntouched, stripSpace, type Cleanup } from '../../src/hook/cleanup.ts';
import { repairUtf8 } from '../../src/hook/encoding.ts';
import { ScratchRepo } from '../kit/git.ts';

const test = suite('cleanup');
const repo = new ScratchRepo();
const RUNS = process.env.SLOW === undefined ? 60 : 1000;

const part = fc.constantFrom('\n', '\n\n', ' ', '\t', '\r', '\r\n', '\v', '\f', '\0', '#', '# c\n', ' # d\n', 'a', 'b c', '\x80', 'é', ';', '---\n');
const message = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));

test('as git stripspace', () => {
  fc.assert(fc.property(message, fc.boolean(), (text, comments) => {
    const expected = latin1(repo.bytes(['stripspace', ...(comments ? ['-s'] : [])], { input: fromLatin1(text) }));
    assert.is(stripSpace(text, comments ? '#' : undefined), expected);
  }), { numRuns: RUNS });
});

test('what is clean stays as it is, in every mode', () => {
  const modes = fc.constantFrom<Cleanup['mode']>('strip', 'whitespace', 'verbatim', 'scissors');
  fc.assert(fc.property(message, modes, fc.boolean(), (text, mode, verbose) => {
    const cleanup = { mode, verbose, comment: '#' };
    const once = cleanMessage(fromLatin1(text), cleanup);
    assert.equal(cleanMessage(once, cleanup), once);
  }));
});

test('modes by name and editor', () => {
  assert.is(cleanupMode(undefined, true), 'strip');
  assert.is(cleanupMode(undefined, false), 'whitespace');
  assert.is(cleanupMode('default', true), 'strip');
  assert.is(cleanupMode('scissors', true), 'scissors');
  assert.is(cleanupMode('scissors', false), 'whitespace');
  for (const mode of ['strip', 'whitespace', 'verbatim'] as const) assert.is(cleanupMode(mode, false), mode);
});

test('the cut', () => {
  const cut = (text: string, comment = '#') => latin1(cleanMessage(utf8(text), { mode: 'verbatim', verbose: true, comment }));
  const line = '------------------------ >8 ------------------------\n';
  assert.is(cut(`a\n# ${line}b\n`), 'a\n');
  assert.is(cut(`# ${line}b\n`), '');
  assert.is(cut(`a # ${line}b\n`), `a # ${line}b\n`);
  assert.is(cut(`a\n; ${line}b\n`), `a\n; ${line}b\n`);
  assert.is(cut(`a\n;; ${line}b\n`, ';;'), 'a\n');
  assert.is(cut(`a\n# ${line}b\n# ${line}c\n`), 'a\n');
});

test('empty, untouched', () => {
  assert.ok(isEmptyMessage(utf8('\n  \nSigned-off-by: a <b>\n'), 'strip'));
  assert.not(isEmptyMessage(utf8('x\n'), 'strip'));
  assert.not(isEmptyMessage(utf8('\n'), 'verbatim'));
  assert.ok(isEmptyMessage(utf8(''), 'verbatim'));
  const cleanup: Cleanup = { mode: 'strip', verbose: false, comment: '#' };
  assert.ok(isUntouched(utf8('Ticket:\n'), utf8('Ticket:\n\n# please\n'), cleanup));
  assert.ok(isUntouched(utf8('Ticket:\n\nSigned-off-by: a <b>\n'), utf8('Ticket:\n'), cleanup));
  assert.not(isUntouched(utf8('Ticket: 1\n'), utf8('Ticket:\n'), cleanup));
  assert.not(isUntouched(utf8('x\n'), utf8('# only comments\n'), cleanup));
});

test('the comment character that git chose', () => {
  assert.is(chosenComment(utf8('a\n'), false), '#');
  assert.is(chosenComment(utf8('#1 a\n'), false), ';');
  assert.is(chosenComment(utf8('#1\n;2\n@3\n'), false), '!');
  assert.is(chosenComment(utf8('#1\n\n; Please enter\n;\n'), true), ';');
  assert.is(chosenComment(utf8('x\n\n| ------------------------ >8 ------------------------\n| Do not\ndiff\n+# x\n'), true), '|');
});

test('what is no UTF-8 is repaired as git does it', () => {
  const bytes = fc.array(fc.constantFrom(0x61, 0x20, 0x80, 0xbf, 0xc2, 0xa9, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xef, 0xb7, 0x90, 0xbf, 0xbe, 0xf0, 0x9f, 0x98, 0x81, 0xf4, 0x90, 0xf8, 0xff), { minLength: 1, maxLength: 10 });
  const tree = repo.git(['hash-object', '-t', 'tree', '-w', '--stdin']);
  fc.assert(fc.property(bytes, (middle) => {
    const text = Buffer.from([0x78, ...middle, 0x0a]);
    const oid = repo.git(['commit-tree', tree], { input: text });
    const stored = repo.bytes(['cat-file', 'commit', oid]);
    assert.is(latin1(repairUtf8(text)), latin1(stored.subarray(stored.indexOf('\n\n') + 2)));
  }), { numRuns: RUNS });
  assert.equal(fromUtf8(repairUtf8(Buffer.from('caf\xe9', 'latin1'))), 'café');
});

test.run();
