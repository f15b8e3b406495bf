// SPDX-License-Identifier: Apache-2.0
// How people name a key: `ssh:PATH` of either half, or a public key's line itself. Only the public half is ever read.
import { lstat, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import { parseSshPublicKey } from '../signature/ssh/key.ts';

/** The public half of a key, ready for the roster. */
export interface PublicKey {
  /** `ssh-ed25519 AAAA…` without comment. */
  line: string;
  /** `ssh:SHA256:…`. */
  keyid: string;
  hardware: boolean;
}

/** Where paths begin, and what `~` stands for. */
export interface Place {
  dir: string;
  home: string | undefined;
}

const SPEC_HINT = 'name a key as ssh:PATH, for instance ssh:~/.ssh/id_ed25519';

/**
 * Returns the absolute path that a signer's `ssh:PATH` names.
 * @throws Fault KEY_INVALID where it is of another form
 */
export function sshKeyPath(spec: string, { dir, home }: Place): string {
  if (!spec.startsWith('ssh:') || spec.length < 5 || /\p{Cc}/u.test(spec)) {
    throw new Fault('KEY_INVALID', `${printable(clip(spec, 80))} names no key`, { hint: SPEC_HINT });
  }
  const path = spec.slice('ssh:'.length);
  // A shell leaves the tilde alone where it does not stand first in the word.
  if (path.startsWith('~/') && home !== undefined) return join(home, path.slice(2));
  return resolve(dir, path);
}

/**
 * Returns the public key that a spec names: a `.pub` file, the one beside a private key, or the line of a key itself.
 * @throws Fault KEY_NOT_FOUND (no such file), KEY_INVALID (not a key we can check)
 */
export async function readPublicKey(spec: string, place: Place): Promise<PublicKey> {
  const line = /^(?:ssh-|ecdsa-|sk-)\S+ \S/.test(spec) ? spec : await readPublicLine(sshKeyPath(spec, place));
  const key = parseSshPublicKey(line);
  return { line: line.trim().split(/[ \t]+/, 2).join(' '), keyid: `ssh:${key.fingerprint}`, hardware: key.hardware };
}

async function readPublicLine(path: string): Promise<string> {
  const file = path.endsWith('.pub') ? path : `${path}.pub`;
  const text = await readFile(file, 'utf8').catch(async (cause: unknown) => {
    const hint = path.endsWith('.pub') ? SPEC_HINT : await hintFor(path, file);
    throw new Fault('KEY_NOT_FOUND', `no public key at ${printable(file)}`, { hint, cause });
  });
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (lines.length !== 1) throw new Fault('KEY_INVALID', `${printable(file)} holds ${lines.length} keys, not one`, { hint: SPEC_HINT });
  return lines[0]!;
}

/** The public half comes from the private one; where that is missing too, it is the whole key that has to be made. */
async function hintFor(path: string, file: string): Promise<string> {
  if (await lstat(path).catch(() => undefined)) return `make it with "ssh-keygen -y -f '${printable(path)}' >'${printable(file)}'"`;
  return `name a key that is there, or make one with "ssh-keygen -t ed25519 -f '${printable(path)}'"`;
}
