// SPDX-License-Identifier: Apache-2.0
// Merges: a clean one by git needs no stamp, any other gets one with a digest for each parent git will give it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AdoptedRepo } from './adopted.ts';

const test = suite('merges');

/** Makes branches from the base, each with its own file and, where told, its own line in a shared one. */
function branches(names: readonly string[], shared = false): AdoptedRepo {
  const repo = new AdoptedRepo();
  for (const name of names) {
    repo.git(['checkout', '-q', '-B', name, names.indexOf(name) === 0 ? 'HEAD' : 'base']);
    if (name === names[0]) repo.git(['branch', 'base']);
    repo.write(`${name}.txt`, `${name}\n`);
    if (shared) repo.write('a.txt', `${name}\ntwo\nthree\n`);
    repo.git(['add', '-A']);
    repo.git(['commit', '-qm', name]);
  }
  repo.git(['checkout', '-q', names[0]!]);
  return repo;
}

test('a clean merge of two is left alone', async () => {
  const repo = branches(['main', 'side']);
  repo.quietly(['merge', '-q', '--no-ff', '-m', 'merge side', 'side']);
  assert.is((await repo.stamp()).binding, 'none');
  assert.is(repo.message(), 'merge side\n');
});

test('a conflict resolved: two digests, also by --continue', async () => {
  for (const conclude of [['commit', '-qam', 'resolved'], ['-c', 'core.editor=true', 'merge', '--continue']]) {
    const repo = branches(['main', 'side'], true);
    assert.is(repo.run(['merge', '-q', 'side']).code, 1);
    repo.write('a.txt', 'both\ntwo\nthree\n');
    repo.git(['add', 'a.txt']);
    repo.quietly(conclude);
    assert.is(await repo.exact(), 'human');
    assert.is((await repo.stamp()).stamp?.changes.length, 2);
    assert.is((await repo.stamp()).stamp?.edit, undefined);
    assert.not.match(repo.message(), /^# Conflicts/m);
  }
});

test('git merge without a commit, then git commit', async () => {
  const repo = branches(['main', 'side']);
  repo.quietly(['merge', '-q', '--no-commit', '--no-ff', 'side']);
  repo.write('main.txt', 'evil\n');
  repo.quietly(['commit', '-qam', 'evil merge']);
  assert.is(await repo.exact(), 'human');
});

test('an octopus gets three digests', async () => {
  const repo = branches(['main', 'one', 'two']);
  repo.quietly(['merge', '-q', '-m', 'octopus', 'one', 'two']);
  assert.is(await repo.exact(), 'human');
  assert.is((await repo.stamp()).stamp?.changes.length, 3);
});

test('parents that git reduces, and that it keeps', async () => {
  const repo = branches(['main', 'side']);
  repo.git(['checkout', '-qb', 'later', 'side']);
  repo.git(['commit', '-q', '--allow-empty', '-m', 'later']);
  repo.git(['checkout', '-q', 'main']);
  repo.quietly(['merge', '-q', '--no-commit', 'side', 'later']);
  repo.quietly(['commit', '-qm', 'reduced']);
  assert.is(repo.git(['log', '-1', '--format=%P']).split(' ').length, 2);
  assert.is(await repo.exact(), 'human');
  const kept = new AdoptedRepo();
  kept.git(['checkout', '-qb', 'ahead']);
  kept.git(['commit', '-q', '--allow-empty', '-m', 'ahead']);
  kept.git(['checkout', '-q', 'main']);
  kept.quietly(['merge', '-q', '--no-ff', '--no-commit', 'ahead']);
  kept.quietly(['commit', '-q', '-m', 'kept']);
  assert.is(kept.git(['log', '-1', '--format=%P']).split(' ').length, 2);
  assert.is(await kept.exact(), 'human');
});

test('a merge of a tag, and a squash of an agent', async () => {
  const repo = branches(['main', 'side'], true);
  repo.git(['tag', '-a', '-m', 'tag', 'v1', 'side']);
  repo.run(['merge', '-q', 'v1']);
  repo.git(['checkout', '-q', '--theirs', 'a.txt']);
  repo.quietly(['commit', '-qam', 'merged a tag']);
  assert.is(await repo.exact(), 'human');
  const env = { COUNTERSIGN_SESSION: await repo.openSession() };
  repo.git(['checkout', '-qb', 'agent']);
  repo.write('agent.txt', '1\n');
  repo.git(['add', '-A']);
  repo.quietly(['commit', '-qm', 'by an agent'], { env });
  repo.git(['checkout', '-q', 'main']);
  repo.quietly(['merge', '-q', '--squash', 'agent']);
  repo.quietly(['commit', '-q', '--no-edit']);
  assert.match(repo.message(), /^ {4}Provenance: ai$/m);
  assert.is(await repo.exact(), 'human', 'the log of a squash is indented: nothing declares help');
});

test('cherry-pick and revert in conflict', async () => {
  const repo = branches(['main', 'side'], true);
  assert.is(repo.run(['cherry-pick', 'side']).code, 1);
  repo.write('a.txt', 'picked\n');
  repo.git(['add', 'a.txt']);
  const ran = repo.run(['-c', 'core.editor=true', 'cherry-pick', '--continue']);
  assert.is(ran.code, 0);
  assert.is(await repo.exact(), 'human');
  repo.write('a.txt', 'and on\n');
  repo.git(['commit', '-qam', 'and on']);
  assert.is(repo.run(['revert', '--no-edit', 'HEAD~1']).code, 1);
  repo.write('a.txt', 'reverted\n');
  repo.git(['add', 'a.txt']);
  repo.quietly(['commit', '-q', '--no-edit']);
  assert.is(await repo.exact(), 'human');
});

test('a person who resolves the pick of an agent answers for it', async () => {
  const repo = branches(['main']);
  const id = await repo.openSession();
  repo.git(['checkout', '-qb', 'agent', 'base']);
  repo.write('main.txt', 'by an agent\n');
  repo.git(['add', '-A']);
  repo.quietly(['commit', '-qm', 'agent'], { env: { COUNTERSIGN_SESSION: id } });
  repo.git(['checkout', '-q', 'main']);
  assert.is(repo.run(['cherry-pick', 'agent']).code, 1);
  repo.write('main.txt', 'resolved\n');
  repo.git(['add', 'main.txt']);
  repo.run(['commit', '-q', '--no-edit']);
  assert.is(await repo.exact(), 'assisted');
  assert.is((await repo.stamp()).stamp?.session, id);
});

test("an agent without a session may merge cleanly, and a session's octopus is ai", async () => {
  const repo = branches(['main', 'one', 'two', 'three']);
  repo.quietly(['merge', '-q', '--no-ff', '--no-edit', 'three'], { env: { CODEX_SANDBOX: 'seatbelt' } });
  repo.quietly(['merge', '-q', '-m', 'octopus', 'one', 'two'], { env: { COUNTERSIGN_SESSION: await repo.openSession() } });
  assert.is(await repo.exact(), 'ai');
});

test.run();
