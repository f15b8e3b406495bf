// SPDX-License-Identifier: Apache-2.0
// What stands in stamp.json: the text that a stamp signs, and texts that are none.
import { base64, fromLatin1, utf8 } from '../../src/bytes.ts';
import { pae } from '../../src/signature/pae.ts';
import { STAMP_TYPE } from '../../src/statement/stamp.ts';
import { AGENT, CHANGE, EDIT, TEXT, ULID } from '../statement/sample.ts';
import { idOf, type Vector, type VectorFile } from './vector.ts';

function valid(comment: string, text: string): Vector {
  return { id: idOf(comment), comment, flags: [], input: base64(utf8(text)), expect: { status: 'valid', signed: base64(pae(STAMP_TYPE, utf8(text))) } };
}

function invalid(comment: string, input: Uint8Array, reason: string): Vector {
  return { id: idOf(comment), comment, flags: [], input: base64(input), expect: { status: 'invalid', reason } };
}

const HUMAN = TEXT.replace(': ai', ': human').replace(AGENT, '-').replace(ULID, '-');
const good = [
  valid('an agent\'s commit', TEXT),
  valid('a person\'s commit', HUMAN),
  valid('a merge', HUMAN.replace(CHANGE, `${CHANGE} ${EDIT}`).replace(`edit: ${EDIT}`, 'edit: -')),
  valid('a commit that changes nothing', HUMAN.replace('tree: -', `tree: ${'4b'.repeat(20)}`)),
  valid('sha256', HUMAN.replace('sha1', 'sha256').replace('tree: -', `tree: ${'4b'.repeat(32)}`)),
  valid('undecodable text', HUMAN.replace('text: utf-8', 'text: raw').replace('Zoë', 'Zo\u00eb')),
  valid('a name that looks like a field', HUMAN.replace('Zoë Example', 'author-email: x')),
  valid('no name, and a date before 1970', HUMAN.replace('Zoë Example', '').replace('1767323045', '-1')),
];

const MALFORMED: Record<string, [text: string, reason: string]> = {
  'nothing': ['', 'not this format'],
  'another version': [TEXT.replace('v1', 'v2'), 'not this format'],
  'no final line break': [TEXT.trimEnd(), 'not this format'],
  'a line too many': [`${TEXT}x: y\n`, 'not this format'],
  'a line too few': [TEXT.replace('tree: -\n', ''), 'not this format'],
  'line breaks of Windows': [TEXT.replaceAll('\n', '\r\n'), 'not this format'],
  'a byte order mark': [`\ufeff${TEXT}`, 'not this format'],
  'fields in another order': [TEXT.replace(/(edit: .*\n)(tree: .*\n)/, '$2$1'), 'no edit where it belongs'],
  'a field twice': [TEXT.replace('tree: -', `edit: ${EDIT}`), 'no tree where it belongs'],
  'no space after a colon': [TEXT.replace('tree: -', 'tree:-'), 'no tree where it belongs'],
  'an unknown object format': [TEXT.replace('sha1', 'sha3'), 'object-format'],
  'an unknown provenance': [TEXT.replace(': ai', ': bot'), 'provenance'],
  'an agent of one character': [TEXT.replace(AGENT, 'x'), 'agent'],
  'a session in small letters': [TEXT.replace(ULID, ULID.toLowerCase()), 'session'],
  'no change': [TEXT.replace(CHANGE, ''), 'change'],
  'two spaces between changes': [TEXT.replace(CHANGE, `${CHANGE}  ${EDIT}`), 'change'],
  'an edit digest in capitals': [TEXT.replace(EDIT, EDIT.toUpperCase()), 'edit'],
  'a tree of another format': [TEXT.replace('tree: -', `tree: ${'a'.repeat(64)}`), 'tree'],
  'a date with zeros': [TEXT.replace('1767323045', '01767323045'), 'author'],
  'a date with a sign': [TEXT.replace('1767323045', '+1767323045'), 'author'],
  'minus zero': [TEXT.replace('1767323045', '-0'), 'not canonical'],
  'a short zone': [TEXT.replace('+0100', '+100'), 'author'],
  'an unknown text kind': [TEXT.replace('text: utf-8', 'text: utf8'), 'text'],
  'a message digest of another algorithm': [TEXT.replace('message: sha256', 'message: sha512'), 'message'],
  'a control character': [TEXT.replace('Zoë', 'Zo\u001b[2Kë'), 'a control character in author-name'],
};


const bad = Object.entries(MALFORMED).map(([comment, [text, reason]]) => invalid(comment, utf8(text), reason));
bad.push(invalid('a byte that is not UTF-8', fromLatin1(`${TEXT}\xff`), 'not UTF-8'));

export const stampVectors: VectorFile = {
  schema: 'countersign-vectors-v1',
  spec: 'the statement that a stamp signs, v1',
  notes: {},
  groups: [{ name: 'statements', tests: [...good, ...bad] }],
};
