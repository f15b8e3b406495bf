// SPDX-License-Identifier: Apache-2.0
// The one place that starts git. Always an argument array, never a shell; always a chosen environment, so that a
// GIT_TRACE or GIT_EXTERNAL_DIFF lying about cannot write a file or start a program. What git says on stderr is for
// people only: it is escaped before it goes into a fault, and no answer is read from it.
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import type { Layout } from './layout.ts';

export type Env = Record<string, string | undefined>;

/** A running git. `ended` gives its exit status; it rejects only where git could not be started at all. */
export interface GitChild {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<number>;
  /** Returns what git has said on stderr so far, at most 8 KiB of it, unescaped. */
  complaint(): string;
}

export interface Output {
  code: number;
  stdout: Uint8Array;
  stderr: string;
}

export interface Input {
  input?: Uint8Array | string;
  /** Exit statuses that are answers too; 0 always is one. */
  accept?: readonly number[];
  /** Milliseconds after which git is killed, five minutes if not given. */
  timeout?: number;
}

export interface GitOptions extends Input {
  /** The repository to work in, as found before. */
  layout?: Layout;
  /** Where to run without a layout; the current directory if not given. */
  cwd?: string;
  /** What to start from instead of the process's environment. */
  env?: Env;
}

const COMPLAINT_BYTES = 8192;
const OUTPUT_BYTES = 256 * 1024 * 1024;
const TIMEOUT = 5 * 60 * 1000;

// What says where the repository is and who commits. Every other GIT_ variable is left out.
const PASSED = new RegExp(
  '^GIT_(DIR|COMMON_DIR|WORK_TREE|INDEX_FILE|PREFIX|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|QUARANTINE_PATH|' +
    'CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|PARAMETERS|(KEY|VALUE)_[0-9]+)|' +
    '(AUTHOR|COMMITTER)_(NAME|EMAIL|DATE))$',
);

// An empty list of protocols stops a partial clone's lazy fetch, which older versions cannot be told to leave alone.
// A graft file that cannot exist is the only way to have none.
/** What no caller and no user may change. */
export const ALWAYS: Env = {
  LC_ALL: 'C',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null/none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: '',
};

// Each of these would let a repository's own configuration start a program under a plumbing command.
export const SAFE = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'core.pager=cat'];

/**
 * Runs a git plumbing command in the real repository: the user's configuration counts, what it could start does not.
 * For work that needs no network; replace refs are ignored and every transport is shut.
 * @throws Fault GIT_UNAVAILABLE (no git), GIT_FAILED (a status not accepted, too long, too much output)
 */
export function runGit(args: readonly string[], options: GitOptions = {}): Promise<Output> {
  const { layout, env = process.env } = options;
  const cwd = layout === undefined ? options.cwd : (layout.toplevel ?? layout.gitDir);
  return collect([...SAFE, ...args], repositoryEnv(env, layout), cwd, options);
}

/** Returns the environment that {@link runGit} gives git, for a git that stays. */
export function repositoryEnv(env: Env, layout?: Layout): Env {
  const base = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || PASSED.test(name)));
  // GIT_DIR and its like may be relative to where the caller stood, so they are named anew.
  const located = layout === undefined ? {} : { GIT_DIR: layout.gitDir };
  return { ...base, ...located, ...ALWAYS };
}

/** Starts git with exactly this environment; the caller talks to it and ends it. */
export function startGit(args: readonly string[], env: Env, cwd?: string): GitChild {
  const options = { cwd, env: env as NodeJS.ProcessEnv, windowsHide: true, shell: false };
  const child = spawn('git', args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = Buffer.alloc(0);
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < COMPLAINT_BYTES) complaint = Buffer.concat([complaint, chunk]).subarray(0, COMPLAINT_BYTES);
  });
  // A git that has ended closes its stdin; its exit status tells more than EPIPE does.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', (cause) => reject(new Fault('GIT_UNAVAILABLE', 'git could not be started', { cause, hint: 'install git 2.38 or newer' })));
    child.on('close', (code) => resolve(code ?? -1));
  });
  ended.catch(() => undefined);
  return { process: child, ended, complaint: () => complaint.toString('utf8') };
}

/**
 * Runs git with exactly this environment and collects what it prints.
 * @throws Fault GIT_UNAVAILABLE, GIT_FAILED
 */
export async function collect(args: readonly string[], env: Env, cwd: string | undefined, input: Input): Promise<Output> {
  const child = startGit(args, env, cwd);
  const chunks: Buffer[] = [];
  let bytes = 0;
  let stopped: string | undefined;
  const stop = (why: string) => {
    stopped = why;
    child.process.kill('SIGKILL');
  };
  const timer = setTimeout(() => stop('took too long'), input.timeout ?? TIMEOUT);
  child.process.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > OUTPUT_BYTES) stop('printed too much');
    else chunks.push(chunk);
  });
  child.process.stdin.end(typeof input.input === 'string' ? utf8(input.input) : (input.input ?? new Uint8Array()));
  const code = await child.ended.finally(() => clearTimeout(timer));
  if (stopped !== undefined) throw new Fault('GIT_FAILED', `git ${verb(args)} ${stopped}`);
  if (code !== 0 && !(input.accept ?? []).includes(code)) throw failed(args, child.complaint());
  return { code, stdout: Buffer.concat(chunks), stderr: child.complaint() };
}

/** Returns the fault for a git that gave up, with the first line of what it said, escaped. */
export function failed(args: readonly string[], complaint: string): Fault {
  const line = complaint.split('\n').find((text) => text !== '') ?? 'no reason given';
  return new Fault('GIT_FAILED', `git ${verb(args)} failed: ${clip(printable(line), 300)}`);
}

// Our own commands only have options of the form `-c name=value` before the verb.
function verb(args: readonly string[]): string {
  return args.find((arg, i) => !arg.startsWith('-') && args[i - 1] !== '-c') ?? '';
}
