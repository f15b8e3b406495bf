// SPDX-License-Identifier: Apache-2.0
// What only the git door can do: merges, line counts, long histories in flat memory, writing; and how it takes a git
// that dies or lies.
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { latin1, utf8 } from '../../src/bytes.ts';
import { EMPTY_TREE, ZERO, hashObject } from '../../src/oid.ts';
import type { Oid, Path } from '../../src/oid.ts';
import { objectCache } from '../../src/repo/cache.ts';
import { openDialogue } from '../../src/repo/dialogue.ts';
import { openGit } from '../../src/repo/git.ts';
import { missingObject } from '../../src/repo/missing.ts';
import { failed, runGit, startGit } from '../../src/repo/process.ts';
import type { LineCount } from '../../src/repo/repo.ts';
import { updateRef, writeBlob, writeCommit } from '../../src/repo/write.ts';
import { ScratchRepo } from '../kit/git.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('git');

async function withRepo(scratch: ScratchRepo, use: (repo: Awaited<ReturnType<typeof openGit>>) => Promise<void>): Promise<void> {
  const repo = await openGit(scratch.dir, { env: scratch.env });
  await use(repo).finally(() => repo.close());
}

test('layout: worktree, bare, and a linked worktree', async () => {
  const scratch = new ScratchRepo();
  scratch.commit('one', { files: { 'sub/a': 'a\n' } });
  const git = join(scratch.dir, '.git');
  const facts = { objectFormat: 'sha1', objectDir: join(git, 'objects'), shallow: false };
  const layoutOf = async (dir: string) => {
    const repo = await openGit(dir, { env: scratch.env });
    await repo.close();
    return repo.layout;
  };
  for (const dir of [scratch.dir, join(scratch.dir, 'sub')]) {
    assert.equal(await layoutOf(dir), { gitDir: git, commonDir: git, toplevel: scratch.dir, bare: false, ...facts });
  }
  const linked = join(tempDir(), 'linked');
  scratch.git(['worktree', 'add', '-q', '--detach', linked]);
  assert.equal(await layoutOf(linked), { gitDir: join(git, 'worktrees/linked'), commonDir: git, toplevel: linked, bare: false, ...facts });
  const bare = new ScratchRepo({ bare: true, objectFormat: 'sha256' });
  const { toplevel, gitDir, bare: isBare, objectFormat } = await layoutOf(bare.dir);
  assert.equal({ toplevel, gitDir, isBare, objectFormat }, { toplevel: undefined, gitDir: bare.dir, isBare: true, objectFormat: 'sha256' });
});

test('merge: clean, conflict, unrelated, renamed', async () => {
  const scratch = new ScratchRepo();
  const text = Array.from({ length: 20 }, (_, i) => `line ${i}\n`).join('');
  const root = scratch.commit('root', { files: { a: text, b: 'b\n' } });
  const edit = scratch.commit('edit', { files: { a: `${text}more\n` } });
  scratch.git(['checkout', '-q', '-b', 'side', root]);
  scratch.git(['mv', 'a', 'renamed']);
  const rename = scratch.commit('rename');
  const clash = scratch.commit('clash', { files: { renamed: `${text}other\n` } });
  scratch.git(['checkout', '-q', '--orphan', 'other']);
  scratch.git(['rm', '-rfq', '.']);
  const other = scratch.commit('other', { files: { c: 'c\n' } });
  await withRepo(scratch, async (repo) => {
    const list = async (oid: Oid) => {
      const tree = await repo.readObject(oid);
      return latin1(tree!.bytes).replace(/\0[^]{20}/g, ' ').replace(/\d+ /g, '');
    };
    const followed = await repo.merge(edit, rename);
    assert.ok(followed.kind === 'clean' && (await list(followed.tree)) === 'b renamed ');
    assert.equal((await repo.merge(edit, edit)), { kind: 'clean', tree: scratch.oid(`${edit}^{tree}`) });
    assert.equal((await repo.merge(edit, root)), { kind: 'clean', tree: scratch.oid(`${edit}^{tree}`) });
    const conflict = await repo.merge(edit, clash);
    assert.is(conflict.kind, 'conflict');
    assert.ok(conflict.kind === 'conflict' && (await list(conflict.tree)).includes('renamed'));
    const unrelated = await repo.merge(edit, other);
    assert.ok(unrelated.kind === 'clean' && (await list(unrelated.tree)) === 'a b c ');
    // Three-way: renames off, so that a renamed file is one deleted and one added.
    assert.is((await repo.merge(edit, rename, root)).kind, 'conflict');
    const applied = await repo.merge(other, edit, root);
    assert.is(applied.kind, 'conflict');
    // The change from root to edit put on top of the rename's parent is edit itself.
    assert.equal(await repo.merge(root, edit, root), { kind: 'clean', tree: scratch.oid(`${edit}^{tree}`) });
    // From the tip back to its parent is what a revert does.
    assert.equal(await repo.merge(edit, root, edit), { kind: 'clean', tree: scratch.oid(`${root}^{tree}`) });
    await rejectsWith('REPO_OBJECT_MISSING', () => repo.merge(root, edit, '1'.repeat(40) as Oid));
    await rejectsWith('COMMIT_MALFORMED', () => repo.merge(root, edit, scratch.oid('HEAD^{tree}')));
  });
});

test('merge: several merge bases', async () => {
  const scratch = new ScratchRepo();
  const root = scratch.commit('root', { files: { a: 'a\n' } });
  const left = scratch.commit('left', { files: { l: 'l\n' } });
  scratch.git(['checkout', '-q', '-b', 'side', root]);
  const right = scratch.commit('right', { files: { r: 'r\n' } });
  scratch.git(['merge', '-q', '--no-ff', '-m', 'one', left]);
  const one = scratch.oid('HEAD');
  scratch.git(['checkout', '-q', 'main']);
  scratch.git(['merge', '-q', '--no-ff', '-m', 'two', right]);
  await withRepo(scratch, async (repo) => {
    assert.equal((await repo.mergeBases(one, scratch.oid('HEAD'))).sort(), [left, right].sort());
    assert.equal(await repo.merge(one, scratch.oid('HEAD')), { kind: 'clean', tree: scratch.oid('HEAD^{tree}') });
  });
});

/** What git itself counts, parsed from the form for people who never have odd names. */
function numstat(scratch: ScratchRepo, a: Oid, b: Oid): LineCount[] {
  const fields = latin1(scratch.bytes(['diff-tree', '-r', '-M', '--numstat', '-z', a, b])).split('\0');
  const counts: LineCount[] = [];
  for (let i = 0; i + 1 < fields.length; i++) {
    const [added = '', deleted = '', name = ''] = fields[i]!.split('\t');
    const path = name === '' ? fields[(i += 2)]! : fields[i]!.slice(added.length + deleted.length + 2);
    counts.push({ path: path as Path, additions: Number(added) || 0, deletions: Number(deleted) || 0 });
  }
  return counts;
}

test('line counts: as git counts, odd names, renames, binary files, links and submodules', async () => {
  const scratch = new ScratchRepo();
  const text = Array.from({ length: 30 }, (_, i) => `${i}\n`).join('');
  scratch.commit('one', { files: { a: text, 'old name': `${text}x`, bin: Uint8Array.of(0, 1, 2), '=': '=\n', 'mode': 'm' } });
  scratch.git(['mv', 'old name', 'new\t"name\n=']);
  scratch.git(['update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`, '--cacheinfo', `120000,${scratch.oid('HEAD:mode')},link`, '--chmod=+x', 'mode']);
  scratch.commit('two', { files: { a: `${text}${text}`, bin: Uint8Array.of(0, 9), '=': '=\n=\n', '-': '1\n2\n', '1\t2\tx': 'tabs\n' } });
  const [a, b] = [scratch.oid('HEAD~1^{tree}'), scratch.oid('HEAD^{tree}')];
  await withRepo(scratch, async (repo) => {
    const counts = (await repo.lineCounts(a, b))!;
    assert.equal(counts, numstat(scratch, a, b));
    assert.equal(counts.find((count) => count.path === 'bin'), { path: 'bin' as Path, additions: 0, deletions: 0 });
    assert.equal(counts.find((count) => count.path.startsWith('new')), { path: 'new\t"name\n=' as Path, additions: 0, deletions: 0 });
    assert.is(counts.filter((count) => count.path === 'old name').length, 0);
    const asked = [[a, b], [b, a], [a, a], [EMPTY_TREE.sha1, b], [b, EMPTY_TREE.sha1], [a, b]] as [Oid, Oid][];
    const answers = await Promise.all(asked.map(([x, y]) => repo.lineCounts(x, y)));
    assert.equal(answers, asked.map(([x, y]) => numstat(scratch, x, y)));
    // Only trees: what commits are answered with has another form.
    await rejectsWith('GIT_FAILED', () => repo.lineCounts(scratch.oid('HEAD'), scratch.oid('HEAD~1')));
    assert.equal(await repo.lineCounts(a, b), counts);
  });
});

test('write: blobs as they are, commits, and references moved from a known value', async () => {
  for (const objectFormat of ['sha1', 'sha256'] as const) {
    const scratch = new ScratchRepo({ objectFormat });
    const first = scratch.commit('first', { files: { '.gitattributes': '* text eol=crlf\n' } });
    const second = scratch.commit('second');
    await withRepo(scratch, async ({ layout }) => {
      const bytes = utf8('a\r\nb\0\n');
      assert.is(await writeBlob(layout, bytes, scratch.env), hashObject(objectFormat, 'blob', bytes));
      const commit = scratch.bytes(['cat-file', 'commit', second]);
      const changed = utf8(latin1(commit).replace('second', 'restamped'));
      const oid = await writeCommit(layout, changed, scratch.env);
      assert.is(oid, hashObject(objectFormat, 'commit', changed));
      await rejectsWith('GIT_FAILED', () => writeCommit(layout, utf8('no commit'), scratch.env));

      await updateRef(layout, 'HEAD', oid, second, 'restamp: two\nlines', scratch.env);
      assert.is(scratch.oid('refs/heads/main'), oid);
      assert.match(scratch.git(['reflog', '-1']), /restamp: two lines/);
      await rejectsWith('GIT_FAILED', () => updateRef(layout, 'HEAD', first, second, 'late', scratch.env));
      await updateRef(layout, 'refs/heads/new', first, ZERO[objectFormat], 'make', scratch.env);
      await rejectsWith('GIT_FAILED', () => updateRef(layout, 'refs/heads/new', oid, ZERO[objectFormat], 'make', scratch.env));
      for (const ref of ['main', '-d', 'refs/heads/x\0y', '../x']) await rejectsWith('PATH_INVALID', () => updateRef(layout, ref, first, first, '', scratch.env));
      await rejectsWith('GIT_FAILED', () => updateRef(layout, 'refs/heads/../../x', first, ZERO[objectFormat], '', scratch.env));
      assert.is(scratch.oid('refs/heads/new'), first);
    });
  }
});

test('write: in a linked worktree HEAD is its own', async () => {
  const scratch = new ScratchRepo();
  const first = scratch.commit('first');
  const second = scratch.commit('second');
  const dir = join(tempDir(), 'linked');
  scratch.git(['worktree', 'add', '-q', '--detach', dir, first]);
  const repo = await openGit(dir, { env: scratch.env });
  await updateRef(repo.layout, 'HEAD', second, first, 'move', scratch.env);
  assert.is(await repo.resolve('HEAD'), second);
  assert.is(scratch.git(['-C', dir, 'rev-parse', 'HEAD']), second);
  assert.is(scratch.git(['symbolic-ref', 'HEAD']), 'refs/heads/main');
  await repo.close();
});

/** A line of commits made in one go. */
function fastImport(scratch: ScratchRepo, count: number): void {
  const parts: string[] = [];
  for (let i = 0; i < count; i++) {
    const message = `commit ${i}\n`;
    parts.push(`commit refs/heads/main\ncommitter A <a@example.com> ${1_700_000_000 + i} +0000\ndata ${message.length}\n${message}`);
    parts.push(`M 100644 inline dir${i % 50}/file${i % 400}\ndata ${String(i).length}\n${i}\n`);
  }
  scratch.git(['fast-import', '--quiet'], { input: parts.join('') });
}

test('5,000 commits: walked and read in flat memory', async () => {
  const scratch = new ScratchRepo();
  fastImport(scratch, 5000);
  await withRepo(scratch, async (repo) => {
    const head = (await repo.resolve('HEAD'))!;
    const order = scratch.git(['rev-list', '--topo-order', '--reverse', 'HEAD']).split('\n');
    const settle = () => {
      globalThis.gc?.();
      return process.memoryUsage().rss;
    };
    let at = 0;
    let early = 0;
    for await (const oid of repo.walk(head, [])) {
      assert.is(oid, order[at]);
      await repo.readObject(oid);
      if (++at === 1000) early = settle();
    }
    assert.is(at, 5000);
    // The commits together are about a megabyte; whatever piled up per commit would show.
    assert.ok(settle() - early < 48 * 1024 * 1024, `grew by ${settle() - early} bytes`);
  });
});

test('thousands of requests under way at once', async () => {
  const scratch = new ScratchRepo();
  fastImport(scratch, 1500);
  await withRepo(scratch, async (repo) => {
    const oids = scratch.git(['rev-list', '--objects', '--all', '--no-object-names']).split('\n') as Oid[];
    const objects = await Promise.all(oids.map((oid) => repo.readObject(oid)));
    for (const [i, object] of objects.entries()) assert.is(hashObject('sha1', object!.kind, object!.bytes), oids[i]);
  });
});

test('objects of every size around a pipe\'s chunk', async () => {
  const scratch = new ScratchRepo();
  await withRepo(scratch, async (repo) => {
    const sizes = [0, 1, 4095, 65_535, 65_536, 65_537, 131_072, 3_000_001];
    const oids = await Promise.all(sizes.map((size) => writeBlob(repo.layout, Buffer.alloc(size, size % 251), scratch.env)));
    const objects = await Promise.all([...oids, ...oids.toReversed()].map((oid) => repo.readObject(oid)));
    assert.equal(objects.map((object) => object?.bytes.length), [...sizes, ...sizes.toReversed()]);
  });
});

test('a pack that has been tampered with', async () => {
  const scratch = new ScratchRepo();
  const oid = scratch.commit('one', { files: { a: 'a'.repeat(1000) } });
  scratch.git(['repack', '-adq']);
  const folder = join(scratch.dir, '.git/objects/pack');
  const pack = join(folder, readdirSync(folder).find((name) => name.endsWith('.pack'))!);
  const bytes = readFileSync(pack);
  bytes.fill(0x55, 20, 40);
  chmodSync(pack, 0o644);
  writeFileSync(pack, bytes);
  const repo = await openGit(scratch.dir, { env: scratch.env });
  const all = [oid, scratch.oid('HEAD')].map((id) => repo.readObject(id).catch((error: { code: string }) => error.code));
  for (const result of await Promise.all(all)) assert.ok(result === undefined || result === 'REPO_OBJECT_MISSING' || result === 'GIT_FAILED', String(result));
  await repo.close();
});

test('process: a status not accepted is a fault, its text escaped and short', async () => {
  const scratch = new ScratchRepo();
  const fault = await rejectsWith('GIT_FAILED', () => runGit(['rev-parse', '--verify', '\u001b[31mred'], { cwd: scratch.dir, env: scratch.env }));
  assert.not.match(fault.message, '\u001b');
  assert.ok(failed(['x'], `${'y'.repeat(10_000)}\n`).message.length < 400);
  assert.is((await runGit(['rev-parse', '--verify', '-q', 'none'], { cwd: scratch.dir, env: scratch.env, accept: [1] })).code, 1);
  await rejectsWith('GIT_UNAVAILABLE', () => runGit(['version'], { env: { PATH: tempDir() } }));
  await rejectsWith('GIT_FAILED', () => runGit(['cat-file', '--batch'], { cwd: scratch.dir, env: scratch.env, timeout: -1, input: 'HEAD\n'.repeat(1e5) }));
});

test('dialogue: a git that dies is a fault for all who wait, and is started again', async () => {
  const bin = tempDir();
  const script = '#!/bin/sh\nread a; echo "$a"; read b; echo half; echo gone >&2; exit 3\n';
  writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  const read = async (answer: { until(byte: number): Promise<Buffer>; skip(length: number): Promise<void> }) => {
    const line = latin1(await answer.until(10));
    if (line === 'half') await answer.skip(1000);
    return line;
  };
  const dialogue = openDialogue(() => startGit([], env), read, (complaint) => failed(['x'], complaint));
  const results = await Promise.all(['1\n', '2\n', '3\n'].map((line) => dialogue.ask(line).catch((error: { message: string }) => error.message)));
  assert.is(results[0], '1');
  assert.match(String(results[1]), 'gone');
  assert.match(String(results[2]), 'gone');
  assert.is(await dialogue.ask('again\n'), 'again');
  await dialogue.close();
  rmSync(join(bin, 'git'));
  const none = openDialogue(() => startGit([], { PATH: bin }), read, () => missingObject('x' as Oid));
  await rejectsWith('GIT_UNAVAILABLE', () => none.ask('1\n'));
  await none.close();
});

test('cache: bounded by bytes, the longest unused goes first', () => {
  const cache = objectCache(3 * (1000 + 256), 1000);
  const object = (size: number) => ({ kind: 'blob' as const, bytes: new Uint8Array(size) });
  const held = () => ['a', 'b', 'c', 'd'].filter((oid) => cache.get(oid as Oid) !== undefined).join('');
  for (const oid of ['a', 'b', 'c']) cache.put(oid as Oid, object(1000));
  assert.is(held(), 'abc');
  cache.get('a' as Oid);
  cache.put('d' as Oid, object(1000));
  assert.is(held(), 'acd');
  cache.put('b' as Oid, object(1001));
  assert.is(held(), 'acd');
});

test.run();
