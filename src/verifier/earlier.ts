// SPDX-License-Identifier: Apache-2.0
// What a session had done in the target's history before the range: else its limit would begin anew with every pull
// request. Followed back to the commit that brought its grant.
import { EMPTY_TREE, type Oid } from '../oid.ts';
import type { RawCommit } from '../commit/raw.ts';
import type { Repo } from '../repo/repo.ts';
import { entryAt } from '../repo/tree.ts';
import { grantPath } from '../statement/evidence.ts';
import { readTrailers } from '../statement/trailers.ts';
import type { Ulid } from '../ulid.ts';
import { countLines, readCommit } from './reading.ts';
import { NO_LINES, addLines, type LineTotals } from './sums.ts';

/** Returns what a session's commits up to `base` add up to. @throws Fault REPO_OBJECT_MISSING where the history is cut before its grant came */
export async function earlierWork(repo: Repo, base: Oid, session: Ulid): Promise<LineTotals> {
  let sum = NO_LINES;
  const seen = new Set([base]);
  for (const oid of seen) {
    const commit = await readCommit(repo, oid);
    if (!(await entryAt(repo, commit.tree, grantPath(session)))) continue;
    const carried = readTrailers(commit.message);
    if (carried.kind === 'stamp' && carried.stamp.provenance === 'ai' && carried.stamp.session === session) {
      sum = addLines(sum, (await countLines(repo, await treeBefore(repo, commit), commit.tree)) ?? NO_LINES);
    }
    for (const parent of commit.parents) seen.add(parent);
  }
  return sum;
}

/** Returns what a commit started from; for a merge, what git would have made of it. */
async function treeBefore(repo: Repo, { parents }: RawCommit): Promise<Oid> {
  const [ours, theirs] = parents;
  if (!ours) return EMPTY_TREE[repo.objectFormat];
  const merge = theirs && parents.length === 2 ? await repo.merge(ours, theirs) : undefined;
  return merge && merge.kind !== 'unsupported' ? merge.tree : (await readCommit(repo, ours)).tree;
}
