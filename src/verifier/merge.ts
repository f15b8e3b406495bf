// SPDX-License-Identifier: Apache-2.0
// What a merge commit did by itself. A merge that git would have made is recomputed and needs no stamp; whatever it
// differs by was done by whoever committed it, and so was what differs from every parent, and every choice in a conflict.
import { withoutEvidence } from '../commit/change.ts';
import { byPath, type Change, type Oid, type Path } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import { diffTrees } from '../repo/tree.ts';

export interface MergeFacts {
  /** `clean`: git makes the same tree (evidence aside); `unclean`: it doesn't; `octopus`: never recomputed. */
  kind: 'clean' | 'unclean' | 'octopus' | 'undecided';
  /** The recomputed tree, with conflict markers where it conflicts. */
  recomputed: Oid | undefined;
  /** Everything by which the commit differs from the recomputed merge, evidence included. */
  difference: Change[] | undefined;
  /** What the commit did beyond the recomputed merge. */
  beyond: Change[];
  /** Paths, evidence aside, whose content here is that of no parent. */
  unlike: Set<Path>;
}

/** Recomputes a merge and tells what it did by itself. `diffs` are the differences to each parent. */
export async function readMerge(repo: Repo, tree: Oid, parents: readonly Oid[], diffs: readonly Change[][]): Promise<MergeFacts> {
  const unlike = unlikeAll(diffs);
  const [ours, theirs] = parents;
  if (parents.length > 2) return { kind: 'octopus', recomputed: undefined, difference: undefined, beyond: pick(diffs[0]!, unlike), unlike };
  const merge = await repo.merge(ours!, theirs!);
  if (merge.kind === 'unsupported') return { kind: 'undecided', recomputed: undefined, difference: undefined, beyond: pick(diffs[0]!, unlike), unlike };
  const difference = await diffTrees(repo, merge.tree, tree);
  const changed = withoutEvidence(difference);
  const clean = merge.kind === 'clean' && changed.length === 0;
  const seen = new Set(changed.map((change) => change.path));
  const settled = new Set(merge.kind === 'conflict' ? merge.paths : []);
  // where no markers fit (a link, a submodule, no text, a file removed on one side) git's tree holds one side's: a choice too
  const chosen = diffs.flatMap((diff) => withoutEvidence(pick(diff, settled)));
  const rest = [...pick(diffs[0]!, unlike), ...chosen].filter(({ path }) => !seen.has(path) && seen.add(path));
  return { kind: clean ? 'clean' : 'unclean', recomputed: merge.tree, difference, beyond: clean ? [] : [...changed, ...rest].sort(byPath), unlike };
}

/** Returns the paths, evidence aside, that are in all of these differences. */
export function unlikeAll(diffs: readonly Change[][]): Set<Path> {
  const [first = [], ...others] = diffs.map((diff) => withoutEvidence(diff).map((change) => change.path));
  const sets = others.map((paths) => new Set(paths));
  return new Set(first.filter((path) => sets.every((set) => set.has(path))));
}

/** Returns the paths that a merge gave content of its own though this side had no such file: an edit followed a rename. */
export function movedTo(unlike: ReadonlySet<Path>, diff: readonly Change[]): Path[] {
  return diff.filter(({ path, oldMode }) => oldMode === '000000' && unlike.has(path)).map(({ path }) => path);
}

function pick(changes: readonly Change[], paths: ReadonlySet<Path>): Change[] {
  return changes.filter((change) => paths.has(change.path));
}
