// SPDX-License-Identifier: Apache-2.0
// undeclared: a commit of which nobody says whether a person or an agent made it. Absence of marks proves nothing, and
// git's own signature says who committed, not who wrote: an agent's commits are signed too where git is told to sign all.
import { SQUASH_HINT, restampHint, type CommitRule, type Draft } from '../rule.ts';
import type { Facts } from '../facts.ts';

export const undeclared: CommitRule = {
  name: 'undeclared',
  judge(facts) {
    const { kind, proof, merge, marks, forgeSquash, policies } = facts;
    if (kind !== 'undeclared' || proof.kind !== 'none' || marks.length > 0) return [];
    if (merge?.kind === 'unclean' || merge?.kind === 'undecided') return [];
    const draft: Draft = forgeSquash
      ? { level: 'unknown', message: 'a squash without stamp: nothing says what it is made of', hint: SQUASH_HINT }
      : { message: merge ? 'a merge of more than two parents, without a stamp' : saidBy(facts), hint: restampHint(facts, 'its author') };
    const reported = policies.every((policy) => policy.provenance === 'ai-only');
    return [reported && draft.level === undefined ? { ...draft, level: 'warn' } : draft];
  },
};

function saidBy({ git }: Facts): string {
  if (git.kind !== 'signed') return 'no stamp says who made this commit';
  const { kind, id } = git.signer;
  return kind === 'forge' ? `no stamp: the key of ${id} proves that ${id} wrote it, not who made it` : `no stamp: ${id} signed the commit, and nothing says who made it`;
}
