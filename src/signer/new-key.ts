// SPDX-License-Identifier: Apache-2.0
// A new OpenPGP key, on disk: readable by its owner alone, whole or not at all, and never in place of another.
import { randomBytes } from 'node:crypto';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { equal, fromUtf8, utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { printable } from '../printable.ts';
import { newOpenpgpKey } from './openpgp.ts';
import type { AskPassphrase } from './passphrase.ts';

export interface NewKey {
  path: string;
  /** Upper-case hex. */
  fingerprint: string;
}

/** Returns where a person's key goes that nobody has chosen a place for (XDG Base Directory Specification). */
export function keyPath(id: string, env: Record<string, string | undefined>): string {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? '';
  const config = env['XDG_CONFIG_HOME']?.startsWith('/') ? env['XDG_CONFIG_HOME'] : join(home, '.config');
  return join(config, 'countersign', 'keys', `${id}.asc`);
}

/**
 * Makes a key and writes it.
 * @param ask none for a key without passphrase; it is asked twice
 * @throws Fault KEY_INVALID (a name or address that no key can bear, two passphrases that differ, none at all), FILE_FAILED (there is
 *   a file already, or none can be written), SIGNER_UNAVAILABLE or SIGNING_FAILED (nobody there to ask, or to answer)
 */
export async function makeKey(path: string, name: string, email: string, ask: AskPassphrase | undefined): Promise<NewKey> {
  const passphrase = ask === undefined ? undefined : await choosePassphrase(ask).catch(nobodyThere);
  const { armor, fingerprint } = await newOpenpgpKey(name, email, passphrase);
  await writeNew(path, utf8(armor));
  return { path, fingerprint };
}

async function choosePassphrase(ask: AskPassphrase): Promise<string> {
  const typed: Uint8Array[] = [];
  try {
    for (const prompt of ['new passphrase: ', 'once more: ']) typed.push(await ask(prompt));
    const [first, second] = typed as [Uint8Array, Uint8Array];
    if (!equal(first, second)) throw new Fault('KEY_INVALID', 'the two passphrases differ', { hint: 'try again' });
    const text = fromUtf8(first);
    if (text === undefined || text === '') throw new Fault('KEY_INVALID', 'an empty passphrase is none', { hint: 'type one, or say --no-passphrase' });
    return text;
  } finally {
    for (const bytes of typed) bytes.fill(0);
  }
}

function nobodyThere(thrown: unknown): never {
  if (!(thrown instanceof Fault) || thrown.code !== 'SIGNER_UNAVAILABLE') throw thrown;
  throw new Fault(thrown.code, thrown.message, { hint: 'run this in a terminal, or say --no-passphrase', cause: thrown });
}

/** A link gives a name to a whole file, and fails where the name is taken; a rename would put it in place of the other. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(temporary, bytes, { flag: 'wx', mode: 0o600 });
    await link(temporary, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw new Fault('FILE_FAILED', `there is a file already at ${printable(path)}`, { cause, hint: 'keep it, or name another place with --out' });
    throw new Fault('FILE_FAILED', `can't write ${printable(path)}`, { cause, hint: 'check that the folder may be written to' });
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}
