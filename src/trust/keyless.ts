// SPDX-License-Identifier: Apache-2.0
// What a keyless signature is worth under a policy: whether its certificate was issued to the kind of holder that the roster
// names, and whether the sign-in behind it proves that a person was there.
import type { Good } from '../signature/signature.ts';
import type { Policy } from './policy.ts';
import type { KeyHolder } from './holder.ts';

/** To whom a certificate was issued, where it does not fit its holder. */
export type Misissued = 'workload' | 'person';

/** Returns to whom a certificate was issued if that is not whom the roster means: people sign in, agents and forges show a token. */
export function misissuedTo({ role }: KeyHolder, { workload }: Pick<Good, 'workload'>): Misissued | undefined {
  if (workload === undefined || workload !== (role === 'person')) return undefined;
  return workload ? 'workload' : 'person';
}

/** Tells whether the policy takes a signature for proof that a person was there: by its issuer, and by all the claims it asks for. */
export function provesPresence({ keylessPresence }: Pick<Policy, 'keylessPresence'>, { keyid, workload, claims = {} }: Good): boolean {
  if (workload !== false) return false;
  return keylessPresence.some(({ issuer, claims: asked }) => (
    keyid.startsWith(`sigstore:${issuer}#`) && Object.entries(asked).every(([id, value]) => Object.hasOwn(claims, id) && claims[id] === value)
  ));
}
