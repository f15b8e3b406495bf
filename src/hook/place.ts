// SPDX-License-Identifier: Apache-2.0
// Where the hook runs: found from the file system as gitrepository-layout(5) describes it, because asking git costs
// a process; git is asked only where that finds nothing.
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fromUtf8 } from '../bytes.ts';
import { findLayout } from '../repo/layout.ts';
import type { Env } from '../repo/process.ts';

export interface Place {
  gitDir: string;
  /** Holds what linked worktrees share. */
  commonDir: string;
  toplevel: string;
}

/** Finds the repository around the current directory; git runs hooks at the top of the working tree. @throws Fault REPO_NOT_FOUND, GIT_FAILED */
export async function findPlace(env: Env): Promise<Place> {
  const gitDir = await findGitDir(env.GIT_DIR ?? '.git');
  if (gitDir !== undefined) {
    const common = env.GIT_COMMON_DIR ?? (await firstLine(resolve(gitDir, 'commondir'))) ?? '.';
    const base = env.GIT_COMMON_DIR === undefined ? gitDir : '.';
    return { gitDir, commonDir: resolve(base, common), toplevel: resolve('.') };
  }
  const layout = await findLayout('.', env);
  return { gitDir: layout.gitDir, commonDir: layout.commonDir, toplevel: layout.toplevel ?? layout.gitDir };
}

/** A linked worktree or a submodule has a file there, which names the folder. */
async function findGitDir(path: string): Promise<string | undefined> {
  const status = await stat(path).catch(() => undefined);
  if (status?.isDirectory()) return resolve(path);
  const link = status?.isFile() ? await firstLine(path) : undefined;
  return link?.startsWith('gitdir: ') ? resolve(path, '..', link.slice('gitdir: '.length)) : undefined;
}

/** Returns the first line of a file of git's or of ours, or undefined where there is none. */
export async function firstLine(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes === undefined ? undefined : fromUtf8(bytes)?.split('\n', 1)[0];
}
