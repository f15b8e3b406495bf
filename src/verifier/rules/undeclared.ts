// SPDX-License-Identifier: Apache-2.0
// undeclared: a commit of which nobody says whether a person or an agent made it. Absence of marks proves nothing.
import { SQUASH_HINT, restampHint, type CommitRule, type Draft } from '../rule.ts';

export const undeclared: CommitRule = {
  name: 'undeclared',
  judge(facts) {
    const { kind, proof, merge, marks, forgeSquash, policies } = facts;
    if (kind === 'evidence' || kind === 'merge' || proof.kind !== 'none' || marks.length > 0) return [];
    if (merge?.kind === 'unclean' || merge?.kind === 'undecided') return [];
    const draft: Draft = forgeSquash
      ? { level: 'unknown', message: 'a squash without stamp: nothing says what it is made of', hint: SQUASH_HINT }
      : { message: merge ? 'a merge of more than two parents, without a stamp' : 'no stamp says who made this commit', hint: restampHint(facts, 'its author') };
    const reported = policies.every((policy) => policy.provenance === 'ai-only');
    return [reported && draft.level === undefined ? { ...draft, level: 'warn' } : draft];
  },
};
