// SPDX-License-Identifier: Apache-2.0
// The first policy and roster, and edits: what they change, what they leave, and that they never leave a broken file.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { bumpSerial, raiseExclusion, starterPolicy } from '../../src/trust/policy-edit.ts';
import { addHosted, addPerson, extendEntry, revokeKeys, starterRoster, type NewPerson } from '../../src/trust/roster-edit.ts';
import { parsePolicy } from '../../src/trust/policy.ts';
import { parseRoster } from '../../src/trust/roster.ts';
import { satisfiable } from '../../src/trust/standing.ts';
import { throwsWith } from '../kit/rejects.ts';
import { LINES } from '../vectors/policy-vectors.ts';

const test = suite('edit');

const repository = '0192f6c4-7d1e-7b30-9f7a-3c5a1e0b2d44';
const alice: NewPerson = { id: 'alice', name: 'Alice', emails: ['alice@x.example'], roles: ['owner'], keys: [{ ssh: LINES.first }] };
const bob: NewPerson = { id: 'bob', name: 'Bob', emails: ['bob@x.example'], roles: ['reviewer'], keys: [{ ssh: LINES.second }] };
const alone = starterPolicy({ repository, people: 1 });
const founder = starterRoster(alice);

const policyOf = (text: string) => parsePolicy(utf8(text));
const rosterOf = (text: string) => parseRoster(utf8(text));

test('the first policy is one that its roster can satisfy', () => {
  assert.equal(satisfiable(policyOf(alone), rosterOf(founder)), []);
  assert.equal(satisfiable(policyOf(starterPolicy({ repository, people: 2 })), rosterOf(addPerson(founder, bob))), []);
});

test('the first policy demands what init promises', () => {
  const { serial, agents, compliance, protected: guarded, ...policy } = policyOf(alone);
  assert.is(policy.repository, repository);
  assert.is(serial, 1);
  assert.equal(agents.defaults.allow.map(({ text }) => text), ['src/**', 'test/**']);
  assert.equal(compliance.map(({ paths, cosign }) => [paths[0]!.text, cosign.participants]), [['consultations/**', true], ['post-mortems/**', false]]);
  assert.equal(guarded.flatMap(({ paths }) => paths.map(({ text }) => text)), ['firebase.json', '.github/workflows/**', 'infra/**']);
});

test('somebody gets more keys, addresses and roles, and keeps what was there', () => {
  const more = rosterOf(extendEntry(founder, 'people', 'alice', { emails: ['A2@x.example', 'ALICE@x.example'], roles: ['owner', 'reviewer'], keys: [{ ssh: LINES.second }] }));
  assert.equal(more.people['alice']!.emails, ['alice@x.example', 'a2@x.example']);
  assert.equal(more.people['alice']!.roles, ['owner', 'reviewer']);
  assert.is(more.people['alice']!.keys.length, 2);
  throwsWith('PERSON_UNKNOWN', () => extendEntry(founder, 'people', 'bob', { emails: [], roles: [], keys: [] }));
  throwsWith('ROSTER_INVALID', () => extendEntry(founder, 'people', 'alice', { emails: [], roles: [], keys: [{ ssh: LINES.first }] }));
  throwsWith('ROSTER_INVALID', () => extendEntry(addPerson(founder, bob), 'people', 'alice', { emails: ['bob@x.example'], roles: [], keys: [] }));
});

test('a lone owner\'s exceptions are raised with their comments, and nothing else', () => {
  const raised = raiseExclusion(alone);
  assert.is(raised, starterPolicy({ repository, people: 2 }));
  assert.is(raiseExclusion(raised), raised);
  const { compliance, squash, protected: guarded } = policyOf(raised);
  assert.ok(squash.excludeSponsor && compliance.every(({ cosign }) => cosign.excludeSponsor));
  assert.not(guarded[0]!.approve.excludeSponsor);
});

test('exceptions are raised in flow style, and a comment of somebody else stays', () => {
  const head = `version: 1\nserial: 1\nrepository: ${repository}\n`;
  const before = `${head}squash: { excludeSponsor: false, threshold: 1 }  # ours\ncompliance:\n  - { paths: [a], cosign: { "excludeSponsor": false } }\n`;
  assert.is(raiseExclusion(before), before.replaceAll('false', 'true'));
});

test('the serial changes and every other byte stays', () => {
  assert.is(bumpSerial(alone, 2), alone.replace('serial: 1 ', 'serial: 2 '));
  const windows = alone.replaceAll('\n', '\r\n');
  assert.is(bumpSerial(windows, 12), windows.replace('serial: 1 ', 'serial: 12 '));
  for (const serial of [0, -1, 1.5, Number.NaN, 2 ** 53]) throwsWith('POLICY_INVALID', () => bumpSerial(alone, serial));
});

test('the first roster is read as it was meant', () => {
  const { people } = rosterOf(founder);
  assert.equal(Object.keys(people), ['alice']);
  assert.equal([people['alice']!.name, people['alice']!.roles, people['alice']!.keys.length], ['Alice', ['owner'], 1]);
});

test('a person is added below, with comments and all others as they were', () => {
  const before = `${founder}    # she has no hardware key yet\nforges: {} # none\n`;
  const after = addPerson(before, bob);
  for (const line of before.trim().split('\n')) assert.ok(after.includes(line.trim()), line);
  assert.equal(Object.keys(rosterOf(after).people), ['alice', 'bob']);
  assert.equal(rosterOf(after).people['alice'], rosterOf(before).people['alice']);
});

test('what this project wrote only grows', () => assert.ok(addPerson(founder, bob).startsWith(founder)));

test('names that look like YAML stay names', () => {
  const names = ['yes', 'null', '1', '- a', '*a', '&a', '!a', '# a', 'a: b', '{}', '"', '\'', '%', 'a #b', '\u{1f600}', '<<', '~', '---'];
  for (const name of names) assert.is(rosterOf(starterRoster({ ...alice, name })).people['alice']!.name, name);
  const id = '0123';
  assert.is(rosterOf(addPerson(founder, { ...bob, id })).people[id]!.name, 'Bob');
  const line = `${LINES.second} work: laptop # 2`;
  assert.is((rosterOf(addPerson(founder, { ...bob, keys: [{ ssh: line }] })).people['bob']!.keys[0] as { line: string }).line, line);
});

test('an edit that would break the file is refused', () => {
  throwsWith('PERSON_EXISTS', () => addPerson(founder, alice));
  throwsWith('ROSTER_INVALID', () => addPerson(founder, { ...bob, keys: alice.keys }));
  throwsWith('ROSTER_INVALID', () => addPerson(founder, { ...bob, emails: ['ALICE@X.example'] }));
  throwsWith('ROSTER_INVALID', () => addPerson(founder, { ...bob, name: 'a\nb' }));
  throwsWith('ROSTER_INVALID', () => addPerson(founder, { ...bob, id: '__proto__' }));
  throwsWith('ROSTER_INVALID', () => addPerson('version: 1\n', bob));
  throwsWith('ROSTER_INVALID', () => starterRoster({ ...alice, id: 'Alice' }));
  throwsWith('POLICY_INVALID', () => starterPolicy({ repository: `${repository}\npresence: off`, people: 1 }));
  throwsWith('POLICY_INVALID', () => raiseExclusion('version: 1\n'));
});

test('agents and forges are added, and get more', () => {
  const agent = addHosted(founder, 'agents', 'bot', { emails: ['bot@x.example'], roles: [], keys: [{ ssh: LINES.second, validBefore: '2027-01-01T00:00:00Z' }] });
  const forge = addHosted(agent, 'forges', 'hub', { emails: [], roles: [], keys: [{ openpgp: 'keys/hub.asc' }] });
  const more = rosterOf(addHosted(forge, 'agents', 'bot', { emails: ['bot2@x.example'], roles: [], keys: [{ openpgp: 'keys/hub.asc' }] }));
  assert.equal(more.agents['bot']!.emails, ['bot@x.example', 'bot2@x.example']);
  assert.equal(more.agents['bot']!.keys.map(({ keyid, validBefore }) => [keyid.split(':', 1)[0], validBefore]), [['ssh', Date.UTC(2027) / 1000], ['openpgp', undefined]]);
  assert.equal(Object.keys(more.forges), ['hub']);
  throwsWith('ROSTER_INVALID', () => addHosted(founder, 'forges', 'hub', { emails: [], roles: [], keys: alice.keys }));
});

const at = Date.UTC(2026, 0, 31, 12) / 1000;

test('a person\'s keys are revoked, all or one', () => {
  const both = starterRoster({ ...alice, keys: [{ ssh: LINES.first }, { ssh: LINES.second }] });
  const revocations = (text: string) => rosterOf(text).people['alice']!.keys.map(({ revoked }) => revoked);
  assert.equal(revocations(revokeKeys(both, 'people', 'alice', [0, 1], { at, reason: 'compromised' })), [{ at, reason: 'compromised' }, { at, reason: 'compromised' }]);
  assert.equal(revocations(revokeKeys(both, 'people', 'alice', [1], { at, reason: 'retired' })), [undefined, { at, reason: 'retired' }]);
  throwsWith('PERSON_UNKNOWN', () => revokeKeys(both, 'agents', 'alice', [0], { at, reason: 'retired' }));
  throwsWith('PERSON_UNKNOWN', () => revokeKeys(both, 'people', 'constructor', [0], { at, reason: 'retired' }));
  throwsWith('ROSTER_INVALID', () => revokeKeys(both, 'people', 'alice', [0], { at: Number.NaN, reason: 'retired' }));
});

test('a revocation is never weakened', () => {
  const only = (text: string) => rosterOf(text).people['alice']!.keys[0]!.revoked;
  const retired = revokeKeys(founder, 'people', 'alice', [0], { at, reason: 'retired' });
  assert.equal(only(revokeKeys(retired, 'people', 'alice', [0], { at: at + 100, reason: 'retired' })), { at, reason: 'retired' });
  assert.equal(only(revokeKeys(retired, 'people', 'alice', [0], { at: at - 100, reason: 'retired' })), { at: at - 100, reason: 'retired' });
  const compromised = revokeKeys(retired, 'people', 'alice', [0], { at: at + 100, reason: 'compromised' });
  assert.equal(only(compromised), { at: at + 100, reason: 'compromised' });
  assert.equal(only(revokeKeys(compromised, 'people', 'alice', [0], { at, reason: 'retired' })), { at: at + 100, reason: 'compromised' });
});

test.run();
