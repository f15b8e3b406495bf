// SPDX-License-Identifier: Apache-2.0
// unsigned-ai: a commit that bears an agent's marks and no stamp. The marks are no proof; the missing stamp is the fault.
import type { CommitRule } from '../rule.ts';

export const unsignedAi: CommitRule = {
  name: 'unsigned-ai',
  judge({ kind, proof, marks, forgeSquash }) {
    const [mark] = marks;
    if (!mark || proof.kind !== 'none' || kind === 'evidence' || kind === 'merge') return [];
    const message = `no stamp, but the marks of an agent: ${mark.evidence}`;
    return [{ message, hint: 'let the agent commit inside "countersign run -- <agent>"', ...(forgeSquash ? { level: 'unknown' } : {}) }];
  },
};
