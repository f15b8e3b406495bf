// SPDX-License-Identifier: Apache-2.0
// Git's own signature of a commit: who made it, by the roster. It covers every byte of the commit but itself; what it
// is worth depends on whose key it is. A forge signs whatever its interface is told to write.
import type { RawCommit } from '../commit/raw.ts';
import { checkGitSignature } from '../signature/check.ts';
import { anchorsOf } from '../trust/anchors.ts';
import { signedBy, type Signed, type Unsigned } from './signer.ts';
import type { State } from './state.ts';

/** The SSHSIG namespace in which git signs. */
const NAMESPACE = 'git';

export type GitProof = { kind: 'none' } | Signed | Unsigned;

/** Tells whether git's own signature is a hosted agent's. */
export function isAgents(git: GitProof): git is Signed {
  return git.kind === 'signed' && git.signer.kind === 'agent';
}

/**
 * Proves a commit's own signature under a state, with its author's address. `horizon` is the latest date of its parents: a commit is no older, whatever
 * it says, so that nobody can date it back into the time of a key that has expired.
 */
export async function proveGitSignature({ signature, committer }: RawCommit, email: string, horizon: number, state: State): Promise<GitProof> {
  if (!signature) return { kind: 'none' };
  const check = await checkGitSignature(signature, anchorsOf(state.roster, state.policy), horizon);
  return signedBy(check, state, { payload: signature.payload, email, at: Math.max(committer.date, horizon), namespace: NAMESPACE });
}
