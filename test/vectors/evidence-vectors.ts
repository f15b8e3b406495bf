// SPDX-License-Identifier: Apache-2.0
// What stands in evidence.json: a file of each kind at its path, and files that are almost one.
import { base64, fromUtf8, utf8 } from '../../src/bytes.ts';
import { canonical } from '../../src/canonical.ts';
import { PAYLOAD_TYPE } from '../../src/signature/dsse.ts';
import { evidencePath, printEvidence, statementOf, type Predicate } from '../../src/statement/evidence.ts';
import { OTHER_ULID, PREDICATES, ULID } from '../statement/sample.ts';
import { idOf, type Vector, type VectorFile } from './vector.ts';

/** A vector whose file stands at a path. */
interface PathVector extends Vector {
  path: string;
}

const KEYID = 'ssh:SHA256:ZxTZQ/K7JZpz0mHqWqdmYCUcq3MAtnu9TYA66TCBkxM';
const SIG = utf8('not a signature: nothing here is verified');
const GRANT = PREDICATES.find(({ kind }) => kind === 'grant')!;
const GRANT_PATH = evidencePath(GRANT);

function valid(predicate: Predicate): PathVector {
  const { payload, signed } = statementOf(predicate);
  const comment = `a ${predicate.kind}`;
  return { id: idOf(comment), comment, flags: [], path: evidencePath(predicate), input: base64(printEvidence(payload, KEYID, SIG)), expect: { status: 'valid', kind: predicate.kind, keyid: KEYID, signed: base64(signed) } };
}

function invalid(comment: string, file: Uint8Array, reason: string, path: string = GRANT_PATH): PathVector {
  return { id: idOf(comment), comment, flags: [], path, input: base64(file), expect: { status: 'invalid', reason } };
}

/** Returns an envelope around any payload, canonical and with one signature, as another tool could write it. */
function envelope(payload: Uint8Array, more: Record<string, unknown> = {}): Uint8Array {
  return utf8(`${canonical({ payload: base64(payload), payloadType: PAYLOAD_TYPE, signatures: [{ keyid: KEYID, sig: base64(SIG) }], ...more })}\n`);
}

const { payload } = statementOf(GRANT);
const signature = { keyid: KEYID, sig: base64(SIG) };
const ENVELOPES: Record<string, [file: Uint8Array, reason: string]> = {
  'another payload type': [envelope(payload, { payloadType: 'application/json' }), 'payload-type'],
  'no signature': [envelope(payload, { signatures: [] }), 'signatures'],
  'two signatures': [envelope(payload, { signatures: [signature, signature] }), 'signatures'],
  'an unknown member': [envelope(payload, { extra: 1 }), 'fields'],
  'an unknown scheme': [envelope(payload, { signatures: [{ ...signature, keyid: 'x509:abc' }] }), 'keyid'],
  'base64 without padding': [envelope(payload, { signatures: [{ ...signature, sig: 'AA' }] }), 'sig'],
  'base64 with bits in its padding': [envelope(payload, { signatures: [{ ...signature, sig: 'AB==' }] }), 'sig'],
  'a payload in base64url': [envelope(payload, { payload: Buffer.from('"\u{1f600}???>"').toString('base64url') }), 'payload'],
  'a payload with a line break': [envelope(payload, { payload: `${base64(payload).slice(0, 4)}\n${base64(payload).slice(4)}` }), 'payload'],
  'an empty payload': [envelope(payload, { payload: '' }), 'payload'],
  'CRLF': [Buffer.from(fromUtf8(envelope(payload))!.replace('\n', '\r\n')), 'canonical'],
  'nothing': [new Uint8Array(), 'newline'],
};

/** Statements that say the same as the grant, or nearly, in another way. */
const RESPELT: Record<string, [change: (text: string) => string, reason: string]> = {
  'white space': [(text) => text.replace(',', ', '), 'canonical'],
  'a line break at the end': [(text) => `${text}\n`, 'canonical'],
  'keys in another order': [(text) => text.replace(/^\{("_type":"[^"]+"),(.*)\}$/, '{$2,$1}'), 'canonical'],
  'a key twice, the same': [(text) => text.replace('"deny":', '"deny":[],"deny":'), 'canonical'],
  'a key twice, the second is another': [(text) => text.replace('"sponsor":"alice"', '"sponsor":"alice","sponsor":"eve"'), 'canonical'],
  'a type twice': [(text) => text.replace('"predicateType":', '"predicateType":"urn:countersign:approval:v1","predicateType":'), 'canonical'],
  'a letter as an escape': [(text) => text.replace('"sponsor":"alice"', '"sponsor":"\\u0061lice"'), 'canonical'],
  'an integer as a fraction': [(text) => text.replace('"files":50', '"files":50.0'), 'canonical'],
  'an integer with an exponent': [(text) => text.replace('"files":50', '"files":5e1'), 'canonical'],
  'minus zero': [(text) => text.replace('"files":50', '"files":-0'), 'canonical'],
  'a fraction': [(text) => text.replace('"files":50', '"files":50.5'), 'schema'],
  'a number beyond all limits': [(text) => text.replace('"files":50', '"files":9007199254740993'), 'schema'],
  'a negative number': [(text) => text.replace('"files":50', '"files":-1'), 'schema'],
  'a number as text': [(text) => text.replace('"files":50', '"files":"50"'), 'schema'],
  'an unknown member of the statement': [(text) => text.replace('{"_type"', '{"_a":1,"_type"'), 'canonical'],
  'an unknown member of the predicate': [(text) => text.replace('"deny":', '"denied":[],"deny":'), 'schema'],
  '__proto__ beside the predicate': [(text) => text.replace('"predicate":', '"__proto__":{"predicateType":"x"},"predicate":'), 'canonical'],
  'constructor in the predicate': [(text) => text.replace('"adoption":', '"constructor":{},"adoption":'), 'schema'],
  'another subject': [(text) => text.replace(`session:${ULID}`, `session:${OTHER_ULID}`), 'canonical'],
  'another subject digest': [(text) => text.replace(/"sha256":"[0-9a-f]{64}"/, `"sha256":"${'0'.repeat(64)}"`), 'canonical'],
  'two subjects': [(text) => text.replace('"subject":[', '"subject":[{"digest":{},"name":"x"},'), 'canonical'],
  'no subject': [(text) => text.replace(/"subject":\[.*\]\}$/, '"subject":[]}'), 'canonical'],
  'another version of in-toto': [(text) => text.replace('Statement/v1', 'Statement/v0.1'), 'canonical'],
  'an unknown kind': [(text) => text.replace('urn:countersign:grant:v1', 'urn:countersign:grant:v2'), 'kind'],
  'a kind that is a member of every object': [(text) => text.replace('urn:countersign:grant:v1', 'urn:countersign:constructor:v1'), 'kind'],
  'a kind in capitals': [(text) => text.replace('urn:countersign:grant:v1', 'urn:countersign:Grant:v1'), 'kind'],
  'no type': [(text) => text.replace('"predicateType"', '"predicatetype"'), 'kind'],
  'not JSON': [(text) => text.slice(0, -1), 'json'],
  'two values': [(text) => `${text}${text}`, 'json'],
  'a list': [(text) => `[${text}]`, 'kind'],
  'null': [() => 'null', 'kind'],
  'a text': [() => '"x"', 'kind'],
  'deep nesting': [() => `${'['.repeat(2_000)}${']'.repeat(2_000)}`, 'kind'],
  'deep nesting in the predicate': [(text) => text.replace('"allow":[', `"allow":[${'['.repeat(2_000)}${']'.repeat(2_000)},`), 'schema'],
};

const text = fromUtf8(payload)!;
const good = printEvidence(payload, KEYID, SIG);

const moved = Object.entries({
  'under the name of another': GRANT_PATH.replace(ULID, OTHER_ULID),
  'in another folder': GRANT_PATH.replace('sessions', 'revocations'),
  'in a folder below': GRANT_PATH.replace('sessions', 'sessions/sessions'),
  'with another extension': GRANT_PATH.replace('.json', '.JSON'),
  'in small letters': GRANT_PATH.toLowerCase(),
  'in a folder of another case': GRANT_PATH.replace('.countersign', '.Countersign'),
}).map(([comment, path]) => invalid(comment, good, 'path', path));

const bad = [
  ...Object.entries(ENVELOPES).map(([comment, [file, reason]]) => invalid(comment, file, reason)),
  ...Object.entries(RESPELT).map(([comment, [change, reason]]) => invalid(comment, envelope(utf8(change(text))), reason)),
  ...moved,
];

export const evidenceVectors: VectorFile = {
  schema: 'countersign-vectors-v1',
  spec: 'evidence files, v1',
  notes: {},
  groups: [{ name: 'valid', tests: PREDICATES.map(valid) }, { name: 'invalid', tests: bad }],
};
