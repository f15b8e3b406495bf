// SPDX-License-Identifier: Apache-2.0
// What the other rooms may ask of a Git repository. Two doors implement it: the git binary and isomorphic-git; both
// must give the same bytes, and where one cannot answer it says so instead of guessing.
import type { ObjectFormat, ObjectKind, Oid, Path } from '../oid.ts';

export interface GitObject {
  kind: ObjectKind;
  /** The exact content that was hashed, without Git's `kind length NUL` prefix. */
  bytes: Uint8Array;
}

/**
 * The recomputed merge of two commits, without attributes, configuration, merge drivers or replace refs. In a conflict,
 * git's tree: with its markers, or with one side's file where there can be none; `paths` are those it could not settle.
 */
export type Merge = { kind: 'clean'; tree: Oid } | { kind: 'conflict'; tree: Oid; paths: readonly Path[] } | { kind: 'unsupported' };

/** Lines added and deleted, by path of the new side; a rename counts as git counts it with `-M`. Binary files count 0. */
export interface LineCount {
  path: Path;
  additions: number;
  deletions: number;
}

export interface Repo {
  readonly objectFormat: ObjectFormat;

  /** Returns the object, or undefined where it is not here (shallow or partial clone). Never fetches. Never follows refs/replace. */
  readObject(oid: Oid): Promise<GitObject | undefined>;

  /**
   * Returns the commit that a revision of the user names (`HEAD`, `main`, `HEAD~2`, an id), or undefined. A tag is peeled.
   * @throws Fault REVISION_UNKNOWN where the name stands for several refs, whichever of them git would take
   */
  resolve(revision: string): Promise<Oid | undefined>;

  /**
   * Yields the commits reachable from `from` and not from any of `except`, parents before children, grafts ignored.
   * @throws Fault REPO_OBJECT_MISSING where the history is cut before it is complete.
   */
  walk(from: Oid, except: readonly Oid[]): AsyncIterable<Oid>;

  /** @throws Fault REPO_OBJECT_MISSING */
  mergeBases(a: Oid, b: Oid): Promise<Oid[]>;

  /** Tells whether `a` is `b` or an ancestor of it. @throws Fault REPO_OBJECT_MISSING where the history is too short to tell. */
  isAncestor(a: Oid, b: Oid): Promise<boolean>;

  /**
   * Returns the merge of two commits, or with `base` the three-way merge from that commit.
   * The tree may exist only in this Repo, not in the repository.
   */
  merge(ours: Oid, theirs: Oid, base?: Oid): Promise<Merge>;

  /** Returns line counts between two trees, or undefined where this door cannot count as git does. */
  lineCounts(oldTree: Oid, newTree: Oid): Promise<LineCount[] | undefined>;

  /** Tells whether `refs/replace` or grafts exist that git itself would obey and this project ignores. */
  rewrites(): Promise<string[]>;

  close(): Promise<void>;
}
