// SPDX-License-Identifier: Apache-2.0
// Where the commits of a release begin: at the nearest earlier tag on the first-parent line that counts. Whoever may push
// tags must not choose it, so only a tag counts whose own signature is good by the policy and roster of its commit.
import { Fault } from '../fault.ts';
import type { Oid } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import type { RuleName } from '../trust/policy.ts';
import { readCommit } from './reading.ts';
import { readState, type State } from './state.ts';
import { judgeTag, readTag } from './tag.ts';
import type { AskedTag } from './verifier.ts';

export interface PreviousTag {
  /** Undefined where none counts. */
  found: { name: string; commit: Oid } | undefined;
  /** Nearer tags that don't count, and why: names of rules, or `no readable policy`. */
  passed: { name: string; why: string }[];
}

/**
 * Looks for the nearest of `tags` that counts, on a commit before `head` in its first-parent line.
 * @throws Fault REPO_OBJECT_MISSING where the line is cut before one is found
 */
export async function previousTag(repo: Repo, tags: Iterable<AskedTag>, head: Oid): Promise<PreviousTag> {
  const tagged = await byCommit(repo, tags);
  const now = await stateAt(repo, head);
  const passed: PreviousTag['passed'] = [];
  let [at] = (await readCommit(repo, head)).parents;
  while (at !== undefined && tagged.size > 0) {
    const here = tagged.get(at) ?? [];
    tagged.delete(at);
    const state = here.length > 0 ? await stateAt(repo, at) : undefined;
    for (const tag of here) {
      const why = state ? await refusal(repo, tag, at, state, now) : 'no readable policy';
      if (why === undefined) return { found: { name: tag.name, commit: at }, passed };
      passed.push({ name: tag.name, why });
    }
    [at] = (await readCommit(repo, at)).parents;
  }
  return { found: undefined, passed };
}

/** Returns why a tag doesn't count, or undefined where it does. */
async function refusal(repo: Repo, tag: AskedTag, commit: Oid, state: State, now: State | undefined): Promise<string | undefined> {
  const { verdict, signer, findings } = await judgeTag(repo, tag, commit, state);
  // a policy may let unsigned tags pass, but they choose nothing
  if (verdict !== 'good' || !signer) return [...new Set(findings.map(({ rule }) => rule))].join(', ') || 'unsigned-human';
  // A key that was stolen since could sign a tag for any commit of its time, and whoever could push a roster that was taken back
  // since, one with a key of their own. What stands at the head is not accepted yet, but here it can only make the range longer.
  const later = now === undefined ? [] : (await judgeTag(repo, tag, commit, now)).findings;
  return later.find(({ rule }) => OF_KEYS.includes(rule))?.rule;
}

/** What is wrong with a key or with whose it is; a policy that asks for more since then, or another address, undoes no tag. */
const OF_KEYS: readonly RuleName[] = ['revoked-key', 'unknown-signer', 'bad-signature'];

/** Sorts the annotated tags by the commit they name; what is none, or cannot be read, marks no beginning. */
async function byCommit(repo: Repo, tags: Iterable<AskedTag>): Promise<Map<Oid, AskedTag[]>> {
  const found = new Map<Oid, AskedTag[]>();
  // one at a time: a hostile tag may be as large as an object can be
  for (const tag of tags) {
    const raw = await readTag(repo, tag.oid).catch(unless('COMMIT_MALFORMED', 'REPO_OBJECT_MISSING', 'REPO_FORMAT_UNSUPPORTED'));
    if (raw?.type !== 'commit') continue;
    const here = found.get(raw.object);
    if (here) here.push(tag);
    else found.set(raw.object, [tag]);
  }
  return found;
}

/** Returns what a commit holds of policy and roster, or undefined where it holds none that says anything. */
async function stateAt(repo: Repo, commit: Oid): Promise<State | undefined> {
  return readState(repo, commit, (await readCommit(repo, commit)).tree).catch(unless('POLICY_INVALID', 'ROSTER_INVALID'));
}

function unless(...codes: Fault['code'][]): (thrown: unknown) => undefined {
  return (thrown) => {
    if (!(thrown instanceof Fault) || !codes.includes(thrown.code)) throw thrown;
  };
}
