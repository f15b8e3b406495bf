// SPDX-License-Identifier: Apache-2.0
// What stands in commit-payload.json: commit objects, what git's signature on them covers, and which are malformed or could be
// changed by somebody else under their signature. Payloads are put together from the same pieces, never by the parser.
import { base64, fromLatin1 } from '../../src/bytes.ts';
import { AUTHOR, COMMITTER, HEAD, PARENT, PGP, SSH, TREE, X509, header } from '../commit/sample.ts';
import { idOf, type Vector, type VectorFile } from './vector.ts';

const bytes = (text: string): string => base64(fromLatin1(text));
const SIGNED = header('gpgsig', PGP);
const HEAD_256 = `tree ${'a'.repeat(64)}\nparent ${'1'.repeat(64)}\n${AUTHOR}${COMMITTER}`;

function signed(comment: string, commit: string, payload: string, armor: string, ...flags: string[]): Vector {
  return { id: idOf(comment), comment, flags, input: bytes(commit), expect: { status: 'signed', payload: bytes(payload), armor: bytes(armor) } };
}

function unsigned(comment: string, commit: string): Vector {
  return { id: idOf(comment), comment, flags: [], input: bytes(commit), expect: { status: 'unsigned' } };
}

/** One whose signature covers `payload`, if there is a signature, and doesn't hold the object together. */
function malleable(reason: string, comment: string, more: string, covered = ''): Vector {
  return { id: idOf(comment), comment, flags: ['malleable'], input: bytes(`${HEAD}${more}\ns\n`), expect: { status: 'malleable', reason, payload: bytes(`${HEAD}${covered}\ns\n`) } };
}

function malformed(reason: string, comment: string, commit: string): Vector {
  return { id: idOf(comment), comment, flags: ['fsck'], input: bytes(commit), expect: { status: 'malformed', reason } };
}

const good = [
  unsigned('no signature', `${HEAD}\nsubject\n`),
  unsigned('an armor in the message only', `${HEAD}\n${PGP}\n`),
  unsigned('no blank line and no message', HEAD),
  signed('openpgp', `${HEAD}${SIGNED}\ns\n`, `${HEAD}\ns\n`, PGP),
  signed('ssh', `${HEAD}${header('gpgsig', SSH)}\ns\n`, `${HEAD}\ns\n`, SSH),
  signed('x509', `${HEAD}${header('gpgsig', X509)}\ns\n`, `${HEAD}\ns\n`, X509),
  signed('an empty line at the end of the armor', `${HEAD}${header('gpgsig', `${PGP}\n`)}\ns\n`, `${HEAD}\ns\n`, `${PGP}\n`),
  signed('CRLF inside an OpenPGP armor', `${HEAD}${header('gpgsig', PGP.replaceAll('\n', '\r\n'))}\ns\n`, `${HEAD}\ns\n`, PGP.replaceAll('\n', '\r\n')),
  signed('headers before and after it', `${HEAD}${header('encoding', 'ISO-8859-1')}${SIGNED}${header('x-note', 'a\n\n b')}\ns\n`, `${HEAD}${header('encoding', 'ISO-8859-1')}${header('x-note', 'a\n\n b')}\ns\n`, PGP),
  signed('two merged tags', `${HEAD}${header('mergetag', 'a')}${header('mergetag', 'b')}${SIGNED}\ns\n`, `${HEAD}${header('mergetag', 'a')}${header('mergetag', 'b')}\ns\n`, PGP),
  signed('CR and line breaks at the end of the message', `${HEAD}${SIGNED}\n\ns\r\n\n\n`, `${HEAD}\n\ns\r\n\n\n`, PGP, 'exact'),
  signed('a message without a final line break', `${HEAD}${SIGNED}\ns`, `${HEAD}\ns`, PGP, 'exact'),
  signed('an empty message', `${HEAD}${SIGNED}\n`, `${HEAD}\n`, PGP, 'exact'),
  signed('no blank line after it', `${HEAD}${SIGNED}`, HEAD, PGP, 'exact'),
  signed('a message that looks like the header', `${HEAD}${SIGNED}\n${SIGNED}`, `${HEAD}\n${SIGNED}`, PGP, 'exact'),
  signed('NUL and bytes that are not UTF-8 in the message', `${HEAD}${SIGNED}\na\0b\xff\n`, `${HEAD}\na\0b\xff\n`, PGP, 'exact'),
];

const movable = [
  malleable('unknown signature header', 'a header that only begins like the signature', `${SIGNED}${header('gpgsigevil', 'x\ny')}`),
  malleable('unknown signature header', 'a header that only begins like it, before it', `${header('gpgsig-evil', 'x')}${SIGNED}`),
  malleable('doubled signature', 'two signatures', SIGNED + header('gpgsig', SSH)),
  malleable('doubled signature', 'the form of 2011, the name before every line', PGP.split('\n').map((line) => `gpgsig ${line}\n`).join('')),
  malleable('two signatures', 'a signature for each object format', SIGNED + header('gpgsig-sha256', SSH)),
  malleable('signature for another object format', 'a signature for the other object format', header('gpgsig-sha256', SSH)),
  malleable('text before the armor', 'text before the armor', header('gpgsig', `x\n${PGP}`)),
  malleable('text before the armor', 'an empty line before the armor', header('gpgsig', `\n${PGP}`)),
  malleable('text before the armor', 'an armor that is no signature', header('gpgsig', '-----BEGIN PGP MESSAGE-----\nx\n-----END PGP MESSAGE-----')),
  malleable('text after the armor', 'text after the armor', header('gpgsig', `${PGP}\nx`)),
  malleable('text after the armor', 'a second armor', header('gpgsig', `${PGP}\n${SSH}`)),
  malleable('armor without an end', 'an armor without an end', header('gpgsig', '-----BEGIN SSH SIGNATURE-----\nx')),
  malleable('armor without an end', 'an armor with the end of another', header('gpgsig', SSH.replace('END SSH', 'END PGP'))),
  malleable('doubled header', 'two encodings', header('encoding', 'UTF-8') + header('encoding', 'latin1') + SIGNED, header('encoding', 'UTF-8') + header('encoding', 'latin1')),
  malleable('misplaced parent', 'a parent after the committer', PARENT + SIGNED, PARENT),
  malleable('misplaced tree', 'a tree after the committer', TREE + SIGNED, TREE),
  malleable('misplaced author', 'an author after the committer', AUTHOR + SIGNED, AUTHOR),
  malleable('misplaced committer', 'two committers', COMMITTER + SIGNED, COMMITTER),
];

const wrong = [
  malformed('no tree where it belongs', 'nothing', ''),
  malformed('no tree where it belongs', 'a blank line only', '\n'),
  malformed('no tree where it belongs', 'no tree', `${PARENT}${AUTHOR}${COMMITTER}\n`),
  malformed('no tree where it belongs', 'a tree of 39 digits', HEAD.replace('4b825d', '4b825')),
  malformed('no tree where it belongs', 'a tree in capitals', HEAD.replace('4b825d', '4B825D')),
  malformed('no tree where it belongs', 'a tree of the other object format', HEAD_256),
  malformed('no tree where it belongs', 'a continued tree', HEAD.replace('\nparent', '\n x\nparent')),
  malformed('no well-formed author where it belongs', 'no author', `${TREE}${PARENT}${COMMITTER}\n`),
  malformed('no well-formed author where it belongs', 'a signature before the author', `${TREE}${PARENT}${SIGNED}${AUTHOR}${COMMITTER}\n`),
  malformed('no well-formed committer where it belongs', 'a parent between author and committer', `${TREE}${AUTHOR}${PARENT}${COMMITTER}\n`),
  malformed('no well-formed committer where it belongs', 'two authors', `${TREE}${AUTHOR}${AUTHOR}${COMMITTER}\n`),
  malformed('no well-formed committer where it belongs', 'no committer', `${TREE}${AUTHOR}\n`),
  malformed('no parent where it belongs', 'a parent that is no id', HEAD.replace(PARENT, 'parent HEAD\n')),
  malformed('a continuation line comes first', 'a continuation line first', ` x\n${HEAD}\n`),
  malformed('a header line has no end', 'a header line without an end', `${HEAD}encoding UTF-8`),
  malformed('a header without a value', 'a header without a value', `${HEAD}encoding\n\n`),
  malformed('a header without a value', 'a header without a value before a continuation', `${HEAD}encoding\n x\n\n`),
  malformed('NUL in a header', 'NUL in a header', `${HEAD}x-note a\0b\n\n`),
  malformed('NUL in a header', 'NUL in a continuation line', `${HEAD}x-note a\n \0\n\n`),
  ...Object.entries({
    'no e-mail': HEAD.replace(' <alice@example.com>', ''),
    'a bracket in the name': HEAD.replace('Alice', 'Al<ice'),
    'a bracket in the e-mail': HEAD.replace('alice@', 'al>ice@'),
    'no space before the e-mail': HEAD.replace(' <alice', '<alice'),
    'a date that is no number': HEAD.replace('1767323045', '17673z3045'),
    'a date of sixteen digits': HEAD.replace('1767323045', '1'.repeat(16)),
    'a zone of five digits': HEAD.replace('+0100', '+01000'),
    'no zone': HEAD.replace(' +0100', ''),
    'CRLF in the headers': HEAD.replace('+0100\n', '+0100\r\n'),
  }).map(([comment, commit]) => malformed('no well-formed author where it belongs', comment, `${commit}\n`)),
];

const sha256 = [
  signed('sha256 ssh', `${HEAD_256}${header('gpgsig-sha256', SSH)}\ns\n`, `${HEAD_256}\ns\n`, SSH),
  malformed('no tree where it belongs', 'sha256 with a tree of sha1', `${HEAD}\ns\n`),
];

export const commitPayloadVectors: VectorFile = {
  schema: 'countersign-vectors-v1',
  spec: 'git commit objects: what git\'s own signature covers',
  notes: {
    exact: 'the payload is a run of bytes: nothing about it may be normalised',
    malleable: 'git verifies these (or takes them for unsigned) and somebody else could change the object without touching what is signed',
    fsck: 'not a commit by the order or form of its first headers, or by what no header may hold',
  },
  groups: [
    { name: 'good', objectFormat: 'sha1', tests: good },
    { name: 'malleable', objectFormat: 'sha1', tests: movable },
    { name: 'malformed', objectFormat: 'sha1', tests: wrong },
    { name: 'sha256', objectFormat: 'sha256', tests: sha256 },
  ],
};
