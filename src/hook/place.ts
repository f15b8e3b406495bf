// SPDX-License-Identifier: Apache-2.0
// Where the hook runs: found from the file system as gitrepository-layout(5) describes it, because asking git costs
// a process; git is asked only where that finds nothing.
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fromUtf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { isOid, type Oid } from '../oid.ts';
import { printable } from '../printable.ts';
import { askGit } from '../repo/blocking.ts';
import type { Env } from '../repo/process.ts';

export interface Place {
  gitDir: string;
  /** Holds what linked worktrees share. */
  commonDir: string;
  toplevel: string;
}

/** Finds the repository around the current directory; git runs hooks at the top of the working tree. @throws Fault GIT_FAILED */
export function findPlace(env: Env): Place {
  const gitDir = findGitDir(env.GIT_DIR ?? '.git');
  if (gitDir !== undefined) {
    const commonDir = env.GIT_COMMON_DIR === undefined ? resolve(gitDir, firstLine(resolve(gitDir, 'commondir')) ?? '.') : resolve(env.GIT_COMMON_DIR);
    return { gitDir, commonDir, toplevel: resolve('.') };
  }
  const ask = (question: string): string => (fromUtf8(askGit(['rev-parse', '--path-format=absolute', question], { env }).stdout) ?? '').replace(/\n$/, '');
  return { gitDir: ask('--git-dir'), commonDir: ask('--git-common-dir'), toplevel: ask('--show-toplevel') };
}

/** A linked worktree or a submodule has a file there, which names the folder. */
function findGitDir(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isDirectory()) return resolve(path);
  const link = status?.isFile() ? firstLine(path) : undefined;
  return link?.startsWith('gitdir: ') ? resolve(path, '..', link.slice('gitdir: '.length)) : undefined;
}

/** Returns HEAD's commit where its file and its branch's say so, undefined where only git can tell: packed refs, say, or no commit yet. */
export function looseHead({ gitDir, commonDir }: Place): Oid | undefined {
  const head = firstLine(resolve(gitDir, 'HEAD')) ?? '';
  const line = head.startsWith('ref: refs/heads/') ? firstLine(resolve(commonDir, head.slice('ref: '.length))) : head;
  return line !== undefined && (isOid(line, 'sha1') || isOid(line, 'sha256')) ? line : undefined;
}

/** Returns a file of git's or of ours, or undefined where there is none. */
export function readIfThere(path: string): Uint8Array | undefined {
  // Most of what is looked for is not there, and an exception costs more than a look.
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Returns the first line of such a file. */
export function firstLine(path: string): string | undefined {
  return fromUtf8(readIfThere(path) ?? new Uint8Array())?.split('\n', 1)[0] || undefined;
}

/** Writes a file whole or not at all. @throws Fault FILE_FAILED */
export function replaceFile(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, bytes, { flag: 'wx' });
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new Fault('FILE_FAILED', `can't write ${printable(path)}`, { cause });
  }
}
