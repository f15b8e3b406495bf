// SPDX-License-Identifier: Apache-2.0
// Attack: a merge that does more than merge: an edit inside it, or an "ours" merge that takes back what others did.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Oid } from '../../src/oid.ts';
import { History } from '../kit/history.ts';

const test = suite('case: merges');
const history = await History.make({ files: { 'infra/main.tf': 'old\n', 'post-mortems/x.md': 'the record\n' } });
const root = history.adoption;
// what the target did since: routing, by a person
const target = await history.commit({ files: { 'firebase.json': '{"v":2}\n' } });
const session = history.session({ allow: ['**'] });
const side = await history.commit({ parents: [root], by: session, files: { 'src/b.ts': 'b\n', ...session.file } });
const sideTree = await history.treeOf(side);
test.after(() => history.close());

const merge = (making: Parameters<typeof history.commit>[0]) => history.commit({ parents: [target, side], ...making });
const merged = { 'firebase.json': '{"v":2}\n', 'src/b.ts': 'b\n', ...session.file };

test('a clean merge needs no stamp, whichever parent comes first', async () => {
  for (const parents of [[target, side], [side, target]]) {
    const { range, commits } = await history.verify(target, await merge({ parents, by: null, files: merged }));
    assert.is(range.verdict, 'good');
    assert.equal(commits.map(({ provenance }) => provenance), ['ai', 'merge']);
  }
});

test('an edit inside a merge that nobody signed', async () => {
  const head = await merge({ by: null, files: { ...merged, 'src/evil.ts': 'x\n' } });
  const { errors, commits } = await history.verify(target, head);
  assert.equal(errors, ['unclean-merge']);
  assert.is(commits.at(-1)!.provenance, 'undeclared');
});

test('an edit inside a merge that an agent signed is judged by its scope', async () => {
  const narrow = history.session();
  const head = await merge({ by: narrow, files: { ...merged, 'docs/x.md': 'x\n', ...narrow.file } });
  assert.equal((await history.verify(target, head)).errors, ['out-of-scope']);
  const inside = await merge({ by: narrow, files: { ...merged, 'src/x.ts': 'x\n', ...narrow.file } });
  assert.equal((await history.verify(target, inside)).errors, []);
});

test('"ours" rolls a protected file back, in both parent orders, whoever signs', async () => {
  for (const parents of [[target, side], [side, target]]) {
    for (const by of [null, session, 'alice']) {
      const { errors } = await history.verify(target, await merge({ parents, by, tree: sideTree }));
      assert.equal(errors, by === null ? ['protected-path', 'unclean-merge'] : ['protected-path']);
    }
  }
});

test('"ours" within the range: a person’s routing set back to another person’s', async () => {
  const first = await history.commit({ parents: [target], files: { 'firebase.json': '{"v":3}\n' } });
  const second = await history.commit({ parents: [first], files: { 'firebase.json': '{"v":4}\n' } });
  assert.equal((await history.verify(target, second)).errors, []);
  const other = await history.commit({ parents: [first], files: { 'src/o.ts': 'o\n' } });
  const third = await history.commit({ parents: [first], files: { 'src/p.ts': 'p\n' } });
  for (const parents of [[second, other], [other, second], [second, other, third], [other, third, second]]) {
    const head = await merge({ parents, tree: await history.treeOf(other) });
    assert.equal((await history.verify(target, head)).errors, ['protected-path'], String(parents.length));
  }
});

test('"ours" rolls policy and roster back', async () => {
  const roster = history.scratch.git(['cat-file', 'blob', `${root}:.countersign/roster.yaml`]);
  const policy = history.scratch.git(['cat-file', 'blob', `${root}:.countersign/policy.yaml`]);
  const newer = await history.commit({ parents: [target], files: { '.countersign/policy.yaml': `${policy.replace('serial: 1', 'serial: 2')}\n`, '.countersign/roster.yaml': `${roster}\n# rotated\n` } });
  for (const parents of [[newer, side], [side, newer]]) {
    for (const by of [session, 'alice']) {
      const { commits } = await history.verify(newer, await merge({ parents, by, tree: sideTree }));
      assert.ok(commits.at(-1)!.findings.some(({ rule }) => rule === 'policy-change'), parents.indexOf(newer) === 0 ? 'target first' : 'side first');
    }
  }
  const octopus = await merge({ parents: [side, root, newer], tree: sideTree });
  assert.ok((await history.verify(newer, octopus)).errors.includes('policy-change'));
});

test('"ours" deletes a compliance file', async () => {
  const record = await history.commit({ parents: [target], files: { 'post-mortems/new.md': 'a record\n' } });
  for (const parents of [[record, side], [side, record]]) {
    const head = await merge({ parents, by: session, tree: sideTree });
    assert.equal((await history.verify(record, head)).errors, ['compliance-deleted', 'protected-path']);
  }
});

test('an octopus without stamp', async () => {
  const third = await history.commit({ parents: [root], files: { 'src/c.ts': 'c\n' } });
  const files = { ...merged, 'src/c.ts': 'c\n' };
  const octopus = (by: null | 'alice' | typeof session): Promise<Oid> => merge({ parents: [target, side, third], by, files });
  assert.equal((await history.verify(target, await octopus(null))).errors, ['undeclared']);
  assert.equal((await history.verify(target, await octopus('alice'))).errors, []);
});

test('an agent’s octopus, which nobody can recompute, is never good', async () => {
  const third = await history.commit({ parents: [root], files: { 'src/c.ts': 'c\n' } });
  // the tree is the side's: what the target did is gone, though each path has some parent's content
  const { range, errors, unknowns } = await history.verify(target, await merge({ parents: [side, root, third], by: session, tree: sideTree }));
  assert.equal([errors, unknowns], [[], ['out-of-scope']]);
  assert.is(range.verdict, 'unknown');
});

test('a conflict resolved needs a stamp over both sides', async () => {
  const left = await history.commit({ parents: [root], files: { 'src/a.ts': 'left\n' } });
  const right = await history.commit({ parents: [root], files: { 'src/a.ts': 'right\n' } });
  const resolve = (by: null | 'alice'): Promise<Oid> => merge({ parents: [left, right], by, files: { 'src/a.ts': 'both\n' } });
  assert.equal((await history.verify(root, await resolve(null))).errors, ['unclean-merge']);
  const { errors, commits } = await history.verify(root, await resolve('alice'));
  assert.equal(errors, []);
  assert.is(commits.at(-1)!.provenance, 'human');
});

test('a merge’s stamp with its parents exchanged', async () => {
  const head = await merge({ files: { ...merged, 'src/x.ts': 'x\n' } });
  const raw = history.scratch.git(['cat-file', 'commit', head]);
  const exchanged = raw.replace(`parent ${target}\nparent ${side}`, `parent ${side}\nparent ${target}`);
  const forged = history.scratch.git(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: `${exchanged}\n` }) as Oid;
  assert.equal((await history.verify(target, forged)).errors, ['stale-signature']);
});

test('content that a clean merge makes of two sides is nobody’s on a protected path', async () => {
  const lines = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const file = (first: string, last: string): string => `${[first, ...lines, last].join('\n')}\n`;
  const base = await history.commit({ parents: [target], files: { 'infra/main.tf': file('x', 'y') } });
  const left = await history.commit({ parents: [base], files: { 'infra/main.tf': file('X', 'y') } });
  const right = await history.commit({ parents: [base], files: { 'infra/main.tf': file('x', 'Y') } });
  assert.equal((await history.verify(base, left)).errors, []);
  const head = await merge({ parents: [left, right], by: null, files: { 'infra/main.tf': file('X', 'Y') } });
  assert.equal((await history.verify(base, head)).errors, ['protected-path']);
});

test.run();
