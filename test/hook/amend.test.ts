// SPDX-License-Identifier: Apache-2.0
// Amends in every spelling, and what only looks like one; what an amend makes of the provenance.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AdoptedRepo } from './adopted.ts';

const test = suite('amend');

const repo = new AdoptedRepo();
repo.git(['config', 'alias.fix', 'commit --amend']);
repo.git(['config', 'alias.fixup', "-c user.name='A B' fix -m 'by \"alias\"'"]);
repo.git(['config', 'alias.sh', '!git commit --amend "$@" && :']);
let count = 0;

const WAYS: string[][] = [
  ['commit', '-qa', '--amend', '-m', 'with a message'],
  ['commit', '-qa', '--amend', '--no-edit'],
  ['commit', '-qa', '--amend'],
  ['commit', '-qa', '--am', '-m', 'abbreviated'],
  ['commit', '-qam', 'bundled', '--amend'],
  ['commit', '-qa', '-C', 'HEAD', '--amend'],
  ['commit', '-qa', '--amend', '--reset-author', '-m', 'reset'],
  ['commit', '-qa', '--amend', '--author=B <b@c>', '--no-edit'],
  ['commit', '-qa', '--amend', '--date=now', '--no-edit'],
  ['fix', '-qa', '-m', 'alias'],
  ['fixup', '-qa'],
  ['sh', '-qa', '-m', 'shell alias'],
];
for (const args of WAYS) {
  test(`git ${args.join(' ')}`, async () => {
    repo.git(['commit', '-q', '--allow-empty', '-m', 'to be amended']);
    const parent = repo.oid('HEAD~1');
    repo.write('a.txt', `${count++}\n`);
    repo.quietly(args);
    assert.is(repo.oid('HEAD~1'), parent);
    assert.is(await repo.exact(), 'human');
  });
}

test('no amend: the word as a message, a reused message, a negated option', async () => {
  for (const args of [['-m', '--amend'], ['-C', 'HEAD'], ['-c', 'HEAD'], ['--amend', '--no-amend', '-m', 'x'], ['-F', '--amend']]) {
    writeFileSync(join(repo.dir, '--amend'), 'a message file\n');
    const parent = repo.oid('HEAD');
    repo.write('a.txt', `${count++}\n`);
    // the same author and the same second as HEAD's, to mislead
    repo.quietly(['commit', '-qa', ...args]);
    assert.is(repo.oid('HEAD~1'), parent);
    assert.is(await repo.exact(), 'human', args.join(' '));
  }
});

test('of the root, of a merge, at the edge of a shallow clone', async () => {
  const fresh = new AdoptedRepo();
  fresh.write('a.txt', 'amended\n');
  fresh.quietly(['commit', '-qa', '--amend', '-m', 'amended root']);
  assert.is(await fresh.exact(), 'human');
  fresh.git(['checkout', '-qb', 'side']);
  fresh.git(['commit', '-q', '--allow-empty', '-m', 'side']);
  fresh.git(['checkout', '-q', 'main']);
  fresh.write('b.txt', 'b\n');
  fresh.git(['add', '-A']);
  fresh.git(['commit', '-qm', 'b']);
  fresh.git(['merge', '-q', '--no-ff', '-m', 'merge', 'side']);
  fresh.write('b.txt', 'evil\n');
  fresh.quietly(['commit', '-qa', '--amend', '-m', 'amended merge']);
  assert.is(await fresh.exact(), 'human');
  assert.is((await fresh.stamp()).stamp?.changes.length, 2);
  fresh.git(['fetch', '-q', '--depth=1', fresh.dir, 'main'], { ok: false });
  const shallow = new AdoptedRepo({ root: false });
  shallow.git(['fetch', '-q', '--depth=1', fresh.dir, 'main']);
  shallow.git(['reset', '-q', '--hard', 'FETCH_HEAD']);
  shallow.quietly(['commit', '-q', '--amend', '-m', 'at the edge']);
  assert.is(shallow.git(['log', '-1', '--format=%P']), '');
  assert.is(await shallow.exact(), 'human');
});

test('a person amends an agent: assisted, agent and session kept; an agent amends a person: ai', async () => {
  const id = await repo.openSession();
  const env = { COUNTERSIGN_SESSION: id };
  repo.write('a.txt', 'by an agent\n');
  repo.quietly(['commit', '-qam', 'agent'], { env });
  assert.is(await repo.exact(), 'ai');
  for (const args of [['--no-edit'], ['-m', 'without a trace in the message'], ['-F', '--amend']]) {
    repo.write('a.txt', `by both ${count++}\n`);
    repo.quietly(['commit', '-qa', '--amend', ...args]);
    assert.is(await repo.exact(), 'assisted');
    const { stamp, keyid } = await repo.stamp();
    assert.equal([stamp?.agent, stamp?.session], ['test-agent/1.0 (test-model)', id]);
    assert.match(keyid!, /^ssh:/);
  }
  repo.quietly(['commit', '-q', '--amend', '--no-edit'], { env });
  assert.is(await repo.exact(), 'ai');
  assert.is((await repo.stamp()).keyid, `session:${id}`);
});

test('a person declares help; an agent cannot declare less', async () => {
  repo.write('a.txt', `${count++}\n`);
  repo.run(['commit', '-qam', 'x', '--trailer', 'Provenance: assisted']);
  assert.equal([await repo.exact(), (await repo.stamp()).stamp?.agent], ['assisted', 'unspecified']);
  repo.run(['commit', '-q', '--amend', '--no-edit', '--trailer', 'Provenance-Agent: cursor/1.2']);
  assert.equal([await repo.exact(), (await repo.stamp()).stamp?.agent], ['assisted', 'cursor/1.2']);
  const env = { COUNTERSIGN_SESSION: await repo.openSession() };
  for (const trailer of ['Provenance: human', 'Provenance: assisted', 'Provenance-Agent: nobody']) {
    repo.write('a.txt', `${count++}\n`);
    repo.run(['commit', '-qam', 'x', '--trailer', trailer], { env });
    assert.equal([await repo.exact(), (await repo.stamp()).stamp?.agent], ['ai', 'test-agent/1.0 (test-model)']);
  }
});

test.run();
