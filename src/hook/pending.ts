// SPDX-License-Identifier: Apache-2.0
// The commit that git is about to make: its parents and what it changes, known before it exists. Git tells hooks
// neither, so both are worked out here as builtin/commit.c will.
import { join } from 'node:path';
import { fromUtf8, latin1 } from '../bytes.ts';
import { parseCommit, type RawCommit } from '../commit/raw.ts';
import { EMPTY_TREE, isOid, type Change, type ObjectFormat, type Oid } from '../oid.ts';
import type { Env } from '../repo/process.ts';
import type { findGit } from './ancestor.ts';
import { stagedChanges } from './change.ts';
import type { GitCommand } from './command.ts';
import { askLine, readObject } from './objects.ts';
import { firstLine, looseHead, readIfThere, type Place } from './place.ts';
import { STATE } from './preparation.ts';

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
  git: ReturnType<typeof findGit>;
}

/** Works out what is about to be committed. `configured` is the format of a repository without commits. @throws Fault GIT_FAILED, COMMIT_MALFORMED */
export function findPending(sight: Sight, configured: ObjectFormat): Pending {
  const { env, place, git } = sight;
  const head = looseHead(place) ?? readObject('HEAD', env)?.oid;
  const format: ObjectFormat = head === undefined ? configured : head.length === 64 ? 'sha256' : 'sha1';
  const others = mergeHeads(place);
  const amended = head !== undefined && others.length === 0 ? findAmended(sight, head, format) : undefined;
  const parents = amended ? keptParents(place, head!, amended) : newParents(sight, head, others);
  const changes = (parents.length > 0 ? parents : [EMPTY_TREE[format]]).map((parent) => stagedChanges(parent, env));
  return { format, parents, changes, amended, byMerge: isMerge(git?.command, others, env) };
}

/** `git merge` exports no author; `git commit`, which also concludes merges, always does. */
function isMerge(command: GitCommand | undefined, others: readonly Oid[], env: Env): boolean {
  if (command?.name === 'commit') return false;
  return command?.name === 'merge' || (others.length > 0 && !env.GIT_AUTHOR_DATE?.startsWith('@'));
}

/**
 * Returns HEAD where it is being replaced. The command line says so where it can be read word for word. Where it can't,
 * the author's date has to be HEAD's too; and where there is none, the message has to come from HEAD.
 */
function findAmended(sight: Sight, head: Oid, format: ObjectFormat): RawCommit | undefined {
  const { git, env } = sight;
  if (!(git ? git.command.name === 'commit' && git.command.amend : takesHeadsMessage(sight))) return undefined;
  const object = readObject(head, env);
  const commit = object && parseCommit(object.bytes, format);
  if (commit === undefined || git?.exact) return commit;
  return env.GIT_AUTHOR_DATE === `@${commit.author.date} ${commit.author.zone}` ? commit : undefined;
}

function takesHeadsMessage({ place }: Sight): boolean {
  return readText(join(place.gitDir, STATE, 'source'))?.startsWith('commit\nHEAD\n') ?? false;
}

/** In a shallow clone git takes the commits at the edge for roots, and an amend of one makes a root. */
function keptParents({ commonDir }: Place, head: Oid, { parents }: RawCommit): Oid[] {
  const edge = readText(join(commonDir, 'shallow'))?.split('\n') ?? [];
  return edge.includes(head) ? [] : parents;
}

function newParents({ env, place }: Sight, head: Oid | undefined, others: readonly Oid[]): Oid[] {
  if (others.length === 0) return head === undefined ? [] : [head];
  // MERGE_HEAD may name a signed tag.
  const peeled = others.map((oid) => readObject(`${oid}^{commit}`, env)?.oid);
  const all = [head, ...peeled].filter((oid) => oid !== undefined);
  if (firstLine(join(place.gitDir, 'MERGE_MODE')) === 'no-ff') return all;
  return askLine(['merge-base', '--independent', ...all], env).split('\n') as Oid[];
}

function mergeHeads({ gitDir }: Place): Oid[] {
  const lines = readText(join(gitDir, 'MERGE_HEAD'))?.split('\n') ?? [];
  return lines.filter((line): line is Oid => isOid(line, 'sha1') || isOid(line, 'sha256'));
}

function readText(path: string): string | undefined {
  const bytes = readIfThere(path);
  return bytes && (fromUtf8(bytes) ?? latin1(bytes));
}
