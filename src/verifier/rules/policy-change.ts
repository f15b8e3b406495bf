// SPDX-License-Identifier: Apache-2.0
// policy-change: policy, roster or keys changed without an owner of the state before, or not by the next serial.
import { needsPresence } from '../../trust/standing.ts';
import type { Facts } from '../facts.ts';
import type { CommitRule } from '../rule.ts';
import { refusalText } from '../signer.ts';
import type { State } from '../state.ts';

/** Returns the state that a commit brings, or why what it brings does not count. */
export function acceptedChange({ step, proof, kind, grant }: Facts): State | string {
  if (step.kind !== 'change') return step.state;
  const { state, next } = step;
  if (typeof next === 'string') return next;
  if (proof.kind !== 'good' || proof.binding !== 'exact' || proof.signer.kind !== 'person' || kind === 'ai' || grant) return 'no owner signed it';
  const person = state.roster.people[proof.signer.id];
  if (!person?.roles.includes('owner')) return `${proof.signer.id} is no owner`;
  if (proof.by?.refused) return `the key of ${proof.signer.id} ${refusalText(proof.by.refused)}`;
  if (proof.signer.strength !== 'presence' && needsPresence(state.policy, person)) return `${proof.signer.id} signs with a hardware key, and this signature has no proof of presence`;
  if (next.policy.serial !== state.policy.serial + 1) return `serial ${next.policy.serial} does not follow ${state.policy.serial}`;
  if (next.policy.repository !== state.policy.repository) return 'it gives the repository another id';
  return next;
}

export const policyChange: CommitRule = {
  name: 'policy-change',
  judge(facts) {
    if (facts.step.kind === 'rival') return [{ message: `two policies with serial ${facts.step.serial} meet in this merge`, hint: 'an owner commits one policy with the next serial' }];
    const accepted = acceptedChange(facts);
    return typeof accepted === 'string' ? [{ message: `policy, roster or keys changed, and it does not count: ${accepted}`, hint: 'an owner makes the change, with serial + 1 in .countersign/policy.yaml' }] : [];
  },
};
