// SPDX-License-Identifier: Apache-2.0
// The policy and roster that are committed here and now: what a person acts under who signs something in this clone.
// Judging a contribution never starts from them; that takes the target's.
import { Fault } from '../fault.ts';
import type { Oid } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import { readCommit } from './reading.ts';
import { readState, type State } from './state.ts';

const INIT = 'run "countersign init" and commit what it writes';

export interface Head {
  oid: Oid;
  tree: Oid;
  state: State;
}

/** Returns HEAD with what its policy and roster say. @throws Fault ADOPTION_MISSING, POLICY_INVALID, ROSTER_INVALID, REPO_OBJECT_MISSING */
export async function readHead(repo: Repo): Promise<Head> {
  const oid = await repo.resolve('HEAD');
  if (oid === undefined) throw new Fault('ADOPTION_MISSING', 'there is no commit yet', { hint: INIT });
  const { tree } = await readCommit(repo, oid);
  const state = await readState(repo, oid, tree);
  if (state === undefined) throw new Fault('ADOPTION_MISSING', 'HEAD has no policy', { hint: INIT });
  return { oid, tree, state };
}
