// SPDX-License-Identifier: Apache-2.0
// Git's `SIGNED MESSAGE`: gitsign's, or a smart card's. Once its key has signed the payload, who vouches for its certificate:
// Sigstore for those that Fulcio made, an authority of the roster for all others, never one for the other's.
import type { Anchors } from './anchors.ts';
import type { Check } from './signature.ts';
import { isFulcio } from './sigstore/identity.ts';
import { checkKeyless } from './sigstore/keyless.ts';
import { checkBinding, checkChain } from './x509/cms.ts';

/**
 * Checks an armored `SIGNED MESSAGE`, as git's header holds it. A good one's `keyid` is `sigstore:<issuer>#<identity>` for
 * Fulcio's certificates, else `x509:<CA fingerprint>#<e-mail>` with the address in the spelling that is compared; `keyids` are
 * those of all its addresses, none of which may be somebody else's. Where only the signer tells the time, it was signed at
 * `horizon` (seconds since the epoch) at the earliest, whatever the signer says. Reads hostile bytes; never throws.
 */
export async function checkSignedMessage(armor: Uint8Array, payload: Uint8Array, anchors: Anchors, horizon = 0): Promise<Check> {
  const binding = checkBinding(armor, payload);
  if (binding.kind !== 'bound') return binding;
  const { message, signingTime } = binding;
  const claimed = Math.max(signingTime, horizon);
  return isFulcio(message.signer) ? checkKeyless(message, claimed, anchors) : checkChain(message, claimed, anchors.authorities);
}
