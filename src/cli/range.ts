// SPDX-License-Identifier: Apache-2.0
// What a range means that somebody typed, or did not type: the trusted end and the one to be judged.
import { Fault } from '../fault.ts';
import type { Oid } from '../oid.ts';
import { clip, printable } from '../printable.ts';
import { defaultBranch, upstreamBranch } from '../repo/branch.ts';
import type { GitRepo } from '../repo/git.ts';
import type { Env } from '../repo/process.ts';

export interface Ends {
  base: Oid;
  head: Oid;
}

/**
 * Reads `A..B` (without B: HEAD), or one commit `C` for what it does to its first parent. `onto` stands for A. A missing A
 * is no HEAD as it is for git: where a script's variable is empty, nothing would be judged, and found good.
 * @throws Fault USAGE (`A...B`, `..B`, no such range), REVISION_UNKNOWN
 */
export async function readRange(repo: GitRepo, text: string | undefined, onto: string | undefined, env: Env): Promise<Ends> {
  if (text === undefined) {
    const base = onto === undefined ? await target(repo, env) : await commitOf(repo, onto);
    return { base, head: await commitOf(repo, 'HEAD') };
  }
  if (text.includes('...')) throw new Fault('USAGE', 'a range has two dots', { hint: `did you mean ${printable(clip(text.replace('...', '..'), 80))}?` });
  const [from = '', to, ...more] = text.split('..');
  if (more.length > 0 || (from === '' && (to === undefined || onto === undefined))) {
    throw new Fault('USAGE', `not a range: "${printable(clip(text, 80))}"`, { hint: 'name where it begins and where it ends: countersign verify main..HEAD' });
  }
  const head = await commitOf(repo, to === undefined ? from : to || 'HEAD');
  if (onto !== undefined) return { base: await commitOf(repo, onto), head };
  return { base: await (to === undefined ? parentOf(repo, from) : commitOf(repo, from)), head };
}

/** Returns the commit that a revision names. @throws Fault REVISION_UNKNOWN */
export async function commitOf(repo: GitRepo, revision: string): Promise<Oid> {
  const oid = await repo.resolve(revision);
  if (oid !== undefined) return oid;
  throw new Fault('REVISION_UNKNOWN', `no commit ${printable(clip(revision, 80))} here`, { hint: 'look with "git log --oneline"; in a shallow clone: git fetch --unshallow' });
}

async function parentOf(repo: GitRepo, revision: string): Promise<Oid> {
  const oid = await repo.resolve(`${revision}^`);
  if (oid !== undefined) return oid;
  throw new Fault('REVISION_UNKNOWN', `${printable(clip(revision, 80))} has no parent here to compare it with`, { hint: 'name a range, or in a shallow clone: git fetch --unshallow' });
}

async function target(repo: GitRepo, env: Env): Promise<Oid> {
  const branch = (await upstreamBranch(repo.layout, env)) ?? (await defaultBranch(repo.layout, env));
  if (branch === undefined) throw new Fault('USAGE', 'no branch to compare with', { hint: 'name a range: countersign verify main..HEAD' });
  return commitOf(repo, branch.ref);
}
