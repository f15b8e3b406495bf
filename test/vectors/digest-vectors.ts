// SPDX-License-Identifier: Apache-2.0
// What stands in change.json, edit.json and message.json. `hashed` is what SHA-256 is taken of, written out here as text; the
// digest is computed from it and by nothing else, so the files hold the implementation to the grammar.
import { base64, fromLatin1, sha256, utf8 } from '../../src/bytes.ts';
import { ZERO, hashObject } from '../../src/oid.ts';
import { idOf, type Vector, type VectorFile } from './vector.ts';

const bytes = (text: string): string => base64(fromLatin1(text));
const digest = (hashed: Uint8Array): Vector['expect'] => ({ status: 'digest', digest: `sha256:${sha256(hashed)}`, hashed: base64(hashed) });
const blob = (content: string): string => hashObject('sha1', 'blob', fromLatin1(content));

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const NONE = ZERO.sha1;

interface Entry {
  modes: [old: string, new: string];
  ids: [old: string, new: string];
  path: string;
}

const entry = (path: string, modes = '100644 100644', ids = `${A} ${B}`): Entry => ({ path, modes: modes.split(' ') as Entry['modes'], ids: ids.split(' ') as Entry['ids'] });

/** Returns entries as `git diff-tree -r --raw -z --no-abbrev` prints them. */
function raw(...entries: Entry[]): string {
  return bytes(entries.map(({ modes, ids, path }) => `:${modes.join(' ')} ${ids.join(' ')} M\0${path}\0`).join(''));
}

/** @param hashed the lines below the first, in their order */
function change(comment: string, entries: Entry[], hashed: string, format = 'sha1', ...flags: string[]): Vector {
  return { id: idOf(comment), comment, flags, input: raw(...entries), expect: digest(fromLatin1(`countersign-change v1 ${format}\n${hashed}`)) };
}

const changes = [
  change('no change', [], ''),
  change('one file', [entry('a')], `100644 100644 ${A} ${B} a\0`),
  change('added, deleted, mode, symlink, submodule', [
    entry('sub', '160000 160000'), entry('new', '000000 100644', `${NONE} ${B}`), entry('link', '100644 120000'), entry('gone', '100644 000000', `${A} ${NONE}`), entry('run', '100644 100755', `${A} ${A}`),
  ], [`100644 000000 ${A} ${NONE} gone\0`, `100644 120000 ${A} ${B} link\0`, `000000 100644 ${NONE} ${B} new\0`, `100644 100755 ${A} ${A} run\0`, `160000 160000 ${A} ${B} sub\0`].join('')),
  change('sorted by the bytes of the whole path', ['a/b', 'a-b', 'a.b', 'ab', '\xf0\x90\x80\x80', '\xef\xbf\xbf'].map((path) => entry(path)),
    ['a-b', 'a.b', 'a/b', 'ab', '\xef\xbf\xbf', '\xf0\x90\x80\x80'].map((path) => `100644 100644 ${A} ${B} ${path}\0`).join(''), 'sha1', 'order'),
  change('a path with a line break, a quote and bytes that are not UTF-8', [entry('"\n\xff')], `100644 100644 ${A} ${B} "\n\xff\0`),
  change('evidence is left out', [entry('.countersign/evidence/x'), entry('a')], `100644 100644 ${A} ${B} a\0`, 'sha1', 'evidence'),
  change('only evidence', [entry('.countersign/evidence/x')], '', 'sha1', 'evidence'),
  change('what only looks like evidence stays', ['.countersign/evidence', '.Countersign/evidence/x', '.countersign/evidence.x', 'a/.countersign/evidence/x', '.countersign/policy.yaml'].map((path) => entry(path)),
    ['.Countersign/evidence/x', '.countersign/evidence', '.countersign/evidence.x', '.countersign/policy.yaml', 'a/.countersign/evidence/x'].map((path) => `100644 100644 ${A} ${B} ${path}\0`).join(''), 'sha1', 'evidence'),
];
const A256 = 'a'.repeat(64);
const B256 = 'b'.repeat(64);
const changes256 = [
  change('sha256: no change', [], '', 'sha256'),
  change('sha256: one file', [entry('a', '100644 100644', `${A256} ${B256}`)], `100644 100644 ${A256} ${B256} a\0`, 'sha256'),
];

export const changeVectors: VectorFile = {
  schema: 'countersign-vectors-v1',
  spec: 'the change digest, v1',
  notes: { order: 'entries are sorted, whatever order they come in', evidence: 'the prefix .countersign/evidence/ by its exact bytes, and nothing else, is left out' },
  groups: [{ name: 'sha1', objectFormat: 'sha1', tests: changes }, { name: 'sha256', objectFormat: 'sha256', tests: changes256 }],
};

/** The blobs of edit.json by object id, filled as its vectors are made. */
const blobs: Record<string, string> = {};

function side(content: string | undefined, mode: string): [mode: string, id: string] {
  if (content === undefined) return ['000000', NONE];
  blobs[blob(content)] = bytes(content);
  return [mode, blob(content)];
}

/** @param fields what follows the two modes */
function edit(comment: string, path: string, [before, after]: [string | undefined, string | undefined], fields: string[], modes = '100644 100644', ...flags: string[]): Vector {
  const [old, fresh] = modes.split(' ') as [string, string];
  const [[oldMode, oldId], [newMode, newId]] = [side(before, old), side(after, fresh)];
  const all = [oldMode, newMode, ...fields].map((field) => `${field.length}\n${field}`).join('');
  return { id: idOf(comment), comment, flags, input: raw(entry(path, `${oldMode} ${newMode}`, `${oldId} ${newId}`)), expect: digest(fromLatin1(`countersign-edit v1 sha1\n${all}`)) };
}

const NINE = '1\n2\n3\n4\n5\n6\n7\n8\n9\n';
const ids = (before: string, after: string): [string, string] => [blob(before), blob(after)];
const edits = [
  { id: 'no-change', comment: 'no change', flags: [], input: '', expect: digest(utf8('countersign-edit v1 sha1\n')) },
  edit('one line, three lines of context', 'f', [NINE, NINE.replace('5', 'V')], ['text', 'f', '2\n3\n4\n', '5\n', 'V\n', '6\n7\n8\n']),
  edit('the same further down in a longer file', 'f', [`0\n1\n${NINE}`, `0\n1\n${NINE.replace('5', 'V')}`], ['text', 'f', '2\n3\n4\n', '5\n', 'V\n', '6\n7\n8\n'], '100644 100644', 'carried'),
  edit('two changes and what stands between', 'f', [NINE, NINE.replace('3', 'x').replace('7', 'y')], ['text', 'f', '1\n2\n', '3\n4\n5\n6\n7\n', 'x\n4\n5\n6\ny\n', '8\n9\n']),
  edit('lines added', 'f', ['a\nb\n', 'a\nx\nb\n'], ['text', 'f', 'a\n', '', 'x\n', 'b\n']),
  edit('lines removed', 'f', ['a\nx\nb\n', 'a\nb\n'], ['text', 'f', 'a\n', 'x\n', '', 'b\n']),
  edit('a repeated line added: common leading lines first', 'f', ['a\na\n', 'a\na\na\n'], ['text', 'f', 'a\na\n', '', 'a\n', ''], '100644 100644', 'trim'),
  edit('common beginnings inside a line do not count', 'f', ['xab\n', 'xb\n'], ['text', 'f', '', 'xab\n', 'xb\n', ''], '100644 100644', 'trim'),
  edit('a final line break added', 'f', ['a\nb', 'a\nb\n'], ['text', 'f', 'a\n', 'b', 'b\n', ''], '100644 100644', 'newline'),
  edit('a line added behind one without a line break', 'f', ['a', 'a\nb'], ['text', 'f', '', 'a', 'a\nb', ''], '100644 100644', 'newline'),
  edit('no final line break on either side', 'f', ['x\nb', 'y\nb'], ['text', 'f', '', 'x\n', 'y\n', 'b'], '100644 100644', 'newline'),
  edit('CR is part of the line', 'f', ['a\r\n', 'a\n'], ['text', 'f', '', 'a\r\n', 'a\n', '']),
  edit('a new file', 'f', [undefined, 'a\n'], ['text', 'f', '', '', 'a\n', '']),
  edit('a deleted file', 'f', ['a\n', undefined], ['text', 'f', '', 'a\n', '', '']),
  edit('an empty new file', 'f', [undefined, ''], ['text', 'f', '', '', '', '']),
  edit('the mode only', 'f', ['a\n', 'a\n'], ['mode', 'f'], '100644 100755'),
  edit('mode and content', 'f', ['a\n', 'b\n'], ['text', 'f', '', 'a\n', 'b\n', ''], '100644 100755'),
  edit('a NUL on the new side', 'f', ['a\n', 'a\0'], ['binary', 'f', ...ids('a\n', 'a\0')], '100644 100644', 'kind'),
  edit('a NUL on the old side', 'f', ['\0', 'a\n'], ['binary', 'f', ...ids('\0', 'a\n')], '100644 100644', 'kind'),
  edit('a symlink', 'f', ['a', 'b'], ['symlink', 'f', ...ids('a', 'b')], '120000 120000', 'kind'),
  edit('a file that becomes a symlink with the same bytes', 'f', ['a', 'a'], ['symlink', 'f', ...ids('a', 'a')], '100644 120000', 'kind'),
  edit('a submodule', 'f', ['a', 'b'], ['gitlink', 'f', ...ids('a', 'b')], '160000 160000', 'kind'),
  edit('a symlink that becomes a submodule', 'f', ['a', 'b'], ['gitlink', 'f', ...ids('a', 'b')], '120000 160000', 'kind'),
  edit('a path that is not UTF-8', '\xff\n', ['a\n', 'b\n'], ['text', '\xff\n', '', 'a\n', 'b\n', '']),
  { ...edit('evidence is left out', '.countersign/evidence/x', [undefined, 'a\n'], []), expect: digest(utf8('countersign-edit v1 sha1\n')) },
  { id: 'missing-blob', comment: 'a blob that is not there', flags: [], input: raw(entry('f')), expect: { status: 'missing' } },
];

export const editVectors: VectorFile = {
  schema: 'countersign-vectors-v1',
  spec: 'the edit digest, v1',
  notes: {
    carried: 'equal although the file is another one',
    trim: 'whole lines only, leading ones first',
    newline: 'a last line without a line break is another line than one with',
    kind: 'submodule before symlink before mode alone before binary before text',
  },
  groups: [{ name: 'sha1', objectFormat: 'sha1', blobs, tests: edits }],
};

function message(comment: string, input: Uint8Array, status: 'utf-8' | 'raw', canonical: Uint8Array, ...flags: string[]): Vector {
  return { id: idOf(comment), comment, flags, input: base64(input), expect: { status, canonical: base64(canonical), digest: `sha256:${sha256(canonical)}` } };
}

const text = (comment: string, input: string, canonical: string, ...flags: string[]): Vector => message(comment, utf8(input), 'utf-8', utf8(canonical), ...flags);

const plain = [
  text('empty', '', ''),
  text('blank', ' \t\r\n\n', ''),
  text('a subject', 'subject', 'subject\n'),
  text('space at the ends of lines, blank lines', '\n\n s \t\r\n\n \n\nbody\r\n\n\n', ' s\n\nbody\n', 'space'),
  text('other white space is text', 'a\v\n\f\n\u00a0\nb\u2028', 'a\v\n\f\n\u00a0\nb\u2028\n', 'space'),
  text('CR inside a line is text', 'a\rb\n', 'a\rb\n', 'space'),
  text('the number of a pull request', 'fix (#12)\n\nbody (#13)\n', 'fix\n\nbody (#13)\n', 'number'),
  text('the number of a merge request', 'fix (!12)\n', 'fix\n', 'number'),
  text('several numbers', 'fix (#1) (!2)  (#3) \n', 'fix\n', 'number'),
  text('ten digits', 'fix (#1234567890)', 'fix\n', 'number'),
  text('eleven digits', 'fix (#12345678901)', 'fix (#12345678901)\n', 'number'),
  text('no space before the number', 'fix(#12)', 'fix(#12)\n', 'number'),
  text('text behind the number', 'fix (#12).', 'fix (#12).\n', 'number'),
  text('digits that are not ASCII', 'fix (#１２)', 'fix (#１２)\n', 'number'),
  text('a number below a blank first line', '\nfix (#12)', 'fix\n', 'number'),
  text('nothing but a number', ' (#12)\n\nfix (#13)\n', ' (#12)\n\nfix (#13)\n', 'number'),
  text('nothing but two numbers', ' (#1) (#2)', ' (#1)\n', 'number'),
  text('a byte order mark is text', '\ufeffx', '\ufeffx\n', 'encoding'),
  message('not UTF-8', fromLatin1('Gr\xfc\xdfe \n'), 'raw', fromLatin1('Gr\xfc\xdfe\n'), 'encoding'),
  message('an overlong form', fromLatin1('\xc0\xaf'), 'raw', fromLatin1('\xc0\xaf\n'), 'encoding'),
  message('half a surrogate pair', fromLatin1('\xed\xa0\x80'), 'raw', fromLatin1('\xed\xa0\x80\n'), 'encoding'),
];
const western = [
  message('latin1', fromLatin1('Gr\xfc\xdfe'), 'utf-8', utf8('Grüße\n'), 'encoding'),
  message('latin1 is not windows-1252', fromLatin1('\x93a\x94'), 'utf-8', utf8('\u0093a\u0094\n'), 'encoding'),
];
const other = [message('any other encoding stands for its bytes', fromLatin1('a\x93\xfa \n'), 'raw', fromLatin1('a\x93\xfa\n'), 'encoding')];

export const messageVectors: VectorFile = {
  schema: 'countersign-vectors-v1',
  spec: 'the message as a stamp binds it, v1',
  notes: {
    space: 'space, tab and CR go at the end of a line, nothing else does',
    number: 'what forges add to a subject is left out',
    encoding: 'UTF-8 and ISO-8859-1 are decoded; all else, and what does not decode, is its bytes (`raw`)',
  },
  groups: [
    { name: 'utf-8', encoding: 'UTF-8', tests: plain },
    { name: 'latin1', encoding: 'ISO-8859-1', tests: western },
    { name: 'other', encoding: 'Shift_JIS', tests: other },
  ],
};
