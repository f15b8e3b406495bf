// SPDX-License-Identifier: Apache-2.0
// From a setting to a hand: which signer a spec names. Light, because the hook loads it; schemes that need a heavy
// package are opened elsewhere.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import { NAMESPACE } from '../statement/stamp.ts';
import { sshSigner } from './ssh.ts';
import type { Signer } from './signer.ts';

export interface SignerPrograms {
  /** Git's `gpg.ssh.program`. */
  gpgSshProgram?: string | undefined;
}

/**
 * Opens what `countersign.signer` names: `ssh:PATH`. Nothing is read or run before the first signing.
 * @throws Fault SIGNER_UNAVAILABLE for a spec of another form
 */
export function openSigner(spec: string, { gpgSshProgram }: SignerPrograms = {}): Signer {
  const path = spec.startsWith('ssh:') ? spec.slice('ssh:'.length) : '';
  if (path === '' || /\p{Cc}/u.test(path)) {
    const hint = 'set one with "git config countersign.signer ssh:PATH"';
    throw new Fault('SIGNER_UNAVAILABLE', `the signer ${printable(clip(spec, 80))} is of no known form`, { hint });
  }
  // A shell leaves the tilde alone where it does not stand first in the word.
  const keyPath = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
  return sshSigner({ keyPath, namespace: NAMESPACE, spec, program: gpgSshProgram });
}
