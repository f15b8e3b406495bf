// SPDX-License-Identifier: Apache-2.0
// Checking a detached CMS signature (gitsign's, or a smart card's) over a payload.
import type { Anchors } from '../anchors.ts';
import type { Check } from '../signature.ts';

/** A good signature's `keyid`: `sigstore:<issuer>#<identity>` for Fulcio's certificates, else `x509:<CA fingerprint>#<e-mail>`. */
export type CmsCheck = Check & { signedAt?: number };

/** Checks an armored `SIGNED MESSAGE`, as git's header holds it. */
export async function checkSignedMessage(_armor: Uint8Array, _payload: Uint8Array, _anchors: Anchors): Promise<CmsCheck> {
  return { kind: 'undecided', reason: 'x509' };
}
