// SPDX-License-Identifier: Apache-2.0
// revoked-key: the roster says that this key counts no more: compromised for all time, retired from a date on.
import { revocationOf } from '../../trust/standing.ts';
import { restampHint, type CommitRule } from '../rule.ts';

export const revokedKey: CommitRule = {
  name: 'revoked-key',
  judge(facts) {
    const { kind, proof, author } = facts;
    if (kind === 'evidence' || proof.kind !== 'good' || !proof.holder) return [];
    const revoked = revocationOf(proof.holder.key, author.date);
    return revoked ? [{ message: `the key of ${proof.holder.id} is revoked (${revoked})`, hint: restampHint(facts, 'its author, with a key that counts') }] : [];
  },
};
