// SPDX-License-Identifier: Apache-2.0
// Flags that several commands share, and what they mean: who acts, with which key, and where paths begin.
import type { GitRepo } from '../repo/git.ts';
import { openGit } from '../repo/git.ts';
import type { Place } from '../signer/key-spec.ts';
import type { Context } from './command.ts';

/** `--person` and `--signer`: to act as one of several, or with another key than the one that is set up. */
export const ACTING = {
  person: { type: 'string', requiresArg: true, describe: 'act as this person of the roster' },
  signer: { type: 'string', requiresArg: true, describe: 'sign with this: ssh:PATH, openpgp:PATH, gpg:FINGERPRINT, git; or grants and cosignatures by signing in: sigstore' },
} as const;

export function placeOf({ dir, env, terminal }: Context): Place {
  return { dir, home: env['HOME'] ?? env['USERPROFILE'], env, tell: terminal.warn };
}

/** Opens the repository around the context's folder for as long as `work` takes. */
export async function withRepo<T>({ dir, env }: Context, work: (repo: GitRepo) => Promise<T>): Promise<T> {
  const repo = await openGit(dir, { env });
  try {
    return await work(repo);
  } finally {
    await repo.close();
  }
}
