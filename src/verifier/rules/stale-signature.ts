// SPDX-License-Identifier: Apache-2.0
// stale-signature: a good signature, over another change than this commit makes.
import { SQUASH_HINT, type CommitRule } from '../rule.ts';

export const staleSignature: CommitRule = {
  name: 'stale-signature',
  judge({ kind, proof, forgeSquash }) {
    if (kind === 'evidence' || proof.kind !== 'stale') return [];
    const who = proof.signer.sponsor ? `session ${proof.signer.id} of ${proof.signer.sponsor}` : proof.signer.id;
    return [{
      message: `the stamp of ${who} is for another change than this commit makes`,
      hint: forgeSquash ? SQUASH_HINT : 'if the change is yours: countersign restamp HEAD',
      ...(forgeSquash ? { level: 'unknown' } : {}),
    }];
  },
};
