// SPDX-License-Identifier: Apache-2.0
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, hex } from '../../src/bytes.ts';
import { readWire, wireMpint, wireString, wireUint32, wireUint64 } from '../../src/signature/wire.ts';

const test = suite('wire');

test('the mpints of RFC 4251 §5 that are positive', () => {
  assert.is(hex(wireMpint(Buffer.from('09a378f9b2e332a7', 'hex'))), '0000000809a378f9b2e332a7');
  assert.is(hex(wireMpint(Uint8Array.of(0x80))), '000000020080');
  assert.is(hex(wireMpint(Uint8Array.of(0, 0))), '00000000');
});

test('an mpint is read back; zero, negative and padded ones are malformed', () => {
  assert.is(hex(readWire(wireMpint(Uint8Array.of(0, 0x80, 1)), (wire) => wire.mpint())!), '8001');
  for (const text of ['00000000', '0000000100', '0000000180', '000000020001', '00000002ff34']) {
    assert.is(readWire(Buffer.from(text, 'hex'), (wire) => wire.mpint()), undefined, text);
  }
});

test('a length beyond the end and a byte too many are malformed', () => {
  assert.is(readWire(concat(wireUint32(0xffffffff), Uint8Array.of(1)), (wire) => wire.string()), undefined);
  assert.is(readWire(Uint8Array.of(0, 0, 0), (wire) => wire.uint32()), undefined);
  assert.is(readWire(concat(wireString('a'), Uint8Array.of(0)), (wire) => wire.string()), undefined);
});

test('a name is 1 to 64 printable characters', () => {
  for (const name of ['', 'a b', 'a\n', 'é', 'x'.repeat(65)]) assert.is(readWire(wireString(name), (wire) => wire.name()), undefined, name);
  assert.is(readWire(wireString('x'.repeat(64)), (wire) => wire.name())?.length, 64);
});

test('a uint64 is read as it was written, the highest too', () => {
  for (const value of [0n, 1n, 2n ** 53n + 1n, 2n ** 64n - 1n]) assert.is(readWire(wireUint64(value), (wire) => wire.uint64()), value);
  assert.is(readWire(new Uint8Array(7), (wire) => wire.uint64()), undefined);
});

test('strings to the end: so many and no more', () => {
  const bytes = concat(...['a', '', 'bc'].map(wireString));
  assert.equal(readWire(bytes, (wire) => wire.strings(3))?.map(hex), ['61', '', '6263']);
  assert.equal(readWire(new Uint8Array(), (wire) => wire.strings(3)), []);
  assert.is(readWire(bytes, (wire) => wire.strings(2)), undefined);
  assert.is(readWire(bytes.subarray(0, -1), (wire) => wire.strings(3)), undefined);
});

test('a bug in the reading code is not taken for malformed bytes', () => {
  assert.throws(() => readWire(new Uint8Array(), () => (undefined as never as { a: string }).a), (thrown: unknown) => thrown instanceof TypeError);
});

test('property: strings are read as they were written', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (values) => {
    const read = readWire(concat(...values.map(wireString)), (wire) => values.map(() => wire.string()));
    assert.equal(read?.map(hex), values.map(hex));
  }));
});

test.run();
