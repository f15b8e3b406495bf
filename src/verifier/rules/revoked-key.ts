// SPDX-License-Identifier: Apache-2.0
// revoked-key: the roster says that this key does not count for what it signed: compromised for all time, retired from a
// date on, outside the time or the purpose that its entry or its certificate gives it.
import { isAgents } from '../git-signature.ts';
import { restampHint, type CommitRule } from '../rule.ts';
import { refusalText } from '../signer.ts';

export const revokedKey: CommitRule = {
  name: 'revoked-key',
  judge(facts) {
    const { kind, proof, git } = facts;
    const by = proof.kind === 'good' ? proof.by : proof.kind === 'none' && isAgents(git) ? git : undefined;
    if (kind === 'evidence' || !by?.refused) return [];
    return [{ message: `the key of ${by.holder.id} ${refusalText(by.refused)}`, hint: restampHint(facts, 'its author, with a key that counts') }];
  },
};
