// SPDX-License-Identifier: Apache-2.0
// Rosters as this project writes them: the first one, and small edits that leave comments and everything else where people
// put them. Each text is read again before it is returned, so that no edit can leave a file that the verifier would refuse.
import { utf8 } from '../bytes.ts';
import { normalEmail } from '../email.ts';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import { printTime } from '../time.ts';
import type { Namespace } from './key.ts';
import { parseRoster } from './roster.ts';
import type { Agent, Forge, Person, Revocation, Section } from './roster.ts';
import { readYaml } from './yaml.ts';
import type { Reading } from './yaml.ts';

/** A key as roster.yaml has it. */
export type KeyText = KeyBody & { validAfter?: string; validBefore?: string };

type KeyBody =
  | { ssh: string; certAuthority?: readonly string[]; namespaces?: readonly Namespace[] }
  | { openpgp: string }
  | { sigstore: { issuer: string; identity: string } }
  | { x509: { ca: string; identity: string } };

/** What an entry gets, or gets more of. Forges have keys only; agents no roles. */
export interface Additions {
  emails: readonly string[];
  roles: readonly string[];
  keys: readonly KeyText[];
}

export interface NewPerson extends Additions {
  id: string;
  name: string;
}

/**
 * Returns the roster that a repository begins with.
 * @throws Fault ROSTER_INVALID where something about the person can't stand in a roster
 */
export function starterRoster(person: NewPerson): string {
  const reading = readYaml(utf8('# Who is who: people, hosted agents, forges. A change needs serial + 1 in policy.yaml and the signature of an owner.\nversion: 1\n'), 'ROSTER_INVALID');
  reading.document.set('people', reading.document.createNode({ [person.id]: personNode(reading, person) }));
  return checkedRoster(print(reading));
}

/**
 * Returns the roster with one person more.
 * @throws Fault PERSON_EXISTS, ROSTER_INVALID (before or after: a key or an address may be somebody's already)
 */
export function addPerson(rosterText: string, person: NewPerson): string {
  const { people } = parseRoster(utf8(rosterText));
  if (people[person.id] !== undefined) throw new Fault('PERSON_EXISTS', `${person.id} is already in the roster`, { hint: `to add a key or an address leave out --name: countersign people add ${person.id} --key FILE` });
  const reading = readYaml(utf8(rosterText), 'ROSTER_INVALID');
  reading.document.setIn(['people', person.id], personNode(reading, person));
  return checkedRoster(print(reading));
}

/**
 * Returns the roster with an agent or a forge more, or with more of one that is in it.
 * @throws Fault ROSTER_INVALID (before or after: a key or an address may be somebody's already)
 */
export function addHosted(rosterText: string, section: 'agents' | 'forges', id: string, { emails, keys }: Additions): string {
  const before = parseRoster(utf8(rosterText));
  if (before[section][id] !== undefined) return extendEntry(rosterText, section, id, { emails, roles: [], keys });
  const reading = readYaml(utf8(rosterText), 'ROSTER_INVALID');
  reading.document.setIn([section, id], reading.document.createNode({ ...(emails.length > 0 && { emails: row(reading, emails) }), keys }));
  return checkedRoster(print(reading));
}

/**
 * Returns the roster with more addresses, roles and keys of an entry. What it has already stays as it is.
 * @throws Fault PERSON_UNKNOWN, ROSTER_INVALID (before or after: a key or an address may be somebody's already)
 */
export function extendEntry(rosterText: string, section: Section, id: string, more: Additions): string {
  const entry = entryOf(rosterText, section, id);
  const [emails, roles] = ['emails' in entry ? entry.emails : [], 'roles' in entry ? entry.roles : []];
  const reading = readYaml(utf8(rosterText), 'ROSTER_INVALID');
  const additions = {
    emails: more.emails.filter((email) => !emails.includes(normalEmail(email))),
    roles: more.roles.filter((role) => !roles.includes(role)),
    keys: more.keys,
  };
  const { document } = reading;
  for (const [field, items] of Object.entries(additions)) {
    for (const item of items) {
      if (document.hasIn([section, id, field])) document.addIn([section, id, field], document.createNode(item));
      else document.setIn([section, id, field], document.createNode([item]));
    }
  }
  return checkedRoster(print(reading));
}

/**
 * Returns the roster with keys of an entry revoked, by their places in it. What is revoked stays so: a compromised key is not
 * made good again, and a retired one is not retired later.
 * @throws Fault PERSON_UNKNOWN, ROSTER_INVALID
 */
export function revokeKeys(rosterText: string, section: Section, id: string, indexes: readonly number[], { at, reason }: Revocation): string {
  const { keys } = entryOf(rosterText, section, id);
  const reading = readYaml(utf8(rosterText), 'ROSTER_INVALID');
  for (const index of indexes) {
    const before = keys[index]?.revoked;
    const worse = before === undefined || (before.reason === 'retired' && (reason === 'compromised' || at < before.at));
    if (worse) reading.document.setIn([section, id, 'keys', index, 'revoked'], reading.document.createNode({ at: printTime(at), reason }, { flow: true }));
  }
  return checkedRoster(print(reading));
}

function entryOf(rosterText: string, section: Section, id: string): Person | Agent | Forge {
  const entry = parseRoster(utf8(rosterText))[section][id];
  if (entry === undefined) throw new Fault('PERSON_UNKNOWN', `${printable(clip(id, 80))} is not in the roster`, { hint: 'countersign people list' });
  return entry;
}

function personNode(reading: Reading, { name, emails, roles, keys }: NewPerson) {
  return reading.document.createNode({ name, emails: row(reading, emails), roles: row(reading, roles), keys });
}

function row({ document }: Reading, items: readonly string[]) {
  return document.createNode([...items], { flow: true });
}

function print({ document }: Reading): string {
  return document.toString({ lineWidth: 0 });
}

function checkedRoster(text: string): string {
  parseRoster(utf8(text));
  return text;
}
