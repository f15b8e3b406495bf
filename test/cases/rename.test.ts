// SPDX-License-Identifier: Apache-2.0
// Attack: edit a file where it stood long ago, inside the session's scope, and let the merge carry the edit to where
// people have moved it since.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { History } from '../kit/history.ts';

const test = suite('case: an edit carried by a rename');
const TEXT = Array.from({ length: 20 }, (_, i) => `line ${i}\n`).join('');
const EDITED = `${TEXT}more\n`;
const history = await History.make({ files: { 'src/deploy': TEXT, 'docs/guide': TEXT.replaceAll('line', 'page') } });
const root = history.adoption;
const target = await history.commit({ parents: [root], files: { 'src/deploy': null, 'ops/deploy': TEXT } });
test.after(() => history.close());

const edit = (session: ReturnType<typeof history.session>) => history.commit({ parents: [root], by: session, files: { 'src/deploy': EDITED, ...session.file } });

test('to a file outside the scope, by a clean merge or by being behind the target', async () => {
  const session = history.session();
  const side = await edit(session);
  assert.equal((await history.verify(root, side)).errors, []);
  for (const parents of [[target, side], [side, target]]) {
    for (const by of [null, session]) {
      const merge = await history.commit({ parents, by, tree: await history.treeOf(target), files: { 'ops/deploy': EDITED, ...session.file } });
      assert.equal((await history.verify(target, merge)).errors, ['out-of-scope']);
    }
  }
  const behind = await history.verify(target, side);
  assert.equal(behind.errors, ['out-of-scope']);
  assert.is(behind.range.findings[0]!.path, 'ops/deploy');
});

test('to a file that the session may change, or in a merge that a person signed', async () => {
  const wide = history.session({ allow: ['src/**', 'ops/**'] });
  assert.equal((await history.verify(target, await edit(wide))).errors, []);
  const narrow = history.session();
  const merge = await history.commit({ parents: [target, await edit(narrow)], files: { 'ops/deploy': EDITED, ...narrow.file } });
  assert.equal((await history.verify(target, merge)).errors, []);
});

test('the target’s edit, carried to where a person in the range moved the file, is not the session’s', async () => {
  const session = history.session();
  const moved = await history.commit({ parents: [root], files: { 'docs/guide': null, 'manual/guide': TEXT.replaceAll('line', 'page') } });
  const side = await history.commit({ parents: [moved], by: session, files: { 'src/b.ts': 'b\n', ...session.file } });
  const edited = `${TEXT.replaceAll('line', 'page')}last\n`;
  const other = await history.commit({ parents: [root], files: { 'docs/guide': edited } });
  const merge = await history.commit({ parents: [side, other], by: null, files: { 'manual/guide': edited } });
  assert.equal((await history.verify(other, merge)).errors, []);
  assert.equal((await history.verify(other, side)).errors, []);
});

test.run();
