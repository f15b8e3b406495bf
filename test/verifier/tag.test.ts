// SPDX-License-Identifier: Apache-2.0
// Mutations of a tag that is good: whatever becomes of it is an answer, and good only where nothing that it says has changed.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { latin1 } from '../../src/bytes.ts';
import type { Repo } from '../../src/repo/repo.ts';
import { readState } from '../../src/verifier/state.ts';
import { judgeTag } from '../../src/verifier/tag.ts';
import type { TagVerdict } from '../../src/verifier/verifier.ts';
import { History } from '../kit/history.ts';
import { tag } from '../kit/tag.ts';

const test = suite('mutated tags');

const history = await History.make({ policy: 'gitSignature: any\n' });
test.after(() => history.close());
const oid = tag(history);
const original = history.scratch.bytes(['cat-file', 'tag', oid]);
const state = await readState(history.repo, history.tip, await history.treeOf(history.tip));

/** Judges these bytes as if they were the tag. */
function judge(bytes: Uint8Array): Promise<TagVerdict> {
  const repo = Object.create(history.repo, { readObject: { value: async (id: string) => (id === oid ? { kind: 'tag', bytes } : history.repo.readObject(id as typeof oid)) }, objectFormat: { value: 'sha1' } }) as Repo;
  return judgeTag(repo, { name: 'v1', oid }, history.tip, state!);
}

/** What a tag says: its armor may be broken into other lines. */
function meaning(bytes: Uint8Array): string {
  const [payload, armor] = latin1(bytes).split('-----BEGIN');
  return `${payload}-----BEGIN${armor?.replace(/[ \t\r\n]/g, '')}`;
}

const at = fc.nat({ max: original.length - 1 });
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at, bit: fc.nat({ max: 7 }) }),
  fc.record({ kind: fc.constant('cut' as const), at, length: fc.integer({ min: 1, max: 80 }) }),
  fc.record({ kind: fc.constant('copy' as const), at, from: at, length: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ kind: fc.constant('put' as const), at, text: fc.constantFrom('\n', '\r', ' ', '\0', 'A', '=', '\n\n', '-----BEGIN SSH SIGNATURE-----\n', 'gpgsig x\n', 'tag v2\n') }),
);

function mutate(bytes: Buffer, change: typeof mutation extends fc.Arbitrary<infer T> ? T : never): Buffer {
  const [before, after] = [bytes.subarray(0, change.at), bytes.subarray(change.at)];
  switch (change.kind) {
    case 'flip':
      return Buffer.from(bytes.map((byte, i) => (i === change.at ? byte ^ (1 << change.bit) : byte)));
    case 'cut':
      return Buffer.concat([before, after.subarray(change.length)]);
    case 'copy':
      return Buffer.concat([before, original.subarray(change.from, change.from + change.length), after]);
    case 'put':
      return Buffer.concat([before, Buffer.from(change.text), after]);
  }
}

test('a mutation is never good, unless it says the same', async () => {
  assert.is((await judge(original)).verdict, 'good');
  let good = 0;
  await fc.assert(fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (changes) => {
    const bytes = changes.reduce(mutate, original);
    const { verdict } = await judge(bytes);
    if (verdict === 'good') good++;
    if (verdict === 'good') assert.is(meaning(bytes), meaning(original));
  }), { numRuns: process.env['SLOW'] === '1' ? 10_000 : 200 });
  if (process.env['SLOW'] === '1') process.stderr.write(`mutated tags: 10000, of which ${good} still say the same\n`);
});

test.run();
