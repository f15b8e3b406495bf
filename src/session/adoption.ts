// SPDX-License-Identifier: Apache-2.0
// When a repository adopted its policy: the first commit on HEAD's history that has one with this repository id. A grant
// names it, so that it counts in this history and not in one that was begun anew with a copy of the policy.
import { latin1 } from '../bytes.ts';
import { parseCommit } from '../commit/raw.ts';
import { Fault } from '../fault.ts';
import type { Oid } from '../oid.ts';
import type { GitRepo } from '../repo/git.ts';
import { runGit, type Env } from '../repo/process.ts';
import { readState, type State } from '../verifier/state.ts';

const INIT = 'run "countersign init" and commit what it writes';

/** What is committed: HEAD, and the policy and roster in it. */
export interface Standing {
  head: Oid;
  state: State;
}

/** Returns what HEAD's policy and roster say. @throws Fault ADOPTION_MISSING, POLICY_INVALID, ROSTER_INVALID, REPO_OBJECT_MISSING */
export async function readStanding(repo: GitRepo): Promise<Standing> {
  const head = await repo.resolve('HEAD');
  if (head === undefined) throw new Fault('ADOPTION_MISSING', 'there is no commit yet', { hint: INIT });
  const state = await stateAt(repo, head);
  if (state === undefined) throw new Fault('ADOPTION_MISSING', 'HEAD has no policy', { hint: INIT });
  return { head, state };
}

/** Returns the commit that brought the policy with this repository id. @throws Fault ADOPTION_MISSING (a shallow clone, too), GIT_FAILED */
export async function findAdoption(repo: GitRepo, { head, state }: Standing, env?: Env): Promise<Oid> {
  const args = ['rev-list', '--reverse', '--topo-order', '--full-history', head, '--', ':(top,literal).countersign/policy.yaml'];
  const { stdout } = await runGit(args, { layout: repo.layout, ...(env && { env }) });
  for (const oid of latin1(stdout).split('\n').filter((line) => line !== '') as Oid[]) {
    const found = await stateAt(repo, oid).catch((thrown: unknown) => {
      // A policy that could not be read in its day is none; what is not here could be the one.
      if (thrown instanceof Fault && thrown.code !== 'REPO_OBJECT_MISSING') return undefined;
      throw thrown;
    });
    if (found?.policy.repository === state.policy.repository) return oid;
  }
  throw new Fault('ADOPTION_MISSING', 'the commit that adopted the policy is not in this history', { hint: 'fetch all of it with "git fetch --unshallow"' });
}

async function stateAt(repo: GitRepo, oid: Oid): Promise<State | undefined> {
  const object = await repo.readObject(oid);
  if (object === undefined) throw new Fault('REPO_OBJECT_MISSING', `commit ${oid} is not here`, { hint: 'fetch it with "git fetch --unshallow"' });
  return readState(repo, oid, parseCommit(object.bytes, repo.objectFormat).tree);
}
