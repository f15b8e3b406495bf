// SPDX-License-Identifier: Apache-2.0
// Every way to make a commit, with real git: the stamp fits what came of it, and the hooks are silent.
import { chmodSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AdoptedRepo } from './adopted.ts';

const test = suite('commits');

test('root, also of an empty tree', async () => {
  const repo = new AdoptedRepo({ root: false });
  repo.quietly(['commit', '-q', '--allow-empty', '-m', 'root']);
  assert.is(await repo.exact(), 'human');
  const other = new AdoptedRepo();
  assert.is(await other.exact(), 'human');
});

test('of paths, of all, of parts', async () => {
  const repo = new AdoptedRepo();
  repo.write('a.txt', 'one\ntwo changed\nthree\n');
  repo.write('b.txt', 'b\n');
  repo.git(['add', 'b.txt']);
  repo.quietly(['commit', '-q', 'a.txt', '-m', 'only a']);
  assert.is(await repo.exact(), 'human');
  assert.is(repo.git(['diff-tree', '-r', '--name-only', '--no-commit-id', 'HEAD']), 'a.txt');
  repo.write('a.txt', 'one\nthree\n');
  repo.quietly(['commit', '-qi', 'a.txt', '-m', 'a too']);
  assert.is(await repo.exact(), 'human');
  repo.write('a.txt', `first\n${'line\n'.repeat(20)}last\n`);
  repo.quietly(['commit', '-qam', 'longer']);
  assert.is(await repo.exact(), 'human');
  repo.write('a.txt', `changed\n${'line\n'.repeat(20)}changed too\n`);
  repo.quietly(['commit', '-qpm', 'the first hunk'], { input: 'y\nn\n' });
  assert.is(await repo.exact(), 'human');
  assert.match(repo.git(['diff']), 'changed too');
});

test('nothing changed, evidence alone changed', async () => {
  const repo = new AdoptedRepo();
  repo.quietly(['commit', '-q', '--allow-empty', '-m', 'empty']);
  assert.is(await repo.exact(), 'human');
  const { stamp } = await repo.stamp();
  repo.write('.countersign/evidence/approvals/x.json', '{}');
  repo.git(['add', '-A']);
  repo.quietly(['commit', '-qm', 'evidence']);
  assert.is(await repo.exact(), 'human');
  assert.equal((await repo.stamp()).stamp?.changes, stamp?.changes);
});

test('modes, links, binaries, renames, folders in place of files', async () => {
  const repo = new AdoptedRepo();
  const commit = async (what: string): Promise<void> => {
    repo.git(['add', '-A']);
    repo.quietly(['commit', '-qm', what]);
    assert.is(await repo.exact(), 'human', what);
  };
  chmodSync(join(repo.dir, 'a.txt'), 0o755);
  await commit('mode');
  symlinkSync('nowhere', join(repo.dir, 'link'));
  await commit('link');
  unlinkSync(join(repo.dir, 'link'));
  repo.write('link', 'a file now');
  await commit('link becomes file');
  repo.write('bin', Buffer.from([0, 1, 2, 255]));
  await commit('binary');
  repo.git(['mv', 'a.txt', 'moved.txt']);
  await commit('rename');
  rmSync(join(repo.dir, 'bin'));
  repo.write('bin/inside', 'x');
  await commit('file becomes folder');
  repo.write('.gitattributes', '*.txt -diff filter=no working-tree-encoding=UTF-16\n');
  repo.write('crlf.c', 'a\r\nb\r\n');
  await commit('attributes');
});

test('names with newline, quotes, tab, other bytes; precious configuration', async () => {
  const repo = new AdoptedRepo();
  repo.git(['config', 'diff.renames', 'copies']);
  repo.git(['config', 'diff.noprefix', 'true']);
  repo.git(['config', 'core.quotePath', 'true']);
  repo.git(['config', 'diff.external', 'false']);
  repo.git(['config', 'color.ui', 'always']);
  repo.write('new\nline "quoted"\ttab', 'x\n');
  repo.write(' leading', 'y\n');
  repo.git(['add', '-A']);
  const oid = repo.git(['hash-object', '-w', '--stdin'], { input: 'z\n' });
  // Node takes names for UTF-8, git does not care.
  repo.git(['update-index', '-z', '--index-info'], { input: Buffer.from(`100644 ${oid}\tcaf\xe9\xff\0`, 'latin1') });
  repo.quietly(['commit', '-qm', 'odd names']);
  assert.is(await repo.exact(), 'human');
});

test('submodules, also where they are ignored', async () => {
  const repo = new AdoptedRepo();
  const inner = new AdoptedRepo({ adopted: false, name: 'inner' });
  repo.git(['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.dir, 'sub']);
  repo.quietly(['commit', '-qm', 'with a submodule']);
  assert.is(await repo.exact(), 'human');
  repo.git(['config', 'submodule.sub.ignore', 'all']);
  repo.git(['config', 'diff.ignoreSubmodules', 'all']);
  repo.write('a.txt', 'or git takes this for nothing to commit\n');
  repo.git(['add', 'a.txt']);
  repo.git(['update-index', '--cacheinfo', `160000,${'1'.repeat(40)},sub`]);
  repo.quietly(['commit', '-qm', 'another commit of it']);
  assert.is(await repo.exact(), 'human');
  assert.is(repo.git(['ls-tree', 'HEAD', 'sub']), `160000 commit ${'1'.repeat(40)}\tsub`);
});

test('what is only intended to be added is not in', async () => {
  const repo = new AdoptedRepo();
  repo.write('later', 'x');
  repo.git(['add', '-N', 'later']);
  repo.write('a.txt', 'now\n');
  repo.git(['add', 'a.txt']);
  repo.quietly(['commit', '-qm', 'without it']);
  assert.is(await repo.exact(), 'human');
});

test('SHA-256, packed refs, detached, a linked worktree, a folder below', async () => {
  const repo = new AdoptedRepo({ objectFormat: 'sha256', name: "odd 'name\u00e9" });
  assert.is(await repo.exact(), 'human');
  repo.git(['pack-refs', '--all']);
  repo.write('a.txt', 'packed\n');
  repo.quietly(['commit', '-qam', 'over packed refs']);
  assert.is(await repo.exact(), 'human');
  repo.git(['checkout', '-q', '--detach']);
  repo.write('sub/b.txt', 'detached\n');
  repo.git(['add', '-A']);
  repo.quietly(['commit', '-qm', 'detached'], { cwd: join(repo.dir, 'sub') });
  assert.is(await repo.exact(), 'human');
  const linked = join(repo.dir, '../linked');
  repo.git(['worktree', 'add', '-q', linked, 'main']);
  repo.quietly(['commit', '-q', '--allow-empty', '-m', 'from there'], { cwd: linked });
  assert.is(await repo.exact('main'), 'human');
  assert.is(repo.git(['log', '-1', '--format=%s', 'main']), 'from there');
});

test('GIT_DIR and GIT_WORK_TREE from elsewhere; an unborn branch beside', async () => {
  const repo = new AdoptedRepo();
  repo.write('a.txt', 'elsewhere\n');
  const env = { GIT_DIR: join(repo.dir, '.git'), GIT_WORK_TREE: repo.dir };
  repo.quietly(['commit', '-qam', 'from elsewhere'], { env, cwd: join(repo.dir, '..') });
  assert.is(await repo.exact(), 'human');
  repo.git(['checkout', '-q', '--orphan', 'fresh']);
  repo.quietly(['commit', '-qm', 'second root']);
  assert.is(await repo.exact(), 'human');
  assert.is(repo.git(['rev-list', '--count', 'HEAD']), '1');
});

test('replace refs and grafts do not enter a stamp', async () => {
  const repo = new AdoptedRepo();
  const base = repo.oid('HEAD');
  repo.write('b.txt', 'b\n');
  repo.git(['add', '-A']);
  repo.quietly(['commit', '-qm', 'second']);
  const second = repo.oid('HEAD');
  const other = repo.git(['commit-tree', `${base}^{tree}`, '-m', 'false']);
  repo.git(['replace', second, other]);
  repo.write('c.txt', 'c\n');
  repo.git(['add', 'c.txt']);
  repo.run(['commit', '-qm', 'third']);
  repo.git(['replace', '-d', second]);
  assert.is(await repo.exact(), 'human');
});

test('dates and authors of all kinds', async () => {
  const repo = new AdoptedRepo();
  for (const args of [['--author=B C <b@c.example>'], ['--date=2005-04-07T22:13:13+0530'], ['--date=@1 -1130'], ['--author=O\u2019Brien "x", y <>'], ['--author=A  B <a@b>', '--date=yesterday']]) {
    repo.quietly(['commit', '-q', '--allow-empty', '-m', 'x', ...args]);
    assert.is(await repo.exact(), 'human', args.join(' '));
  }
  repo.quietly(['commit', '-q', '--allow-empty', '-C', 'HEAD~2']);
  assert.is(await repo.exact(), 'human');
});

test('where nothing was adopted, or it is switched off, nothing happens', () => {
  const repo = new AdoptedRepo({ adopted: false });
  assert.not.match(repo.message(), 'Provenance');
  const adopted = new AdoptedRepo();
  adopted.quietly(['commit', '-q', '--allow-empty', '-m', 'off'], { env: { COUNTERSIGN: '0' } });
  assert.is(adopted.message(), 'off\n');
});

test('an adoption that is only in HEAD counts too', async () => {
  const repo = new AdoptedRepo();
  rmSync(join(repo.dir, '.countersign'), { recursive: true });
  repo.write('a.txt', 'sparse\n');
  repo.quietly(['commit', '-q', 'a.txt', '-m', 'sparse']);
  assert.is(await repo.exact(), 'human');
});

test('a large commit: many files, and one that is larger than what is read at once', async () => {
  const repo = new AdoptedRepo();
  for (let i = 0; i < 230; i++) repo.write(`many/${i}`, `${i}\n`);
  repo.write('large', Buffer.alloc(20 << 20, 'large line of text\n'));
  repo.git(['add', '-A']);
  repo.quietly(['commit', '-qm', 'many']);
  assert.is(await repo.exact(), 'human');
});

test.run();
