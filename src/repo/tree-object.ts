// SPDX-License-Identifier: Apache-2.0
// One tree object as bytes, both directions. A tree that git would read in two ways, or check out outside itself, is
// refused. Checking looks at every byte once and makes no strings, because most entries of most trees never change.
import { concat, fromLatin1, latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { ZERO, byPath } from '../oid.ts';
import type { Mode, ObjectFormat, Oid, Path } from '../oid.ts';

export interface TreeEntry {
  mode: Exclude<Mode, '000000'>;
  /** One path segment, a character per byte. */
  name: string;
  oid: Oid;
}

const SPACE = 0x20;
const SLASH = 0x2f;
const FOLDER = 0o40000;

/**
 * Reads a tree object, strictly: git's order, no name twice (nor as file and folder), none empty, `.`, `..`, `.git` in
 * any case or with a slash. Modes are narrowed as git narrows them (100664 is 100644); an unknown one is malformed.
 * @throws Fault TREE_MALFORMED
 */
export function parseTree(bytes: Uint8Array, format: ObjectFormat): TreeEntry[] {
  const starts = startsOf(bytes, format);
  return entriesBetween(bytes, starts, 0, starts.length - 1, format);
}

/** Returns the bytes of a tree that holds these entries, in git's order. */
export function printTree(entries: readonly TreeEntry[]): Uint8Array {
  const keyed = entries.map((entry) => ({ ...entry, path: (entry.mode === '040000' ? `${entry.name}/` : entry.name) as Path }));
  const lines = keyed.sort(byPath).map(({ mode, name, oid }) => [fromLatin1(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(oid, 'hex')]);
  return concat(...lines.flat());
}

/**
 * Returns what stands between the entries that two trees have in common at their beginning and at their end.
 * @throws Fault TREE_MALFORMED, wherever in the trees
 */
export function differingEntries(before: Uint8Array, after: Uint8Array, format: ObjectFormat): [TreeEntry[], TreeEntry[]] {
  const [left, right] = [startsOf(before, format), startsOf(after, format)];
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;

  let first = 0;
  while (first < left.length - 1 && left[first + 1]! <= head) first++;
  let [i, j] = [left.length - 1, right.length - 1];
  // Equal bytes at the end are equal entries only where both trees begin an entry at the same place.
  const fromEnd = (bytes: Uint8Array, start: number | undefined) => bytes.length - start!;
  while (i > first && j > first) {
    const distance = fromEnd(before, left[i - 1]);
    if (distance > tail || distance !== fromEnd(after, right[j - 1])) break;
    i--;
    j--;
  }
  return [entriesBetween(before, left, first, i, format), entriesBetween(after, right, first, j, format)];
}

// Objects come from a cache, and each tree is looked at as a commit's own and as that of its children's parent.
const checked = { sha1: new WeakMap<Uint8Array, Uint32Array>(), sha256: new WeakMap<Uint8Array, Uint32Array>() };

function startsOf(bytes: Uint8Array, format: ObjectFormat): Uint32Array {
  const starts = checked[format].get(bytes) ?? checkTree(bytes, ZERO[format].length / 2);
  checked[format].set(bytes, starts);
  return starts;
}

// Returns where each entry begins, and the end.
function checkTree(bytes: Uint8Array, idLength: number): Uint32Array {
  const starts: number[] = [];
  // files that a folder further on may still be named like: each is put here once and taken out once, so time stays linear
  const open: Span[] = [];
  let [lastName, lastEnd, lastIsFolder] = [0, 0, false];
  for (let at = 0; at < bytes.length; ) {
    const name = nameAt(bytes, at);
    const isFolder = canonicalMode(bytes, at, name) === FOLDER;
    let nul = name;
    for (; nul < bytes.length && bytes[nul] !== 0; nul++) if (bytes[nul] === SLASH) throw badName();
    if (nul + 1 + idLength > bytes.length) throw malformedTree('an entry is cut short');
    if (nul - name <= 4 && /^(|\.|\.\.|\.git)$/i.test(latin1(bytes.subarray(name, nul)))) throw badName();
    if (starts.length > 0 && !lastIsFolder && beginsWith(bytes, name, nul, lastName, lastEnd)) open.push({ from: lastName, to: lastEnd });
    const ordered = starts.length === 0 || compareNames(bytes, lastName, lastEnd, lastIsFolder, name, nul, isFolder) < 0;
    if (!ordered || (isFolder && hasTwin(bytes, open, name, nul))) throw malformedTree('its entries are not in order, or a name occurs twice');
    starts.push(at);
    [lastName, lastEnd, lastIsFolder] = [name, nul, isFolder];
    at = nul + 1 + idLength;
  }
  return Uint32Array.from([...starts, bytes.length]);
}

function nameAt(bytes: Uint8Array, start: number): number {
  // No mode has more than seven digits.
  for (let at = start; at < start + 8; at++) if (bytes[at] === SPACE) return at + 1;
  throw malformedTree('an entry has no mode');
}

function canonicalMode(bytes: Uint8Array, start: number, name: number): number {
  let mode = 0;
  for (let at = start; at < name - 1; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 7) throw malformedTree('an entry has an unknown mode');
    mode = mode * 8 + digit;
  }
  if (mode === FOLDER || mode === 0o120000 || mode === 0o160000) return mode;
  if (mode >> 12 === 0o10) return (mode & 0o100) === 0 ? 0o100644 : 0o100755;
  throw malformedTree('an entry has an unknown mode');
}

// git sorts a folder as if its name ended in a slash, and every name as if a NUL followed.
function compareNames(bytes: Uint8Array, a: number, aEnd: number, aIsFolder: boolean, b: number, bEnd: number, bIsFolder: boolean): number {
  for (let i = 0; ; i++) {
    const left = a + i < aEnd ? bytes[a + i]! : a + i === aEnd && aIsFolder ? SLASH : 0;
    const right = b + i < bEnd ? bytes[b + i]! : b + i === bEnd && bIsFolder ? SLASH : 0;
    if (left !== right || left === 0) return left - right;
  }
}

/** A name, as a piece of the tree's bytes. */
interface Span {
  from: number;
  to: number;
}

// What lies between a file and a folder of one name begins with that name. So a file whose name this folder does not
// begin with can have no twin further on, and a file that this folder only begins with still can.
function hasTwin(bytes: Uint8Array, open: Span[], name: number, nul: number): boolean {
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    if (beginsWith(bytes, name, nul, last.from, last.to)) return last.to - last.from === nul - name;
    open.pop();
  }
  return false;
}

function beginsWith(bytes: Uint8Array, name: number, nul: number, from: number, to: number): boolean {
  if (to - from > nul - name) return false;
  for (let i = 0; i < to - from; i++) if (bytes[from + i] !== bytes[name + i]) return false;
  return true;
}

function entriesBetween(bytes: Uint8Array, starts: Uint32Array, first: number, end: number, format: ObjectFormat): TreeEntry[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: TreeEntry[] = [];
  for (let k = first; k < end; k++) {
    const name = nameAt(bytes, starts[k]!);
    const id = starts[k + 1]! - ZERO[format].length / 2;
    const mode = canonicalMode(bytes, starts[k]!, name).toString(8).padStart(6, '0') as TreeEntry['mode'];
    entries.push({ mode, name: view.toString('latin1', name, id - 1), oid: view.toString('hex', id, starts[k + 1]) as Oid });
  }
  return entries;
}

/** Returns the fault for a tree that cannot be read, or not within bounds. */
export function malformedTree(why: string): Fault {
  return new Fault('TREE_MALFORMED', `a tree cannot be read: ${why}`);
}

function badName(): Fault {
  return malformedTree('an entry has a name that no file may have');
}
