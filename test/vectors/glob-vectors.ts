// SPDX-License-Identifier: Apache-2.0
// What stands in glob.json: patterns that are refused, and paths that patterns take or leave, most of them left.
import { base64, fromLatin1, utf8 } from '../../src/bytes.ts';
import type { Vector, VectorFile, VectorGroup } from './vector.ts';

function pattern(id: string, comment: string, text: string, reason?: string): Vector {
  return { id, comment, flags: [], input: base64(utf8(text)), expect: reason === undefined ? { status: 'good' } : { status: 'bad', reason } };
}

const patterns: VectorGroup = {
  form: 'pattern',
  name: 'patterns',
  tests: [
    pattern('pattern-longest', '512 characters', 'a'.repeat(512)),
    pattern('pattern-longest-astral', '512 characters outside the basic plane', '\u{1f600}'.repeat(512)),
    pattern('pattern-braces', 'what other languages of patterns know is literal here', '{a,b}[c]!(d)'),
    pattern('pattern-trailing-slash', 'a directory', 'infra/'),
    pattern('pattern-empty', 'no pattern', '', 'empty'),
    pattern('pattern-too-long', '513 characters', 'a'.repeat(513), 'too-long'),
    pattern('pattern-absolute', 'begins with a slash', '/infra', 'absolute'),
    pattern('pattern-slash', 'a slash alone', '/', 'absolute'),
    pattern('pattern-dot-dot', 'leads out of the repository', 'infra/../src', 'bad-segment'),
    pattern('pattern-dot', 'a segment that names its own directory', './infra', 'bad-segment'),
    pattern('pattern-empty-segment', 'two slashes', 'infra//a', 'bad-segment'),
    pattern('pattern-two-trailing-slashes', 'only one may end a pattern', 'infra//', 'bad-segment'),
    pattern('pattern-nul', 'a NUL', 'infra\0', 'bad-character'),
    pattern('pattern-newline', 'a line break', 'infra\n', 'bad-character'),
    pattern('pattern-c1', 'a control character of the C1 set', 'infra\u0085', 'bad-character'),
    pattern('pattern-backslash', 'a separator elsewhere, an escape elsewhere', 'infra\\a', 'bad-character'),
    pattern('pattern-double-star-suffix', 'reads as every file below, would mean this directory only', 'src/**.ts', 'bad-double-star'),
    pattern('pattern-double-star-prefix', 'two stars with something before them', 'src**', 'bad-double-star'),
    pattern('pattern-three-stars', 'three stars are neither one thing nor the other', 'src/***', 'bad-double-star'),
  ],
};

type Paths = Record<string, string | Uint8Array>;
let count = 0;

/** Returns the vectors of one pattern and one question; the keys of `yes` and `no` say what each path shows. */
function ask(how: 'exact' | 'folded' | 'touches', text: string, yes: Paths, no: Paths): VectorGroup {
  const name = `${how} ${text}`;
  const group = ++count;
  let number = 0;
  const tests = (paths: Paths, status: string): Vector[] => Object.entries(paths).map(([comment, path]) => {
    const input = base64(typeof path === 'string' ? utf8(path) : path);
    return { id: `${how}-${group}-${++number}`, comment, flags: [how], input, expect: status === 'match' ? { status } : { status, reason: 'no-match' } };
  });
  return { form: 'path', pattern: text, how, name, tests: [...tests(yes, 'match'), ...tests(no, 'no-match')] };
}

const exact = [
  ask('exact', 'infra', { 'itself': 'infra', 'below': 'infra/a/b' }, {
    'a longer name': 'infrastructure', 'not at the root': 'src/infra', 'another case': 'Infra', 'a trailing dot': 'infra.', 'only a beginning': 'infr', 'a line break behind': 'infra\n',
  }),
  ask('exact', 'infra/', { 'below': 'infra/a' }, { 'a longer name': 'infra2/a', 'another directory': 'src/infra/a' }),
  ask('exact', 'src/*.ts', { 'one segment': 'src/a.ts', 'nothing for the star': 'src/.ts' }, {
    'a star stays in its segment': 'src/a/b.ts', 'another ending': 'src/a.tsx', 'below a file of that name': 'src/a.ts/b', 'the directory': 'src', 'elsewhere': 'test/src/a.ts',
  }),
  ask('exact', 'src/**', { 'deep': 'src/a/b/c' }, { 'the folder itself, as a link': 'src', 'a longer name': 'srcs/a', 'a sibling': 'test/a' }),
  ask('exact', '**/a.ts', { 'at the root': 'a.ts', 'deep': 'x/y/a.ts', 'below': 'x/a.ts/b' }, { 'the end of a name': 'x/ba.ts', 'the beginning of one': 'a.tsx' }),
  ask('exact', 'a/**/b/*', { 'no segment between': 'a/b/c', 'found late': 'a/b/b/c' }, { 'nothing behind': 'a/x/b', 'too deep': 'a/x/b/c/d', 'b missing': 'a/x/c' }),
  ask('exact', 'a?c', { 'one character': 'abc', 'one character of four bytes': 'a\u{1f600}c' }, { 'none': 'ac', 'two': 'abbc', 'a slash is none': 'a/c', 'not UTF-8': fromLatin1('a\xffc') }),
  ask('exact', '**', { 'anything': 'a/b' }, { 'not UTF-8': fromLatin1('a/\xff'), 'an overlong slash': fromLatin1('a\xc0\xafb') }),
  ask('exact', 'firebase.json', { 'itself': 'firebase.json' }, {
    'the dot is a dot': 'firebase-json', 'another case': 'Firebase.json', 'elsewhere': 'a/firebase.json', 'a longer ending': 'firebase.jsonc', 'a leading space': ' firebase.json', 'an ignored character': 'fire\u200bbase.json',
  }),
  ask('exact', '?', { 'one character': 'a' }, { 'two': 'ab', 'one and a directory': 'a/b', 'a letter and its accent': 'e\u0301' }),
  ask('exact', '*a*b', { 'stars that have to try again': 'xaabab' }, { 'b not at the end': 'aabc', 'no a': 'xb', 'no b': 'aaaa', 'another case': 'AB', 'b before a': 'ba', 'a slash between': 'a/b' }),
  ask('exact', '{a,b}', { 'literal': '{a,b}' }, { 'one of them': 'a', 'the other': 'b', 'both': 'a,b' }),
  ask('exact', 'caf\u00e9', { 'the same code points': 'caf\u00e9' }, { 'decomposed': 'cafe\u0301', 'without accent': 'cafe' }),
];

const folded = [
  ask('folded', 'infra/**', { 'another case': 'INFRA/a', 'a trailing dot': 'infra./a', 'trailing dots and spaces': 'infra . ./a', 'a zero-width joiner': 'in\u200dfra/a', 'a dotless i': '\u0131nfra/a', 'a dotted I': '\u0130nfra/a', 'a byte order mark': '\ufeffinfra/a' }, {
    'a leading space': ' infra/a', 'a Cyrillic a': 'infr\u0430/a', 'a longer name': 'INFRAS/a', 'below something else': 'x/INFRA/a', 'a dot in front': '.infra/a', 'a dot in between': 'in.fra/a', 'a digit': '1nfra/a', 'a full-width letter': '\uff49nfra/a',
  }),
  ask('folded', 'caf\u00e9', { 'decomposed': 'CAFE\u0301', 'an ignored character before the accent': 'cafe\u200c\u0301' }, { 'without accent': 'cafe', 'another accent': 'cafe\u0300' }),
  ask('folded', 'stra\u00dfe', { 'two letters': 'STRASSE', 'long s': 'stra\u017f\u017fe' }, { 'one letter': 'strase' }),
  ask('folded', 'a?c', { 'a byte that is not UTF-8': fromLatin1('A\xffC') }, { 'two characters': 'ABBC' }),
];

const touched = [
  ask('touches', '.github/workflows/*.yml', { 'a file': '.github/workflows/CI.yml', 'the directory replaced': '.github/workflows', 'its parent replaced': '.GitHub' }, {
    'another file': '.github/workflows/ci.yaml', 'a sibling': '.github/actions', 'a longer name': '.github/workflows2', 'below the parent': '.github/workflows/x/y', 'the same name elsewhere': 'src/.github',
  }),
  ask('touches', 'post-mortems/**', { 'the folder as a link': 'Post-Mortems' }, { 'a beginning': 'post', 'one more letter': 'post-mortems2', 'the name as a file elsewhere': 'docs/post-mortems' }),
  ask('touches', '*/deploy', { 'below': 'a/deploy/b' }, { 'a wildcard names no directory': 'a', 'a file at the root': 'README.md' }),
];

export const globVectors: VectorFile = {
  schema: 'countersign-vectors-v1',
  spec: 'countersign patterns, format 1',
  notes: {
    form: 'of a group: whether an input is a pattern, or the bytes of a path that the group\'s pattern is asked about',
    exact: 'code point by code point; a path that is not UTF-8 is never taken',
    folded: 'as file systems that ignore case, composition and some characters would take it',
    touches: 'folded, or a directory that the pattern names without a wildcard',
  },
  groups: [patterns, ...exact, ...folded, ...touched],
};
