// SPDX-License-Identifier: Apache-2.0
// Signing with the program gpg: whatever it can sign with, agents and smart cards too, because gpg and its pinentry do
// the asking. What comes back is checked before anybody sees it. Part of the hook: node builtins only.
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import type { Env } from '../repo/process.ts';
import { gpgRefusal, readListing, signingKey, type ListedKey } from './gpg-status.ts';
import { signedPacket } from './packet.ts';
import { complaint, runProgram, terminalName, type Exit } from './program.ts';
import type { Signed, Signer } from './signer.ts';

export interface Gpg {
  /** Git's `gpg.program` or `gpg.openpgp.program`; gpg if not given. */
  program?: string | undefined;
  /** The process's own environment if not given: gpg needs HOME, GNUPGHOME and more of it. */
  env?: Env | undefined;
}

export interface GpgSignerOptions extends Gpg {
  /** What gpg takes for a key: a fingerprint, with `!` for exactly that subkey; or, as git's `user.signingKey` may be, part of a user id. */
  key: string;
  spec: string;
  /** Milliseconds to wait for pinentry and card; two minutes if not given. */
  patience?: number | undefined;
}

const HINT = 'install GnuPG, or check gpg.program';
const LOOK: readonly string[] = ['--batch', '--no-tty'];
const FINGERPRINT = /^(?:[0-9A-F]{16}|[0-9A-F]{40}|[0-9A-F]{64})!?$/;

/** Returns a signer of scheme `openpgp` with keyid `openpgp:<fingerprint of the primary key>`. Nothing is run before the first signing. */
export function gpgSigner(options: GpgSignerOptions): Signer {
  return { spec: options.spec, sign: (payload) => sign(options, payload) };
}

/**
 * Returns the certificate, binary, of the one key that a fingerprint or key id names, secret or not.
 * @throws Fault KEY_NOT_FOUND, SIGNER_UNAVAILABLE
 */
export async function exportCertificate(key: string, gpg: Gpg): Promise<Uint8Array> {
  const exit = await run(gpg, [...LOOK, '--no-armor', '--export-options', 'export-minimal', '--export', '--', key.replace(/!$/, '')]);
  if (exit.code === 0 && exit.stdout.length > 0) return exit.stdout;
  throw notFound(key, exit.code === 0 ? 'is not in its keyring' : `is not given out: ${complaint(exit)}`, 'gpg --list-keys');
}

/**
 * Returns the key pair that gpg would sign with for this name.
 * @throws Fault KEY_NOT_FOUND (none that can sign), SIGNER_UNAVAILABLE
 */
export async function findKeyPair(name: string, gpg: Gpg): Promise<ListedKey> {
  const exit = await run(gpg, [...LOOK, '--with-colons', '--fingerprint', '--list-secret-keys', '--', name]);
  const found = readListing(latin1(exit.stdout)).find(({ usable }) => usable);
  if (found === undefined) throw notFound(name, 'can\'t sign here', 'gpg --list-secret-keys');
  return found;
}

async function sign(options: GpgSignerOptions, payload: Uint8Array): Promise<Signed> {
  const { program = 'gpg', patience } = options;
  // gpg may hold several keys for a name: it is told to use the one that was looked up.
  const key = FINGERPRINT.test(options.key) ? options.key : (await findKeyPair(options.key, options).catch(unavailable)).fingerprint;
  const env = withTerminal(options.env ?? process.env);
  const args = ['--status-fd=2', '--no-armor', '--no-textmode', '--local-user', key, '--detach-sign'];
  const exit = await runProgram({ program, args, input: payload, env, patience, hint: HINT });
  if (exit.code !== 0) throw gpgRefusal(program, exit);
  const signer = signingKey(exit.stderr);
  if (signer === undefined) throw new Fault('SIGNING_FAILED', `${printable(clip(program, 200))} does not say that it made one signature`, { hint: 'check gpg.program' });
  return signedPacket(exit.stdout, payload, await exportCertificate(signer, options).catch(unavailable), program);
}

function run({ program = 'gpg', env }: Gpg, args: readonly string[]): Promise<Exit> {
  return runProgram({ program, args, input: new Uint8Array(), env, hint: HINT });
}

/** gpg-agent asks on the terminal that GPG_TTY names. Inside a hook stdin is none, so gpg itself can't tell. */
function withTerminal(env: Env): Env {
  if ((env['GPG_TTY'] ?? '') !== '') return env;
  const name = terminalName();
  return name === undefined ? env : { ...env, GPG_TTY: name };
}

/** To who signs, a key that is gone is a signer that is not at hand. */
function unavailable(thrown: unknown): never {
  if (thrown instanceof Fault && thrown.code === 'KEY_NOT_FOUND') throw new Fault('SIGNER_UNAVAILABLE', thrown.message, { hint: thrown.hint ?? HINT, cause: thrown });
  throw thrown;
}

function notFound(name: string, reason: string, look: string): Fault {
  return new Fault('KEY_NOT_FOUND', `gpg's key ${printable(clip(name, 80))} ${reason}`, { hint: `look with "${look}"` });
}
