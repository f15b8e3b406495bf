// SPDX-License-Identifier: Apache-2.0
// Running a command inside a session. Its environment names the session and no longer leads to the person's own signing
// agents: what an unlocked ssh-agent signs for one process of a user, it signs for all of them.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';

export interface RunOptions {
  session: string;
  dir: string;
  env: Record<string, string | undefined>;
  /** Leaves the way to ssh-agent and gpg-agent as it is. */
  keepAgents: boolean;
  /** Whether the terminal itself sends its signals to the command. */
  attended: boolean;
}

const AGENT_VARIABLES = ['SSH_AUTH_SOCK', 'SSH_AGENT_PID', 'GPG_AGENT_INFO', 'GPG_TTY'];
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;
/** What a terminal sends to every process in front of it, at Ctrl-C and Ctrl-\. */
const FROM_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

/**
 * Runs a command with this process's streams and returns its exit status, 128 + n where signal n ended it. Signals that
 * reach this process reach the command, and this process lives on until the command has ended.
 * @throws Fault USAGE (there is no such command), FILE_FAILED
 */
export async function runInSession(command: readonly string[], options: RunOptions): Promise<number> {
  const empty = options.keepAgents ? undefined : await emptyFolder();
  try {
    return await run(command, environmentOf(options, empty), options);
  } finally {
    if (empty !== undefined) await rm(empty, { recursive: true, force: true });
  }
}

function environmentOf({ session, env }: RunOptions, gnupgHome: string | undefined): Record<string, string | undefined> {
  const inner: Record<string, string | undefined> = { ...env, COUNTERSIGN_SESSION: session };
  if (gnupgHome === undefined) return inner;
  for (const name of AGENT_VARIABLES) delete inner[name];
  // gpg finds its agent's socket by this folder; an empty one has neither keys nor agent.
  return { ...inner, GNUPGHOME: gnupgHome };
}

async function emptyFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'countersign-gnupg-')).catch((cause: unknown) => {
    throw new Fault('FILE_FAILED', "can't make a temporary folder", { cause });
  });
}

function run([program = '', ...args]: readonly string[], env: Record<string, string | undefined>, { dir, attended }: RunOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    if (program === '') throw noProgram(program);
    const child = spawn(program, args, { cwd: dir, env: env as NodeJS.ProcessEnv, stdio: 'inherit', shell: false });
    const release = forwardSignals(child, attended);
    child.on('error', (cause) => {
      release();
      reject(noProgram(program, cause));
    });
    child.on('exit', (code, signal) => {
      release();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function noProgram(program: string, cause?: unknown): Fault {
  return new Fault('USAGE', `can't run ${printable(clip(program, 80)) || 'nothing'}`, { cause, hint: 'name a program after --, for instance: countersign run -- claude' });
}

/** Passes signals on, which also keeps them from ending this process. Returns how to stop that. */
function forwardSignals(child: ChildProcess, attended: boolean): () => void {
  const handlers = FORWARDED.map((signal) => {
    // Twice is worse than once: many agents take a second Ctrl-C as "quit".
    const forward = () => void (attended && FROM_TERMINAL.has(signal) ? undefined : child.kill(signal));
    process.on(signal, forward);
    return () => void process.off(signal, forward);
  });
  return () => handlers.forEach((off) => off());
}
