// SPDX-License-Identifier: Apache-2.0
// Policies and rosters as this project writes them: the first ones, and small edits that leave comments and everything
// else where people put them. Each text is read again before it is returned, so that no edit can leave a file that the
// verifier would refuse.
import { utf8 } from '../bytes.ts';
import { normalEmail } from '../email.ts';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import { printTime } from '../time.ts';
import { parsePolicy } from './policy.ts';
import type { Namespace } from './key.ts';
import { parseRoster } from './roster.ts';
import type { Agent, Forge, Person, Revocation, Section } from './roster.ts';
import { replaceScalars, readYaml } from './yaml.ts';
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

function personNode(reading: Reading, { name, emails, roles, keys }: NewPerson) {
  return reading.document.createNode({ name, emails: row(reading, emails), roles: row(reading, roles), keys });
}

function row({ document }: Reading, items: readonly string[]) {
  return document.createNode([...items], { flow: true });
}

function print({ document }: Reading): string {
  return document.toString({ lineWidth: 0 });
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
