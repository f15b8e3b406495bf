// SPDX-License-Identifier: Apache-2.0
// What the vectors of dsse.json don't say: sizes, and properties.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, equal, fromUtf8, utf8 } from '../../src/bytes.ts';
import { Fault } from '../../src/fault.ts';
import { PAYLOAD_TYPE, pae, parseEnvelope, printEnvelope } from '../../src/signature/dsse.ts';
import type { Envelope } from '../../src/signature/dsse.ts';
import { throwsWith } from '../kit/rejects.ts';

const test = suite('dsse');
const envelope: Envelope = { payloadType: PAYLOAD_TYPE, payload: utf8('{}'), keyid: 'ssh:SHA256:x', sig: Uint8Array.of(1) };

test('an envelope is bounded, read or written', () => {
  assert.is(throwsWith('STATEMENT_INVALID', () => parseEnvelope(new Uint8Array(262_145).fill(0x5b))).cause, 'size');
  assert.is(throwsWith('STATEMENT_INVALID', () => printEnvelope({ ...envelope, sig: new Uint8Array(200_000) })).cause, 'size');
  assert.is(parseEnvelope(printEnvelope({ ...envelope, sig: new Uint8Array(190_000) })).sig.length, 190_000);
});

test('an envelope that could not be read is not written', () => {
  assert.is(throwsWith('STATEMENT_INVALID', () => printEnvelope({ ...envelope, keyid: 'ssh:\n' })).cause, 'keyid');
  assert.is(throwsWith('STATEMENT_INVALID', () => printEnvelope({ ...envelope, payload: new Uint8Array() })).cause, 'payload');
  assert.is(throwsWith('STATEMENT_INVALID', () => printEnvelope({ ...envelope, payloadType: 'text/plain' as never })).cause, 'payload-type');
});

test('property: parsing gives back what was printed', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1 }), fc.uint8Array({ minLength: 1 }), (payload, sig) => {
    const bytes = printEnvelope({ ...envelope, payload, sig });
    const parsed = parseEnvelope(bytes);
    assert.ok(equal(parsed.payload, payload) && equal(parsed.sig, sig));
    assert.ok(equal(printEnvelope(parsed), bytes));
  }));
});

test('property: a file with one byte changed is refused or says something else, and never reads as the same', () => {
  const file = printEnvelope({ ...envelope, payload: utf8('{"a":"b"}'), sig: utf8('signature') });
  fc.assert(fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
    const changed = file.map((byte, at) => (at === index ? byte ^ change : byte));
    try {
      assert.ok(equal(printEnvelope(parseEnvelope(changed)), changed));
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
    }
  }));
});

test('property: two different pairs of type and body never encode alike', () => {
  const pair = fc.tuple(fc.string({ maxLength: 4, unit: fc.constantFrom('1', ' ', 'a') }), fc.string({ maxLength: 4, unit: fc.constantFrom('1', ' ', 'a') }));
  fc.assert(fc.property(pair, pair, ([a, b], [c, d]) => {
    assert.is(equal(pae(a, utf8(b)), pae(c, utf8(d))), a === c && b === d);
  }));
});

test('the encoding takes the body as bytes, UTF-8 or not', () => {
  const body = Uint8Array.of(0xff, 0, 0x0a);
  assert.is(fromUtf8(pae('t', body)), undefined);
  assert.ok(equal(pae('t', body), concat(utf8('DSSEv1 1 t 3 '), body)));
});

test.run();
