// SPDX-License-Identifier: Apache-2.0
// restamp: gives the last commit the stamp that it should have, as the one who is at work here: after an amend that
// nobody foresaw, a rebase with conflicts, or a tool that skips hooks. Only the message changes, never the authorship.
import { hasTerminal } from '../agents/environment.ts';
import { concat, fromLatin1, latin1 } from '../bytes.ts';
import { isEvidence, type LineTotals } from '../commit/change.ts';
import { parseCommit, type RawCommit } from '../commit/raw.ts';
import { Fault } from '../fault.ts';
import { EMPTY_TREE, pathOf, type Change, type Oid } from '../oid.ts';
import { printable } from '../printable.ts';
import { openGit, type GitRepo } from '../repo/git.ts';
import type { Env } from '../repo/process.ts';
import { readConfig } from '../repo/config.ts';
import { diffTrees, entryAt } from '../repo/tree.ts';
import { updateRef, writeCommit } from '../repo/write.ts';
import { readGitSigning } from '../signer/git-settings.ts';
import type { Provenance } from '../statement/stamp.ts';
import { parseRoster } from '../trust/roster.ts';
import { isAuthor } from '../trust/holder.ts';
import { repositoryId } from './adoption.ts';
import { emailOf } from './author.ts';
import { checkSession } from './bounds.ts';
import { claimWork, identify } from './identity.ts';
import { takeStamps } from './old-stamp.ts';
import { stampMessage } from './stamping.ts';

export interface Restamped {
  oid: Oid;
  /** The commit in whose place it stands now. */
  replaced: Oid;
  provenance: Provenance;
  /** Git's own signature on the commit would not have fitted any more. */
  droppedSignature: boolean;
}

/**
 * Stamps HEAD anew and moves it, provided that nobody else moves it meanwhile. Committer and other headers stay.
 * @param revision must name HEAD's commit
 * @throws Fault REVISION_UNKNOWN, USAGE (not HEAD), ADOPTION_MISSING, STAMP_REFUSED (not the caller's own commit, or outside the
 * session), SESSION_UNKNOWN, SESSION_CLOSED, SIGNER_UNAVAILABLE, SIGNING_FAILED, GIT_FAILED
 */
export async function restamp(dir: string, revision: string, env: Env, now = Date.now()): Promise<Restamped> {
  const repo = await openGit(dir, { env });
  try {
    const head = await findHead(repo, revision);
    const raw = await commitAt(repo, head);
    const repository = await repositoryId(repo.layout.toplevel ?? repo.layout.gitDir, (name) => policyAt(repo, raw.tree, name));
    if (repository === undefined) throw new Fault('ADOPTION_MISSING', 'this repository has not adopted countersign', { hint: 'run "countersign init"' });
    const place = repo.layout.toplevel ?? repo.layout.gitDir;
    const settings = { signer: await readConfig(repo.layout, 'countersign.signer', env), signing: await readGitSigning({ dir: place, home: undefined, env }) };
    const identity = await identify({ env, commonDir: repo.layout.commonDir, dir: place, hasTerminal }, settings);
    const changes = await changesOf(repo, raw);
    const read = async (oid: Oid): Promise<Uint8Array | undefined> => (await repo.readObject(oid))?.bytes;
    if (identity.kind === 'person') await checkOwn(repo, raw, env);
    else await checkSession(identity.state, { repository, author: raw.author, changes, read, count: () => countLines(repo, raw) }, now);
    const { message, declared } = takeStamps(raw.message);
    const claim = claimWork(identity, declared);
    const work = { ...claim, format: repo.objectFormat, repository, changes, read, tree: () => raw.tree, author: raw.author, encoding: raw.encoding };
    const stamped = await stampMessage(message, work, identity.signer);
    const oid = await writeCommit(repo.layout, printCommit(raw, stamped), env);
    await updateRef(repo.layout, 'HEAD', oid, head, 'countersign restamp', env);
    return { oid, replaced: head, provenance: claim.provenance, droppedSignature: raw.signature !== undefined };
  } finally {
    await repo.close();
  }
}

async function findHead(repo: GitRepo, revision: string): Promise<Oid> {
  const [head, named] = [await repo.resolve('HEAD'), await repo.resolve(revision)];
  if (head === undefined || named === undefined) throw new Fault('REVISION_UNKNOWN', `no such commit: ${printable(revision)}`);
  if (named === head) return head;
  const from = (await commitAt(repo, named)).parents.length > 0 ? `${printable(revision)}~1` : '--root';
  const hint = `reach the others with: git rebase --exec 'countersign restamp HEAD' ${from}`;
  throw new Fault('USAGE', 'only HEAD can be stamped anew', { hint });
}

async function commitAt(repo: GitRepo, oid: Oid): Promise<RawCommit> {
  const object = await repo.readObject(oid);
  if (object?.kind !== 'commit') throw new Fault('REPO_OBJECT_MISSING', `commit ${oid} is not here`);
  return parseCommit(object.bytes, repo.objectFormat);
}

/** Reads `HEAD:path` in the commit's own tree. */
async function policyAt(repo: GitRepo, tree: Oid, name: string): Promise<Uint8Array | undefined> {
  const entry = await entryAt(repo, tree, pathOf(name.slice('HEAD:'.length)));
  return entry && (await repo.readObject(entry.oid))?.bytes;
}

async function changesOf(repo: GitRepo, raw: RawCommit): Promise<Change[][]> {
  const parents = await Promise.all(raw.parents.map(async (oid) => (await commitAt(repo, oid)).tree));
  const against = parents.length > 0 ? parents : [EMPTY_TREE[repo.objectFormat]];
  return Promise.all(against.map((tree) => diffTrees(repo, tree, raw.tree)));
}

/** A person stands behind commits of their own, not behind those that name somebody else as author. @throws Fault STAMP_REFUSED */
async function checkOwn(repo: GitRepo, { tree, author }: RawCommit, env: Env): Promise<void> {
  const id = await readConfig(repo.layout, 'countersign.person', env);
  const roster = await policyAt(repo, tree, 'HEAD:.countersign/roster.yaml');
  const person = id === undefined || roster === undefined ? undefined : parseRoster(roster).people[id];
  const email = emailOf(author);
  if (person ? isAuthor(person, email) : email === (await readConfig(repo.layout, 'user.email', env))) return;
  const hint = 'its author restamps it, or take it over with "git commit --amend --reset-author"';
  throw new Fault('STAMP_REFUSED', `the commit is by ${printable(email)}, not by you`, { hint });
}

async function countLines(repo: GitRepo, { parents: [parent], tree }: RawCommit): Promise<LineTotals> {
  const before = parent === undefined ? EMPTY_TREE[repo.objectFormat] : (await commitAt(repo, parent)).tree;
  const counts = (await repo.lineCounts(before, tree)) ?? [];
  const work = counts.filter(({ path }) => !isEvidence(path));
  const sum = (measure: 'additions' | 'deletions'): number => work.reduce((total, count) => total + count[measure], 0);
  return { files: work.length, additions: sum('additions'), deletions: sum('deletions') };
}

/** Returns the commit with another message and without git's signature, every other header as it was. */
function printCommit({ headers }: RawCommit, message: Uint8Array): Uint8Array {
  const kept = headers.filter(({ name }) => !name.startsWith('gpgsig'));
  const lines = kept.map(({ name, value }) => `${name} ${latin1(value).replaceAll('\n', '\n ')}\n`);
  return concat(fromLatin1(`${lines.join('')}\n`), message);
}
