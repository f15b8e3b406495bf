// SPDX-License-Identifier: Apache-2.0
// Files of the working tree, the index, settings and branches: what the developer's side writes and asks.
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { pathFromBytes, pathOf, type Oid } from '../../src/oid.ts';
import { defaultBranch, remoteDefault, upstreamBranch } from '../../src/repo/branch.ts';
import { readConfig, readHooksPath, readOwnConfig, writeOwnConfig } from '../../src/repo/config.ts';
import { findLayout } from '../../src/repo/layout.ts';
import { isDirty, stage, stagedEntry } from '../../src/repo/staging.ts';
import { readWorkFile, writeWhole, writeWorkFile } from '../../src/repo/worktree.ts';
import { ScratchRepo } from '../kit/git.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('worktree');

test('a file is written whole, with its folders, and read back', async () => {
  const top = tempDir();
  await writeWorkFile(top, pathOf('a/b/c ä.txt'), utf8('one'));
  await writeWorkFile(top, pathOf('a/b/c ä.txt'), utf8('two'));
  assert.equal(Buffer.from((await readWorkFile(top, pathOf('a/b/c ä.txt')))!).toString(), 'two');
  assert.equal(readdirSync(join(top, 'a/b')), ['c ä.txt']);
  assert.is(await readWorkFile(top, pathOf('a/none')), undefined);
  assert.is(await readWorkFile(top, pathOf('none/none')), undefined);
});

test('no link is followed, on the way or at the end', async () => {
  const [top, elsewhere] = [tempDir(), tempDir()];
  writeFileSync(join(elsewhere, 'victim'), 'precious');
  symlinkSync(elsewhere, join(top, 'way'));
  symlinkSync(join(elsewhere, 'victim'), join(top, 'end'));
  for (const path of ['way/victim', 'way/new', 'end']) {
    await rejectsWith('FILE_FAILED', writeWorkFile(top, pathOf(path), utf8('x')));
    await rejectsWith('FILE_FAILED', readWorkFile(top, pathOf(path)));
  }
  await writeWhole(join(top, 'end'), utf8('mine'));
  assert.not.ok(lstatSync(join(top, 'end')).isSymbolicLink());
  assert.equal(readdirSync(elsewhere), ['victim']);
  assert.is(readFileSync(join(elsewhere, 'victim'), 'utf8'), 'precious');
});

test('a folder in the place of the file leaves nothing behind', async () => {
  const top = tempDir();
  mkdirSync(join(top, 'a'));
  await rejectsWith('FILE_FAILED', writeWorkFile(top, pathOf('a'), utf8('x')));
  await rejectsWith('FILE_FAILED', writeWhole(join(top, 'a'), utf8('x')));
  await rejectsWith('PATH_INVALID', writeWorkFile(top, pathFromBytes(Buffer.from([0xff])), utf8('x')));
  assert.equal(readdirSync(top), ['a']);
});

test('the index: one entry by its exact name, whatever git could read into it', async () => {
  const scratch = new ScratchRepo();
  const layout = await findLayout(scratch.dir, scratch.env);
  const names = ['*.md', 'a.md', ':(top)a.md', 'a b\nc.md', '-x', 'dir/a.md'];
  for (const name of names) scratch.write(name, name);
  scratch.git(['add', '-A']);
  for (const name of names) {
    const entry = await stagedEntry(layout, pathOf(name), scratch.env);
    assert.is(entry && scratch.git(['cat-file', 'blob', entry.oid]), name);
    assert.not.ok(await isDirty(layout, pathOf(name), scratch.env));
    scratch.write(name, 'changed');
    assert.ok(await isDirty(layout, pathOf(name), scratch.env));
  }
  assert.is(await stagedEntry(layout, pathOf('dir'), scratch.env), undefined);
  const oid = scratch.git(['hash-object', '-w', '-t', 'blob', '--', 'a.md']) as Oid;
  await stage(layout, pathOf('new,file'), { mode: '100755', oid }, scratch.env);
  assert.equal(await stagedEntry(layout, pathOf('new,file'), scratch.env), { mode: '100755', oid });
});

test('settings go into the repository\'s own file and come out again', async () => {
  const scratch = new ScratchRepo();
  const layout = await findLayout(scratch.dir, scratch.env);
  scratch.git(['config', '--global', 'countersign.person', 'global']);
  assert.is(await readConfig(layout, 'countersign.person', scratch.env), 'global');
  assert.is(await readOwnConfig(layout, 'countersign.person', scratch.env), undefined);
  await writeOwnConfig(layout, 'countersign.person', 'a "b" \n; c', scratch.env);
  assert.is(await readOwnConfig(layout, 'countersign.person', scratch.env), 'a "b" \n; c');
  await writeOwnConfig(layout, 'countersign.person', undefined, scratch.env);
  await writeOwnConfig(layout, 'countersign.person', undefined, scratch.env);
  assert.is(await readOwnConfig(layout, 'countersign.person', scratch.env), undefined);
});

test('core.hooksPath as it lasts, not as one command line says', async () => {
  const scratch = new ScratchRepo();
  const layout = await findLayout(scratch.dir, scratch.env);
  const env = { ...scratch.env, GIT_CONFIG_PARAMETERS: "'core.hookspath=/tmp'" };
  assert.is(await readHooksPath(layout, env), undefined);
  scratch.git(['config', '--global', 'core.hooksPath', '/global']);
  assert.equal(await readHooksPath(layout, env), { path: '/global', scope: 'global' });
  scratch.git(['config', 'core.hooksPath', '']);
  assert.equal(await readHooksPath(layout, env), { path: '', scope: 'local' });
});

test('branches that work is meant for', async () => {
  const scratch = new ScratchRepo();
  const layout = await findLayout(scratch.dir, scratch.env);
  assert.is(await defaultBranch(layout, scratch.env), undefined);
  const oid = scratch.commit('one');
  assert.equal(await defaultBranch(layout, scratch.env), { ref: 'refs/heads/main', oid });
  assert.is(await upstreamBranch(layout, scratch.env), undefined);
  const trunk = scratch.commit('two');
  scratch.git(['update-ref', 'refs/remotes/origin/trunk', trunk]);
  scratch.git(['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk']);
  assert.equal(await remoteDefault(layout, 'origin', scratch.env), { ref: 'refs/remotes/origin/trunk', oid: trunk });
  assert.equal(await defaultBranch(layout, scratch.env), { ref: 'refs/remotes/origin/trunk', oid: trunk });
  assert.is(await remoteDefault(layout, 'other', scratch.env), undefined);
  scratch.git(['config', 'remote.origin.url', '/nowhere']);
  scratch.git(['config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*']);
  scratch.git(['config', 'branch.main.remote', 'origin']);
  scratch.git(['config', 'branch.main.merge', 'refs/heads/trunk']);
  assert.equal(await upstreamBranch(layout, scratch.env), { ref: 'refs/remotes/origin/trunk', oid: trunk });
});

test.run();
