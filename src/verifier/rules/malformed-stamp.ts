// SPDX-License-Identifier: Apache-2.0
// malformed-stamp: lines that look like a stamp and are none, a second stamp, or text below one.
import { SQUASH_HINT, restampHint, type CommitRule } from '../rule.ts';

export const malformedStamp: CommitRule = {
  name: 'malformed-stamp',
  judge(facts) {
    const { kind, proof, forgeSquash } = facts;
    if (kind === 'evidence' || proof.kind !== 'malformed') return [];
    return [{
      line: proof.line,
      message: `the stamp cannot be read: ${proof.reason} (line ${proof.line} of the message)`,
      hint: forgeSquash ? SQUASH_HINT : restampHint(facts, 'its author'),
      ...(forgeSquash ? { level: 'unknown' } : {}),
    }];
  },
};
