// SPDX-License-Identifier: Apache-2.0
// What stands twice in a roster and must not: a key or an address that two entries claim would let one person count
// twice, and a key listed twice could stay valid in one place after it was revoked in the other. Asked when the roster
// is read, and again when its key files are: only then is known which keys they hold.
import { keyidsOf, type Key } from './key.ts';
import type { Reason } from './refusal.ts';
import type { Roster } from './roster.ts';

export interface Duplicate {
  reason: Reason;
  path: (string | number)[];
  message: string;
}

interface Place {
  role: 'forges' | 'people' | 'agents';
  id: string;
  index: number;
}

/**
 * Returns what is claimed twice. One key stands once in the whole roster, with two exceptions: an agent may name a
 * forge's key, and is then told apart by its addresses; and one's own key may stand in two wrappings, as an SSH key and
 * inside an OpenPGP certificate. One address stands in one entry.
 */
export function findDuplicates(roster: Roster): Duplicate[] {
  return [...duplicateKeys(roster), ...duplicateEmails(roster)];
}

/** Returns SHA-256 over the numbers of each key in it, so that one key in two wrappings is one key. */
export function materialsOf(key: Key): readonly string[] {
  if (key.scheme === 'openpgp') return key.certificates.flatMap(({ materials }) => materials);
  return key.scheme === 'ssh' ? [key.material] : [];
}

function duplicateKeys(roster: Roster): Duplicate[] {
  const found: Duplicate[] = [];
  const names = new Map<string, Place>();
  const materials = new Map<string, Place>();
  const keys = keysOf(roster);
  for (const { key, place } of keys) {
    const named = namesOf(key).map((name) => take(names, name, place));
    const made = isAuthority(key) ? [] : materialsOf(key).map((material) => take(materials, material, place));
    const holder = [...named, ...made.filter((other) => other && !isOneEntry(other, place))].find((other) => other !== undefined);
    if (holder === undefined) continue;
    if (place.role !== 'agents' || holder.role !== 'forges') found.push(shared(place, holder));
    else if (isCopy(key, roster.forges[holder.id]!.keys[holder.index]!)) found.push({ reason: 'shared-key', path: pathOf(place), message: `another file of forges.${holder.id} holds this certificate, and one copy could come to know less than the other: name that file here` });
    else if (roster.agents[place.id]!.emails.length === 0) found.push({ reason: 'no-email', path: pathOf(place), message: "an agent that names a forge's key needs an e-mail address of its own" });
  }
  // Several entries may stand behind one CA; but whoever holds its key could certify a key for each of them.
  for (const { key, place } of keys.filter((each) => isAuthority(each.key))) {
    const holder = materials.get(materialsOf(key)[0]!);
    if (holder !== undefined && !isOneEntry(holder, place)) found.push(shared(place, holder));
  }
  return found;
}

/** Returns every key, the forges' first: so that an agent's is the one that stands the second time. */
function keysOf(roster: Roster): { key: Key; place: Place }[] {
  return (['forges', 'people', 'agents'] as const).flatMap((role) => (
    Object.entries(roster[role]).flatMap(([id, { keys }]) => keys.map((key, index) => ({ key, place: { role, id, index } })))
  ));
}

/** Returns what no second key may be called, in the same entry either. */
function namesOf(key: Key): string[] {
  if (key.scheme === 'ssh' && key.authority) return [...new Set(key.authority.principals.map((principal) => `${key.keyid}#${principal.toLowerCase()}`))];
  return [...new Set([key.keyid, ...keyidsOf(key)])];
}

function isAuthority(key: Key): boolean {
  return key.scheme === 'ssh' && key.authority !== undefined;
}

/** Tells whether two files hold one certificate. */
function isCopy(a: Key, b: Key): boolean {
  if (a.scheme !== 'openpgp' || b.scheme !== 'openpgp' || a.file === b.file) return false;
  return a.certificates.some(({ fingerprint }) => b.certificates.some((other) => other.fingerprint === fingerprint));
}

/** Notes who claims something, and returns who did before. */
function take(claims: Map<string, Place>, claim: string, place: Place): Place | undefined {
  const before = claims.get(claim);
  if (before === undefined) claims.set(claim, place);
  return before;
}

function isOneEntry(a: Place, b: Place): boolean {
  return a.role === b.role && a.id === b.id;
}

function pathOf({ role, id, index }: Place): (string | number)[] {
  return [role, id, 'keys', index];
}

function shared(place: Place, { role, id }: Place): Duplicate {
  return { reason: 'shared-key', path: pathOf(place), message: `this key already stands at ${role}.${id}` };
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
