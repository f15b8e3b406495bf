// SPDX-License-Identifier: Apache-2.0
// Attack: a person's stamp, taken from where it was given, over work that the person never saw.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { attempt, stolenFrom } from '../kit/attempt.ts';
import { History, REPOSITORY, policyText } from '../kit/history.ts';

const test = suite('case: a stamp replayed');
const history = await History.make();
test.after(() => history.close());

test('on another change', async () => {
  const { oid } = await attempt(history, { files: { 'src/b.ts': 'b\n' } });
  const { errors, commits } = await attempt(history, { ...stolenFrom(history, oid), files: { 'src/b.ts': 'evil\n' } });
  assert.equal(errors, ['stale-signature']);
  assert.is(commits[0]!.provenance, 'undeclared');
});

test('on the same change and one file more', async () => {
  const { oid } = await attempt(history, { files: { 'src/b.ts': 'b\n' } });
  assert.equal((await attempt(history, { ...stolenFrom(history, oid), files: { 'src/b.ts': 'b\n', 'src/evil.ts': 'x\n' } })).errors, ['stale-signature']);
});

test('on a mode: the script that was read is made a program', async () => {
  const { oid } = await attempt(history, { files: { 'src/b.sh': 'b\n' } });
  assert.equal((await attempt(history, { ...stolenFrom(history, oid), files: { 'src/b.sh': { mode: '100755', content: 'b\n' } } })).errors, ['stale-signature']);
});

test('on another parent, whose content the change would roll back', async () => {
  const { oid } = await attempt(history, { files: { 'firebase.json': '{"v":1}\n' } });
  const newer = await history.commit({ parents: [history.adoption], files: { 'firebase.json': '{"v":2}\n' } });
  assert.equal((await attempt(history, { ...stolenFrom(history, oid), files: { 'firebase.json': '{"v":1}\n' } }, newer)).errors, ['protected-path', 'stale-signature']);
});

test('on another parent that holds the same files: the very same change, and good', async () => {
  const { oid } = await attempt(history, { files: { 'src/b.ts': 'b\n' } });
  const other = await history.commit({ parents: [history.adoption], files: { 'src/c.ts': 'c\n' } });
  const { range, commits } = await attempt(history, { ...stolenFrom(history, oid), files: { 'src/b.ts': 'b\n' } }, other);
  assert.is(range.verdict, 'good');
  assert.is(commits[0]!.binding, 'exact');
});

test('of an empty commit, on another tree', async () => {
  const { oid, errors } = await attempt(history, { files: {} });
  assert.equal(errors, []);
  const other = await history.commit({ parents: [history.adoption], files: { 'src/c.ts': 'c\n' } });
  assert.equal((await attempt(history, stolenFrom(history, oid), other)).errors, ['bad-signature']);
});

test('of a commit, on a merge that does the same to its first parent', async () => {
  const { oid } = await attempt(history, { files: { 'src/b.ts': 'b\n' } });
  const side = await history.commit({ parents: [history.adoption], files: { 'src/c.ts': 'c\n' } });
  const merge = await history.commit({ ...stolenFrom(history, oid), parents: [history.adoption, side], tree: await history.treeOf(oid) });
  assert.equal((await history.verify(history.adoption, merge)).errors, ['stale-signature']);
});

test('in another repository with the same files', async () => {
  const { oid } = await attempt(history, { files: { 'src/b.ts': 'b\n' } });
  const repository = REPOSITORY.replace('0192', '0193');
  const fork = await history.commit({ parents: [history.adoption], by: null, files: { '.countersign/policy.yaml': policyText({ repository }) } });
  const { errors, commits } = await attempt(history, { ...stolenFrom(history, oid), files: { 'src/b.ts': 'b\n' } }, fork);
  assert.equal(errors, ['bad-signature']);
  assert.is(commits[0]!.provenance, 'undeclared');
});

test('an agent’s commit slid under a person’s amended stamp', async () => {
  // alice stamps her commit; the agent takes it apart and puts its own work below, the sum being the tree she stamped
  const person = await history.commit({ parents: [history.adoption], files: { 'src/b.ts': 'agent\nperson\n' } });
  const below = await history.commit({ parents: [history.adoption], by: null, files: { 'src/b.ts': 'agent\n' } });
  const top = await history.commit({ ...stolenFrom(history, person), parents: [below], tree: await history.treeOf(person) });
  const { commits } = await history.verify(history.adoption, top);
  assert.equal(commits.map(({ findings }) => findings.map(({ rule }) => rule)), [['undeclared'], ['stale-signature']]);
});

test('under another person’s name', async () => {
  const { oid } = await attempt(history, { files: { 'src/b.ts': 'b\n' } });
  const author = { name: 'Bob Example', email: 'bob@example.com' };
  assert.equal((await attempt(history, { ...stolenFrom(history, oid), author, files: { 'src/b.ts': 'b\n' } })).errors, ['bad-signature']);
});

test.run();
