// SPDX-License-Identifier: Apache-2.0
// What a range means that somebody typed, or did not type: the trusted end and the one to be judged. A tag by itself means
// the tag, and the commits since the one before it.
import { Fault } from '../fault.ts';
import type { Oid } from '../oid.ts';
import { clip, printable } from '../printable.ts';
import { defaultBranch, upstreamBranch } from '../repo/branch.ts';
import type { GitRepo } from '../repo/git.ts';
import type { Env } from '../repo/process.ts';
import { findTag, listTags, type TagRef } from '../repo/tags.ts';
import { previousTag, type PreviousTag } from '../verifier/previous-tag.ts';
import type { AskedTag } from '../verifier/verifier.ts';

/** The end that is judged. */
export interface End {
  head: Oid;
  tag?: AskedTag;
}

export interface Ends extends End {
  base: Oid;
  /** The earlier tag at which a tag's commits begin. */
  since?: PreviousTag;
}

/**
 * Reads `A..B` (without B: HEAD), a tag, or one commit `C` for what it does to its first parent. `onto` stands for A. A missing A
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
    throw new Fault('USAGE', `not a range: "${shown(text)}"`, { hint: 'name where it begins and where it ends: countersign verify main..HEAD' });
  }
  if (to === undefined) return readOne(repo, from, onto, env);
  const head = await commitOf(repo, to || 'HEAD');
  return { base: await commitOf(repo, onto ?? from), head };
}

async function readOne(repo: GitRepo, revision: string, onto: string | undefined, env: Env): Promise<Ends> {
  const end = await readEnd(repo, revision, env);
  if (onto !== undefined) return { ...end, base: await commitOf(repo, onto) };
  if (end.tag === undefined) return { ...end, base: await parentOf(repo, revision) };
  const since = await previousTag(repo, await listTags(repo.layout, env), end.head);
  if (since.found === undefined) throw noBeginning(end.tag, since);
  return { ...end, base: since.found.commit, since };
}

/** Reads the commit or tag that a revision names. @throws Fault REVISION_UNKNOWN */
export async function readEnd(repo: GitRepo, revision: string, env: Env): Promise<End> {
  // refuses a name that several refs have
  const head = await commitOf(repo, revision);
  const tag = await findTag(repo.layout, revision, env);
  // the ref may have moved meanwhile: what counts is what this tag names
  return tag === undefined ? { head } : { head: await commitOf(repo, tag.oid), tag };
}

function noBeginning({ name }: TagRef, { passed }: PreviousTag): Fault {
  const why = passed.length === 0 ? 'there is none' : passedOver(passed);
  return new Fault('USAGE', `no earlier tag at which the commits of ${shown(name)} could begin: ${why}`, {
    // what is to be typed must mean to a shell what it looks like
    hint: `git fetch --tags, or name where trust begins: countersign verify --trust <commit that adopted countersign> ${/^[\w./+-]+$/.test(name) ? name : '<tag>'}`,
  });
}

/** Returns which tags made no beginning, and why, the nearest first. */
export function passedOver(passed: PreviousTag['passed']): string {
  const few = passed.slice(0, 3).map(({ name, why }) => `${shown(name)} (${why})`);
  return [...few, ...(passed.length > few.length ? [`${passed.length - few.length} more`] : [])].join(', ');
}

/** Returns a name as a line for people holds it. */
export function shown(name: string): string {
  return printable(clip(name, 80));
}

/** Returns the commit that a revision names. @throws Fault REVISION_UNKNOWN */
export async function commitOf(repo: GitRepo, revision: string): Promise<Oid> {
  const oid = await repo.resolve(revision);
  if (oid !== undefined) return oid;
  throw new Fault('REVISION_UNKNOWN', `no commit ${shown(revision)} here`, { hint: 'look with "git log --oneline"; in a shallow clone: git fetch --unshallow' });
}

async function parentOf(repo: GitRepo, revision: string): Promise<Oid> {
  const oid = await repo.resolve(`${revision}^`);
  if (oid !== undefined) return oid;
  throw new Fault('REVISION_UNKNOWN', `${shown(revision)} has no parent here to compare it with`, { hint: 'name a range, or in a shallow clone: git fetch --unshallow' });
}

async function target(repo: GitRepo, env: Env): Promise<Oid> {
  const branch = (await upstreamBranch(repo.layout, env)) ?? (await defaultBranch(repo.layout, env));
  if (branch === undefined) throw new Fault('USAGE', 'no branch to compare with', { hint: 'name a range: countersign verify main..HEAD' });
  return commitOf(repo, branch.ref);
}
