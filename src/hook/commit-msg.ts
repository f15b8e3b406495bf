// SPDX-License-Identifier: Apache-2.0
// commit-msg: gives the commit that is about to be made its stamp, or refuses it with the reason. What git does to the
// message afterwards is done here first, so that the stamp binds the message as it will be stored.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionState } from '../agents/session-state.ts';
import { fromLatin1, latin1 } from '../bytes.ts';
import { isEvidence, withoutEvidence, type LineTotals } from '../commit/change.ts';
import type { BlobReader } from '../commit/edit.ts';
import type { Ident, RawCommit } from '../commit/raw.ts';
import { Fault } from '../fault.ts';
import { EMPTY_TREE, type Oid } from '../oid.ts';
import { readTrailers } from '../statement/trailers.ts';
import { POLICY, repositoryId } from './adoption.ts';
import { findGit } from './ancestor.ts';
import { pendingAuthor, printIdent } from './author.ts';
import { checkSession, countStaged, duties } from './bounds.ts';
import type { HookCall } from './call.ts';
import { cleanMessage, isEmptyMessage, isUntouched, type Cleanup } from './cleanup.ts';
import { repairUtf8 } from './encoding.ts';
import { isLeftToGit, type GitSignatureFacts } from './git-signature.ts';
import { claimWork, identify, type Claim, type Identity } from './identity.ts';
import { askLine, blobReader, readObject } from './objects.ts';
import { takeStamps, type Declared } from './old-stamp.ts';
import { findPending, type Pending, type Sight } from './pending.ts';
import { findPlace, readIfThere, replaceFile } from './place.ts';
import { STATE, chooseCleanup, readState, type PreparedState } from './preparation.ts';
import { readSettings, type Settings } from './settings.ts';
import { stampBare, stampMessage, type Work } from './stamping.ts';

/** Everything known before the message is touched. */
interface Scene extends Sight {
  settings: Settings;
  identity: Identity;
  pending: Pending;
  author: Ident;
  repository: string;
}

/**
 * Stamps the message file. Leaves it alone where the repository has not adopted countersign, where git will give up by
 * itself, and in a merge of two that `git merge` makes.
 * @throws Fault STAMP_REFUSED, SESSION_UNKNOWN, SESSION_CLOSED, SIGNER_UNAVAILABLE, SIGNING_FAILED, GIT_FAILED, FILE_FAILED
 */
export async function commitMessage(call: HookCall): Promise<void> {
  const [file] = call.args;
  const original = file === undefined ? undefined : readIfThere(file);
  if (original === undefined) throw new Fault('USAGE', 'commit-msg wants the name of the message file');
  const scene = await look(call);
  if (scene) await stampFile(file!, original, scene, call);
}

/** Finds out what is being committed and by whom; undefined where that needs no stamp. */
async function look({ env, hasTerminal }: HookCall): Promise<Scene | undefined> {
  const place = findPlace(env);
  const repository = await repositoryId(place.toplevel, async (name) => readObject(name, env)?.bytes);
  if (repository === undefined) return undefined;
  const settings = readSettings(env);
  const sight: Sight = { env, place, git: findGit() };
  const pending = findPending(sight, settings.objectFormat);
  // A clean merge needs no stamp, and its author date nobody knows yet.
  if (pending.byMerge && pending.parents.length <= 2) return undefined;
  const identity = await identify({ env, commonDir: place.commonDir, hasTerminal }, settings);
  const author = pendingAuthor(env, settings.encoding, () => readIfThere(join(place.gitDir, STATE, 'author')));
  return { ...sight, repository, settings, pending, identity, author };
}

async function stampFile(file: string, original: Uint8Array, scene: Scene, call: HookCall): Promise<void> {
  const { pending, identity, settings } = scene;
  const prepared = readState(scene.place);
  const cleanup = chooseCleanup(scene, prepared, original);
  const cleaned = cleanMessage(original, cleanup);
  if (isAborted(cleaned, cleanup, scene, prepared)) return;
  const read = blobReader(pending.changes.length === 1 ? withoutEvidence(pending.changes[0]!) : [], scene.env);
  if (identity.kind === 'session') await holdToGrant(identity.state, read, scene, call);
  const { message, declared, stamps } = takeStamps(cleaned);
  // Who amends or reuses a commit knows that its stamp is there.
  const known = pending.amended !== undefined || prepared.source === 'commit';
  if (stamps > 0 && !known) call.say('note', 'an earlier stamp in the message is replaced');
  const above = repaired(cleanMessage(message, cleanup), settings);
  const claim = claimWork(identity, declared, earlier(pending.amended));
  const stamped = (await isLeftToGit(claim, gitSignatureFacts(scene))) ? stampBare(above) : await stampMessage(above, describeWork(scene, claim, read), identity.signer);
  const stored = cleanMessage(stamped, cleanup);
  checkCarried(stored);
  replaceFile(file, stamped);
  leaveExpectation(scene, stored);
}

function describeWork({ pending, author, repository, settings, env }: Scene, claim: Claim, read: BlobReader): Work {
  const { format, changes } = pending;
  return { ...claim, format, repository, changes, read, author, encoding: settings.encoding, tree: () => askLine(['write-tree'], env) as Oid };
}

function gitSignatureFacts({ env, git, settings: { signer, signing }, place }: Scene): GitSignatureFacts {
  return { env, git, signer, signing, toplevel: place.toplevel, policy: () => readObject(`HEAD:${POLICY}`, env)?.bytes };
}

/** Holds a session to its grant, and says what will need a person later. @throws Fault STAMP_REFUSED */
async function holdToGrant(state: SessionState, read: BlobReader, scene: Scene, call: HookCall): Promise<void> {
  refuseBareGrant(scene);
  const { repository, author, env, pending } = scene;
  const count = (): LineTotals => countStaged(pending.parents[0] ?? EMPTY_TREE[pending.format], env);
  const own = await checkSession(state, { repository, author, changes: pending.changes, read, count }, call.now());
  for (const duty of duties(state, own)) call.say('warning', duty);
}

/** Makes sure that the stamp survives git, and that every reader sees it. @throws Fault STAMP_REFUSED */
function checkCarried(stored: Uint8Array): void {
  const carried = readTrailers(stored);
  if (carried.kind === 'stamp') return;
  if (carried.kind === 'none') {
    // A comment character of "P", say.
    const hint = 'commit with --cleanup=whitespace, or change core.commentChar';
    throw new Fault('STAMP_REFUSED', 'git would take the stamp for a comment', { hint });
  }
  const hint = 'leave out scissors lines (">8") and what else ends a message for git';
  throw new Fault('STAMP_REFUSED', `no stamp can stand below this message: ${carried.reason}`, { hint });
}

/** Git will make no commit of this message, so there is nothing to stamp; a stamp would even keep git from giving up. */
function isAborted(message: Uint8Array, cleanup: Cleanup, { git }: Scene, { source, draft }: PreparedState): boolean {
  if (message.includes(0)) return true;
  if (git?.command.allowEmptyMessage) return false;
  if (isEmptyMessage(message, cleanup.mode)) return true;
  const [subject, ...body] = latin1(message).split('\n');
  if (subject?.startsWith('amend! ') && body.join('').trim() === '') return true;
  return source === 'template' && draft !== undefined && isUntouched(message, draft, cleanup);
}

/** Git repairs what it stores as UTF-8 and is not. */
function repaired(message: Uint8Array, { encoding }: Settings): Uint8Array {
  return encoding === undefined ? repairUtf8(message) : message;
}

/** Says what the amended commit's stamp declared. */
function earlier(amended: RawCommit | undefined): Declared {
  const carried = amended && readTrailers(amended.message);
  if (carried?.kind !== 'stamp') return { assisted: false, agent: undefined, session: undefined };
  const { provenance, agent, session } = carried.stamp;
  return { assisted: provenance !== 'human', agent, session };
}

/** pre-commit has put the session's grant into the index, and git must not take that for work. @throws Fault STAMP_REFUSED */
function refuseBareGrant({ pending: { changes, amended, parents }, git }: Scene): void {
  const all = changes.flat();
  const onlyGrant = all.length > 0 && all.every(({ path, oldMode }) => isEvidence(path) && oldMode === '000000');
  if (!onlyGrant || amended || parents.length > 1 || git?.command.allowEmpty !== false) return;
  throw new Fault('STAMP_REFUSED', 'nothing to commit but the grant of this session', { hint: 'stage the work first with "git add"' });
}

/** Leaves what post-commit will find in the commit, if all of this was guessed right: parents, author, message. */
function leaveExpectation({ place, pending, author }: Scene, message: Uint8Array): void {
  const headers = [...pending.parents.map((oid) => `parent ${oid}`), `author ${printIdent(author)}`, '', ''];
  try {
    writeFileSync(join(place.gitDir, STATE, 'expected'), fromLatin1(headers.join('\n') + latin1(message)));
  } catch {
    // Without it post-commit looks at the commit itself.
  }
}
