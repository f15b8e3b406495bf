// SPDX-License-Identifier: Apache-2.0
// Whether git's own signature on the commit to be can stand for the stamp's (spec §6, `Provenance: human` alone). Only
// where that is certain: in every doubt the stamp is signed too, which is never wrong.
import { homedir } from 'node:os';
import type { Env } from '../repo/process.ts';
import type { GitSigning } from '../signer/git-settings.ts';
import { takesGitSignature } from './adoption.ts';
import type { findGit } from './ancestor.ts';
import type { Claim } from './identity.ts';

export interface GitSignatureFacts {
  env: Env;
  /** The git that runs this hook. */
  git: ReturnType<typeof findGit>;
  /** `countersign.signer`. */
  signer: string | undefined;
  signing: GitSigning;
  toplevel: string;
  /** Returns the committed policy. */
  policy: () => Uint8Array | undefined;
}

/** Tells whether a stamp without a signature of its own will hold for this work: a person's, signed by git with the key that is set up here. */
export async function isLeftToGit({ provenance }: Claim, facts: GitSignatureFacts): Promise<boolean> {
  const { git, signer, signing } = facts;
  if (signer !== 'git' || provenance !== 'human' || !willSign(git, signing)) return false;
  return takesGitSignature(facts.policy()) || isHardware(facts);
}

/** A command line that can't be read word for word, or names another key, leaves a doubt. */
function willSign(git: GitSignatureFacts['git'], { always }: GitSigning): boolean {
  if (git?.exact !== true || git.command.name !== 'commit') return false;
  const { gpgSign } = git.command;
  return gpgSign === undefined ? always : gpgSign.on && (gpgSign.value ?? '') === '';
}

/** Only a security key's signature shows by itself that somebody was there. Without its public half, nothing is known of it. */
async function isHardware({ env, signing, toplevel }: GitSignatureFacts): Promise<boolean> {
  if (signing.format !== 'ssh') return false;
  const { readPublicKey } = await import('../signer/key-spec.ts');
  return readPublicKey('git', { dir: toplevel, home: env['HOME'] ?? homedir(), env }).then(({ hardware }) => hardware, () => false);
}
