// SPDX-License-Identifier: Apache-2.0
// Trees against git itself: random ones must differ exactly as `git diff-tree` says, malformed ones must be refused.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, fromLatin1, latin1, utf8 } from '../../src/bytes.ts';
import { EMPTY_TREE, byPath, hashObject, pathOf } from '../../src/oid.ts';
import type { Change, ObjectFormat, Oid, Path } from '../../src/oid.ts';
import { openGit } from '../../src/repo/git.ts';
import type { GitObject } from '../../src/repo/repo.ts';
import { parseTree, printTree } from '../../src/repo/tree-object.ts';
import type { TreeEntry } from '../../src/repo/tree-object.ts';
import { diffTrees, entryAt, listFiles } from '../../src/repo/tree.ts';
import { ScratchRepo } from '../kit/git.ts';
import { rejectsWith, throwsWith } from '../kit/rejects.ts';
import { anyFiles, writeTree } from './random-tree.ts';

const test = suite('tree');
const SLOW = process.env['SLOW'] !== undefined;
const ID = '1'.repeat(40) as Oid;

function line(mode: string, name: string | Uint8Array, oid: string = ID): Uint8Array {
  return concat(utf8(`${mode} `), typeof name === 'string' ? fromLatin1(name) : name, Uint8Array.of(0), Buffer.from(oid, 'hex'));
}

/** Trees without a repository. */
function memory(objects: Map<Oid, GitObject> = new Map()) {
  return {
    objectFormat: 'sha1' as const,
    readObject: async (oid: Oid) => objects.get(oid),
    tree(...lines: Uint8Array[]): Oid {
      const bytes = concat(...lines);
      const oid = hashObject('sha1', 'tree', bytes);
      objects.set(oid, { kind: 'tree', bytes });
      return oid;
    },
  };
}

test('parse: modes are narrowed as git narrows them', () => {
  const modes = (...texts: string[]) => parseTree(concat(...texts.map((mode, i) => line(mode, `f${i}`))), 'sha1').map((entry) => entry.mode);
  assert.equal(modes('100644', '100664', '100600', '100755', '100700'), ['100644', '100644', '100644', '100755', '100755']);
  assert.equal(modes('120000', '160000', '40000', '040000', '0100644'), ['120000', '160000', '040000', '040000', '100644']);
});

test('parse: sha256 entries', () => {
  const oid = 'ab'.repeat(32) as Oid;
  assert.equal(parseTree(line('100644', 'a', oid), 'sha256'), [{ mode: '100644', name: 'a', oid }]);
  throwsWith('TREE_MALFORMED', () => parseTree(line('100644', 'a', oid), 'sha1'));
});

test('parse: the empty tree', () => {
  assert.equal(parseTree(new Uint8Array(), 'sha1'), []);
});

const REFUSED: [string, Uint8Array][] = [
  ['empty name', line('100644', '')],
  ['dot', line('40000', '.')],
  ['dot dot', line('40000', '..')],
  ['.git', line('40000', '.git')],
  ['.GIT', line('100644', '.GiT')],
  ['slash', line('100644', 'a/b')],
  ['unknown kind', line('140000', 'a')],
  ['no mode', line('', 'a')],
  ['signed mode', line('-00644', 'a')],
  ['folder with permissions', line('40755', 'a')],
  ['huge mode', line('1100644', 'a')],
  ['out of order', concat(line('100644', 'b'), line('100644', 'a'))],
  ['twice', concat(line('100644', 'a'), line('100644', 'a'))],
  ['file and folder side by side', concat(line('100644', 'a'), line('40000', 'a'))],
  ['file and folder apart', concat(line('100644', 'a'), line('100644', 'a-b'), line('40000', 'a'))],
  ['folder sorted as a file', concat(line('40000', 'a'), line('100644', 'a-b'))],
  ['id cut short', line('100644', 'a').subarray(0, 20)],
  ['no NUL', utf8('100644 a')],
  ['no space', utf8('100644\0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')],
  ['junk at the end', concat(line('100644', 'a'), utf8('x'))],
];

for (const [name, bytes] of REFUSED) {
  test(`parse: refused: ${name}`, () => {
    throwsWith('TREE_MALFORMED', () => parseTree(bytes, 'sha1'));
  });
}

test('parse: arbitrary bytes give entries or a fault', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        parseTree(bytes, 'sha1');
      } catch (thrown) {
        assert.is((thrown as { code?: string }).code, 'TREE_MALFORMED');
      }
    }),
    { numRuns: 200 },
  );
});

test('parse and print: inverse, whatever the order of the entries', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'a-b', 'a.b', 'a0', 'b', '\xff'), { maxLength: 6 });
  fc.assert(
    fc.property(names, fc.array(fc.constantFrom('100644', '040000', '160000'), { minLength: 6, maxLength: 6 }), (list, modes) => {
      const entries = list.map((name, i) => ({ mode: modes[i] as '100644', name, oid: ID }));
      const bytes = printTree(entries);
      assert.equal(parseTree(bytes, 'sha1').map((entry) => entry.name).sort(), list.sort());
      assert.equal(printTree(parseTree(bytes, 'sha1')), bytes);
    }),
  );
});

test('diff: equal ends are left out only where they are whole entries', async () => {
  // Ids that look like entries, so that equal bytes at the end begin anywhere.
  const ids = [ID, latin1(line('100644', 'a')).slice(0, 20), latin1(line('100644', 'bb', ID)).slice(-20)].map((id) => (id.length === 40 ? id : Buffer.from(id, 'latin1').toString('hex')));
  const trees = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'a-b', 'aa', 'b', 'bb', 'c'), fc.constantFrom(...ids), fc.constantFrom('100644', '100755')), { selector: ([name]) => name });
  await fc.assert(
    fc.asyncProperty(trees, trees, async (first, second) => {
      const store = memory();
      const [before, after] = [first, second].map((list) => store.tree(printTree(list.map(([name, oid, mode]) => ({ mode, name, oid }) as TreeEntry)))) as [Oid, Oid];
      const names = [...new Set([...first, ...second].map(([name]) => name))].sort();
      const at = (list: typeof first, name: string) => list.find((entry) => entry[0] === name)?.slice(1).join() ?? '';
      const expected = names.filter((name) => at(first, name) !== at(second, name));
      assert.equal((await diffTrees(store, before, after)).map((change) => change.path), expected);
    }),
    { numRuns: SLOW ? 5000 : 200 },
  );
});

test('diff: a malformed tree is refused, however far from the difference', async () => {
  const store = memory();
  const [bad, good] = [concat(line('100644', 'b'), line('100644', 'a')), line('100644', 'c')];
  await rejectsWith('TREE_MALFORMED', diffTrees(store, store.tree(bad, good), store.tree(bad, line('100644', 'd'))));
  await rejectsWith('TREE_MALFORMED', diffTrees(store, store.tree(good, bad), store.tree(line('100644', 'Z'), good, bad)));
});

test('diff: file and folder of one name trade places', async () => {
  const store = memory();
  const file = store.tree(line('100644', 'a'), line('100644', 'a-b'));
  const folder = store.tree(line('100644', 'a-b'), line('40000', 'a', store.tree(line('100644', 'x'))));
  const rows = (await diffTrees(store, file, folder)).map((c) => [c.oldMode, c.newMode, c.path]);
  assert.equal(rows, [['100644', '000000', 'a'], ['000000', '100644', 'a/x']]);
  assert.is((await diffTrees(store, folder, file)).length, 2);
});

test('diff: equal folders are not read, a missing one is a fault', async () => {
  const store = memory();
  const same = store.tree(line('100644', 'f'), line('40000', 'gone', '2'.repeat(40)));
  const other = store.tree(line('40000', 'gone', '2'.repeat(40)));
  assert.is((await diffTrees(store, same, other)).length, 1);
  const changed = store.tree(line('40000', 'gone', '3'.repeat(40)));
  await rejectsWith('REPO_OBJECT_MISSING', diffTrees(store, other, changed));
  await rejectsWith('REPO_OBJECT_MISSING', diffTrees(store, undefined, '4'.repeat(40) as Oid));
});

test('diff: a few trees that stand for billions of files end in a fault', async () => {
  const store = memory();
  let oid = store.tree(line('100644', 'f'));
  for (let i = 0; i < 40; i++) oid = store.tree(line('40000', 'a', oid), line('40000', 'b', oid));
  await rejectsWith('TREE_MALFORMED', diffTrees(store, undefined, oid));
  let empty = store.tree();
  for (let i = 0; i < 6; i++) empty = store.tree(...Array.from({ length: 200 }, (_, n) => line('40000', String(1000 + n), empty)));
  await rejectsWith('TREE_MALFORMED', diffTrees(store, undefined, empty));
});

test('diff: too deep, or a path too long, is a fault', async () => {
  const store = memory();
  let deep = store.tree(line('100644', 'f'));
  for (let i = 0; i < 600; i++) deep = store.tree(line('40000', 'd', deep));
  await rejectsWith('TREE_MALFORMED', diffTrees(store, undefined, deep));
  const long = store.tree(line('100644', 'x'.repeat(5000)));
  await rejectsWith('TREE_MALFORMED', diffTrees(store, undefined, long));
});

test('entryAt and listFiles', async () => {
  const store = memory();
  const inner = store.tree(line('100755', 'run'), line('120000', 'to'));
  const tree = store.tree(line('100644', 'a'), line('40000', 'd', store.tree(line('40000', 'e', inner), line('160000', 'sub'))));
  const at = (path: string) => entryAt(store, tree, pathOf(path));
  assert.equal(await at('d/e/run'), { mode: '100755', name: 'run', oid: ID });
  assert.is((await at('d/e'))?.oid, inner);
  for (const path of ['', 'x', 'a/b', 'd/e/none', 'd/', '/d', 'd//e', 'd/sub/x']) assert.is(await at(path), undefined);

  const list = async (folder: string) => {
    const rows: string[] = [];
    for await (const { path, mode } of listFiles(store, tree, folder as Path)) rows.push(`${mode} ${path}`);
    return rows;
  };
  const below = ['100755 d/e/run', '120000 d/e/to', '160000 d/sub'];
  assert.equal(await list(''), ['100644 a', ...below]);
  assert.equal(await list('d'), below);
  assert.equal(await list('d/'), below);
  assert.equal(await list('d/e'), below.slice(0, 2));
  assert.equal(await list('a'), []);
  assert.equal(await list('none'), []);
});

function gitDiff(repo: ScratchRepo, a: Oid, b: Oid): Change[] {
  const fields = latin1(repo.bytes(['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', '--ignore-submodules=none', a, b])).split('\0');
  const changes: Change[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [oldMode, newMode, oldOid, newOid] = fields[i]!.slice(1).split(' ') as [Change['oldMode'], Change['newMode'], Oid, Oid];
    changes.push({ path: fields[i + 1] as Path, oldMode, newMode, oldOid, newOid });
  }
  return changes.sort(byPath);
}

for (const format of ['sha1', 'sha256'] as ObjectFormat[]) {
  test(`diff: equals git diff-tree on random trees (${format})`, async () => {
    const scratch = new ScratchRepo({ objectFormat: format });
    const ids = ['0', '1', '2', '3'].map((input) => scratch.git(['hash-object', '-w', '--stdin'], { input }) as Oid);
    const repo = await openGit(scratch.dir, { env: scratch.env });
    try {
      await fc.assert(
        fc.asyncProperty(anyFiles, anyFiles, fc.boolean(), async (first, second, related) => {
          const a = writeTree(scratch, first, ids);
          const b = writeTree(scratch, related ? [...second.slice(0, 3), ...first] : second, ids);
          assert.equal(await diffTrees(repo, a, b), gitDiff(scratch, a, b));
          assert.equal(await diffTrees(repo, undefined, b), gitDiff(scratch, EMPTY_TREE[format], b));
        }),
        { numRuns: SLOW ? 300 : 30 },
      );
    } finally {
      await repo.close();
    }
  });
}

test.run();
