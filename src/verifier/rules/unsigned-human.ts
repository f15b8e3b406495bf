// SPDX-License-Identifier: Apache-2.0
// unsigned-human: `Provenance: human` alone leans on git's own signature; without one that the policy accepts it is a
// claim that anybody could type.
import type { CommitRule } from '../rule.ts';

export const unsignedHuman: CommitRule = {
  name: 'unsigned-human',
  judge({ kind, proof }) {
    if (kind === 'evidence' || proof.kind !== 'unsigned') return [];
    return [{ message: `"Provenance: human" without proof: ${proof.reason}`, hint: 'its author: countersign restamp HEAD' }];
  },
};
