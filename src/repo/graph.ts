// SPDX-License-Identifier: Apache-2.0
// Questions about the commit graph, answered from the commits alone. Slower than git on a long history, but exact about
// a cut one: what a shallow clone lacks is either proved not to matter or a fault, and never taken for "no parents".
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { isOid } from '../oid.ts';
import type { ObjectFormat, Oid } from '../oid.ts';
import { missingObject } from './missing.ts';
import type { Repo } from './repo.ts';

/** Gives the parents of a commit, or undefined where the commit is not here. */
export type Parents = (oid: Oid) => Promise<readonly Oid[] | undefined>;

/** What can be reached, with its parents, and the parents met on the way that are not here. */
interface Reach {
  commits: Map<Oid, readonly Oid[]>;
  missing: Set<Oid>;
}

// How many commits are asked for at once: enough to keep a child process busy.
const WAVE = 256;

/** Returns the parents that a repository's own objects name. @throws Fault COMMIT_MALFORMED */
export function parentsIn(repo: Pick<Repo, 'readObject' | 'objectFormat'>): Parents {
  return async (oid) => {
    const object = await repo.readObject(oid);
    if (object === undefined) return undefined;
    if (object.kind !== 'commit') throw new Fault('COMMIT_MALFORMED', `object ${oid} is a ${object.kind}, not a commit`);
    return parentsOf(object.bytes, repo.objectFormat);
  };
}

/**
 * Returns the parents that a commit's header names: one `tree` line, then the `parent` lines, as git reads them.
 * @throws Fault COMMIT_MALFORMED
 */
export function parentsOf(bytes: Uint8Array, format: ObjectFormat): Oid[] {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('\n\n');
  const [tree = '', ...lines] = latin1(bytes.subarray(0, end < 0 ? bytes.length : end)).split('\n');
  const count = lines.findIndex((line) => !line.startsWith('parent '));
  const parents = lines.slice(0, count < 0 ? lines.length : count).map((line) => line.slice('parent '.length));
  if (!tree.startsWith('tree ') || ![tree.slice('tree '.length), ...parents].every((oid) => isOid(oid, format))) {
    throw new Fault('COMMIT_MALFORMED', 'a commit does not begin with its tree and parents');
  }
  return parents as Oid[];
}

/**
 * Yields what is reachable from `from` and not from `except`, parents first.
 * @throws Fault REPO_OBJECT_MISSING (a gap in the result, or one below `except` that could hide some of it), COMMIT_MALFORMED
 */
export async function* walkGraph(parents: Parents, from: Oid, except: readonly Oid[]): AsyncGenerator<Oid> {
  const hidden = await reach(parents, except);
  const { commits, missing } = await reach(parents, [from], (oid) => hidden.commits.has(oid) || hidden.missing.has(oid));
  for (const oid of missing) throw missingObject(oid);
  if (hidden.missing.size > 0) await refuseDoubt(parents, commits, hidden);
  yield* parentsFirst(from, commits);
}

// What is missing below `except` could have a commit of the result as its ancestor, which then would not belong to it.
// It cannot where that commit descends from what is missing. The lowest commits of the result stand for those above.
async function refuseDoubt(parents: Parents, commits: Reach['commits'], hidden: Reach): Promise<void> {
  for (const above of commits.values()) {
    if (above.some((parent) => commits.has(parent))) continue;
    const below = await reach(parents, above.filter((parent) => hidden.commits.has(parent)));
    for (const oid of hidden.missing) if (!below.missing.has(oid) && !above.includes(oid)) throw missingObject(oid);
  }
}

/** Returns the best common ancestors. @throws Fault REPO_OBJECT_MISSING where what is missing could hide another one */
export async function mergeBasesIn(parents: Parents, a: Oid, b: Oid): Promise<Oid[]> {
  const [left, right] = await Promise.all([reach(parents, [a]), reach(parents, [b])]);
  const common = new Map([...left.commits].filter(([oid]) => right.commits.has(oid)));
  // The common commits hold all their ancestors, so one that is nobody's parent among them is nobody's ancestor.
  const below = new Set([...common.values()].flat());
  const bases = [...common.keys()].filter((oid) => !below.has(oid));
  for (const oid of [...left.missing, ...right.missing]) {
    // Beneath a single base a gap hides nothing; of several, one might be the ancestor of another.
    if (!below.has(oid) || bases.length > 1) throw missingObject(oid);
  }
  return bases;
}

/** Tells whether `a` is `b` or an ancestor of it. @throws Fault REPO_OBJECT_MISSING where what is missing could show it */
export async function isAncestorIn(parents: Parents, a: Oid, b: Oid): Promise<boolean> {
  const { commits, missing } = await reach(parents, [b]);
  if (commits.has(a) || missing.has(a)) return true;
  const older = await reach(parents, [a]);
  // An ancestor of `a` cannot have `a` as its ancestor, here or not.
  for (const oid of missing) if (!older.missing.has(oid)) throw missingObject(oid);
  return false;
}

async function reach(parents: Parents, roots: readonly Oid[], skip: (oid: Oid) => boolean = () => false): Promise<Reach> {
  const commits = new Map<Oid, readonly Oid[]>();
  const missing = new Set<Oid>();
  const seen = new Set<Oid>(roots.filter((oid) => !skip(oid)));
  const waiting = [...seen];
  while (waiting.length > 0) {
    const wave = waiting.splice(-WAVE);
    const found = await Promise.all(wave.map(parents));
    for (const [i, oid] of wave.entries()) {
      const next = found[i];
      if (next === undefined) missing.add(oid);
      else commits.set(oid, next);
      for (const parent of next ?? []) {
        if (seen.has(parent) || skip(parent)) continue;
        seen.add(parent);
        waiting.push(parent);
      }
    }
  }
  // What was asked about must itself be here, else every answer about it is a guess.
  for (const root of roots) if (missing.has(root)) throw missingObject(root);
  return { commits, missing };
}

// Depth first without recursion: a history is deeper than a stack.
function* parentsFirst(from: Oid, commits: ReadonlyMap<Oid, readonly Oid[]>): Generator<Oid> {
  const done = new Set<Oid>();
  const stack = commits.has(from) ? [from] : [];
  while (stack.length > 0) {
    const oid = stack.at(-1)!;
    const waiting = done.has(oid) ? [] : commits.get(oid)!.filter((parent) => commits.has(parent) && !done.has(parent));
    for (const parent of waiting.reverse()) stack.push(parent);
    if (waiting.length > 0) continue;
    stack.pop();
    if (!done.has(oid)) yield oid;
    done.add(oid);
  }
}
