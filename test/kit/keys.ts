// SPDX-License-Identifier: Apache-2.0
// Ed25519 keys made by ssh-keygen, one pair per name and process: no test may depend on a private key that is committed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment } from './environment.ts';
import { tempDir } from './temp.ts';

export interface SshKey {
  /** Path of the private key file; the public one stands beside it with `.pub`. */
  file: string;
  /** The public key as `ssh-ed25519 AAAA…`, without comment. */
  line: string;
  /** `SHA256:…`, as ssh-keygen -l prints it. */
  fingerprint: string;
}

const made = new Map<string, SshKey>();
let folder: string | undefined;

/** Returns the folder in which the keys lie, by their names. */
export function keyFolder(): string {
  return (folder ??= tempDir());
}

/** Returns the key pair of this name, made at first use. An encrypted one needs another name. */
export function sshKey(name: string, passphrase = ''): SshKey {
  const known = made.get(name);
  if (known !== undefined) return known;
  const file = join(keyFolder(), name);
  keygen('-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', file);
  const line = readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
  const key = { file, line, fingerprint: keygen('-l', '-f', `${file}.pub`).split(' ')[1]! };
  made.set(name, key);
  return key;
}

function keygen(...args: string[]): string {
  const done = spawnSync('ssh-keygen', args, { encoding: 'utf8', env: cleanEnvironment() });
  if (done.status !== 0) throw new Error(`ssh-keygen ${args[0]}: ${done.error?.message ?? done.stderr}`);
  return done.stdout;
}
