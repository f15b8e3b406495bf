// SPDX-License-Identifier: Apache-2.0
// Running the programs that hold people's keys, ssh-keygen and gpg: bytes in, bytes out, bounded in time and size. They
// ask for passphrase and touch by themselves, on the terminal. Part of the hook: node builtins only.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { fstatSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import type { Env } from '../repo/process.ts';

export interface ProgramCall {
  program: string;
  args: readonly string[];
  input: Uint8Array;
  /** What to do where the program can't be started. */
  hint: string;
  /** The process's own environment if not given. */
  env?: Env | undefined;
  /** Milliseconds to wait for passphrase and touch; two minutes if not given. */
  patience?: number | undefined;
}

export interface Exit {
  code: number | null;
  stdout: Uint8Array;
  stderr: string;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export const PATIENCE = 120_000;
const MAX_OUTPUT = 262_144;

/** Runs a program to its end. @throws Fault SIGNER_UNAVAILABLE where it can't be started, SIGNING_FAILED where it takes too long or prints too much */
export function runProgram(call: ProgramCall): Promise<Exit> {
  const { program, input, patience = PATIENCE } = call;
  const child = start(call);
  return new Promise((resolve, reject) => {
    const give = (fault: Fault): void => {
      clearTimeout(timer);
      letGo(child);
      reject(fault);
    };
    const timer = setTimeout(() => give(new Fault('SIGNING_FAILED', `${printable(program)} did not sign within ${patience / 1000} seconds`)), patience);
    const tooMuch = (): void => give(new Fault('SIGNING_FAILED', `${printable(program)} printed more than a signature`));
    const [stdout, stderr] = [collect(child.stdout, tooMuch), collect(child.stderr, tooMuch)];
    child.on('error', (cause) => give(notStarted(call, cause)));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') });
    });
    // A program that stops before it has read everything says why by its exit status, not by a broken pipe.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Returns why a program gave up, for people: the last line it said. What stands above is banners and prompts. */
export function complaint({ code, stderr }: Exit): string {
  const line = stderr.trimEnd().split(/\r?\n/).at(-1) ?? '';
  return clip(printable(line), 300) || (code === null ? 'killed' : `exit status ${code}`);
}

/**
 * Returns the name of the terminal that one of this process's streams leads to. An agent that asks on behalf of gpg has
 * no terminal of its own, and "/dev/tty" would be another one to it.
 */
export function terminalName(): string | undefined {
  for (const stream of [0, 1, 2]) {
    if (!isDevice(stream)) continue;
    const { stdout } = spawnSync('tty', [], { stdio: [stream, 'pipe', 'ignore'], encoding: 'utf8', timeout: 2000, windowsHide: true });
    const name = /^(\/dev\/[\w/.-]+)\n$/.exec(stdout ?? '')?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Node's own test loads a module that every hook would wait for; which device it is, tty(1) tells. */
function isDevice(stream: number): boolean {
  try {
    return process.platform !== 'win32' && fstatSync(stream).isCharacterDevice();
  } catch {
    return false;
  }
}

/** Starts the program. Most failures to start arrive as an event, some (a path that holds NUL, no file descriptors left) at once. */
function start(call: ProgramCall): Child {
  const { program, args, env = process.env } = call;
  let child: Partial<Child>;
  try {
    child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: env as NodeJS.ProcessEnv, windowsHide: true, shell: false });
  } catch (cause) {
    throw notStarted(call, cause);
  }
  if (child.stdin && child.stdout && child.stderr) return child as Child;
  child.on?.('error', () => {});
  throw notStarted(call, undefined);
}

/** SIGTERM, because ssh-keygen then gives the terminal its echo back. The pipes may be held open by others: they aren't waited for. */
function letGo(child: Child): void {
  child.kill('SIGTERM');
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  child.unref();
}

function collect(stream: Readable, tooMuch: () => void): Buffer[] {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > MAX_OUTPUT) tooMuch();
    else chunks.push(chunk);
  });
  return chunks;
}

function notStarted({ program, hint }: ProgramCall, cause: unknown): Fault {
  return new Fault('SIGNER_UNAVAILABLE', `can't run ${printable(program)}`, { cause, hint });
}
