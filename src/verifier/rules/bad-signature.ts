// SPDX-License-Identifier: Apache-2.0
// bad-signature: the arithmetic fails. Message, author, date or signature are not what was signed, or the stamp belongs
// to another repository.
import { SQUASH_HINT, restampHint, type CommitRule, type Draft } from '../rule.ts';

export const badSignature: CommitRule = {
  name: 'bad-signature',
  judge(facts) {
    const { kind, proof, git, forgeSquash } = facts;
    if (kind === 'evidence') return [];
    if (proof.kind === 'undecided') return [{ level: 'unknown', message: `the stamp cannot be checked: ${proof.reason}`, hint: 'git fetch --unshallow, countersign people list, or a newer countersign' }];
    // whatever the stamp proves, or that there is none, does not lean on it
    if (proof.kind !== 'failed') return git.kind === 'failed' ? [{ level: 'warn', message: `git's own signature does not hold (${git.reason})`, hint: 'git verify-commit says the same; sign again with git commit --amend -S' }] : [];
    const draft: Draft = { message: `the signature does not hold: message or author are not what was signed (${proof.reason})`, hint: restampHint(facts, 'its author') };
    return [forgeSquash ? { ...draft, level: 'unknown', hint: SQUASH_HINT } : draft];
  },
};
