// SPDX-License-Identifier: Apache-2.0
// The questions that verifiers ask of policy and roster. Pure: bytes were read before, and the time is an argument.
import { normalEmail } from '../email.ts';
import type { Agent, Key, Person, Roster } from './roster.ts';
import type { Demand, Policy } from './policy.ts';

/** Whose key it is. A key that an agent shares with its forge is the forge's; {@link agentBehind} tells the agent. */
export interface KeyHolder {
  role: 'person' | 'agent' | 'forge';
  id: string;
  key: Key;
}

interface Index {
  keys: ReadonlyMap<string, KeyHolder>;
  emails: ReadonlyMap<string, string>;
}

/** Built once per roster: a history asks for thousands of keys, and a roster is never changed after parsing. */
const indexes = new WeakMap<Roster, Index>();

/** Returns who holds the key that a check found, or undefined where it is nobody's. Revoked keys have holders too. */
export function keyHolder(roster: Roster, keyid: string): KeyHolder | undefined {
  return indexOf(roster).keys.get(keyid);
}

/** Returns the id of the person with this address, in any spelling. */
export function personOfEmail(roster: Roster, email: string): string | undefined {
  return indexOf(roster).emails.get(normalEmail(email));
}

/** Tells whether an author's address is one of the entry's. */
export function isAuthor(entry: Person | Agent, email: string): boolean {
  return entry.emails.includes(normalEmail(email));
}

/** Returns the hosted agent that names this (forge's) key and has this author's address. Its own `revoked` counts as well. */
export function agentBehind(roster: Roster, keyid: string, email: string): KeyHolder | undefined {
  for (const [id, agent] of Object.entries(roster.agents)) {
    const key = agent.keys.find((each) => each.keyid === keyid);
    if (key !== undefined && key.scheme !== 'openpgp' && isAuthor(agent, email)) return { role: 'agent', id, key };
  }
  return undefined;
}

/** Returns why a key does not count for what it signed at a time (seconds since the epoch), or undefined where it does. */
export function revocationOf(key: Key, at: number): 'compromised' | 'retired' | undefined {
  if (key.revoked === undefined) return undefined;
  if (key.revoked.reason === 'compromised') return 'compromised';
  // Asked this way round, a time that is no number is refused.
  return at <= key.revoked.at ? undefined : 'retired';
}

/** Tells whether only signatures with proof of presence count for a person. */
export function needsPresence(policy: Policy, person: Person): boolean {
  if (policy.presence !== 'auto') return policy.presence === 'required';
  return person.keys.some((key) => isHardware(key) && key.revoked === undefined);
}

/** A demand that nobody could meet, whatever they sign. */
export interface Unsatisfiable {
  /** The key in the policy, as `compliance[0].cosign`; `owner` where no owner can sign the next policy. */
  where: string;
  reason: 'no-owner' | 'too-few-people' | 'only-the-sponsor';
  need: number;
  have: number;
}

/** Returns the demands that the roster's people can't meet, whoever is the sponsor. */
export function satisfiable(policy: Policy, roster: Roster): Unsatisfiable[] {
  const able = Object.values(roster.people).filter((person) => canSign(policy, person));
  const demands: [string, Demand][] = [
    ...policy.compliance.map(({ cosign }, i): [string, Demand] => [`compliance[${i}].cosign`, cosign]),
    ...policy.protected.map(({ approve }, i): [string, Demand] => [`protected[${i}].approve`, approve]),
    ['squash', policy.squash],
  ];
  const found = demands.flatMap(([where, demand]) => shortage(where, demand, able) ?? []);
  return able.some(({ roles }) => roles.includes('owner')) ? found : [{ where: 'owner', reason: 'no-owner', need: 1, have: 0 }, ...found];
}

function shortage(where: string, { threshold, roles, excludeSponsor }: Demand, able: readonly Person[]): Unsatisfiable | undefined {
  const fit = able.filter((person) => holdsRole(person, roles)).length;
  if (fit < threshold) return { where, reason: 'too-few-people', need: threshold, have: fit };
  // With somebody else to be the sponsor, all who fit can sign; else one of them is the sponsor.
  const left = excludeSponsor && fit === able.length ? fit - 1 : fit;
  return left < threshold ? { where, reason: 'only-the-sponsor', need: threshold, have: left } : undefined;
}

/** Tells whether a person has one of the roles; where none is named, everybody has. */
export function holdsRole(person: Person, roles: readonly string[]): boolean {
  return roles.length === 0 || roles.some((role) => person.roles.includes(role));
}

function canSign(policy: Policy, person: Person): boolean {
  const presence = needsPresence(policy, person);
  return person.keys.some((key) => key.revoked === undefined && (!presence || isHardware(key)));
}

function isHardware(key: Key): boolean {
  return key.scheme === 'ssh' && key.hardware;
}

function indexOf(roster: Roster): Index {
  let index = indexes.get(roster);
  if (index === undefined) {
    index = { keys: indexKeys(roster), emails: indexEmails(roster) };
    indexes.set(roster, index);
  }
  return index;
}

function indexKeys({ people, agents, forges }: Roster): Map<string, KeyHolder> {
  const keys = new Map<string, KeyHolder>();
  const add = (role: KeyHolder['role'], entries: Readonly<Record<string, { keys: readonly Key[] }>>): void => {
    for (const [id, entry] of Object.entries(entries)) {
      // An OpenPGP key is known by its file only, and a file's name proves nothing about who signed.
      for (const key of entry.keys) if (key.scheme !== 'openpgp') keys.set(key.keyid, { role, id, key });
    }
  };
  add('person', people);
  add('agent', agents);
  add('forge', forges); // last, so that a shared key is the forge's
  return keys;
}

function indexEmails({ people }: Roster): Map<string, string> {
  return new Map(Object.entries(people).flatMap(([id, { emails }]) => emails.map((email) => [email, id] as const)));
}
