// SPDX-License-Identifier: Apache-2.0
// Signing with an SSH key through `ssh-keygen -Y sign`: it knows key files, agents, security keys and how to ask for a
// passphrase on the terminal. What comes back is checked before anybody sees it. Part of the hook: node builtins only.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { Fault } from '../fault.ts';
import { fromLatin1, latin1 } from '../bytes.ts';
import { printable } from '../printable.ts';
import type { Env } from '../repo/process.ts';
import { checkSshsig, decodeArmor } from '../signature/ssh/sshsig.ts';
import { complaint, runProgram, type Exit } from './program.ts';
import type { Signed, Signer } from './signer.ts';

export interface SshSignerOptions {
  /** The private key, or a `.pub` file whose private half is in the agent or beside it. */
  keyPath: string;
  /** What the signature is for; a signature of one namespace is worth nothing in another. */
  namespace: string;
  spec: string;
  /** A program that understands ssh-keygen's arguments (git's `gpg.ssh.program`). */
  program?: string | undefined;
  env?: Env | undefined;
  /** Milliseconds to wait for passphrase and touch; two minutes if not given. */
  patience?: number | undefined;
}

/** What ssh-keygen says when there is nothing to sign with, as opposed to a signing that failed. */
const NO_KEY = /No private key found|Couldn't load public key|device not found|No such file/;

/** Returns a signer of scheme `ssh` with keyid `ssh:SHA256:…`. Nothing is read or run before the first signing. */
export function sshSigner(options: SshSignerOptions): Signer {
  return { spec: options.spec, sign: (payload) => sign(options, payload) };
}

/** Returns a signer for a key that only an agent holds, named by its public line as git's `user.signingKey` may be. */
export function sshAgentSigner({ line, ...options }: Omit<SshSignerOptions, 'keyPath'> & { line: string }): Signer {
  return {
    spec: options.spec,
    async sign(payload) {
      const folder = temporaryFolder();
      try {
        const keyPath = join(folder, 'key.pub');
        writeFileSync(keyPath, `${line}\n`, { mode: 0o600 });
        return await sign({ ...options, keyPath }, payload);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** ssh-keygen takes a key from a file only. */
function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'countersign-key-'));
  } catch (cause) {
    throw new Fault('SIGNING_FAILED', "can't make a temporary folder", { cause });
  }
}

async function sign({ keyPath, namespace, program = 'ssh-keygen', env, patience }: SshSignerOptions, payload: Uint8Array): Promise<Signed> {
  // An absolute path can't be taken for an option. ssh-keygen asks on /dev/tty, so that the pipe on stdin is free for the payload.
  const args = ['-Y', 'sign', '-n', namespace, '-f', resolvePath(keyPath)];
  const exit = await runProgram({ program, args, input: payload, env, patience, hint: 'install OpenSSH 8.2 or newer, or check gpg.ssh.program' });
  if (exit.code !== 0) throw refusal(program, exit);
  return signedBy(program, exit.stdout, payload, namespace);
}

/** Reads what the program printed. A broken agent must not make a broken stamp, so only a signature that verifies is passed on. */
function signedBy(program: string, stdout: Uint8Array, payload: Uint8Array, namespace: string): Signed {
  // Programs on Windows print CRLF. Only the blob is kept, so the strictness of the armor has nothing to protect here.
  const bytes = decodeArmor(fromLatin1(latin1(stdout).replaceAll('\r\n', '\n')));
  if (bytes === undefined) throw new Fault('SIGNING_FAILED', `${printable(program)} printed no ssh signature`);
  const check = checkSshsig(bytes, payload, namespace);
  if (check.kind === 'good') return { scheme: 'ssh', keyid: check.keyid, bytes };
  throw new Fault('SIGNING_FAILED', `${printable(program)} made a signature that is ${check.kind}: ${check.reason}`, {
    hint: 'sign with a plain ssh key: ed25519, ecdsa, rsa of 2048 bits or more, or their sk- forms',
  });
}

function refusal(program: string, exit: Exit): Fault {
  const reason = complaint(exit);
  const hint = 'check the key with "ssh-keygen -l", and that its file or "ssh-add -l" holds the private half';
  if (NO_KEY.test(exit.stderr)) return new Fault('SIGNER_UNAVAILABLE', `${printable(program)} has no key to sign with: ${reason}`, { hint });
  const locked = /incorrect passphrase/.test(exit.stderr) ? { hint: 'try again, or unlock the key for a while with "ssh-add"' } : {};
  return new Fault('SIGNING_FAILED', `${printable(program)} did not sign: ${reason}`, locked);
}
