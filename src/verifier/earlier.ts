// SPDX-License-Identifier: Apache-2.0
// What sessions had done in the target's history before the range: else their limits would begin anew with every pull
// request. Followed back to the adoption that the grant names, which is older than the session's key. Where the grant
// stood meanwhile tells nothing: it may come after the work, and be taken away again.
import { NO_LINES, addLines, type LineTotals } from '../commit/change.ts';
import type { RawCommit } from '../commit/raw.ts';
import { Fault } from '../fault.ts';
import { EMPTY_TREE, type Oid } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import type { Grant } from '../statement/schema.ts';
import { readTrailers } from '../statement/trailers.ts';
import type { Ulid } from '../ulid.ts';
import { countLines, readCommit } from './reading.ts';

/** How many commits are asked for at once. */
const WAVE = 256;

/** Returns what each session's commits up to `base` add up to. @throws Fault REPO_OBJECT_MISSING where the history is cut after the adoption */
export async function earlierWork(repo: Repo, base: Oid, grants: readonly Grant[]): Promise<ReadonlyMap<Ulid, LineTotals>> {
  const sums = new Map<Ulid, LineTotals>();
  for (const adoption of new Set(grants.map((grant) => grant.adoption))) {
    const asked = new Set(grants.filter((grant) => grant.adoption === adoption).map((grant) => grant.id));
    for await (const oids of waves(repo.walk(base, [adoption]))) {
      for (const commit of await Promise.all(oids.map((oid) => readOld(repo, oid)))) {
        const session = commit && sessionOf(commit);
        if (!session || !asked.has(session)) continue;
        const lines = await countLines(repo, await treeBefore(repo, commit), commit.tree);
        sums.set(session, addLines(sums.get(session) ?? NO_LINES, lines ?? NO_LINES));
      }
    }
  }
  return sums;
}

async function* waves(oids: AsyncIterable<Oid>): AsyncGenerator<Oid[]> {
  let wave: Oid[] = [];
  for await (const oid of oids) {
    if (wave.push(oid) < WAVE) continue;
    yield wave;
    wave = [];
  }
  yield wave;
}

/** Reads a commit of the target; one that cannot be read is no session's good work, and was judged when it came. */
async function readOld(repo: Repo, oid: Oid): Promise<RawCommit | undefined> {
  try {
    return await readCommit(repo, oid);
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'COMMIT_MALFORMED') return undefined;
    throw thrown;
  }
}

function sessionOf({ message }: RawCommit): Ulid | undefined {
  const carried = readTrailers(message);
  return carried.kind === 'stamp' && carried.stamp.provenance === 'ai' ? carried.stamp.session : undefined;
}

/** Returns what a commit started from; for a merge, what git would have made of it. */
async function treeBefore(repo: Repo, { parents }: RawCommit): Promise<Oid> {
  const [ours, theirs] = parents;
  if (!ours) return EMPTY_TREE[repo.objectFormat];
  const merge = theirs && parents.length === 2 ? await repo.merge(ours, theirs) : undefined;
  return merge && merge.kind !== 'unsupported' ? merge.tree : (await readCommit(repo, ours)).tree;
}
