// SPDX-License-Identifier: Apache-2.0
// bad-signature: the arithmetic fails. Message, author, date or signature are not what was signed, or the stamp belongs
// to another repository.
import { SQUASH_HINT, restampHint, type CommitRule, type Draft } from '../rule.ts';

export const badSignature: CommitRule = {
  name: 'bad-signature',
  judge(facts) {
    const { kind, proof, forgeSquash } = facts;
    if (kind === 'evidence') return [];
    if (proof.kind === 'undecided') return [{ level: 'unknown', message: `the stamp cannot be checked: ${proof.reason}`, hint: 'git fetch --unshallow, or a newer countersign' }];
    if (proof.kind !== 'failed') return [];
    const draft: Draft = { message: `the signature does not hold: message or author are not what was signed (${proof.reason})`, hint: restampHint(facts, 'its author') };
    return [forgeSquash ? { ...draft, level: 'unknown', hint: SQUASH_HINT } : draft];
  },
};
