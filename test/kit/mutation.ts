// SPDX-License-Identifier: Apache-2.0
// Bytes changed at random: one set, one bit of one turned, some cut out, some repeated, some put in; anywhere.
import fc from 'fast-check';

export type Mutation = [kind: string, place: number, values: Uint8Array];

// Small changes most of all: what is cut or put in seldom gets past a reader.
const kinds = fc.constantFrom('set', 'set', 'set', 'flip', 'flip', 'flip', 'cut', 'repeat', 'insert');

export const mutation: fc.Arbitrary<Mutation> = fc.tuple(kinds, fc.noBias(fc.nat({ max: 1_000_000 })), fc.uint8Array({ minLength: 1, maxLength: 4 }));

export function mutate(bytes: Buffer, [kind, place, values]: Mutation): Buffer {
  const at = place % Math.max(bytes.length, 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  if (kind === 'set') return Buffer.concat([before, values.subarray(0, 1), after.subarray(1)]);
  if (kind === 'flip') return Buffer.concat([before, Buffer.of((after[0] ?? 0) ^ (1 << (values[0]! & 7))), after.subarray(1)]);
  if (kind === 'cut') return Buffer.concat([before, after.subarray(values.length)]);
  return kind === 'repeat' ? Buffer.concat([before, after.subarray(0, values.length * 16), after]) : Buffer.concat([before, values, after]);
}
