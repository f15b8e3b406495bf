// SPDX-License-Identifier: Apache-2.0
// stale-signature: a good signature, over another change than this commit makes.
import { SQUASH_HINT, restampHint, type CommitRule } from '../rule.ts';

export const staleSignature: CommitRule = {
  name: 'stale-signature',
  judge(facts) {
    const { kind, proof, forgeSquash } = facts;
    if (kind === 'evidence' || proof.kind !== 'stale') return [];
    const who = proof.signer.sponsor ? `session ${proof.signer.id} of ${proof.signer.sponsor}` : proof.signer.id;
    return [{
      message: `the stamp of ${who} is for another change than this commit makes`,
      hint: forgeSquash ? SQUASH_HINT : restampHint(facts, 'if the change is yours'),
      ...(forgeSquash ? { level: 'unknown' } : {}),
    }];
  },
};
