// SPDX-License-Identifier: Apache-2.0
// Who holds which key, what revocation voids, when presence is needed, and which demands nobody can meet.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { parsePolicy, type Policy } from '../../src/trust/policy.ts';
import { parseRoster, type Key, type Roster } from '../../src/trust/roster.ts';
import { agentBehind, holdsRole, isAuthor, keyHolder, needsPresence, personOfEmail, revocationOf, satisfiable } from '../../src/trust/standing.ts';
import { LINES } from '../vectors/policy-vectors.ts';

const test = suite('standing');

function policy(text = ''): Policy {
  return parsePolicy(utf8(`version: 1\nserial: 1\nrepository: 0192f6c4-7d1e-7b30-9f7a-3c5a1e0b2d44\n${text}`));
}

function roster(text: string): Roster {
  return parseRoster(utf8(`version: 1\n${text}`));
}

const RETIRED = 'revoked: { at: 2026-01-31T12:00:00Z, reason: retired }';
const AT = Date.UTC(2026, 0, 31, 12) / 1000;

const full = roster(`people:
  alice: { name: A, emails: [alice@x.example], roles: [owner], keys: [{ ssh: ${LINES.hardware} }, { openpgp: keys/a.asc }] }
  bob: { name: B, emails: [bob@x.example], keys: [{ ssh: ${LINES.first}, ${RETIRED} }] }
agents:
  copilot: { emails: [copilot@x.example], keys: [{ ssh: ${LINES.second} }, { openpgp: keys/forge.asc }] }
  other: { emails: [other@x.example], keys: [{ ssh: ${LINES.second} }] }
  own: { keys: [{ sigstore: { issuer: https://a.example, identity: b } }] }
forges:
  github: { keys: [{ ssh: ${LINES.second} }, { openpgp: keys/forge.asc }] }
`);
const keyids = {
  hardware: full.people['alice']!.keys[0]!.keyid,
  first: full.people['bob']!.keys[0]!.keyid,
  second: full.forges['github']!.keys[0]!.keyid,
};

test('a key has its holder, revoked or not', () => {
  const { key, ...holder } = keyHolder(full, keyids.first)!;
  assert.equal(holder, { role: 'person', id: 'bob' });
  assert.is(key, full.people['bob']!.keys[0]);
  assert.is(keyHolder(full, keyids.hardware)!.id, 'alice');
  assert.is(keyHolder(full, 'sigstore:https://a.example#b')!.role, 'agent');
});

test('an unknown key is nobody\'s', () => {
  for (const keyid of ['', 'ssh:', `ssh:${keyids.first}`, keyids.first.toLowerCase(), `${keyids.first}=`, 'constructor']) assert.is(keyHolder(full, keyid), undefined, keyid);
});

test('the name of a key file proves nothing', () => {
  assert.is(keyHolder(full, 'openpgp:keys/a.asc'), undefined);
  assert.is(agentBehind(full, 'openpgp:keys/forge.asc', 'copilot@x.example'), undefined);
});

test('a key that agents share with their forge is the forge\'s; the author tells the agent', () => {
  assert.is(keyHolder(full, keyids.second)!.role, 'forge');
  assert.is(agentBehind(full, keyids.second, 'Copilot@X.example')!.id, 'copilot');
  assert.is(agentBehind(full, keyids.second, 'other@x.example')!.id, 'other');
  assert.is(agentBehind(full, keyids.second, 'alice@x.example'), undefined);
  assert.is(agentBehind(full, keyids.first, 'copilot@x.example'), undefined);
});

test('each roster has its own answers', () => {
  const other = roster(`people:\n  carol: { name: C, keys: [{ ssh: ${LINES.first} }] }\n`);
  assert.is(keyHolder(full, keyids.first)!.id, 'bob');
  assert.is(keyHolder(other, keyids.first)!.id, 'carol');
});

test('an address finds its person in any spelling, and nobody else', () => {
  assert.is(personOfEmail(full, ' ALICE@x.example '), 'alice');
  assert.is(personOfEmail(full, 'copilot@x.example'), undefined, 'an agent is no person');
  assert.is(personOfEmail(full, 'alice@x.example.org'), undefined);
  assert.is(personOfEmail(full, ''), undefined);
  assert.ok(isAuthor(full.people['alice']!, 'Alice@X.example'));
  assert.not(isAuthor(full.people['alice']!, 'bob@x.example'));
});

function revoked(reason: 'compromised' | 'retired'): Key {
  return { scheme: 'ssh', keyid: 'ssh:SHA256:x', line: '', hardware: false, revoked: { at: AT, reason } };
}

test('a compromised key is void for all time, a retired one afterwards', () => {
  assert.is(revocationOf(revoked('compromised'), AT - 1e9), 'compromised');
  assert.is(revocationOf(revoked('compromised'), AT + 1), 'compromised');
  assert.is(revocationOf(revoked('retired'), AT - 1), undefined);
  assert.is(revocationOf(revoked('retired'), AT), undefined);
  assert.is(revocationOf(revoked('retired'), AT + 1), 'retired');
  assert.is(revocationOf(revoked('retired'), Number.NaN), 'retired', 'no time is no excuse');
  assert.is(revocationOf(full.people['alice']!.keys[0]!, AT), undefined);
});

test('presence is needed as soon as a person has a hardware key', () => {
  const person = (keys: string) => roster(`people:\n  a: { name: A, keys: [${keys}] }\n`).people['a']!;
  const hardware = person(`{ ssh: ${LINES.first} }, { ssh: ${LINES.hardware} }`);
  const software = person(`{ ssh: ${LINES.first} }`);
  const lost = person(`{ ssh: ${LINES.first} }, { ssh: ${LINES.hardware}, ${RETIRED} }`);
  assert.equal([hardware, software, lost].map((each) => needsPresence(policy(), each)), [true, false, false]);
  assert.equal([hardware, software, lost].map((each) => needsPresence(policy('presence: required\n'), each)), [true, true, true]);
  assert.equal([hardware, software, lost].map((each) => needsPresence(policy('presence: off\n'), each)), [false, false, false]);
});

test('one of the roles is enough, and none asked for is anybody', () => {
  const { alice, bob } = full.people;
  assert.ok(holdsRole(alice!, ['reviewer', 'owner']));
  assert.not(holdsRole(bob!, ['owner']));
  assert.ok(holdsRole(bob!, []));
});

const ALICE = `  alice: { name: A, roles: [owner], keys: [{ ssh: ${LINES.first} }] }\n`;
const BOB = `  bob: { name: B, roles: [reviewer], keys: [{ ssh: ${LINES.second} }] }\n`;
const KEYLESS = '  carol: { name: C, roles: [owner, reviewer] }\n';
const NOBODY = 'squash: { excludeSponsor: false }\n';

function unmet(people: string, text: string): [where: string, reason: string][] {
  return satisfiable(policy(text), roster(`people:\n${people}`)).map(({ where, reason }) => [where, reason]);
}

test('what the roster can satisfy is not reported', () => {
  assert.equal(unmet(ALICE, NOBODY), []);
  assert.equal(unmet(ALICE + BOB, 'compliance:\n  - paths: [a]\n'), []);
  assert.equal(unmet(ALICE + BOB, 'protected:\n  - { name: a, paths: [a], approve: { roles: [reviewer], excludeSponsor: true } }\n'), []);
});

test('a lone person can not stand behind a sponsor who is the same', () => {
  assert.equal(unmet(ALICE, 'compliance:\n  - paths: [a]\n'), [['compliance[0].cosign', 'only-the-sponsor'], ['squash', 'only-the-sponsor']]);
  assert.equal(unmet(ALICE + KEYLESS, ''), [['squash', 'only-the-sponsor']], 'who has no key can neither sponsor nor sign');
});

test('more people are asked for than there are, or than have the role or a key', () => {
  const protect = (approve: string) => `${NOBODY}protected:\n  - { name: a, paths: [a], approve: ${approve} }\n`;
  assert.equal(satisfiable(policy(protect('{ threshold: 3 }')), roster(`people:\n${ALICE}${BOB}`)), [{ where: 'protected[0].approve', reason: 'too-few-people', need: 3, have: 2 }]);
  assert.equal(unmet(ALICE + BOB + KEYLESS, protect('{ threshold: 2, roles: [reviewer] }')), [['protected[0].approve', 'too-few-people']]);
  assert.equal(unmet(ALICE + BOB, protect('{ roles: [security] }')), [['protected[0].approve', 'too-few-people']]);
  assert.equal(unmet(ALICE + BOB, protect('{ threshold: 2, excludeSponsor: true }')), [['protected[0].approve', 'only-the-sponsor']]);
});

test('an owner who can not sign is no owner', () => {
  assert.equal(unmet(BOB, NOBODY), [['owner', 'no-owner']]);
  assert.equal(unmet(BOB + KEYLESS, NOBODY), [['owner', 'no-owner']]);
  const retired = `  alice: { name: A, roles: [owner], keys: [{ ssh: ${LINES.first}, ${RETIRED} }] }\n`;
  assert.equal(unmet(retired + BOB, NOBODY), [['owner', 'no-owner']]);
});

test('where presence is required, a software key is no key', () => {
  assert.equal(unmet(ALICE, `${NOBODY}presence: required\n`), [['owner', 'no-owner'], ['squash', 'too-few-people']]);
});

test.run();
