// SPDX-License-Identifier: Apache-2.0
// The same assertions through both doors: what one says the other must say too, or say that it cannot.
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { latin1, utf8 } from '../../src/bytes.ts';
import { EMPTY_TREE, hashObject } from '../../src/oid.ts';
import type { Oid } from '../../src/oid.ts';
import { openGit } from '../../src/repo/git.ts';
import { openIsomorphic } from '../../src/repo/isomorphic.ts';
import { openRepo } from '../../src/repo/open.ts';
import type { Repo } from '../../src/repo/repo.ts';
import { diffTrees } from '../../src/repo/tree.ts';
import { ScratchRepo } from '../kit/git.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const NOWHERE = 'f'.repeat(40) as Oid;
const doors = { git: openGit, isomorphic: openIsomorphic };

async function collect(commits: AsyncIterable<Oid>): Promise<Oid[]> {
  const list: Oid[] = [];
  for await (const oid of commits) list.push(oid);
  return list;
}

/** Two lines of history, merged, and one that has nothing to do with them. */
function makeHistory() {
  const scratch = new ScratchRepo();
  const root = scratch.commit('root', { files: { 'a.txt': '1\n2\n3\n', 'b.txt': 'b\n' } });
  const base = scratch.commit('base', { files: { 'a.txt': '1\n2\n3\n4\n' } });
  scratch.git(['checkout', '-q', '-b', 'side', root]);
  const side = scratch.commit('side', { files: { 'b.txt': 'changed\n' } });
  scratch.git(['tag', '-a', '-m', 'a tag', 'v1']);
  scratch.git(['tag', '-a', '-m', 'a tag of a tag', 'v1-again', 'v1']);
  scratch.git(['checkout', '-q', 'main']);
  scratch.git(['merge', '-q', '--no-ff', '-m', 'merge', 'side']);
  const merge = scratch.oid('HEAD');
  const tip = scratch.commit('tip', { files: { c: 'c\n' } });
  scratch.git(['checkout', '-q', '--orphan', 'other']);
  const other = scratch.commit('other', { files: { 'a.txt': 'x\n' } });
  scratch.git(['checkout', '-q', 'main']);
  return { scratch, root, base, side, merge, tip, other };
}

const history = makeHistory();
const { scratch, root, base, side, merge, tip, other } = history;

for (const [name, open] of Object.entries(doors)) {
  const test = suite<{ repo: Repo }>(`door ${name}`);

  test.before(async (context) => {
    context.repo = await open(scratch.dir, { env: scratch.env });
  });
  test.after(({ repo }) => repo.close());

  test('objects are the exact bytes', async ({ repo }) => {
    for (const revision of ['HEAD', 'HEAD^{tree}', 'HEAD:a.txt', 'v1']) {
      const oid = scratch.oid(revision);
      const object = await repo.readObject(oid);
      assert.is(object?.kind, scratch.git(['cat-file', '-t', oid]));
      assert.is(hashObject('sha1', object!.kind, object!.bytes), oid);
    }
    assert.is((await repo.readObject(EMPTY_TREE.sha1))?.bytes.length, 0);
    assert.is(await repo.readObject(NOWHERE), undefined);
    for (const odd of ['HEAD', `${tip}\n${tip}`, tip.slice(0, 10), '', '-h']) assert.is(await repo.readObject(odd as Oid), undefined);
  });

  test('many objects at once come to the one who asked', async ({ repo }) => {
    const oids = scratch.git(['rev-list', '--objects', '--all', '--no-object-names']).split('\n') as Oid[];
    const asked = [...oids, NOWHERE, ...oids];
    const objects = await Promise.all(asked.map((oid) => repo.readObject(oid)));
    for (const [i, object] of objects.entries()) {
      if (asked[i] === NOWHERE) assert.is(object, undefined);
      else assert.is(hashObject('sha1', object!.kind, object!.bytes), asked[i]);
    }
  });

  test('names resolve as git resolves them', async ({ repo }) => {
    const names = ['HEAD', '@', 'main', 'heads/main', 'refs/heads/side', 'side', 'v1', 'tags/v1', 'v1-again', tip, 'HEAD~1', 'HEAD~', 'HEAD^', 'HEAD~1^2', 'HEAD~1^2~1', 'main^0', 'v1~1', 'HEAD~3', `${tip}~2`];
    for (const revision of names) assert.is(await repo.resolve(revision), scratch.oid(`${revision}^{commit}`), revision);
    scratch.git(['update-ref', 'refs/remotes/origin/main', base]);
    scratch.git(['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main']);
    for (const revision of ['origin', 'origin/main', 'remotes/origin/main']) assert.is(await repo.resolve(revision), base, revision);
  });

  test('what names no commit is undefined', async ({ repo }) => {
    const names = ['', ' ', 'none', '-h', '--all', 'main\n', 'ma\0in', NOWHERE, `${tip}0`, 'HEAD~99', 'HEAD^9', 'config', 'description', '../config', 'refs/../HEAD', 'refs/heads/../../config', 'main..side', '^main', 'HEAD^{tree}', scratch.oid('HEAD^{tree}'), scratch.oid('HEAD:c'), 'objects', 'heads', '/etc/passwd', '~1', '^', 'a.lock'];
    for (const revision of names) assert.is(await repo.resolve(revision), undefined, JSON.stringify(revision));
  });

  test('packed refs are found', async ({ repo }) => {
    scratch.git(['branch', '-f', 'packed', side]);
    scratch.git(['pack-refs', '--all']);
    assert.is(await repo.resolve('packed'), side);
    assert.is(await repo.resolve('v1'), side);
  });

  test('walk: what is reachable from one and not from others, parents first', async ({ repo }) => {
    const all = await collect(repo.walk(tip, []));
    assert.equal([...all].sort(), [root, base, side, merge, tip].sort());
    assert.is(all[0], root);
    assert.equal(all.slice(-2), [merge, tip]);
    assert.equal(await collect(repo.walk(tip, [base])), [side, merge, tip]);
    assert.equal(await collect(repo.walk(tip, [base, side])), [merge, tip]);
    assert.equal(await collect(repo.walk(base, [tip])), []);
    assert.equal(await collect(repo.walk(tip, [tip])), []);
    assert.equal(await collect(repo.walk(merge, [other, base])), [root, side, merge].slice(1));
  });

  test('walk: stopped half-way', async ({ repo }) => {
    for await (const oid of repo.walk(tip, [])) {
      assert.is(oid, root);
      break;
    }
    assert.is((await repo.readObject(root))?.kind, 'commit');
  });

  test('walk: a commit that is not here is a fault, on either side', async ({ repo }) => {
    await rejectsWith('REPO_OBJECT_MISSING', () => collect(repo.walk(NOWHERE, [])));
    await rejectsWith('REPO_OBJECT_MISSING', () => collect(repo.walk(tip, [NOWHERE])));
    await rejectsWith('REPO_OBJECT_MISSING', () => collect(repo.walk('--all' as Oid, [])));
  });

  test('ancestors and merge bases', async ({ repo }) => {
    assert.equal(await repo.mergeBases(base, side), [root]);
    assert.equal(await repo.mergeBases(tip, side), [side]);
    assert.equal(await repo.mergeBases(tip, tip), [tip]);
    assert.equal(await repo.mergeBases(tip, other), []);
    assert.ok(await repo.isAncestor(root, tip));
    assert.ok(await repo.isAncestor(tip, tip));
    assert.not(await repo.isAncestor(tip, root));
    assert.not(await repo.isAncestor(base, side));
    assert.not(await repo.isAncestor(other, tip));
    await rejectsWith('REPO_OBJECT_MISSING', () => repo.mergeBases(tip, NOWHERE));
    await rejectsWith('REPO_OBJECT_MISSING', () => repo.isAncestor(NOWHERE, tip));
    await rejectsWith('REPO_OBJECT_MISSING', () => repo.isAncestor(tip, NOWHERE));
  });

  test('merge and line counts: an answer, or the word that there is none', async ({ repo }) => {
    const merged = await repo.merge(base, side);
    if (merged.kind !== 'unsupported') assert.equal(merged, { kind: 'clean', tree: scratch.oid(`${merge}^{tree}`) });
    await rejectsWith('REPO_OBJECT_MISSING', () => repo.merge(base, NOWHERE));
    const counts = await repo.lineCounts(scratch.oid(`${root}^{tree}`), scratch.oid(`${tip}^{tree}`));
    if (counts !== undefined) {
      assert.equal(counts, [{ path: 'a.txt', additions: 1, deletions: 0 }, { path: 'b.txt', additions: 1, deletions: 1 }, { path: 'c', additions: 1, deletions: 0 }]);
    }
  });

  test('differences of trees', async ({ repo }) => {
    const changes = await diffTrees(repo, scratch.oid(`${root}^{tree}`), scratch.oid(`${tip}^{tree}`));
    assert.equal(changes.map((change) => [change.path, change.oldMode, change.newMode]), [['a.txt', '100644', '100644'], ['b.txt', '100644', '100644'], ['c', '000000', '100644']]);
  });

  test('a linked worktree, and a folder below the top', async () => {
    const dir = join(tempDir(), 'linked');
    scratch.git(['worktree', 'add', '-q', '--detach', dir, side]);
    mkdirSync(join(dir, 'sub'));
    for (const where of [dir, join(dir, 'sub')]) {
      const linked = await open(where, { env: scratch.env });
      assert.is(await linked.resolve('HEAD'), side);
      assert.is(await linked.resolve('main'), tip);
      assert.equal(await collect(linked.walk(side, [])), [root, side]);
      await linked.close();
    }
    scratch.git(['worktree', 'remove', '--force', dir]);
  });

  test('a bare repository, packed, and GIT_DIR', async () => {
    const bare = join(tempDir(), 'bare.git');
    scratch.git(['clone', '-q', '--bare', scratch.dir, bare]);
    scratch.git(['-C', bare, 'repack', '-adq']);
    for (const [dir, env] of [[bare, scratch.env], [tempDir(), { ...scratch.env, GIT_DIR: bare }]] as const) {
      const repo = await open(dir, { env });
      assert.is(await repo.resolve('HEAD'), tip);
      assert.is((await repo.readObject(tip))?.kind, 'commit');
      await repo.close();
    }
  });

  test('replace refs and grafts are reported and not obeyed', async () => {
    const { scratch: own, root: first, tip: last, other: swapped } = makeHistory();
    const repo = await open(own.dir, { env: own.env });
    assert.equal(await repo.rewrites(), []);
    own.git(['replace', last, swapped]);
    appendFileSync(join(own.dir, '.git/info/grafts'), `# a comment\n${last}\n`);
    assert.equal(await repo.rewrites(), [`refs/replace/${last}`, 'info/grafts']);
    await repo.close();

    const again = await open(own.dir, { env: own.env });
    assert.is(latin1((await again.readObject(last))!.bytes).includes('tip'), true);
    assert.is((await collect(again.walk(last, []))).length, 5);
    assert.ok(await again.isAncestor(first, last));
    assert.is(await again.resolve('HEAD~1'), merge);
    await again.close();
  });

  test('an object whose bytes are not those of its id is a fault', async () => {
    const { scratch: own, tip: last, root: first } = makeHistory();
    const path = (oid: Oid) => join(own.dir, '.git/objects', oid.slice(0, 2), oid.slice(2));
    const forged = readFileSync(path(first));
    rmSync(path(last));
    writeFileSync(path(last), forged);
    const repo = await open(own.dir, { env: own.env });
    await rejectsWith('REPO_OBJECT_MISSING', () => repo.readObject(last));
    assert.is((await repo.readObject(first))?.kind, 'commit');
    rmSync(path(first));
    writeFileSync(path(first), utf8('no zlib at all'));
    await repo.close();
    // git itself calls a file that does not unpack missing.
    const again = await open(own.dir, { env: own.env });
    if (name === 'git') assert.is(await again.readObject(first), undefined);
    else await rejectsWith('REPO_OBJECT_MISSING', () => again.readObject(first));
    await rejectsWith('REPO_OBJECT_MISSING', () => collect(again.walk(base, [])));
    await again.close();
  });

  test('no repository', async () => {
    await rejectsWith('REPO_NOT_FOUND', () => open(tempDir(), { env: scratch.env }));
    await rejectsWith('REPO_NOT_FOUND', () => open(join(tempDir(), 'none'), { env: scratch.env }));
    await rejectsWith('REPO_NOT_FOUND', () => open(scratch.dir, { env: { ...scratch.env, GIT_DIR: '/nowhere' } }));
  });

  test.run();
}

const test = suite('doors');

test('sha256: read by git, refused at once by the other', async () => {
  const own = new ScratchRepo({ objectFormat: 'sha256' });
  const oid = own.commit('one', { files: { a: 'a' } });
  const repo = await openGit(own.dir, { env: own.env });
  assert.is(repo.objectFormat, 'sha256');
  assert.is(await repo.resolve('HEAD'), oid);
  assert.is((await repo.readObject(oid))?.kind, 'commit');
  assert.equal(await repo.merge(oid, oid), { kind: 'clean', tree: own.oid('HEAD^{tree}') });
  await repo.close();
  await rejectsWith('REPO_FORMAT_UNSUPPORTED', () => openIsomorphic(own.dir, { env: own.env }));
});

test('openRepo takes git where it is, else the other', async () => {
  const withGit = await openRepo(scratch.dir, { env: scratch.env });
  assert.is((await withGit.merge(base, side)).kind, 'clean');
  await withGit.close();
  const without = await openRepo(scratch.dir, { env: { ...scratch.env, PATH: tempDir() } });
  assert.is((await without.merge(base, side)).kind, 'unsupported');
  assert.is(await without.resolve('HEAD'), tip);
  await without.close();
});

test('a git that is too old counts as none', async () => {
  const bin = tempDir();
  writeFileSync(join(bin, 'git'), '#!/bin/sh\necho git version 2.37.9\n', { mode: 0o755 });
  await rejectsWith('GIT_UNAVAILABLE', () => openGit(scratch.dir, { env: { ...scratch.env, PATH: `${bin}:/usr/bin:/bin` } }));
});

test.run();
