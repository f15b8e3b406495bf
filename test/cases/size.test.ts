// SPDX-License-Identifier: Apache-2.0
// Attack: objects of a size that packs to a few kilobytes and fills the memory of whoever reads them. They end in a
// finding, never in a crash, and never in `good`.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { writeCommit } from '../kit/attempt.ts';
import { EPOCH, History } from '../kit/history.ts';
import { newUlid } from '../../src/ulid.ts';

const test = suite('case: sizes');
const history = await History.make();
const ident = `Alice Example <alice@example.com> ${EPOCH} +0000`;
test.after(() => history.close());

const withText = async (headers: string, message: string | Uint8Array) => {
  const tree = await history.treeOf(history.adoption);
  const head = `tree ${tree}\nparent ${history.adoption}\nauthor ${ident}\ncommitter ${ident}\n${headers}\n`;
  return history.verify(history.adoption, writeCommit(history, Buffer.concat([Buffer.from(head), Buffer.from(message)])));
};

test('a message of nothing but line ends, before a stamp', async () => {
  const { errors } = await withText('', Buffer.concat([Buffer.from('x\n'), Buffer.alloc(32 * 1024 * 1024, 10), Buffer.from('Provenance: human\n')]));
  assert.equal(errors, ['malleable-commit']);
});

test('millions of headers', async () => {
  assert.equal((await withText('x y\n'.repeat(4_000_000), 'a\n')).errors, ['malleable-commit']);
});

test('evidence too large to be read is unknown', async () => {
  const path = `.countersign/evidence/sessions/${newUlid(history.now * 1000)}.json`;
  const head = await history.commit({ parents: [history.adoption], by: null, files: { [path]: Buffer.alloc(257 * 1024 * 1024, 97) } });
  const { range, unknowns } = await history.verify(history.adoption, head);
  assert.is(range.verdict, 'unknown');
  assert.equal(unknowns, ['missing-objects']);
});

test.run();
