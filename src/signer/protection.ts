// SPDX-License-Identifier: Apache-2.0
// How well the key behind a spec is kept from an agent that runs as the same user: told when a repository is set up, so
// that nobody takes a key for more than it is.
import { Fault } from '../fault.ts';
import { printable } from '../printable.ts';
import { parseSshPublicKey } from '../signature/ssh/key.ts';
import { findKeyPair } from './gpg.ts';
import { describeKey, type KeyProtection } from './key-file.ts';
import { resolveSpec } from './key-spec.ts';
import { inspectKeyFile } from './openpgp.ts';
import type { Place } from './spec.ts';

/**
 * Beside those of SSH keys: `asked`: a passphrase is typed at each signature; `card`: on a smart card, which keeps it from
 * being copied but shows in no signature that somebody was there; `gpg-agent`: whatever that agent has unlocked.
 */
export type Protection = KeyProtection | 'asked' | 'card' | 'gpg-agent';

/** Tells how the key that a signer's spec names is kept. @throws Fault SIGNER_UNAVAILABLE, KEY_NOT_FOUND, KEY_INVALID */
export async function describeSigner(spec: string, place: Place): Promise<Protection> {
  const { source, git } = await resolveSpec(spec, place);
  switch (source.kind) {
    case 'ssh': return describeKey(source.path);
    case 'ssh-line': return parseSshPublicKey(source.line).hardware ? 'hardware' : 'agent';
    case 'openpgp': return describeFile(source.path);
    case 'gpg': return (await findKeyPair(source.key, { program: git.gpgProgram, env: place.env })).card ? 'card' : 'gpg-agent';
  }
}

async function describeFile(path: string): Promise<Protection> {
  const { secret } = await inspectKeyFile(path);
  if (secret !== 'public') return secret === 'unlocked' ? 'unlocked' : 'asked';
  throw new Fault('SIGNER_UNAVAILABLE', `${printable(path)} holds the public half only`, { hint: 'name the file with the private half, or gpg:FINGERPRINT where gpg has it' });
}
