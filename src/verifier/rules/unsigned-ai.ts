// SPDX-License-Identifier: Apache-2.0
// unsigned-ai: a commit that bears an agent's marks and no stamp, or that a hosted agent signed. The marks are no proof; the
// missing stamp is the fault. A hosted agent has no grant, whatever badge its signature gets elsewhere.
import { isAgents } from '../git-signature.ts';
import type { CommitRule } from '../rule.ts';

export const unsignedAi: CommitRule = {
  name: 'unsigned-ai',
  judge({ kind, proof, git, marks, forgeSquash }) {
    if (proof.kind !== 'none' || kind === 'evidence' || kind === 'merge') return [];
    if (isAgents(git)) {
      return [{ message: `made by the hosted agent ${git.signer.id}, which no person let loose by a grant`, hint: 'a person who answers for it: git commit --amend --no-edit --reset-author' }];
    }
    const [mark] = marks;
    if (!mark) return [];
    const message = `no stamp, but the marks of an agent: ${mark.evidence}`;
    return [{ message, hint: 'let the agent commit inside "countersign run -- <agent>"', ...(forgeSquash ? { level: 'unknown' } : {}) }];
  },
};
