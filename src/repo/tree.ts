// SPDX-License-Identifier: Apache-2.0
// Trees, read by our own few lines over either door, so that what is signed as a change does not depend on a program,
// its version or its settings. Every walk has a depth, a longest path and a budget.
import { ZERO, byPath } from '../oid.ts';
import type { Change, Mode, Oid, Path } from '../oid.ts';
import { missingObject } from './missing.ts';
import type { Repo } from './repo.ts';
import { differingEntries, malformedTree, parseTree } from './tree-object.ts';
import type { TreeEntry } from './tree-object.ts';

/** A file, link or submodule with its full path. */
export interface FileEntry {
  path: Path;
  mode: Exclude<Mode, '000000' | '040000'>;
  oid: Oid;
}

type Trees = Pick<Repo, 'readObject' | 'objectFormat'>;

const DEPTH = 512;
const PATH_BYTES = 4096;
// What one walk may read and produce, in bytes: some million changed paths. A few small trees that name each other many
// times stand for billions of files.
const BUDGET = 128 * 1024 * 1024;
// On top, for every tree read and every change found: empty trees are not free, and time counts as memory does.
const TREE_COST = 512;
const CHANGE_COST = 64;

/** Returns the entries of a tree of the repository. @throws Fault TREE_MALFORMED, REPO_OBJECT_MISSING */
export function readTree(repo: Trees, oid: Oid): Promise<TreeEntry[]> {
  return entriesOf(repo, oid, new Budget(), 0);
}

/**
 * Returns every path that differs between two trees, without renames, sorted bytewise by full path; undefined stands
 * for the empty tree. What was a file and is a folder now is one deletion and the additions.
 * @throws Fault TREE_MALFORMED (also: too deep or too large to compare), REPO_OBJECT_MISSING
 */
export async function diffTrees(repo: Trees, oldTree: Oid | undefined, newTree: Oid | undefined, budget = new Budget()): Promise<Change[]> {
  const changes: Change[] = [];
  const zero = ZERO[repo.objectFormat];
  const side = (entry: TreeEntry | undefined) => (entry === undefined || entry.mode === '040000' ? undefined : entry);
  const folder = (entry: TreeEntry | undefined) => (entry?.mode === '040000' ? entry.oid : undefined);

  async function compare(oldOid: Oid | undefined, newOid: Oid | undefined, prefix: string, depth: number): Promise<void> {
    if (oldOid === newOid) return;
    const [before, after] = await Promise.all([bytesOf(repo, oldOid, budget, depth), bytesOf(repo, newOid, budget, depth)]);
    for (const [was, is] of paired(...differingEntries(before, after, repo.objectFormat))) {
      if (was?.oid === is?.oid && was?.mode === is?.mode) continue;
      const path = extend(prefix, (was ?? is)!.name);
      const [left, right] = [side(was), side(is)];
      if (left !== undefined || right !== undefined) {
        budget.spend(path.length + CHANGE_COST);
        changes.push({ path, oldMode: left?.mode ?? '000000', newMode: right?.mode ?? '000000', oldOid: left?.oid ?? zero, newOid: right?.oid ?? zero });
      }
      // One folder after the other: all at once, a tree made to explode would fill the memory before the budget ends it.
      await compare(folder(was), folder(is), `${path}/`, depth + 1);
    }
  }

  await compare(oldTree, newTree, '', 0);
  return changes.sort(byPath);
}

/** Returns what stands at a path of a tree, a folder too; undefined where nothing does. @throws Fault TREE_MALFORMED, REPO_OBJECT_MISSING */
export async function entryAt(repo: Trees, tree: Oid, path: Path): Promise<TreeEntry | undefined> {
  let entry: TreeEntry | undefined;
  for (const [depth, name] of path.split('/').entries()) {
    if (entry !== undefined && entry.mode !== '040000') return undefined;
    entry = (await entriesOf(repo, entry?.oid ?? tree, new Budget(), depth)).find((candidate) => candidate.name === name);
    if (entry === undefined) return undefined;
  }
  return entry;
}

/** Yields the files below a folder of a tree (`''` for all of it), in git's order. @throws Fault TREE_MALFORMED, REPO_OBJECT_MISSING */
export async function* listFiles(repo: Trees, tree: Oid, folder: Path | ''): AsyncGenerator<FileEntry> {
  const name = folder.replace(/\/$/, '') as Path;
  const top = name === '' ? { mode: '040000', oid: tree } : await entryAt(repo, tree, name);
  if (top?.mode === '040000') yield* filesBelow(repo, top.oid, name === '' ? '' : `${name}/`, new Budget(), 0);
}

async function* filesBelow(repo: Trees, tree: Oid, prefix: string, budget: Budget, depth: number): AsyncGenerator<FileEntry> {
  for (const { mode, name, oid } of await entriesOf(repo, tree, budget, depth)) {
    const path = extend(prefix, name);
    if (mode === '040000') yield* filesBelow(repo, oid, `${path}/`, budget, depth + 1);
    else yield { path, mode, oid };
  }
}

async function entriesOf(repo: Trees, oid: Oid, budget: Budget, depth: number): Promise<TreeEntry[]> {
  return parseTree(await bytesOf(repo, oid, budget, depth), repo.objectFormat);
}

async function bytesOf(repo: Trees, oid: Oid | undefined, budget: Budget, depth: number): Promise<Uint8Array> {
  if (oid === undefined) return new Uint8Array();
  if (depth > DEPTH) throw malformedTree('its folders are nested too deeply');
  const object = await repo.readObject(oid);
  if (object === undefined) throw missingObject(oid);
  if (object.kind !== 'tree') throw malformedTree(`object ${oid} is a ${object.kind}`);
  budget.spend(object.bytes.length + TREE_COST);
  return object.bytes;
}

// Both lists are in git's order; a file and a folder of one name are two entries there and no pair here.
function* paired(before: readonly TreeEntry[], after: readonly TreeEntry[]): Generator<[TreeEntry | undefined, TreeEntry | undefined]> {
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    const [was, is] = [before[i], after[j]];
    const by = was === undefined ? 1 : is === undefined ? -1 : byPath(key(was), key(is));
    if (by <= 0) i++;
    if (by >= 0) j++;
    yield [by <= 0 ? was : undefined, by >= 0 ? is : undefined];
  }
}

// git sorts a folder as if its name ended in a slash.
function key({ mode, name }: TreeEntry): { path: Path } {
  return { path: (mode === '040000' ? `${name}/` : name) as Path };
}

function extend(prefix: string, name: string): Path {
  if (prefix.length + name.length > PATH_BYTES) throw malformedTree('a path is longer than 4096 bytes');
  return (prefix + name) as Path;
}

/** What walks may spend together, in bytes. */
export class Budget {
  #left: number;

  constructor(bytes = BUDGET) {
    this.#left = bytes;
  }

  /** @throws Fault TREE_MALFORMED where it is spent */
  spend(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw malformedTree('it is too large to be compared');
  }
}
