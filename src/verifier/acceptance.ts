// SPDX-License-Identifier: Apache-2.0
// Which state a commit leaves: a change of policy, roster or keys counts only with an owner of the state before behind it, and
// the next serial (spec §8). Who signed is asked first: a contribution's key files can take a minute to read.
import { needsPresence } from '../trust/standing.ts';
import type { Oid } from '../oid.ts';
import type { Facts } from './facts.ts';
import { refusalText } from './signer.ts';
import type { State, States } from './state.ts';

/** Returns the state that counts after a commit, or why what it brings does not. @throws Fault REPO_OBJECT_MISSING */
export async function acceptedState(states: States, oid: Oid, tree: Oid, change: Pick<Facts, 'step' | 'proof' | 'kind' | 'grant'>): Promise<State | string> {
  const { state, kind } = change.step;
  if (kind !== 'change') return state;
  const refusal = signerRefusal(state, change);
  if (refusal !== undefined) return refusal;
  const next = await states.next(oid, tree, state);
  if (typeof next === 'string') return next;
  if (next.policy.serial !== state.policy.serial + 1) return `serial ${next.policy.serial} does not follow ${state.policy.serial}`;
  return next.policy.repository === state.policy.repository ? next : 'it gives the repository another id';
}

/** Returns why who signed cannot change the state, or undefined where they can. */
function signerRefusal({ policy, roster }: State, { proof, kind, grant }: Pick<Facts, 'proof' | 'kind' | 'grant'>): string | undefined {
  if (proof.kind !== 'good' || proof.binding !== 'exact' || proof.signer.kind !== 'person' || kind === 'ai' || grant) return 'no owner signed it';
  const person = roster.people[proof.signer.id];
  if (!person?.roles.includes('owner')) return `${proof.signer.id} is no owner`;
  if (proof.by?.refused) return `the key of ${proof.signer.id} ${refusalText(proof.by.refused)}`;
  if (proof.signer.strength === 'presence' || !needsPresence(policy, person)) return undefined;
  return `${proof.signer.id} signs with a hardware key, and this signature has no proof of presence`;
}
