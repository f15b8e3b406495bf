// SPDX-License-Identifier: Apache-2.0
// What a push would bring to a remote, judged before it leaves: each pushed reference by the policy of the branch it is
// meant for. A bad commit stays here; what is only wrong with the whole has to reach its reviewers on a topic branch.
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { isOid, ZERO, type ObjectFormat, type Oid } from '../oid.ts';
import { clip, printable } from '../printable.ts';
import { remoteDefault, type Branch } from '../repo/branch.ts';
import type { GitRepo } from '../repo/git.ts';
import type { Env } from '../repo/process.ts';
import { readCommit } from '../verifier/reading.ts';
import { readState } from '../verifier/state.ts';
import type { Judged } from '../verifier/verifier.ts';
import { verifyRange } from '../verifier/verify.ts';

/** One line of what git tells a pre-push hook (githooks(5)). */
export interface PushedRef {
  localRef: string;
  localOid: Oid;
  remoteRef: string;
  /** All zero where the remote has no such reference. */
  remoteOid: Oid;
}

export interface PushPlace {
  repo: GitRepo;
  /** Its name, or its address where it has none. */
  remote: string;
  env: Env;
  /** Seconds since the epoch. */
  now: number;
  /** Returns the commit that adopted the policy which a commit has. */
  findAdoption: (head: Oid) => Promise<Oid>;
}

/** How one reference is judged. `strict`: the whole counts as well, because this is the branch the policy guards. */
export interface PushQuestion {
  ref: PushedRef;
  strict: boolean;
  verdicts: AsyncGenerator<Judged>;
}

/** Reads what git writes to the hook. @throws Fault USAGE where it is anything else */
export function parsePush(bytes: Uint8Array, format: ObjectFormat): PushedRef[] {
  const lines = latin1(bytes).split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [localRef, localOid, remoteRef, remoteOid, ...rest] = line.split(' ');
    const sound = localOid !== undefined && remoteOid !== undefined && isOid(localOid, format) && isOid(remoteOid, format) && rest.length === 0;
    if (!sound) throw new Fault('USAGE', `git tells of no push: ${printable(clip(line, 80))}`);
    return { localRef: localRef!, localOid, remoteRef: remoteRef!, remoteOid };
  });
}

/**
 * Returns how a pushed reference is to be judged; undefined where nothing is: a deletion, a tag on something else than a
 * commit, a history that has not adopted a policy.
 * @throws Fault REPO_OBJECT_MISSING where what the remote has is not here
 */
export async function questionPush(ref: PushedRef, place: PushPlace): Promise<PushQuestion | undefined> {
  const { repo, remote, now } = place;
  const zero = ZERO[repo.objectFormat];
  if (ref.localOid === zero) return undefined;
  const head = await repo.resolve(ref.localOid);
  if (head === undefined || !(await hasPolicy(repo, head))) return undefined;
  if (ref.remoteOid !== zero && (await repo.readObject(ref.remoteOid)) === undefined) {
    throw new Fault('REPO_OBJECT_MISSING', `what ${printable(remote)} has as ${printable(ref.remoteRef)} is not here`, { hint: `git fetch ${printable(remote)}` });
  }
  const target = await remoteDefault(repo.layout, remote, place.env);
  const strict = isTarget(ref.remoteRef, remote, target);
  const base = await trustedBase(ref, head, strict ? undefined : target, place);
  // The push that brings the policy, or the first one of all: nothing on the other side can say what to demand.
  const trusted = base !== undefined && (await hasPolicy(repo, base)) ? base : await place.findAdoption(head);
  return { ref, strict, verdicts: verifyRange({ repo, base: trusted, head, now }) };
}

/** Returns what to start from: a topic branch is meant for the target, and what it held before proves nothing. */
async function trustedBase({ remoteOid }: PushedRef, head: Oid, target: Branch | undefined, { repo }: PushPlace): Promise<Oid | undefined> {
  const bases = target === undefined ? [] : await repo.mergeBases(head, target.oid);
  if (bases[0] !== undefined) return bases[0];
  return remoteOid === ZERO[repo.objectFormat] ? undefined : repo.resolve(remoteOid);
}

function isTarget(remoteRef: string, remote: string, target: Branch | undefined): boolean {
  if (target === undefined) return remoteRef === 'refs/heads/main' || remoteRef === 'refs/heads/master';
  return `refs/heads/${target.ref.slice(`refs/remotes/${remote}/`.length)}` === remoteRef;
}

async function hasPolicy(repo: GitRepo, oid: Oid): Promise<boolean> {
  try {
    return (await readState(repo, oid, (await readCommit(repo, oid)).tree)) !== undefined;
  } catch (thrown) {
    // One that can't be read is one: the verifier says what is wrong with it.
    if (thrown instanceof Fault && (thrown.code === 'POLICY_INVALID' || thrown.code === 'ROSTER_INVALID')) return true;
    throw thrown;
  }
}
