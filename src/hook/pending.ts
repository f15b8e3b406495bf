// SPDX-License-Identifier: Apache-2.0
// The commit that git is about to make: its parents and what it changes, known before it exists. Git tells hooks
// neither, so both are worked out here as builtin/commit.c will.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromUtf8, latin1 } from '../bytes.ts';
import { parseCommit, type RawCommit } from '../commit/raw.ts';
import { Fault } from '../fault.ts';
import { EMPTY_TREE, isOid, type Change, type ObjectFormat, type Oid } from '../oid.ts';
import { runGit, type Env } from '../repo/process.ts';
import { stagedChanges } from './change.ts';
import type { findGit } from './ancestor.ts';
import type { GitCommand } from './command.ts';
import { firstLine, type Place } from './place.ts';
import type { NamedObject, Objects } from './objects.ts';

export interface Pending {
  format: ObjectFormat;
  parents: Oid[];
  /** One list per parent, one for a root. */
  changes: Change[][];
  /** The commit that an amend replaces. */
  amended: RawCommit | undefined;
  /** A merge that git makes itself, without `git commit`. */
  byMerge: boolean;
}

export interface Sight {
  env: Env;
  place: Place;
  objects: Objects;
  git: ReturnType<typeof findGit>;
}

/** Works out what is about to be committed. @throws Fault GIT_FAILED, COMMIT_MALFORMED */
export async function findPending(sight: Sight, configured: Promise<ObjectFormat>): Promise<Pending> {
  const { env, place, objects, git } = sight;
  const others = await mergeHeads(place);
  // The common case begins at once: nothing but HEAD can be the parent then.
  const early = others.length === 0 && git?.command.amend === false && git.exact ? stagedChanges('HEAD', env) : undefined;
  const head = await objects.read('HEAD');
  const format: ObjectFormat = head === undefined ? await configured : head.oid.length === 64 ? 'sha256' : 'sha1';
  const amended = head !== undefined && others.length === 0 && (await amends(sight, head, format)) ? parseCommit(head.bytes, format) : undefined;
  const parents = amended ? await keptParents(place, head!.oid, amended) : await newParents(sight, head?.oid, others);
  const against = parents.length > 0 ? parents : [EMPTY_TREE[format]];
  const changes = early && parents.length === 1 ? [await early] : await Promise.all(against.map((parent) => stagedChanges(parent, env)));
  if (!changes.every((list) => list !== undefined)) throw new Fault('GIT_FAILED', 'a parent of this commit is not here', { hint: 'git fetch --unshallow' });
  return { format, parents, changes, amended, byMerge: isMerge(git?.command, others, env) };
}

/** `git merge` exports no author; `git commit`, which also concludes merges, always does. */
function isMerge(command: GitCommand | undefined, others: readonly Oid[], env: Env): boolean {
  if (command?.name === 'commit') return false;
  return command?.name === 'merge' || (others.length > 0 && !env.GIT_AUTHOR_DATE?.startsWith('@'));
}

/**
 * Tells whether HEAD is being replaced. The command line says so where it can be read word for word. Where it can't,
 * the author's date has to be HEAD's too; and where there is none, the message has to come from HEAD.
 */
async function amends({ git, env, place }: Sight, head: NamedObject, format: ObjectFormat): Promise<boolean> {
  if (git?.exact) return git.command.amend;
  const source = (await readText(join(place.gitDir, 'countersign-commit', 'source')))?.split('\n') ?? [];
  const fromHead = source[0] === 'commit' && source[1] === 'HEAD';
  if (git && git.command.name !== 'commit') return false;
  const { author } = parseCommit(head.bytes, format);
  const sameDate = env.GIT_AUTHOR_DATE === `@${author.date} ${author.zone}`;
  return sameDate && (git?.command.amend ?? fromHead);
}

/** In a shallow clone git takes the commits at the edge for roots, and an amend of one makes a root. */
async function keptParents({ commonDir }: Place, head: Oid, { parents }: RawCommit): Promise<Oid[]> {
  const edge = (await readText(join(commonDir, 'shallow')))?.split('\n') ?? [];
  return edge.includes(head) ? [] : parents;
}

async function newParents({ env, place, objects }: Sight, head: Oid | undefined, others: readonly Oid[]): Promise<Oid[]> {
  if (others.length === 0) return head === undefined ? [] : [head];
  const peeled = await Promise.all(others.map(async (oid) => (await objects.read(`${oid}^{commit}`))?.oid));
  const all = [head, ...peeled].filter((oid) => oid !== undefined);
  if ((await firstLine(join(place.gitDir, 'MERGE_MODE'))) === 'no-ff') return all;
  const { stdout } = await runGit(['merge-base', '--independent', ...all], { env });
  return latin1(stdout).split('\n').filter(Boolean) as Oid[];
}

async function mergeHeads({ gitDir }: Place): Promise<Oid[]> {
  const lines = (await readText(join(gitDir, 'MERGE_HEAD')))?.split('\n') ?? [];
  return lines.map((line) => line.split('\t', 1)[0]!).filter((line): line is Oid => isOid(line, 'sha1') || isOid(line, 'sha256'));
}

async function readText(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes && (fromUtf8(bytes) ?? latin1(bytes));
}
