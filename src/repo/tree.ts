// SPDX-License-Identifier: Apache-2.0
// Trees, read by our own few lines over either door, so that what is signed as a change does not depend on a program,
// its version or its settings. A tree that git would read in two ways, or check out outside itself, is refused.
import { concat, fromLatin1, hex, latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { ZERO, byPath } from '../oid.ts';
import type { Change, Mode, ObjectFormat, Oid, Path } from '../oid.ts';
import { missingObject } from './missing.ts';
import type { Repo } from './repo.ts';

export interface TreeEntry {
  mode: Exclude<Mode, '000000'>;
  /** One path segment, a character per byte. */
  name: string;
  oid: Oid;
}

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
// On top, for every tree and every change, so that empty trees are not free.
const EACH = 64;

/**
 * Reads a tree object, strictly: git's order, no name twice (nor as file and folder), none empty, `.`, `..`, `.git` in
 * any case or with a slash. Modes are narrowed as git narrows them (100664 is 100644); an unknown one is malformed.
 * @throws Fault TREE_MALFORMED
 */
export function parseTree(bytes: Uint8Array, format: ObjectFormat): TreeEntry[] {
  const oidLength = ZERO[format].length / 2;
  // One character per byte, so that offsets into the text are offsets into the bytes.
  const text = latin1(bytes);
  const entries: TreeEntry[] = [];
  const names = new Set<string>();
  let before = '';
  for (let at = 0; at < text.length; ) {
    const space = text.indexOf(' ', at);
    const nul = text.indexOf('\0', at);
    const end = nul + 1 + oidLength;
    if (space < at || nul < space || end > text.length) throw malformed('an entry is cut short');
    const mode = canonicalMode(text.slice(at, space));
    const name = text.slice(space + 1, nul);
    // git sorts a folder as if its name ended in a slash.
    const key = mode === '040000' ? `${name}/` : name;
    if (/^(|\.|\.\.|\.git)$/i.test(name) || name.includes('/')) throw malformed('an entry has a name that no file may have');
    if (key <= before || names.has(name)) throw malformed('its entries are not in order, or a name occurs twice');
    entries.push({ mode, name, oid: hex(bytes.subarray(nul + 1, end)) as Oid });
    names.add(name);
    before = key;
    at = end;
  }
  return entries;
}

function canonicalMode(text: string): TreeEntry['mode'] {
  // What nearly every entry has, without arithmetic.
  if (text === '100644' || text === '100755') return text;
  const mode = /^[0-7]{5,7}$/.test(text) ? Number.parseInt(text, 8) : 0;
  const kind = mode & 0o170000;
  if (mode <= 0o177777 && kind === 0o100000) return (mode & 0o100) === 0 ? '100644' : '100755';
  if (mode === 0o40000) return '040000';
  if (mode === 0o120000) return '120000';
  if (mode === 0o160000) return '160000';
  throw malformed('an entry has an unknown mode');
}

/** Returns the bytes of a tree that holds these entries, in git's order. */
export function printTree(entries: readonly TreeEntry[]): Uint8Array {
  const keyed = entries.map((entry) => ({ ...entry, path: (entry.mode === '040000' ? `${entry.name}/` : entry.name) as Path }));
  const lines = keyed.sort(byPath).map(({ mode, name, oid }) => [fromLatin1(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(oid, 'hex')]);
  return concat(...lines.flat());
}

/** Returns the entries of a tree of the repository. @throws Fault TREE_MALFORMED, REPO_OBJECT_MISSING */
export function readTree(repo: Trees, oid: Oid): Promise<TreeEntry[]> {
  return entriesOf(repo, oid, new Budget(), 0);
}

/**
 * Returns every path that differs between two trees, without renames, sorted bytewise by full path; undefined stands
 * for the empty tree. What was a file and is a folder now is one deletion and the additions.
 * @throws Fault TREE_MALFORMED (also: too deep or too large to compare), REPO_OBJECT_MISSING
 */
export async function diffTrees(repo: Trees, oldTree: Oid | undefined, newTree: Oid | undefined): Promise<Change[]> {
  const changes: Change[] = [];
  const budget = new Budget();
  const zero = ZERO[repo.objectFormat];
  const side = (entry: TreeEntry | undefined) => (entry === undefined || entry.mode === '040000' ? undefined : entry);
  const folder = (entry: TreeEntry | undefined) => (entry?.mode === '040000' ? entry.oid : undefined);

  async function compare(oldOid: Oid | undefined, newOid: Oid | undefined, prefix: string, depth: number): Promise<void> {
    if (oldOid === newOid) return;
    const [before, after] = await Promise.all([entriesOf(repo, oldOid, budget, depth), entriesOf(repo, newOid, budget, depth)]);
    for (const [was, is] of paired(before, after)) {
      if (was?.oid === is?.oid && was?.mode === is?.mode) continue;
      const path = extend(prefix, (was ?? is)!.name);
      const [left, right] = [side(was), side(is)];
      if (left !== undefined || right !== undefined) {
        budget.spend(path.length + EACH);
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

async function entriesOf(repo: Trees, oid: Oid | undefined, budget: Budget, depth: number): Promise<TreeEntry[]> {
  if (oid === undefined) return [];
  if (depth > DEPTH) throw malformed('its folders are nested too deeply');
  const object = await repo.readObject(oid);
  if (object === undefined) throw missingObject(oid);
  if (object.kind !== 'tree') throw malformed(`object ${oid} is a ${object.kind}`);
  budget.spend(object.bytes.length + EACH);
  return parseTree(object.bytes, repo.objectFormat);
}

// By name and not by git's order, in which a file and a folder of one name need not meet.
function paired(before: readonly TreeEntry[], after: readonly TreeEntry[]): Iterable<[TreeEntry | undefined, TreeEntry | undefined]> {
  const pairs = new Map<string, [TreeEntry | undefined, TreeEntry | undefined]>();
  for (const entry of before) pairs.set(entry.name, [entry, undefined]);
  for (const entry of after) pairs.set(entry.name, [pairs.get(entry.name)?.[0], entry]);
  return pairs.values();
}

function extend(prefix: string, name: string): Path {
  if (prefix.length + name.length > PATH_BYTES) throw malformed('a path is longer than 4096 bytes');
  return (prefix + name) as Path;
}

class Budget {
  #left = BUDGET;

  spend(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw malformed('it is too large to be compared');
  }
}

function malformed(why: string): Fault {
  return new Fault('TREE_MALFORMED', `a tree cannot be read: ${why}`);
}
