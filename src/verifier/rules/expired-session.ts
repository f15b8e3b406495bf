// SPDX-License-Identifier: Apache-2.0
// expired-session: a commit dated outside the time that the grant gives. The author date is part of what is signed.
import type { CommitRule } from '../rule.ts';

export const expiredSession: CommitRule = {
  name: 'expired-session',
  judge({ kind, grant, author }) {
    if (kind === 'evidence' || grant?.kind !== 'good') return [];
    const { notBefore, notAfter, id } = grant.grant;
    if (author.date >= Date.parse(notBefore) / 1000 && author.date <= Date.parse(notAfter) / 1000) return [];
    const date = new Date(author.date * 1000).toISOString();
    return [{ message: `dated ${date}, outside session ${id} (${notBefore} to ${notAfter})`, hint: 'a person opens a new session: countersign session start' }];
  },
};
