// SPDX-License-Identifier: Apache-2.0
// Attack: a conflict in which git sets no markers but keeps one side's file. Whoever merges chooses by the order of the
// parents, and nothing of the result differs from what git made.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Oid } from '../../src/oid.ts';
import { stolenFrom } from '../kit/attempt.ts';
import { History, type Content, type Files } from '../kit/history.ts';

const test = suite('case: the choice in a conflict');
const link = (content: string): Content => ({ mode: '120000', content });
const FILES: Files = { 'infra/x': 'v0\n', 'infra/bin': 'v0\0', 'infra/link': link('v0'), 'docs/x': 'v0\n' };
const history = await History.make({ files: { ...FILES, 'infra/module': { mode: '160000', oid: '0'.repeat(39) + '1' as Oid } } });
const root = history.adoption;
const session = history.session();
test.after(() => history.close());

const module = (digit: string): Content => ({ mode: '160000', oid: '0'.repeat(39) + digit as Oid });

/** Alice changes a protected file twice; the agent picks her first change anew and merges it over the second. */
async function rolledBack(path: string, first: Content, second: Content): Promise<Awaited<ReturnType<typeof history.verify>>> {
  const old = await history.commit({ parents: [root], files: { [path]: first } });
  const target = await history.commit({ parents: [old], files: { [path]: second } });
  const picked = await history.commit({ ...stolenFrom(history, old), parents: [root], tree: await history.treeOf(old), encoding: 'utf-8' });
  assert.is.not(picked, old);
  assert.equal((await history.verify(root, picked)).errors, []);
  const merge = await history.commit({ parents: [picked, target], by: session, tree: await history.treeOf(old), files: session.file });
  return history.verify(target, merge);
}

test('a protected file of which no lines can be merged, rolled back', async () => {
  for (const [path, first, second] of [
    ['infra/bin', 'v1\0', 'v2\0'], ['infra/link', link('v1'), link('v2')], ['infra/module', module('2'), module('3')],
  ] as [string, Content, Content][]) assert.equal((await rolledBack(path, first, second)).errors, ['out-of-scope', 'protected-path'], path);
});

test('a protected file that was removed, brought back', async () => {
  assert.equal((await rolledBack('infra/x', 'v1\n', null)).errors, ['out-of-scope', 'protected-path']);
});

test('between two people’s work, outside the session’s scope', async () => {
  const gone = await history.commit({ parents: [root], files: { 'docs/x': null } });
  const kept = await history.commit({ parents: [root], files: { 'docs/x': 'v1\n' } });
  for (const parents of [[gone, kept], [kept, gone]]) {
    const merge = await history.commit({ parents, by: session, tree: await history.treeOf(kept), files: session.file });
    assert.equal((await history.verify(root, merge)).errors, ['out-of-scope']);
  }
});

test.run();
