// SPDX-License-Identifier: Apache-2.0
// bad-grant: the grant of a session does not prove itself, or the stamp names another agent than it grants.
import type { CommitRule } from '../rule.ts';

export const badGrant: CommitRule = {
  name: 'bad-grant',
  judge({ kind, grant, carried }) {
    if (kind === 'evidence' || !grant || carried.kind !== 'stamp') return [];
    const { session, agent } = carried.stamp;
    const hint = 'a person opens a new session: countersign session start';
    if (grant.kind === 'bad') return [{ message: `the grant of session ${session} does not count: ${grant.reason}`, hint }];
    if (grant.kind === 'unknown') return [{ level: 'unknown', message: `the grant of session ${session} cannot be checked: ${grant.reason}`, hint: 'git fetch --unshallow' }];
    if (grant.kind !== 'good') return [];
    const granted = `${grant.grant.agent} (${grant.grant.model})`;
    return agent === granted ? [] : [{ message: `the stamp names ${agent}, the grant ${granted}`, hint }];
  },
};
