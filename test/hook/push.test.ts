// SPDX-License-Identifier: Apache-2.0
// What a push is judged from: the branch it is meant for, never what the contribution says about itself.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { parsePush, questionPush, type PushedRef } from '../../src/hook/push.ts';
import { ZERO, type Oid } from '../../src/oid.ts';
import type { Judged } from '../../src/verifier/verifier.ts';
import { adoptedRepo, NOW, withGit } from '../kit/adopted.ts';
import type { ScratchRepo } from '../kit/git.ts';
import { rejectsWith, throwsWith } from '../kit/rejects.ts';

const test = suite('push');
const NEW = ZERO.sha1;

interface Asked {
  strict: boolean;
  base: Oid;
  commits: number;
}

async function ask(scratch: ScratchRepo, adoption: Oid, ref: Partial<PushedRef>): Promise<Asked | undefined> {
  return withGit(scratch, async (repo) => {
    const place = { repo, remote: 'origin', env: scratch.env, now: NOW / 1000, findAdoption: async () => adoption };
    const pushed = { localRef: 'HEAD', localOid: scratch.oid('HEAD'), remoteRef: 'refs/heads/main', remoteOid: NEW, ...ref };
    const question = await questionPush(pushed, place);
    if (question === undefined) return undefined;
    const judged: Judged[] = [];
    for await (const each of question.verdicts) judged.push(each);
    const last = judged.at(-1)!;
    return { strict: question.strict, base: last.kind === 'range' ? last.range.base : NEW, commits: judged.length - 1 };
  });
}

test('lines as git writes them', () => {
  const oid = 'a'.repeat(40) as Oid;
  const line = `refs/heads/a ${oid} refs/heads/b ${NEW}\n`;
  assert.equal(parsePush(utf8(line), 'sha1'), [{ localRef: 'refs/heads/a', localOid: oid, remoteRef: 'refs/heads/b', remoteOid: NEW }]);
  assert.equal(parsePush(utf8(''), 'sha1'), []);
  for (const bad of ['x', `a ${oid} b`, `a ${oid} b ${NEW} c`, `a --all b ${NEW}`, `a ${oid.toUpperCase()} b ${NEW}`]) throwsWith('USAGE', () => parsePush(utf8(bad), 'sha1'));
  throwsWith('USAGE', () => parsePush(utf8(line), 'sha256'));
});

test('the first push of all begins at the adoption, on the default branch and beside it', async () => {
  const { scratch, adoption } = await adoptedRepo();
  scratch.commit('work', { files: { a: '1' } });
  assert.equal(await ask(scratch, adoption, {}), { strict: true, base: adoption, commits: 1 });
  assert.equal(await ask(scratch, adoption, { remoteRef: 'refs/heads/topic' }), { strict: false, base: adoption, commits: 1 });
});

test('the push that brings the policy, to a remote that has a history without one', async () => {
  const { scratch, adoption } = await adoptedRepo();
  const before = scratch.oid('HEAD~1');
  scratch.git(['update-ref', 'refs/remotes/origin/main', before]);
  assert.equal(await ask(scratch, adoption, { remoteOid: before }), { strict: true, base: adoption, commits: 0 });
});

test('the default branch from what the remote has, a topic from where it left that', async () => {
  const { scratch, adoption } = await adoptedRepo();
  const main = scratch.commit('main', { files: { a: '1' } });
  scratch.git(['update-ref', 'refs/remotes/origin/trunk', main]);
  scratch.git(['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk']);
  const topic = scratch.commit('topic', { files: { b: '1' } });
  scratch.commit('more', { files: { c: '1' } });
  assert.equal(await ask(scratch, adoption, { remoteRef: 'refs/heads/trunk', remoteOid: main }), { strict: true, base: main, commits: 2 });
  // what the topic held at its last push proves nothing about what is demanded
  assert.equal(await ask(scratch, adoption, { remoteRef: 'refs/heads/topic', remoteOid: topic }), { strict: false, base: main, commits: 2 });
  assert.is((await ask(scratch, adoption, { remoteRef: 'refs/heads/main' }))?.strict, false);
});

test('deletions, histories without a policy, and tags on no commit are not judged', async () => {
  const { scratch, adoption } = await adoptedRepo();
  assert.is(await ask(scratch, adoption, { localOid: NEW }), undefined);
  assert.is(await ask(scratch, adoption, { localOid: scratch.oid('HEAD~1') }), undefined);
  assert.is(await ask(scratch, adoption, { localOid: scratch.oid('HEAD^{tree}') }), undefined);
});

test('what the remote has and this clone has not can not be judged', async () => {
  const { scratch, adoption } = await adoptedRepo();
  await rejectsWith('REPO_OBJECT_MISSING', ask(scratch, adoption, { remoteOid: 'b'.repeat(40) as Oid }));
});

test.run();
