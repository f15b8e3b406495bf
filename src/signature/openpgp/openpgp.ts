// SPDX-License-Identifier: Apache-2.0
// Checking a detached OpenPGP signature over a payload against certificates at hand.
import type { Check } from '../signature.ts';
import type { Certificate } from './certificate.ts';

/** A good signature's `keyid` names the certificate: `openpgp:` and the primary key's fingerprint. */
export type OpenpgpCheck = Check & { signedAt?: number };

/** Checks one binary signature packet over a payload. Reads hostile bytes; never throws. */
export async function checkOpenpgp(_packet: Uint8Array, _payload: Uint8Array, _certificates: readonly Certificate[]): Promise<OpenpgpCheck> {
  return { kind: 'undecided', reason: 'openpgp' };
}

/** Checks an armored detached signature, as git's header holds it. */
export async function checkArmored(_armor: Uint8Array, _payload: Uint8Array, _certificates: readonly Certificate[]): Promise<OpenpgpCheck> {
  return { kind: 'undecided', reason: 'openpgp' };
}
