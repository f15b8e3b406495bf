// SPDX-License-Identifier: Apache-2.0
// unknown-signer: the key is nobody's in the roster, or it is a key that cannot speak for a person.
import type { CommitRule } from '../rule.ts';

export const unknownSigner: CommitRule = {
  name: 'unknown-signer',
  judge({ kind, proof }) {
    if (kind === 'evidence') return [];
    if (proof.kind === 'stranger') {
      return [{ message: `signed by ${proof.keyid}, which is nobody's key in the roster`, hint: 'an owner: countersign people add <id> --key <key>' }];
    }
    if (proof.kind !== 'good' || proof.signer.kind === 'person' || proof.signer.kind === 'session') return [];
    return [{ message: `signed by the key of ${proof.signer.kind} ${proof.signer.id}, which speaks for no person`, hint: 'a person makes the commit, with a key of their own' }];
  },
};
