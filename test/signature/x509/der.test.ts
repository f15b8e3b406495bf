// SPDX-License-Identifier: Apache-2.0
// The strict reader of DER: one encoding for each value, and nothing left over.
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex } from '../../../src/bytes.ts';
import { TAG, readDer, type DerReader } from '../../../src/signature/x509/der.ts';
import { identifier } from '../../../src/signature/x509/identifier.ts';
import { bits, bool, der, generalizedTime, int, octets, oid, seq, utcTime } from './der-writer.ts';

const test = suite('der');

const read = <T>(text: string, how: (reader: DerReader) => T): T | undefined => readDer(Buffer.from(text, 'hex'), how);

test('what is written is read', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), fc.boolean(), (bytes, number, flag) => {
    const value = seq(octets(bytes), int(number), bool(flag), bits(bytes));
    const got = readDer(value, (reader) => reader.inside(TAG.sequence, (inner) => [hex(inner.next(TAG.octets).content), inner.count(), inner.boolean(), hex(inner.octetBits())]));
    assert.equal(got, [hex(bytes), number, flag, hex(bytes)]);
  }), { numRuns: 100 });
});

test('a value has one length, as short as can be', () => {
  for (const text of ['048100', '04810100', '0481050102030405', '048200050102030405', '04830000050102030405', '0480010000', '04850000000001ff', '04ff', '04', '', '0402ff', '0401ffff']) {
    assert.is(read(text, (reader) => reader.next(TAG.octets)), undefined, text);
  }
});

test('long tags, and the tag 0, are refused', () => {
  for (const text of ['1f8101', '1f1f00', '3f2100', '0000', 'bf2100']) assert.is(read(text, (reader) => reader.next()), undefined, text);
});

test('numbers are minimal', () => {
  const count = (text: string): number | undefined => read(text, (reader) => reader.count());
  assert.equal(['020100', '02017f', '02020080', '02047fffffff'].map(count), [0, 127, 128, 2147483647]);
  for (const text of ['0200', '02020000', '0202007f', '0202ffff', '0202ff80', '0201ff', '02050080000000', '02050100000000']) assert.is(count(text), undefined, text);
  assert.is(hex(read('0202ff7f', (reader) => reader.integer())!), 'ff7f');
});

test('an object identifier has one encoding, and no bound on its arcs but its length', () => {
  const read1 = (bytes: Uint8Array): string | undefined => readDer(bytes, (reader) => reader.identifier());
  for (const dotted of ['1.2.840.113549.1.7.2', '2.5.29.17', '1.3.6.1.4.1.57264.1.8', '0.0', '2.39']) assert.is(read1(oid(dotted)), identifier(dotted));
  assert.ok(read1(oid('2.25.329800735698586629295641978511506172918')));
  // An arc that is 57264 but for what is beyond 32 bits is another one.
  assert.is.not(read1(oid(`1.3.6.1.4.1.${57264n + (1n << 32n)}.1.8`)), identifier('1.3.6.1.4.1.57264.1.8'));
  for (const text of ['0600', '06028001', '06032a8001', '062a', '06012a80', '060181', '06022a81']) assert.is(read(text, (reader) => reader.identifier()), undefined, text);
  assert.is(read1(der(0x06, Buffer.alloc(65, 1))), undefined);
});

test('times are in UTC, to the second, of days that there are', () => {
  const time = (bytes: Uint8Array): number | undefined => readDer(bytes, (reader) => reader.time());
  for (const at of [0, 1767225600, 951782400, 2524607999]) assert.equal([time(utcTime(at)), time(generalizedTime(at))], [at, at]);
  assert.is(time(generalizedTime(2524608000)), 2524608000);
  assert.is(time(der(0x17, Buffer.from('500101000000Z'))), Date.UTC(1950, 0, 1) / 1000);
  const none = ['260230000000Z', '261301000000Z', '260101240000Z', '260101000060Z', '2601010000Z', '260101000000+0100', '260101000000', '20260101000000Z', '260101000000Z\0', ' 60101000000Z', ''];
  for (const text of none) assert.is(time(der(0x17, Buffer.from(text))), undefined, text);
  for (const text of ['20260101000000.5Z', '260101000000Z', '20260101000000', '20260101000000+0000', '202601010000Z']) assert.is(time(der(0x18, Buffer.from(text))), undefined, text);
});

test('booleans and bits are what they must be', () => {
  for (const text of ['010101', '0100', '0102ffff']) assert.is(read(text, (reader) => reader.boolean()), undefined, text);
  assert.equal(read('03020780', (reader) => reader.namedBits()), [0]);
  assert.equal(read('03020106', (reader) => reader.namedBits()), [5, 6]);
  assert.equal(read('030100', (reader) => reader.namedBits()), []);
  for (const text of ['0300', '03020880', '030101', '0306000000000000']) assert.is(read(text, (reader) => reader.namedBits()), undefined, text);
  for (const text of ['0300', '03020780']) assert.is(read(text, (reader) => reader.octetBits()), undefined, text);
});

test('nothing is left over, on any level', () => {
  assert.is(read('04000400', (reader) => reader.next()), undefined);
  assert.is(read('300404000400', (reader) => reader.inside(TAG.sequence, (inner) => inner.next())), undefined);
  assert.is(read('308004000000', (reader) => reader.inside(TAG.sequence, (inner) => inner.next())), undefined);
  assert.is(read('3080040004000000', (reader) => reader.insideShell(TAG.sequence, (inner) => inner.next())), undefined);
  assert.ok(read('308004000000', (reader) => reader.insideShell(TAG.sequence, (inner) => inner.next())));
  assert.is(read('3080040000', (reader) => reader.insideShell(TAG.sequence, (inner) => inner.next())), undefined);
  assert.is(read('0480040000000000', (reader) => reader.next()), undefined);
});

test('no bytes make the reader throw', () => {
  const walk = (reader: DerReader): number => reader.each(50, (each) => each.next()).length;
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const ways: ((reader: DerReader) => unknown)[] = [walk, (reader) => reader.identifier(), (reader) => reader.time(), (reader) => reader.insideShell(0x30, walk), (reader) => reader.namedBits()];
    for (const way of ways) readDer(bytes, way);
  }), { numRuns: 200 });
});

test.run();
