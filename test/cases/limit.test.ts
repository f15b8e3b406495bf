// SPDX-License-Identifier: Apache-2.0
// Attack: stay below every limit by cutting the work into pieces.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Oid } from '../../src/oid.ts';
import { attempt } from '../kit/attempt.ts';
import { History, type Session } from '../kit/history.ts';

const test = suite('case: limits');
const POLICY = 'agents:\n  limits:\n    range: { files: 20, additions: 12, deletions: 4 }\n';
const history = await History.make({ policy: POLICY, files: { 'src/list': 'x\n'.repeat(30) } });
const root = history.adoption;
test.after(() => history.close());

async function pieces(by: Session | 'alice', count: number, base = root, content = (i: number): string => 'y\n'.repeat(2) + i): Promise<Oid> {
  let tip = base;
  for (let i = 0; i < count; i++) {
    tip = await history.commit({ parents: [tip], by, files: { [`src/piece-${history.now}`]: content(i), ...(typeof by === 'object' && i === 0 ? by.file : {}) } });
  }
  return tip;
}

test('many small commits are as large as one', async () => {
  const session = history.session();
  assert.equal((await history.verify(root, await pieces(session, 4))).errors, []);
  assert.equal((await history.verify(root, await pieces(session, 5))).errors, ['over-limit']);
});

test('put in and taken out again counts twice: the sum, not the difference of the ends', async () => {
  const session = history.session();
  const first = await history.commit({ parents: [root], by: session, files: { 'src/c': 'y\n'.repeat(7), ...session.file } });
  const gone = await history.commit({ parents: [first], by: session, files: { 'src/c': 'y\n'.repeat(4) } });
  assert.equal((await history.verify(root, gone)).errors, []);
  const again = await history.commit({ parents: [gone], by: session, files: { 'src/c': `${'y\n'.repeat(4)}${'z\n'.repeat(6)}` } });
  assert.equal((await history.verify(root, again)).errors, ['over-limit']);
});

test('people’s work does not count, nobody’s does', async () => {
  assert.equal((await history.verify(root, await pieces('alice', 6))).errors, []);
  let tip = root;
  for (let i = 0; i < 5; i++) tip = await history.commit({ parents: [tip], by: null, files: { [`src/${i}`]: 'y\n'.repeat(3) } });
  assert.equal((await history.verify(root, tip)).errors, ['over-limit', 'undeclared']);
});

test('deletions alone', async () => {
  const session = history.session();
  const base = await history.commit({ parents: [root], by: null, files: session.file });
  assert.equal((await attempt(history, { by: session, files: { 'src/list': 'x\n'.repeat(26) } }, base)).errors, []);
  assert.equal((await attempt(history, { by: session, files: { 'src/list': 'x\n'.repeat(25) } }, base)).errors, ['over-limit']);
});

test('two sessions: each within its own, together over the range’s', async () => {
  const [one, two] = [history.session(), history.session()];
  assert.equal((await history.verify(root, await pieces(two, 3, await pieces(one, 2)))).errors, ['over-limit']);
});

test('a grant narrower than the policy', async () => {
  const narrow = { files: 9, additions: 4, deletions: 9 };
  const session = history.session({ limits: { commit: narrow, range: narrow } });
  assert.equal((await history.verify(root, await pieces(session, 1))).errors, []);
  assert.equal((await history.verify(root, await pieces(session, 2))).errors, ['over-limit']);
});

test('a grant wider than the policy widens nothing', async () => {
  const wide = { files: 99, additions: 99, deletions: 99 };
  assert.equal((await history.verify(root, await pieces(history.session({ limits: { commit: wide, range: wide } }), 5))).errors, ['over-limit']);
});

test('one session over two pull requests: it goes on counting where it was', async () => {
  const session = history.session();
  const merged = await pieces(session, 3);
  const others = await pieces('alice', 1, merged);
  const more = await history.commit({ parents: [others], by: session, files: { 'src/more': 'y\n'.repeat(4) } });
  assert.equal((await history.verify(others, more)).errors, ['over-limit']);
  const fresh = history.session();
  const other = await history.commit({ parents: [others], by: fresh, files: { 'src/more': 'y\n'.repeat(4), ...fresh.file } });
  assert.equal((await history.verify(others, other)).errors, []);
});

test('one session over two pull requests, its grant brought after the work or taken away behind it', async () => {
  const session = history.session();
  const gone = Object.fromEntries(Object.keys(session.file).map((path) => [path, null]));
  const worked = await history.commit({ parents: [root], by: session, files: { 'src/late': 'y\n'.repeat(9) } });
  const granted = await history.commit({ parents: [worked], by: null, files: session.file });
  const removed = await history.commit({ parents: [await pieces(session, 3)], by: null, files: gone });
  for (const merged of [granted, removed]) {
    assert.equal((await history.verify(root, merged)).errors, []);
    const others = await pieces('alice', 1, merged);
    const more = await history.commit({ parents: [others], by: session, files: { 'src/more': 'y\n'.repeat(4), ...session.file } });
    assert.equal((await history.verify(others, more)).errors, ['over-limit']);
  }
});

test('evidence is not counted', async () => {
  const session = history.session();
  const others = Array.from({ length: 25 }, () => history.session().file);
  assert.equal((await attempt(history, { by: session, files: Object.assign({ 'src/one': 'y\n' }, session.file, ...others) }, root)).errors, []);
});

test.run();
