// SPDX-License-Identifier: Apache-2.0
// The three-way merge of three trees, path by path and without renames: what an approval of a change is replayed with.
// git's own merge cannot be told a base before 2.40, nor to leave renames alone before 2.50, and an approval must not
// mean another file because a tool guessed that one was moved. Only lines are merged by git, with `merge-file`.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change, Mode, Oid, Path } from '../oid.ts';
import type { CleanRoom } from './clean.ts';
import { missingObject } from './missing.ts';
import type { Merge, Repo } from './repo.ts';
import { diffTrees, readTree } from './tree.ts';
import { printTree } from './tree-object.ts';
import type { TreeEntry } from './tree-object.ts';

/** What shall stand at a path; mode `000000` for nothing. */
interface Update {
  path: string;
  mode: Mode;
  oid: Oid;
}

/** Notes what did not fit together while it goes. */
interface Work {
  room: CleanRoom;
  repo: Repo;
  conflicts: Set<Path>;
}

/**
 * Merges two trees from a base. In a conflict, clashing lines stand between markers, a changed file stays where the
 * other side removed it, and for the rest our side stands.
 * @throws Fault TREE_MALFORMED, REPO_OBJECT_MISSING, GIT_FAILED
 */
export async function mergeTrees(room: CleanRoom, repo: Repo, ours: Oid, theirs: Oid, base: Oid): Promise<Merge> {
  const work: Work = { room, repo, conflicts: new Set() };
  const [left, right] = await Promise.all([diffTrees(repo, base, ours), diffTrees(repo, base, theirs)]);
  const own = new Map(left.map((change) => [change.path, change]));
  const updates: Update[] = [];
  for (const change of right) {
    const mine = own.get(change.path);
    updates.push(mine === undefined ? after(change) : await mergePath(work, mine, change));
  }
  const tree = (await rebuild(work, ours, updates, '')) ?? (await room.write('tree', new Uint8Array()));
  return work.conflicts.size === 0 ? { kind: 'clean', tree } : { kind: 'conflict', tree, paths: [...work.conflicts] };
}

function after({ path, newMode, newOid }: Change): Update {
  return { path, mode: newMode, oid: newOid };
}

async function mergePath(work: Work, ours: Change, theirs: Change): Promise<Update> {
  if (ours.newOid === theirs.newOid && ours.newMode === theirs.newMode) return after(ours);
  const isFile = (mode: Mode) => mode === '100644' || mode === '100755';
  if (![ours.oldMode, ours.newMode, theirs.newMode].every(isFile)) {
    work.conflicts.add(ours.path);
    return after(ours.newMode === '000000' ? theirs : ours);
  }
  // Of two modes one is the base's or both sides agree.
  const mode = ours.newMode === ours.oldMode ? theirs.newMode : ours.newMode;
  const oid = pick(ours.oldOid, ours.newOid, theirs.newOid) ?? (await mergeLines(work, ours.path, ours.newOid, ours.oldOid, theirs.newOid));
  return { path: ours.path, mode, oid };
}

function pick(base: Oid, ours: Oid, theirs: Oid): Oid | undefined {
  if (ours === base || ours === theirs) return theirs;
  return theirs === base ? ours : undefined;
}

async function mergeLines(work: Work, path: Path, ...sides: [ours: Oid, base: Oid, theirs: Oid]): Promise<Oid> {
  const { room, repo } = work;
  const folder = await mkdtemp(join(room.dir, 'lines-'));
  try {
    const files: string[] = [];
    for (const [i, oid] of sides.entries()) {
      const blob = await repo.readObject(oid);
      if (blob === undefined) throw missingObject(oid);
      files.push(join(folder, String(i)));
      await writeFile(files.at(-1)!, blob.bytes);
    }
    const labels = ['ours', 'base', 'theirs'].flatMap((label) => ['-L', label]);
    // The status is the number of conflicts, or 255 for what has no lines.
    const all = Array.from({ length: 255 }, (_, i) => i + 1);
    const { code, stdout } = await room.run(['merge-file', '-p', '-q', ...labels, ...files], { accept: all });
    if (code !== 0) work.conflicts.add(path);
    return code > 127 ? sides[0] : await room.write('blob', stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// Returns undefined for a folder in which nothing is left.
async function rebuild(work: Work, tree: Oid | undefined, updates: readonly Update[], prefix: string): Promise<Oid | undefined> {
  const entries = new Map(tree === undefined ? [] : (await readTree(work.repo, tree)).map((entry) => [entry.name, entry]));
  for (const [name, { here, below }] of grouped(updates)) {
    const old = entries.get(name);
    const isFolder = old?.mode === '040000';
    const file = here === undefined ? (isFolder ? undefined : old) : fileEntry(name, here);
    const inner = isFolder ? old.oid : undefined;
    const folder = below.length === 0 ? inner : await rebuild(work, inner, below, `${prefix}${name}/`);
    // A file and a folder of one name cannot both stand.
    if (file !== undefined && folder !== undefined) work.conflicts.add(`${prefix}${name}` as Path);
    const next: TreeEntry | undefined = folder === undefined ? file : { mode: '040000', name, oid: folder };
    const kept = file !== undefined && folder !== undefined ? (old ?? next) : next;
    if (kept === undefined) entries.delete(name);
    else entries.set(name, kept);
  }
  return entries.size === 0 ? undefined : work.room.write('tree', printTree([...entries.values()]));
}

function fileEntry(name: string, { mode, oid }: Update): TreeEntry | undefined {
  return mode === '000000' ? undefined : { mode, name, oid };
}

function grouped(updates: readonly Update[]): Map<string, { here: Update | undefined; below: Update[] }> {
  const groups = new Map<string, { here: Update | undefined; below: Update[] }>();
  for (const update of updates) {
    const [name = '', ...rest] = update.path.split('/');
    const group = groups.get(name) ?? { here: undefined, below: [] };
    groups.set(name, group);
    if (rest.length === 0) group.here = update;
    else group.below.push({ ...update, path: rest.join('/') });
  }
  return groups;
}
