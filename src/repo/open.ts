// SPDX-License-Identifier: Apache-2.0
// Picks the door: git where it is, isomorphic-git where it is not. Both give the same bytes and the same verdicts.
import { Fault } from '../fault.ts';
import { openGit } from './git.ts';
import { openIsomorphic } from './isomorphic.ts';
import type { Env } from './process.ts';
import type { Repo } from './repo.ts';

/**
 * Opens the repository that a directory belongs to. Must be closed.
 * @throws Fault REPO_NOT_FOUND, REPO_FORMAT_UNSUPPORTED, GIT_FAILED, FILE_FAILED
 */
export async function openRepo(dir: string, options: { env?: Env } = {}): Promise<Repo> {
  try {
    return await openGit(dir, options);
  } catch (error) {
    if (error instanceof Fault && error.code === 'GIT_UNAVAILABLE') return openIsomorphic(dir, options);
    throw error;
  }
}
