// SPDX-License-Identifier: Apache-2.0
// contradiction: what a commit says of itself does not go together. A stamp that says human over an agent's marks, or beside
// an agent's signature ("assisted" would be the honest word); a hardware key whose counter went back, as a copy's would.
import { isAgents } from '../git-signature.ts';
import type { CommitRule, Draft } from '../rule.ts';

export const contradiction: CommitRule = {
  name: 'contradiction',
  judge({ kind, marks, git, turnedBack }) {
    const drafts: Draft[] = [];
    const [mark] = marks;
    const agent = mark ? `it bears the marks of an agent: ${mark.evidence}` : isAgents(git) ? `git's own signature is that of agent ${git.signer.id}` : undefined;
    if (kind === 'human' && agent) drafts.push({ message: `stamped human, but ${agent}`, hint: "git commit --amend --no-edit --trailer 'Provenance: assisted'" });
    if (turnedBack) drafts.push({ message: `the counter of its hardware key does not go together with that of commit ${turnedBack}: two may share that key`, hint: 'ask the owner of the key, who else has one like it: countersign people revoke' });
    return drafts;
  },
};
