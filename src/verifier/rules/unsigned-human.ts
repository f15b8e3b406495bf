// SPDX-License-Identifier: Apache-2.0
// unsigned-human: `Provenance: human` alone leans on git's own signature; without one that the policy accepts it is a
// claim that anybody could type.
import { restampHint, type CommitRule } from '../rule.ts';

export const unsignedHuman: CommitRule = {
  name: 'unsigned-human',
  judge(facts) {
    const { kind, proof } = facts;
    if (kind === 'evidence' || proof.kind !== 'unsigned') return [];
    return [{ message: `"Provenance: human" without proof: ${proof.reason}`, hint: restampHint(facts, 'its author') }];
  },
};
