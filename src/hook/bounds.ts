// SPDX-License-Identifier: Apache-2.0
// What a session may commit: its time, its author, its paths, its size. Said before anything is committed and in one
// line, so that the agent can do better; whether it holds is decided by whoever verifies.
import type { SessionState } from '../agents/session-state.ts';
import { fromLatin1, latin1 } from '../bytes.ts';
import { isEvidence, type LineTotals } from '../commit/change.ts';
import { changedRegion, type BlobReader } from '../commit/edit.ts';
import type { Ident } from '../commit/raw.ts';
import { normalEmail } from '../email.ts';
import { Fault } from '../fault.ts';
import { matchGlob, parseGlob, touches, type Glob } from '../glob.ts';
import type { Change, Path } from '../oid.ts';
import { printable, printablePath } from '../printable.ts';
import { askGit } from '../repo/blocking.ts';
import type { Env } from '../repo/process.ts';
import { emailOf } from './author.ts';

const MEASURES = ['files', 'additions', 'deletions'] as const;
const LF = 0x0a;
const SHOWN = 3;

/** What a session wants to commit. */
export interface Attempt {
  repository: string;
  author: Ident;
  /** One list per parent, one for a root. */
  changes: Change[][];
  read: BlobReader;
  /** Counts as git does, evidence left out; asked only where a cheap bound does not settle it. */
  count: () => LineTotals | Promise<LineTotals>;
}

/**
 * Holds a session to its grant; `now` in milliseconds. Returns what the session itself changes.
 * @throws Fault STAMP_REFUSED
 */
export async function checkSession(state: SessionState, { repository, author, changes, read, count }: Attempt, now: number): Promise<Change[]> {
  if (state.repository !== repository) {
    throw new Fault('STAMP_REFUSED', `session ${state.id} is for another repository`, { hint: 'a person opens one here with "countersign session start"' });
  }
  checkTime(state, author, now);
  checkAuthor(state, author);
  const own = ownChanges(changes);
  checkScope(state, own);
  // In a merge git's count would be of the other side's work too.
  if (changes.length === 1) await checkSize(state, own, read, count);
  return own;
}

function checkTime({ id, notBefore, notAfter }: SessionState, author: Ident, now: number): void {
  const [from, until] = [Date.parse(notBefore), Date.parse(notAfter)];
  if (now < from || now > until) {
    const hint = 'a person opens a new one with "countersign session start"';
    throw new Fault('STAMP_REFUSED', `session ${id} lasts from ${notBefore} to ${notAfter}`, { hint });
  }
  const date = author.date * 1000;
  if (date < from || date > until) {
    throw new Fault('STAMP_REFUSED', `the author date is outside session ${id} (${notBefore} to ${notAfter})`, { hint: 'commit with --date=now' });
  }
}

/** The author is the sponsor, or the agent. */
function checkAuthor({ id, sponsor, sponsorEmails, agentEmails }: SessionState, author: Ident): void {
  const email = emailOf(author);
  const known = [...sponsorEmails, ...agentEmails];
  if (known.includes(email) || known.some((one) => normalEmail(one) === normalEmail(email))) return;
  throw new Fault('STAMP_REFUSED', `the author ${printable(email)} is neither ${sponsor} nor the agent of session ${id}`, {
    hint: sponsorEmails[0] === undefined ? 'commit with --reset-author' : `commit with --author="${printable(sponsor)} <${printable(sponsorEmails[0])}>"`,
  });
}

/** In a merge, the paths that differ from every parent. */
function ownChanges([first = [], ...others]: readonly Change[][]): Change[] {
  const elsewhere = others.map((changes) => new Set(changes.map(({ path }) => path)));
  return first.filter(({ path }) => !isEvidence(path) && elsewhere.every((paths) => paths.has(path)));
}

function checkScope({ id, allow, deny }: SessionState, changes: readonly Change[]): void {
  const [allowed, denied] = [parseAll(allow), parseAll(deny)];
  const outside = changes.filter(({ path }) => !allowed.some((glob) => matchGlob(glob, path, 'exact')) || denied.some((glob) => touches(glob, path)));
  if (outside.length === 0) return;
  throw new Fault('STAMP_REFUSED', `outside what session ${id} may change: ${list(outside)}`, {
    hint: 'leave it out with "git restore --staged", or a person grants it with "countersign session start --allow"',
  });
}

async function checkSize({ limits: { commit } }: SessionState, changes: readonly Change[], read: BlobReader, count: Attempt['count']): Promise<void> {
  const over = (size: LineTotals): string[] =>
    MEASURES.filter((measure) => size[measure] > commit[measure]).map((measure) => `${size[measure]} ${measure}, ${commit[measure]} allowed`);
  // A bound from above costs no process. Git's own count is lower where it sees renames and unchanged lines between.
  if (over(await boundSize(changes, read)).length === 0) return;
  const exceeded = over(await count());
  if (exceeded.length > 0) throw new Fault('STAMP_REFUSED', `too large for one commit: ${exceeded.join('; ')}`, { hint: 'split it into smaller commits' });
}

/** Returns a size that git's count never exceeds: the lines from the first to the last changed one of each file. */
export async function boundSize(changes: readonly Change[], read: BlobReader): Promise<LineTotals> {
  const size: LineTotals = { files: changes.length, additions: 0, deletions: 0 };
  for (const { oldMode, newMode, oldOid, newOid } of changes) {
    if (oldOid === newOid && oldMode !== '120000' && newMode !== '120000') continue;
    const side = async (mode: string, oid: Change['oldOid']): Promise<Uint8Array> =>
      mode === '000000' ? new Uint8Array() : mode === '160000' ? fromLatin1(`${oid}\n`) : ((await read(oid)) ?? new Uint8Array());
    const [before, after] = [await side(oldMode, oldOid), await side(newMode, newOid)];
    // A file that becomes a link is deleted and added, whatever it holds.
    const region = oldMode.slice(0, 3) === newMode.slice(0, 3) ? changedRegion(before, after) : { old: before, new: after };
    size.additions += countLines(region.new);
    size.deletions += countLines(region.old);
  }
  return size;
}

function countLines(bytes: Uint8Array): number {
  let lines = bytes.length > 0 && bytes.at(-1) !== LF ? 1 : 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines++;
  return lines;
}

/** Counts as git does, with renames, evidence left out. @throws Fault GIT_FAILED */
export function countStaged(against: string, env: Env): LineTotals {
  const args = ['diff-index', '--cached', '-M', '--numstat', '-z', '--no-ext-diff', '--no-textconv', '--ignore-submodules=none', against, '--'];
  const fields = latin1(askGit(args, { env }).stdout).split('\0');
  const size: LineTotals = { files: 0, additions: 0, deletions: 0 };
  for (let i = 0; i + 1 < fields.length; i++) {
    const [, added, deleted, name] = /^(\d+|-)\t(\d+|-)\t([^]*)$/.exec(fields[i]!) ?? [];
    // A rename has no name here, and its two names in the next two fields.
    const path = (name === '' ? fields[(i += 2)] : name) as Path;
    if (added === undefined || isEvidence(path)) continue;
    size.files++;
    size.additions += added === '-' ? 0 : Number(added);
    size.deletions += deleted === '-' ? 0 : Number(deleted);
  }
  return size;
}

/** Returns what a person has to do before these changes can land: nothing that the agent could do itself. */
export function duties({ compliance, protected: guarded }: SessionState, changes: readonly Change[]): string[] {
  const hit = (globs: Glob[]): Change[] => changes.filter(({ path }) => globs.some((glob) => touches(glob, path)));
  const [cosign, person] = [hit(parseAll(compliance)), hit(parseAll(guarded))];
  return [
    ...(cosign.length > 0 ? [`${list(cosign)} will need a person's cosignature: countersign cosign`] : []),
    ...(person.length > 0 ? [`${list(person)} is protected: a person has to make this change in a commit of their own`] : []),
  ];
}

function parseAll(texts: readonly string[]): Glob[] {
  return texts.map(parseGlob).filter((glob) => glob.kind === 'glob');
}

function list(changes: readonly Change[]): string {
  const more = changes.length > SHOWN ? ` and ${changes.length - SHOWN} more` : '';
  return changes.slice(0, SHOWN).map(({ path }) => printablePath(path)).join(', ') + more;
}
