// SPDX-License-Identifier: Apache-2.0
// The command line of the git that runs this hook, read from the process table: Linux has it word for word, other
// Unixes give it as one line, Windows not at all. It only helps to guess right; what was guessed wrong is found after
// the commit, and refused before the push.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { latin1, fromUtf8 } from '../bytes.ts';
import { readCommand, type GitCommand } from './command.ts';

export interface Ancestor {
  pid: number;
  parent: number;
  argv: string[];
  /** False where words with spaces in them could not be told from several words. */
  exact: boolean;
}

const DEPTH = 24;

/** Returns the nearest git above this process, other than `git hook run`. */
export function findGit(start = process.ppid, look = lookUp): { command: GitCommand; exact: boolean } | undefined {
  let pid = start;
  for (let depth = 0; depth < DEPTH && pid > 1; depth++) {
    const found = look(pid);
    if (found === undefined) return undefined;
    const command = readCommand(found.argv);
    if (command !== undefined && command.name !== 'hook') return { command, exact: found.exact };
    pid = found.parent;
  }
  return undefined;
}

function lookUp(pid: number): Ancestor | undefined {
  if (process.platform === 'win32') return undefined;
  return process.platform === 'linux' ? lookInProc(pid) : askPs(pid);
}

function lookInProc(pid: number): Ancestor | undefined {
  try {
    const parent = parentOf(latin1(readFileSync(`/proc/${pid}/stat`)));
    const line = readFileSync(`/proc/${pid}/cmdline`);
    const argv = (fromUtf8(line) ?? latin1(line)).replace(/\0$/, '').split('\0');
    return parent === undefined ? undefined : { pid, parent, argv, exact: true };
  } catch {
    return undefined;
  }
}

/** Returns the parent's id from `/proc/<pid>/stat`: the name before it stands in brackets, and may hold brackets itself. */
export function parentOf(stat: string): number | undefined {
  const [, parent] = /^ \S (\d+) /.exec(stat.slice(stat.lastIndexOf(')') + 1)) ?? [];
  return parent === undefined ? undefined : Number(parent);
}

function askPs(pid: number): Ancestor | undefined {
  const { status, stdout } = spawnSync('ps', ['-ww', '-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8', timeout: 2000 });
  return status === 0 ? readPs(pid, stdout) : undefined;
}

/** Reads one line of ps. */
export function readPs(pid: number, line: string): Ancestor | undefined {
  const [, parent, args] = /^\s*(\d+)\s+([^]*?)\s*$/.exec(line) ?? [];
  return parent === undefined ? undefined : { pid, parent: Number(parent), argv: args!.split(' '), exact: false };
}
