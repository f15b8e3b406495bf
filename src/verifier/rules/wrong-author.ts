// SPDX-License-Identifier: Apache-2.0
// wrong-author: the author line names somebody else than who signed. A session's author is its sponsor or the agent.
import { isAuthor } from '../../trust/standing.ts';
import type { CommitRule } from '../rule.ts';

export const wrongAuthor: CommitRule = {
  name: 'wrong-author',
  judge({ kind, proof, grant, author, state }) {
    if (kind === 'evidence' || proof.kind !== 'good') return [];
    const { roster } = state;
    const { signer } = proof;
    const people = signer.kind === 'person' ? [roster.people[signer.id]] : [];
    const sponsors = grant?.kind === 'good' ? [roster.people[grant.grant.sponsor], roster.agents[grant.grant.agent.split('/', 1)[0] ?? '']] : [];
    if ([...people, ...sponsors].some((entry) => entry && isAuthor(entry, author.email))) return [];
    const who = signer.sponsor ? `session ${signer.id} of ${signer.sponsor}` : signer.id;
    return [{ message: `signed by ${who}, but the author is ${author.name} <${author.email}>`, hint: 'git commit --amend --reset-author, or add the address: countersign people add' }];
  },
};
