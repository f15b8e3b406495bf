// SPDX-License-Identifier: Apache-2.0
// When a repository adopted its policy: the first commit on HEAD's history that has one with this repository id. A grant
// names it, so that it counts in this history and not in one that was begun anew with a copy of the policy.
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import type { Oid } from '../oid.ts';
import type { GitRepo } from '../repo/git.ts';
import { runGit, type Env } from '../repo/process.ts';
import { readCommit } from '../verifier/reading.ts';
import type { Head } from '../verifier/head.ts';
import { readState } from '../verifier/state.ts';

/**
 * Returns the commit that brought the policy with this repository id: it has it, and none of its parents does.
 * @throws Fault ADOPTION_MISSING, REPO_OBJECT_MISSING (in a shallow clone the first commit here need not be the first of all), GIT_FAILED
 */
export async function findAdoption(repo: GitRepo, { oid: head, state: { policy } }: Head, env?: Env): Promise<Oid> {
  const args = ['rev-list', '--reverse', '--topo-order', '--full-history', head, '--', ':(top,literal).countersign/policy.yaml'];
  const { stdout } = await runGit(args, { layout: repo.layout, ...(env && { env }) });
  for (const oid of latin1(stdout).split('\n').filter((line) => line !== '') as Oid[]) {
    if ((await repositoryAt(repo, oid)) !== policy.repository) continue;
    const { parents } = await readCommit(repo, oid);
    const before = await Promise.all(parents.map((parent) => repositoryAt(repo, parent)));
    if (!before.includes(policy.repository)) return oid;
  }
  throw new Fault('ADOPTION_MISSING', 'the commit that adopted the policy is not in this history', { hint: 'fetch all of it with "git fetch --unshallow"' });
}

/** Returns the repository id in a commit's policy. One that could not be read in its day is none; what is not here could be the one. */
async function repositoryAt(repo: GitRepo, oid: Oid): Promise<string | undefined> {
  try {
    return (await readState(repo, oid, (await readCommit(repo, oid)).tree))?.policy.repository;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code !== 'REPO_OBJECT_MISSING') return undefined;
    throw thrown;
  }
}
