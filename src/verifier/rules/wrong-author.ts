// SPDX-License-Identifier: Apache-2.0
// wrong-author: the author line names somebody else than who signed. A session's author is its sponsor or the agent.
import { isAuthor } from '../../trust/holder.ts';
import { isAgents } from '../git-signature.ts';
import type { CommitRule } from '../rule.ts';

export const wrongAuthor: CommitRule = {
  name: 'wrong-author',
  judge({ kind, proof, git, grant, author, state }) {
    const hosted = proof.kind === 'none' && isAgents(git);
    const signer = proof.kind === 'good' ? proof.signer : hosted ? git.signer : undefined;
    if (kind === 'evidence' || !signer) return [];
    const { people, agents } = state.roster;
    const own = signer.kind === 'person' ? [people[signer.id]] : hosted ? [agents[signer.id]] : [];
    const sponsors = grant?.kind === 'good' ? [people[grant.grant.sponsor], agents[grant.grant.agent.split('/', 1)[0] ?? '']] : [];
    if ([...own, ...sponsors].some((entry) => entry && isAuthor(entry, author.email))) return [];
    const who = signer.sponsor ? `session ${signer.id} of ${signer.sponsor}` : signer.id;
    return [{ message: `signed by ${who}, but the author is ${author.name} <${author.email}>`, hint: 'git commit --amend --reset-author, or add the address: countersign people add' }];
  },
};
