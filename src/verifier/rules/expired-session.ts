// SPDX-License-Identifier: Apache-2.0
// expired-session: a commit dated outside the time that the grant gives. The author date is part of what is signed.
import type { CommitRule } from '../rule.ts';

export const expiredSession: CommitRule = {
  name: 'expired-session',
  judge({ kind, grant, author }) {
    if (kind === 'evidence' || grant?.kind !== 'good') return [];
    const { notBefore, notAfter, id } = grant.grant;
    if (author.date >= Date.parse(notBefore) / 1000 && author.date <= Date.parse(notAfter) / 1000) return [];
    return [{ message: `dated ${dated(author.date)}, outside session ${id} (${notBefore} to ${notAfter})`, hint: 'a person opens a new session: countersign session start' }];
  },
};

// a commit may bear a date that no calendar has
function dated(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} seconds after 1970` : date.toISOString();
}
