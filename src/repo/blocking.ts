// SPDX-License-Identifier: Apache-2.0
// A git that is waited for. In a process that lives for milliseconds, a blocking call is the quicker one: Node's
// streams and sockets take longer to load than git takes to answer. For the hook alone.
import { spawnSync } from 'node:child_process';
import { Fault } from '../fault.ts';
import { SAFE, failed, repositoryEnv, type Env, type Output } from './process.ts';

export interface BlockingOptions {
  env: Env;
  input?: Uint8Array | string;
  /** Exit statuses that are answers too; 0 always is one. */
  accept?: readonly number[];
  /** The most that git may print, 256 MiB if not given. */
  maxBytes?: number;
}

const OUTPUT_BYTES = 256 * 1024 * 1024;
const TIMEOUT = 5 * 60 * 1000;

/**
 * Runs a git plumbing command in the current directory's repository, as runGit does.
 * @throws Fault GIT_UNAVAILABLE (no git), GIT_FAILED (a status not accepted, too long, too much output)
 */
export function askGit(args: readonly string[], options: BlockingOptions): Output {
  const output = tryGit(args, options);
  if (output === undefined) throw new Fault('GIT_FAILED', `git ${args[0]} printed too much`);
  return output;
}

/** The same, but undefined where git prints more than it may. */
export function tryGit(args: readonly string[], { env, input, accept = [], maxBytes = OUTPUT_BYTES }: BlockingOptions): Output | undefined {
  const done = spawnSync('git', [...SAFE, ...args], {
    env: repositoryEnv(env) as NodeJS.ProcessEnv,
    // A pipe that nobody writes to costs half a millisecond.
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    input,
    maxBuffer: maxBytes,
    timeout: TIMEOUT,
    windowsHide: true,
    shell: false,
  });
  const cause = done.error as NodeJS.ErrnoException | undefined;
  if (cause?.code === 'ENOBUFS') return undefined;
  // A git that has ended before it read everything says why by its status.
  if (cause !== undefined && cause.code !== 'EPIPE') {
    if (cause.code === 'ETIMEDOUT') throw new Fault('GIT_FAILED', `git ${args[0]} took too long`);
    throw new Fault('GIT_UNAVAILABLE', 'git could not be started', { cause, hint: 'install git 2.38 or newer' });
  }
  const [code, stderr] = [done.status ?? -1, done.stderr.toString('utf8')];
  if (code !== 0 && !accept.includes(code)) throw failed(args, stderr);
  return { code, stdout: done.stdout, stderr };
}
