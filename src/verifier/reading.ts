// SPDX-License-Identifier: Apache-2.0
// A commit as it reads before anybody judges it, and commits read ahead of their verdict: git and the arithmetic then
// work at the same time, and a verdict waits for neither.
import { NO_LINES, isEvidence, type LineTotals } from '../commit/change.ts';
import { readText } from '../commit/message.ts';
import { parseCommit, type RawCommit } from '../commit/raw.ts';
import { Fault } from '../fault.ts';
import { EMPTY_TREE, type Change, type Oid } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import { Budget, diffTrees } from '../repo/tree.ts';
import { readTrailers, type Carried } from '../statement/trailers.ts';
import { readMerge, type MergeFacts } from './merge.ts';

/** What a commit says and does, whoever made it and whatever the policy. */
export interface Reading {
  raw: RawCommit;
  parentTrees: Oid[];
  /** The latest committer date of its parents, in seconds since the epoch; what was made upon them is no older. */
  horizon: number;
  /** Differences to each parent, to the empty tree for a root; evidence included. */
  diffs: Change[][];
  carried: Carried;
  text: ReturnType<typeof readText>;
  merge: MergeFacts | undefined;
  /** Counts what it changed; the count may have begun already. */
  countLines: () => Promise<LineTotals | undefined>;
}

/** How many commits are under way at once; their trees and differences are in memory together. */
const AHEAD = 48;
/** What one of them may take ahead, in bytes: thousands of changed paths. A larger one is read alone, when it is its turn. */
const LIGHT = 4 * 1024 * 1024;

/** Commits read ahead, each once. */
export class Readings {
  readonly #started = new Map<Oid, Promise<Reading | 'heavy'>>();
  readonly #repo: Repo;

  constructor(repo: Repo) {
    this.#repo = repo;
  }

  /** Begins to read a commit that will be asked for. What goes wrong is told to whoever asks. */
  start(oid: Oid | undefined): void {
    if (oid === undefined || this.#started.has(oid)) return;
    const reading = read(this.#repo, oid, new Budget(LIGHT)).catch((thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === 'TREE_MALFORMED') return 'heavy' as const;
      throw thrown;
    });
    reading.catch(() => undefined);
    this.#started.set(oid, reading);
  }

  /** Returns a commit's reading and forgets it. @throws Fault COMMIT_MALFORMED, TREE_MALFORMED, REPO_OBJECT_MISSING */
  async take(oid: Oid): Promise<Reading> {
    this.start(oid);
    const reading = this.#started.get(oid)!;
    this.#started.delete(oid);
    const light = await reading;
    return light === 'heavy' ? read(this.#repo, oid, new Budget()) : light;
  }

  /** Yields the commits in their order, those behind them already begun. */
  async *ahead(oids: AsyncIterable<Oid> | Iterable<Oid>): AsyncGenerator<Oid> {
    const waiting: Oid[] = [];
    for await (const oid of oids) {
      this.start(oid);
      waiting.push(oid);
      if (waiting.length > AHEAD) yield waiting.shift()!;
    }
    yield* waiting;
  }
}

/** `budget` is for the differences to all parents together: an octopus is one commit. */
async function read(repo: Repo, oid: Oid, budget: Budget): Promise<Reading> {
  const raw = await readCommit(repo, oid);
  const parents = await Promise.all(raw.parents.map((parent) => readCommit(repo, parent)));
  const parentTrees = parents.map(({ tree }) => tree);
  const horizon = Math.max(0, ...parents.map(({ committer }) => committer.date));
  const against = parentTrees.length > 0 ? parentTrees : [EMPTY_TREE[repo.objectFormat]];
  const diffs = await Promise.all(against.map((tree) => diffTrees(repo, tree, raw.tree, budget)));
  const carried = readTrailers(raw.message);
  const text = readText(raw.author, carried.kind === 'stamp' ? carried.above : raw.message, raw.encoding);
  const merge = raw.parents.length > 1 ? await readMerge(repo, raw.tree, raw.parents, diffs) : undefined;
  const count = (): Promise<LineTotals | undefined> => countLines(repo, merge?.recomputed ?? against[0]!, raw.tree);
  // nearly everything but what says it is a person's will be counted
  const early = carried.kind === 'stamp' && carried.stamp.provenance !== 'human' ? count() : undefined;
  early?.catch(() => undefined);
  return { raw, parentTrees, horizon, diffs, carried, text, merge, countLines: () => early ?? count() };
}

/** Reads a commit that must be here. @throws Fault REPO_OBJECT_MISSING, COMMIT_MALFORMED */
export async function readCommit(repo: Repo, oid: Oid): Promise<RawCommit> {
  const object = await repo.readObject(oid);
  if (!object) throw new Fault('REPO_OBJECT_MISSING', `commit ${oid} is not here`, { hint: 'git fetch --unshallow' });
  if (object.kind !== 'commit') throw new Fault('COMMIT_MALFORMED', `${oid} is a ${object.kind}, not a commit`);
  return parseCommit(object.bytes, repo.objectFormat);
}

/** Returns what differs between two trees in files and lines, evidence left out; undefined where this door to Git cannot count. */
export async function countLines(repo: Repo, before: Oid, after: Oid): Promise<LineTotals | undefined> {
  const counts = await repo.lineCounts(before, after);
  return counts
    ?.filter((count) => !isEvidence(count.path))
    .reduce((sum, { additions, deletions }) => ({ files: sum.files + 1, additions: sum.additions + additions, deletions: sum.deletions + deletions }), NO_LINES);
}
