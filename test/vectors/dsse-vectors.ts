// SPDX-License-Identifier: Apache-2.0
// What stands in dsse.json: envelope files, most of them wrong in one way, and the pre-authentication encoding of some bodies.
import { base64, fromUtf8, utf8 } from '../../src/bytes.ts';
import { PAYLOAD_TYPE, pae, printEnvelope } from '../../src/signature/dsse.ts';
import type { Vector, VectorFile } from './vector.ts';

const KEYID = 'ssh:SHA256:ZxTZQ/K7JZpz0mHqWqdmYCUcq3MAtnu9TYA66TCBkxM';
const envelope = fromUtf8(printEnvelope({ payloadType: PAYLOAD_TYPE, payload: utf8('{"a":1}'), keyid: KEYID, sig: Uint8Array.of(1, 2, 3, 4) }))!;

function valid(id: string, comment: string, text: string, keyid = KEYID): Vector {
  return { id, comment, flags: [], input: base64(utf8(text)), expect: { status: 'valid', keyid } };
}

function invalid(reason: string, id: string, comment: string, input: string | Uint8Array, ...flags: string[]): Vector {
  const bytes = typeof input === 'string' ? utf8(input) : input;
  return { id, comment, flags, input: base64(bytes), expect: { status: 'invalid', reason } };
}

function encoded(id: string, type: string, body: string, comment: string): Vector {
  return { id, comment, flags: [], input: base64(utf8(body)), expect: { status: 'encoded', type, bytes: base64(pae(type, utf8(body))) } };
}

/** The envelope with one piece of its text replaced. */
function edit(from: string, to: string): string {
  if (!envelope.includes(from)) throw new Error(`the envelope does not hold ${from}`);
  return envelope.replace(from, to);
}

const SIGNATURE = `{"keyid":"${KEYID}","sig":"AQIDBA=="}`;
const SIGSTORE = 'sigstore:https://accounts.example#zoë@example.com';

const envelopes = [
  valid('envelope', 'an ssh signature', envelope),
  valid('openpgp', 'an openpgp signature', edit(KEYID, 'openpgp:0123456789ABCDEF0123456789ABCDEF01234567'), 'openpgp:0123456789ABCDEF0123456789ABCDEF01234567'),
  valid('unicode-keyid', 'an identity that is not ASCII stands as UTF-8', edit(KEYID, SIGSTORE), SIGSTORE),
  invalid('newline', 'empty', 'nothing at all', ''),
  invalid('utf8', 'not-utf8', 'a byte that is not UTF-8', Buffer.from(`${envelope}\xff`, 'latin1')),
  invalid('json', 'not-json', 'the last brace is missing', edit('}\n', '\n')),
  invalid('json', 'byte-order-mark', 'a byte order mark before it', `\ufeff${envelope}`),
  invalid('newline', 'no-newline', 'without the final line break', envelope.trimEnd()),
  invalid('canonical', 'two-newlines', 'a line break too many', `${envelope}\n`, 'one-text'),
  invalid('canonical', 'crlf', 'CRLF at the end', edit('\n', '\r\n'), 'one-text'),
  invalid('canonical', 'space', 'white space between members', edit(',"payloadType"', ', "payloadType"'), 'one-text'),
  invalid('canonical', 'order', 'keys in another order', edit(SIGNATURE, `{"sig":"AQIDBA==","keyid":"${KEYID}"}`), 'one-text'),
  invalid('canonical', 'duplicate', 'a key that stands twice with one value', edit('"payload":', '"payload":"eyJhIjoyfQ==","payload":'), 'one-text', 'duplicate'),
  invalid('canonical', 'duplicate-type', 'a second payload type that a lenient reader would take', edit(`"payloadType":"${PAYLOAD_TYPE}"`, `"payloadType":"text/plain","payloadType":"${PAYLOAD_TYPE}"`), 'duplicate'),
  invalid('canonical', 'escaped', 'a letter written as an escape', edit('"keyid"', '"\\u006beyid"'), 'one-text'),
  invalid('canonical', 'escaped-slash', 'a slash written as an escape', edit('application/', 'application\\/'), 'one-text'),
  invalid('canonical', 'exponent', 'an integer written with an exponent', edit('"payload":', '"a":1e0,"payload":'), 'one-text'),
  invalid('canonical', 'minus-zero', 'a zero with a sign', edit('"payload":', '"a":-0,"payload":'), 'one-text'),
  invalid('number', 'fraction', 'a number that is not an integer', edit('"payload":', '"a":1.5,"payload":')),
  invalid('number', 'unsafe', 'an integer beyond 2^53 - 1', edit('"payload":', '"a":9007199254740992,"payload":')),
  invalid('number', 'infinity', 'a number that overflows', edit('"payload":', '"a":1e999,"payload":')),
  invalid('surrogate', 'surrogate', 'half a character, as an escape', edit(KEYID, 'ssh:\\ud800')),
  invalid('depth', 'deep', 'a hundred arrays inside each other', edit('"payload":', `"a":${'['.repeat(100)}${']'.repeat(100)},"payload":`)),
  invalid('fields', 'not-an-object', 'a list', '[]\n'),
  invalid('fields', 'null', 'null', 'null\n'),
  invalid('fields', 'unknown-field', 'a member that DSSE does not know', edit('"payload":', '"a":1,"payload":')),
  invalid('fields', 'proto', 'a member named like a JavaScript prototype', edit('{"payload":', '{"__proto__":{},"payload":')),
  invalid('fields', 'missing-field', 'no payload type', edit(`"payloadType":"${PAYLOAD_TYPE}",`, '')),
  invalid('payload-type', 'payload-type', 'another payload type', edit(PAYLOAD_TYPE, 'application/json'), 'type'),
  invalid('payload-type', 'payload-type-parameter', 'the payload type with a parameter', edit(PAYLOAD_TYPE, `${PAYLOAD_TYPE};v=1`), 'type'),
  invalid('payload-type', 'payload-type-list', 'a list that prints like the payload type', edit(`"${PAYLOAD_TYPE}"`, `["${PAYLOAD_TYPE}"]`), 'type'),
  invalid('signatures', 'no-signature', 'no signature', edit(SIGNATURE, '')),
  invalid('signatures', 'two-signatures', 'two signatures', edit(SIGNATURE, `${SIGNATURE},${SIGNATURE}`)),
  invalid('signatures', 'signature-object', 'signatures that are no list', edit(`[${SIGNATURE}]`, SIGNATURE)),
  invalid('fields', 'signature-null', 'a signature that is null', edit(SIGNATURE, 'null')),
  invalid('fields', 'certificate', 'a signature with a certificate', edit(SIGNATURE, SIGNATURE.replace('{', '{"cert":"",'))),
  invalid('keyid', 'no-keyid', 'an empty keyid', edit(KEYID, '')),
  invalid('keyid', 'keyid-scheme', 'a session key signs stamps, not evidence', edit(KEYID, 'session:01JDQ3M8Z0W6T3E9Q8C6T4XK2N')),
  invalid('keyid', 'keyid-escape', 'a keyid that repaints the terminal', edit(KEYID, 'ssh:\\u001b[2J')),
  invalid('keyid', 'keyid-bidi', 'a keyid that reverses what follows', edit(KEYID, 'ssh:\u202e')),
  invalid('keyid', 'keyid-long', 'a keyid of more than 1024 characters', edit(KEYID, `ssh:${'x'.repeat(1025)}`)),
  invalid('payload', 'payload-empty', 'an empty payload', edit('eyJhIjoxfQ==', '')),
  invalid('payload', 'payload-unpadded', 'base64 without its padding', edit('eyJhIjoxfQ==', 'eyJhIjoxfQ'), 'one-text'),
  invalid('payload', 'payload-url', 'base64 of the URL alphabet', edit('eyJhIjoxfQ==', '-_-_'), 'one-text'),
  invalid('payload', 'payload-number', 'a number for a payload', edit('"eyJhIjoxfQ=="', '1')),
  invalid('sig', 'sig-bits', 'padding bits that are not zero', edit('AQIDBA==', 'AQIDBB=='), 'one-text'),
  invalid('sig', 'sig-empty', 'an empty signature', edit('AQIDBA==', '')),
];

const encodings = [
  encoded('pae-protocol', 'http://example.com/HelloWorld', 'hello world', 'the example of the DSSE protocol'),
  encoded('pae-empty', '', '', 'nothing has a length too'),
  encoded('pae-bytes', 'tÿpe', 'bödy', 'lengths count bytes, not characters'),
  encoded('pae-space', 'a 1 b', ' 1 ', 'spaces and digits inside can not be taken for the encoding\'s own'),
];

/** The content of dsse.json. */
export const dsseVectors: VectorFile = {
  schema: 'countersign-vectors-v1',
  spec: 'DSSE v1 (envelope.md, protocol.md), in canonical JSON (a subset of RFC 8785) with one final line break',
  notes: {
    'one-text': 'another text of something good: refused, because a file must have one text only',
    duplicate: 'readers disagree which of two equal keys counts',
    type: 'the payload type is signed along and compared exactly',
  },
  groups: [
    { name: 'envelopes', form: 'envelope', tests: envelopes },
    { name: 'encodings', form: 'pae', tests: encodings },
  ],
};
