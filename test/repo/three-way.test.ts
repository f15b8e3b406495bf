// SPDX-License-Identifier: Apache-2.0
// The three-way merge without renames, against `git read-tree --aggressive` and by hand.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { latin1 } from '../../src/bytes.ts';
import type { Oid } from '../../src/oid.ts';
import { openGit } from '../../src/repo/git.ts';
import type { Merge, Repo } from '../../src/repo/repo.ts';
import { listFiles } from '../../src/repo/tree.ts';
import { ScratchRepo } from '../kit/git.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { anyFiles, writeTree } from './random-tree.ts';

const test = suite('three-way');
const SLOW = process.env['SLOW'] !== undefined;

type Files = Record<string, string | Uint8Array>;

/** Makes a commit of exactly these files; `+x ` before a name makes it executable, `-> ` a link. */
function commitOf(scratch: ScratchRepo, files: Files): Oid {
  const index = { GIT_INDEX_FILE: `${scratch.dir}/.git/index-${Math.random()}` };
  const lines = Object.entries(files).map(([name, input]) => {
    const mode = name.startsWith('+x ') ? '100755' : name.startsWith('-> ') ? '120000' : '100644';
    return `${mode} ${scratch.git(['hash-object', '-w', '--stdin'], { input })}\t${name.replace(/^(\+x|->) /, '')}\0`;
  });
  scratch.git(['update-index', '-z', '--index-info'], { input: lines.join(''), env: index });
  return scratch.git(['commit-tree', '-m', 'x', scratch.git(['write-tree'], { env: index })]) as Oid;
}

async function filesOf(repo: Repo, merge: Merge): Promise<Files> {
  const files: Files = {};
  if (merge.kind === 'unsupported') return files;
  const marks: Record<string, string> = { '100755': '+x ', '120000': '-> ' };
  for await (const { path, mode, oid } of listFiles(repo, merge.tree, '')) files[(marks[mode] ?? '') + path] = latin1((await repo.readObject(oid))!.bytes);
  return files;
}

const TEXT = ['1', '2', '3', '4', '5', '6', '7', '8', ''].join('\n');
const TOP = TEXT.replace('1', 'one');
const END = TEXT.replace('8', 'eight');

const CASES: [name: string, base: Files, ours: Files, theirs: Files, kind: Merge['kind'], result: Files][] = [
  ['different files', { a: 'a', b: 'b' }, { a: 'A', b: 'b' }, { a: 'a', b: 'B', c: 'c' }, 'clean', { a: 'A', b: 'B', c: 'c' }],
  ['different lines', { a: TEXT }, { a: TOP }, { a: END }, 'clean', { a: TOP.replace('8', 'eight') }],
  ['the same change', { a: 'a' }, { a: 'b', c: 'c' }, { a: 'b', c: 'c' }, 'clean', { a: 'b', c: 'c' }],
  ['mode here, content there', { a: TEXT }, { '+x a': TEXT }, { a: END }, 'clean', { '+x a': END }],
  ['content here, mode there', { a: TEXT }, { a: TOP }, { '+x a': TEXT }, 'clean', { '+x a': TOP }],
  ['everything removed', { 'd/a': 'a', b: 'b' }, { 'd/a': 'a' }, { b: 'b' }, 'clean', {}],
  ['a file becomes a folder', { a: 'a' }, { a: 'a', z: 'z' }, { 'a/b': 'b' }, 'clean', { 'a/b': 'b', z: 'z' }],
  ['a folder becomes a file', { 'a/b': 'b' }, { 'a/b': 'b', z: 'z' }, { a: 'a' }, 'clean', { a: 'a', z: 'z' }],
  ['a rename is not followed', { a: TEXT }, { b: TEXT }, { a: END }, 'conflict', { a: END, b: TEXT }],
  ['the same line', { a: 'a\n' }, { a: 'b\n' }, { a: 'c\n' }, 'conflict', { a: '<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n' }],
  ['changed here, removed there', { a: 'a' }, { a: 'b' }, {}, 'conflict', { a: 'b' }],
  ['removed here, changed there', { a: 'a' }, {}, { a: 'b' }, 'conflict', { a: 'b' }],
  ['added differently', {}, { a: 'a' }, { a: 'b' }, 'conflict', { a: 'a' }],
  ['binary', { a: '\0a' }, { a: '\0b' }, { a: '\0c' }, 'conflict', { a: '\0b' }],
  ['links', { '-> a': 'a' }, { '-> a': 'b' }, { '-> a': 'c' }, 'conflict', { '-> a': 'b' }],
  ['a file here, a folder there', { z: 'z' }, { z: 'z', a: 'a' }, { z: 'z', 'a/b': 'b' }, 'conflict', { a: 'a', z: 'z' }],
  ['a folder here, a file there', { z: 'z' }, { z: 'z', 'a/b': 'b' }, { z: 'z', a: 'a' }, 'conflict', { 'a/b': 'b', z: 'z' }],
];

const scratch = new ScratchRepo();

for (const [name, base, ours, theirs, kind, result] of CASES) {
  test(name, async () => {
    const repo = await openGit(scratch.dir, { env: scratch.env });
    const [a, b, o] = [ours, theirs, base].map((files) => commitOf(scratch, files));
    const merge = await repo.merge(a!, b!, o!);
    assert.is(merge.kind, kind);
    assert.equal(await filesOf(repo, merge), result);
    await repo.close();
  });
}

test('what is no commit, or not here, is a fault', async () => {
  const repo = await openGit(scratch.dir, { env: scratch.env });
  const commit = commitOf(scratch, { a: 'a' });
  await rejectsWith('COMMIT_MALFORMED', () => repo.merge(commit, commit, scratch.oid(`${commit}^{tree}`)));
  await rejectsWith('REPO_OBJECT_MISSING', () => repo.merge(commit, commit, '1'.repeat(40) as Oid));
  await repo.close();
});

// What git resolves without looking at lines; undefined where it does not.
function oracle(base: Oid, ours: Oid, theirs: Oid): string | undefined {
  const env = { GIT_INDEX_FILE: `${scratch.dir}/.git/index-${Math.random()}` };
  if (scratch.run(['read-tree', '-i', '-m', '--aggressive', base, ours, theirs], { env }).code !== 0) return undefined;
  const written = scratch.run(['write-tree', '--missing-ok'], { env });
  return written.code === 0 ? written.stdout.toString().trim() : undefined;
}

// Where a file and a folder trade places read-tree gives up early.
function tradePlaces(files: readonly { path: string }[]): boolean {
  return files.some(({ path }) => files.some((other) => other.path.startsWith(`${path}/`)));
}

test('random trees: clean where read-tree is, with the same tree, and else a conflict', async () => {
  const ids = ['0', '1', '2', '3'].map((input) => scratch.git(['hash-object', '-w', '--stdin'], { input }) as Oid);
  const repo = await openGit(scratch.dir, { env: scratch.env });
  const commit = (tree: Oid) => scratch.git(['commit-tree', '-m', 'x', tree]) as Oid;
  // One kind of file mode: a change of mode on one side and of content on the other is merged by us, not by read-tree.
  const files = anyFiles.map((list) => list.map((file) => ({ ...file, mode: file.mode === '100755' ? '100644' : file.mode })));
  await fc.assert(
    fc.asyncProperty(files, files, files, async (common, left, right) => {
      const [base, ours, theirs] = [common, [...left.slice(0, 3), ...common], [...right.slice(0, 3), ...common]].map((list) => writeTree(scratch, list, ids)) as [Oid, Oid, Oid];
      const expected = oracle(base, ours, theirs);
      const merge = await repo.merge(commit(ours), commit(theirs), commit(base));
      if (expected !== undefined) assert.equal(merge, { kind: 'clean', tree: expected });
      else if (!tradePlaces([...common, ...left.slice(0, 3), ...right.slice(0, 3)])) assert.is(merge.kind, 'conflict');
      // With nothing done on one side the other side is the result.
      assert.equal(await repo.merge(commit(ours), commit(base), commit(base)), { kind: 'clean', tree: ours });
      assert.equal(await repo.merge(commit(base), commit(theirs), commit(base)), { kind: 'clean', tree: theirs });
    }),
    { numRuns: SLOW ? 300 : 25 },
  );
  await repo.close();
});

test.run();
