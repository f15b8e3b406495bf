// SPDX-License-Identifier: Apache-2.0
// The front door of this room: one signature of whatever scheme, over exactly these bytes.
import { NO_ANCHORS, type Anchors } from './anchors.ts';
import { gpgsigKind } from './gpgsig.ts';
import { checkArmored, checkOpenpgp } from './openpgp/openpgp.ts';
import type { Check, Scheme } from './signature.ts';
import { checkSignedMessage } from './signed-message.ts';
import { checkBundle } from './sigstore/bundle.ts';
import { checkSshsig, decodeArmor } from './ssh/sshsig.ts';

/** Checks the bytes of one scheme as stamps and envelopes carry them. Reads hostile bytes; never throws. */
export async function checkBytes(scheme: Scheme, bytes: Uint8Array, payload: Uint8Array, namespace: string, anchors: Anchors = NO_ANCHORS): Promise<Check> {
  if (scheme === 'ssh') return checkSshsig(bytes, payload, namespace);
  if (scheme === 'openpgp') return checkOpenpgp(bytes, payload, anchors.certificates);
  if (scheme === 'sigstore') return checkBundle(bytes, payload, anchors);
  return { kind: 'undecided', reason: `scheme-${scheme}` };
}

/** Git's own signature of a commit or tag: the armor as its header holds it, and the bytes it covers. */
export interface Armored {
  armor: Uint8Array;
  payload: Uint8Array;
}

/**
 * Checks git's own signature in its three forms. It is no older than `horizon` (seconds since the epoch), whatever it says.
 * Reads hostile bytes; never throws.
 */
export async function checkGitSignature({ armor, payload }: Armored, anchors: Anchors, horizon = 0): Promise<Check> {
  switch (gpgsigKind(armor)) {
    case 'ssh': {
      const blob = decodeArmor(armor);
      return blob ? checkSshsig(blob, payload, 'git') : { kind: 'bad', reason: 'armor' };
    }
    case 'openpgp':
      return checkArmored(armor, payload, anchors.certificates, horizon);
    case 'x509':
      return checkSignedMessage(armor, payload, anchors, horizon);
    default:
      return { kind: 'bad', reason: 'armor' };
  }
}
