// SPDX-License-Identifier: Apache-2.0
// Attack: a tag with the name of the target branch. Tags come with every clone, and git takes a tag before a branch, so
// the range would begin wherever whoever pushed the tag wants, and be judged by the policy there.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openGit } from '../../src/repo/git.ts';
import { openIsomorphic } from '../../src/repo/isomorphic.ts';
import { ScratchRepo } from '../kit/git.ts';
import { rejectsWith } from '../kit/rejects.ts';

const scratch = new ScratchRepo();
const evil = scratch.commit('evil', { files: { a: 'a\n' } });
const tip = scratch.commit('tip', { files: { a: 'b\n' } });
scratch.git(['update-ref', 'refs/remotes/origin/main', tip]);
for (const name of ['main', 'origin/main', 'HEAD', tip, tip.slice(0, 8)]) scratch.git(['update-ref', `refs/tags/${name}`, evil]);

for (const [name, open] of Object.entries({ git: openGit, isomorphic: openIsomorphic })) {
  const test = suite(`ambiguous names, door ${name}`);

  test('are refused, with what they may mean', async () => {
    const repo = await open(scratch.dir, { env: scratch.env });
    for (const revision of ['main', 'origin/main', 'main~1', 'main^']) await rejectsWith('REVISION_UNKNOWN', repo.resolve(revision));
    const fault = await rejectsWith('REVISION_UNKNOWN', repo.resolve('origin/main'));
    assert.match(fault.message, 'refs/tags/origin/main, refs/remotes/origin/main');
    await repo.close();
  });

  test('in full, HEAD, and a whole id mean one thing', async () => {
    const repo = await open(scratch.dir, { env: scratch.env });
    for (const revision of ['refs/remotes/origin/main', 'refs/heads/main', 'HEAD', tip]) assert.is(await repo.resolve(revision), tip, revision);
    assert.is(await repo.resolve('refs/tags/main'), evil);
    await repo.close();
  });

  test.run();
}

const test = suite('ambiguous names');

test('the beginning of an id that is a tag, too', async () => {
  const repo = await openGit(scratch.dir, { env: scratch.env });
  await rejectsWith('REVISION_UNKNOWN', repo.resolve(tip.slice(0, 8)));
  assert.is(await repo.resolve(tip.slice(0, 9)), tip);
  await repo.close();
});

test.run();
