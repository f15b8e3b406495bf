// SPDX-License-Identifier: Apache-2.0
// What stands twice in a roster and must not: a key or an address that two entries claim would let one person count
// twice, and a key listed twice could stay valid in one place after it was revoked in the other.
import type { Reason } from './refusal.ts';
import type { Roster } from './roster.ts';

export interface Duplicate {
  reason: Reason;
  path: (string | number)[];
  message: string;
}

/**
 * Returns what is claimed twice. One key stands once in the whole roster, with one exception: an agent may name a
 * forge's key, and is then told apart by its addresses. One address stands in one entry.
 */
export function findDuplicates(roster: Roster): Duplicate[] {
  return [...duplicateKeys(roster), ...duplicateEmails(roster)];
}

function duplicateKeys({ people, agents, forges }: Roster): Duplicate[] {
  const found: Duplicate[] = [];
  const holders = new Map<string, { role: string; id: string }>();
  for (const [role, entries] of Object.entries({ forges, people, agents })) {
    for (const [id, entry] of Object.entries(entries)) {
      for (const [index, { keyid }] of entry.keys.entries()) {
        const path = [role, id, 'keys', index];
        const holder = holders.get(keyid);
        if (holder === undefined) holders.set(keyid, { role, id });
        else if (role !== 'agents' || holder.role !== 'forges') found.push({ reason: 'shared-key', path, message: `this key already stands at ${holder.role}.${holder.id}` });
        else if (agents[id]!.emails.length === 0) found.push({ reason: 'no-email', path, message: "an agent that names a forge's key needs an e-mail address of its own" });
      }
    }
  }
  return found;
}

function duplicateEmails({ people, agents }: Roster): Duplicate[] {
  const found: Duplicate[] = [];
  const holders = new Map<string, string>();
  for (const [role, entries] of Object.entries({ people, agents })) {
    for (const [id, { emails }] of Object.entries(entries)) {
      for (const email of emails) {
        const holder = holders.get(email);
        if (holder === undefined) holders.set(email, `${role}.${id}`);
        else found.push({ reason: 'shared-email', path: [role, id, 'emails'], message: `${email} already stands at ${holder}` });
      }
    }
  }
  return found;
}
