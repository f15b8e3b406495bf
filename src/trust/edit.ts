// SPDX-License-Identifier: Apache-2.0
// Policies and rosters as this project writes them: the first ones, and small edits that leave comments and everything
// else where people put them. Each text is read again before it is returned, so that no edit can leave a file that the
// verifier would refuse.
import { utf8 } from '../bytes.ts';
import { normalEmail } from '../email.ts';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import { parsePolicy } from './policy.ts';
import { parseRoster } from './roster.ts';
import type { Revocation } from './roster.ts';
import { replaceScalars, readYaml } from './yaml.ts';
import type { Reading } from './yaml.ts';

/** A key as roster.yaml has it. */
export type KeyText = { ssh: string } | { openpgp: string } | { sigstore: { issuer: string; identity: string } };

export interface NewPerson {
  id: string;
  name: string;
  emails: readonly string[];
  roles: readonly string[];
  keys: readonly KeyText[];
}

/** Stands behind an `excludeSponsor: false` that only a lone owner needs; raiseExclusion takes it away. */
const LONE = '  # while there is one person: who lets the agent loose is also the only one to sign';

/**
 * Returns the policy that a repository begins with, for a number of people who can sign.
 * @throws Fault POLICY_INVALID where the repository's id is no UUID
 */
export function starterPolicy({ repository, people }: { repository: string; people: number }): string {
  const exclude = people > 1 ? 'excludeSponsor: true' : `excludeSponsor: false${LONE}`;
  return checkedPolicy(`# What this repository demands of its commits. A change needs serial + 1 and the signature of an owner.
# The folder .countersign itself is guarded anyway and need not be listed.
version: 1
serial: 1                  # +1 at each change of policy, roster or keys; never falls
repository: ${repository}  # binds evidence to this repository
provenance: required       # required | ai-only: whether every commit needs a stamp, or agents' only
gitSignature: presence     # presence | any: when git's own signature alone proves a person
presence: auto             # auto | required | off: whether a person's signature needs a touched hardware key
agents:
  defaults: { allow: ["src/**", "test/**"], hours: 8 }  # what "countersign run" grants without flags
  sessionHours: 12         # the longest grant
  graceDays: 7             # how long after its end a session's commits may still arrive
  limits:
    commit: { files: 50, additions: 2000, deletions: 500 }
    range: { files: 150, additions: 6000, deletions: 1500 }
compliance:                # what agents write here counts once a person has cosigned it
  - paths: [consultations/**]
    cosign:
      threshold: 1
      participants: true   # everyone quoted cosigns: the front matter names them
      ${exclude}
  - paths: [post-mortems/**]
    cosign:
      threshold: 1
      participants: false
      ${exclude}
    claims: check          # off | check | required: claims against the deployment log
protected:                 # what agents change here needs an approval
  - name: routing and deployment
    paths: [firebase.json, .github/workflows/**, infra/**]
    for: ai                # ai | all
    approve: { threshold: 1 }
squash:                    # whose approval lets a squash stand for its commits
  threshold: 1
  ${exclude}
approvalDays: 14
agentRules: locked         # locked | warn | off: changes of the files that instruct agents
`);
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
  if (people[person.id] !== undefined) throw new Fault('PERSON_EXISTS', `${person.id} is already in the roster`, { hint: `to add a key or an address leave out --name: countersign people add ${person.id} --key ssh:PATH` });
  const reading = readYaml(utf8(rosterText), 'ROSTER_INVALID');
  reading.document.setIn(['people', person.id], personNode(reading, person));
  return checkedRoster(print(reading));
}

/**
 * Returns the roster with more addresses, roles and keys of somebody in it. What the entry has already stays as it is.
 * @throws Fault PERSON_UNKNOWN, ROSTER_INVALID (before or after: a key or an address may be somebody's already)
 */
export function extendPerson(rosterText: string, id: string, more: Pick<NewPerson, 'emails' | 'roles' | 'keys'>): string {
  const person = parseRoster(utf8(rosterText)).people[id];
  if (person === undefined) throw new Fault('PERSON_UNKNOWN', `${printable(clip(id, 80))} is not in the roster`, { hint: 'countersign people list' });
  const { document } = readYaml(utf8(rosterText), 'ROSTER_INVALID');
  const additions = {
    emails: more.emails.filter((email) => !person.emails.includes(normalEmail(email))),
    roles: more.roles.filter((role) => !person.roles.includes(role)),
    keys: more.keys,
  };
  for (const [field, items] of Object.entries(additions)) {
    for (const item of items) {
      if (document.hasIn(['people', id, field])) document.addIn(['people', id, field], document.createNode(item));
      else document.setIn(['people', id, field], document.createNode([item]));
    }
  }
  return checkedRoster(document.toString({ lineWidth: 0 }));
}

/**
 * Returns the roster with a person's keys revoked, or with one of them. What is revoked stays so: a compromised key is
 * not made good again, and a retired one is not retired later.
 * @throws Fault PERSON_UNKNOWN, KEY_NOT_FOUND, ROSTER_INVALID
 */
export function revokeKeys(rosterText: string, id: string, { at, reason, key }: Revocation & { key?: string }): string {
  const shown = printable(clip(id, 80));
  const person = parseRoster(utf8(rosterText)).people[id];
  if (person === undefined) throw new Fault('PERSON_UNKNOWN', `${shown} is not in the roster`, { hint: 'countersign people list' });
  const chosen = [...person.keys.entries()].filter(([, { keyid }]) => key === undefined || keyid === key);
  if (chosen.length === 0) throw new Fault('KEY_NOT_FOUND', `${shown} has no such key in the roster`, { hint: 'countersign people list' });
  const reading = readYaml(utf8(rosterText), 'ROSTER_INVALID');
  const revoked = { at: printTime(at), reason };
  for (const [index, { revoked: before }] of chosen) {
    const worse = before === undefined || (reason === 'compromised' && before.reason === 'retired');
    if (worse) reading.document.setIn(['people', id, 'keys', index, 'revoked'], reading.document.createNode(revoked, { flow: true }));
  }
  return checkedRoster(print(reading));
}

/**
 * Returns the policy with another serial, and nothing else changed.
 * @throws Fault POLICY_INVALID
 */
export function bumpSerial(policyText: string, serial: number): string {
  const reading = readPolicy(policyText);
  return checkedPolicy(replaceScalars(reading, [{ keys: ['serial'], text: String(serial) }]));
}

/**
 * Returns the policy with the sponsor excluded from cosignatures and from approvals of squashes: for when a second
 * person has joined a lone owner.
 * @throws Fault POLICY_INVALID
 */
export function raiseExclusion(policyText: string): string {
  const reading = readPolicy(policyText);
  const { compliance, squash } = parsePolicy(utf8(policyText));
  const lowered = compliance.flatMap(({ cosign }, i) => (cosign.excludeSponsor ? [] : [['compliance', i, 'cosign', 'excludeSponsor']]));
  if (!squash.excludeSponsor) lowered.push(['squash', 'excludeSponsor']);
  return checkedPolicy(replaceScalars(reading, lowered.map((keys) => ({ keys, text: 'true', comment: LONE }))));
}

function personNode({ document }: Reading, { name, emails, roles, keys }: NewPerson) {
  const row = (items: readonly string[]) => document.createNode([...items], { flow: true });
  return document.createNode({ name, emails: row(emails), roles: row(roles), keys });
}

function print({ document }: Reading): string {
  return document.toString({ lineWidth: 0 });
}

/** Returns the time as RFC 3339 in UTC, or text that no roster accepts. */
function printTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'never' : `${date.toISOString().slice(0, 19)}Z`;
}

function readPolicy(text: string): Reading {
  parsePolicy(utf8(text));
  return readYaml(utf8(text), 'POLICY_INVALID');
}

function checkedPolicy(text: string): string {
  parsePolicy(utf8(text));
  return text;
}

function checkedRoster(text: string): string {
  parseRoster(utf8(text));
  return text;
}
