// SPDX-License-Identifier: Apache-2.0
// Signing with an SSH key through `ssh-keygen -Y sign`: it knows key files, agents, security keys and how to ask for a
// passphrase on the terminal. What comes back is checked before anybody sees it. Part of the hook: node builtins only.
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { resolve as resolvePath } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { Fault } from '../fault.ts';
import { fromLatin1, latin1 } from '../bytes.ts';
import { clip, printable } from '../printable.ts';
import { checkSshsig, decodeArmor } from '../signature/ssh/sshsig.ts';
import type { Signer } from './signer.ts';

export interface SshSignerOptions {
  /** The private key, or a `.pub` file whose private half is in the agent or beside it. */
  keyPath: string;
  /** What the signature is for; a signature of one namespace is worth nothing in another. */
  namespace: string;
  spec: string;
  /** A program that understands ssh-keygen's arguments (git's `gpg.ssh.program`). */
  program?: string | undefined;
  /** Milliseconds to wait for passphrase and touch; two minutes if not given. */
  patience?: number | undefined;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

interface Exit {
  code: number | null;
  stdout: Uint8Array;
  stderr: string;
}

const PATIENCE = 120_000;
const MAX_OUTPUT = 262_144;

/** What ssh-keygen says when there is nothing to sign with, as opposed to a signing that failed. */
const NO_KEY = /No private key found|Couldn't load public key|device not found|No such file/;

/** Returns a signer of scheme `ssh` with keyid `ssh:SHA256:…`. Nothing is read or run before the first signing. */
export function sshSigner(options: SshSignerOptions): Signer {
  return {
    spec: options.spec,
    async sign(payload) {
      const program = options.program ?? 'ssh-keygen';
      // An absolute path can't be taken for an option. ssh-keygen asks on /dev/tty, so that the pipe on stdin is free for the payload.
      const args = ['-Y', 'sign', '-n', options.namespace, '-f', resolvePath(options.keyPath)];
      const exit = await run(program, args, payload, options.patience ?? PATIENCE);
      if (exit.code !== 0) throw refusal(program, exit);
      return signedBy(program, exit.stdout, payload, options.namespace);
    },
  };
}

/** Reads what the program printed. A broken agent must not make a broken stamp, so only a signature that verifies is passed on. */
function signedBy(program: string, stdout: Uint8Array, payload: Uint8Array, namespace: string): { scheme: 'ssh'; keyid: string; bytes: Uint8Array } {
  // Programs on Windows print CRLF. Only the blob is kept, so the strictness of the armor has nothing to protect here.
  const bytes = decodeArmor(fromLatin1(latin1(stdout).replaceAll('\r\n', '\n')));
  if (bytes === undefined) throw new Fault('SIGNING_FAILED', `${printable(program)} printed no ssh signature`);
  const check = checkSshsig(bytes, payload, namespace);
  if (check.kind === 'good') return { scheme: 'ssh', keyid: check.keyid, bytes };
  throw new Fault('SIGNING_FAILED', `${printable(program)} made a signature that is ${check.kind}: ${check.reason}`, {
    hint: 'sign with a plain ssh key: ed25519, ecdsa, rsa of 2048 bits or more, or their sk- forms',
  });
}

/** Runs the program over the input. @throws Fault SIGNER_UNAVAILABLE where it can't be started, SIGNING_FAILED where it takes too long or prints too much */
function run(program: string, args: string[], input: Uint8Array, patience: number): Promise<Exit> {
  const child = start(program, args);
  return new Promise((resolve, reject) => {
    const give = (fault: Fault): void => {
      clearTimeout(timer);
      letGo(child);
      reject(fault);
    };
    const timer = setTimeout(() => give(new Fault('SIGNING_FAILED', `${printable(program)} did not sign within ${patience / 1000} seconds`)), patience);
    const tooMuch = (): void => give(new Fault('SIGNING_FAILED', `${printable(program)} printed more than a signature`));
    const [stdout, stderr] = [collect(child.stdout, tooMuch), collect(child.stderr, tooMuch)];
    child.on('error', (cause) => give(notStarted(program, cause)));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') });
    });
    // A program that stops before it has read everything says why by its exit status, not by a broken pipe.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Starts the program. Most failures to start arrive as an event, some (a path that holds NUL, no file descriptors left) at once. */
function start(program: string, args: string[]): Child {
  let child: Partial<Child>;
  try {
    child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
  } catch (cause) {
    throw notStarted(program, cause);
  }
  if (child.stdin && child.stdout && child.stderr) return child as Child;
  child.on?.('error', () => {});
  throw notStarted(program, undefined);
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

function notStarted(program: string, cause: unknown): Fault {
  return new Fault('SIGNER_UNAVAILABLE', `can't run ${printable(program)}`, { cause, hint: 'install OpenSSH 8.2 or newer, or check gpg.ssh.program' });
}

function refusal(program: string, { code, stderr }: Exit): Fault {
  // The last line is the reason; what stands above is banners and prompts.
  const line = stderr.trimEnd().split(/\r?\n/).at(-1) ?? '';
  const reason = clip(printable(line), 300) || (code === null ? 'killed' : `exit status ${code}`);
  const hint = 'check the key with "ssh-keygen -l", and that its file or "ssh-add -l" holds the private half';
  if (NO_KEY.test(stderr)) return new Fault('SIGNER_UNAVAILABLE', `${printable(program)} has no key to sign with: ${reason}`, { hint });
  const locked = /incorrect passphrase/.test(stderr) ? { hint: 'try again, or unlock the key for a while with "ssh-add"' } : {};
  return new Fault('SIGNING_FAILED', `${printable(program)} did not sign: ${reason}`, locked);
}
