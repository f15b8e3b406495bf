// SPDX-License-Identifier: Apache-2.0
// Who holds which key, what revocation voids, when presence is needed, and which demands nobody can meet.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { parsePolicy, type Policy } from '../../src/trust/policy.ts';
import { parseRoster, type Key, type Roster } from '../../src/trust/roster.ts';
import { agentBehind, holderOf, isAuthor, keyHolder } from '../../src/trust/holder.ts';
import { canSign, holdsRole, needsPresence, refusalOf, satisfiable } from '../../src/trust/standing.ts';
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

test('an address is its author in any spelling', () => {
  assert.ok(isAuthor(full.people['alice']!, 'Alice@X.example'));
  assert.not(isAuthor(full.people['alice']!, 'bob@x.example'));
});

function keyWith(limits: string): Key {
  return roster(`people:\n  a: { name: A, keys: [{ ssh: ${LINES.first}, ${limits} }] }\n`).people['a']!.keys[0]!;
}

test('a compromised key is void for all time, a retired one afterwards', () => {
  const compromised = keyWith('revoked: { at: 2026-01-31T12:00:00Z, reason: compromised }');
  assert.equal([AT - 1e9, AT + 1].map((at) => refusalOf(compromised, { at })), ['compromised', 'compromised']);
  assert.equal([AT - 1, AT, AT + 1].map((at) => refusalOf(keyWith(RETIRED), { at })), [undefined, undefined, 'retired']);
  assert.is(refusalOf(keyWith(RETIRED), { at: Number.NaN }), 'retired', 'no time is no excuse');
  assert.is(refusalOf(full.people['alice']!.keys[0]!, { at: AT }), undefined);
});

test('bounds hold to the second, both ends included; of a certificate the last is not', () => {
  const bounded = keyWith('validAfter: 2026-01-31T12:00:00Z, validBefore: 2026-01-31T12:00:10Z');
  assert.equal([-1, 0, 10, 11, Number.NaN].map((seconds) => refusalOf(bounded, { at: AT + seconds })), ['not-yet-valid', undefined, undefined, 'expired', 'not-yet-valid']);
  const certificate = { validAfter: AT, validBefore: AT + 10 };
  assert.equal([-1, 0, 9, 10, Number.NaN].map((seconds) => refusalOf(keyWith('namespaces: [git]'), { at: AT + seconds, certificate })), ['not-yet-valid', undefined, undefined, 'expired', 'not-yet-valid']);
});

test('a namespace is asked of those keys only that have one', () => {
  const git = keyWith('namespaces: [git]');
  assert.equal(['git', 'countersign', 'file', ''].map((namespace) => refusalOf(git, { at: AT, namespace })), [undefined, 'namespace', 'namespace', 'namespace']);
  assert.is(refusalOf(full.people['alice']!.keys[0]!, { at: AT, namespace: 'file' }), undefined);
});

const certified = roster(`people:
  alice: { name: A, keys: [{ ssh: ${LINES.first}, certAuthority: [alice@x.example, alice], validBefore: 2026-01-31T12:00:00Z }, { ssh: ${LINES.second}, ${RETIRED} }] }
  bob: { name: B, keys: [{ ssh: ${LINES.first}, certAuthority: [bob@x.example] }, { ssh: ${LINES.hardware} }] }
`);
const authority = certified.people['alice']!.keys[0]!.keyid.replace('ssh-ca:', 'ssh:');
const strange = 'ssh:SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const holder = (principals: string[], keyid = strange, by = authority) => holderOf(certified, { keyid, certificate: { authority: by, principals, validAfter: 0, validBefore: 2 ** 64 } });

test('a certificate counts for whom its CA and principals name, and for nobody where they name two', () => {
  assert.is(holder(['alice@x.example'])!.id, 'alice');
  assert.is(holder(['other', 'alice', 'alice@x.example'])!.id, 'alice');
  assert.is(holder(['bob@x.example'])!.id, 'bob');
  for (const principals of [[], ['other'], ['ALICE'], ['*'], ['alice', 'bob@x.example'], ['alice@x.example#']]) assert.is(holder(principals), undefined, principals.join());
  assert.is(holder(['alice'], strange, strange), undefined, 'another CA');
  assert.is(keyHolder(certified, authority), undefined, "the CA's own signatures are nobody's");
  assert.is(keyHolder(certified, authority.replace('ssh:', 'ssh-ca:')), undefined);
});

test('a key of the roster never counts through a certificate of somebody else, and stays revoked in its own', () => {
  const [second, hardware] = [certified.people['alice']!.keys[1]!.keyid, certified.people['bob']!.keys[1]!.keyid];
  assert.is(holder(['alice'], hardware), undefined);
  assert.is(holder(['bob@x.example'], hardware)!.id, 'bob');
  const { key: limited } = holder(['alice'], second)!;
  assert.equal([AT, AT + 1].map((at) => refusalOf(limited, { at })), [undefined, 'retired']);
  assert.is(refusalOf(holder(['alice'])!.key, { at: AT + 1 }), 'expired', "the CA's own bound");
  assert.is(holder(['other'], second), undefined, 'a certificate of no use is none, as for OpenSSH');
});

test('a key that counts for one kind of signature counts for no other through a certificate', () => {
  const both = (own: string, ca: string): (string | undefined)[] => {
    const limited = roster(`people:\n  alice: { name: A, keys: [{ ssh: ${LINES.first}, certAuthority: [alice]${ca} }, { ssh: ${LINES.second}${own} }] }\n`);
    const { key } = holderOf(limited, { keyid: limited.people['alice']!.keys[1]!.keyid, certificate: { authority, principals: ['alice'], validAfter: 0, validBefore: 2 ** 64 } })!;
    return ['git', 'countersign'].map((namespace) => refusalOf(key, { at: AT, namespace }));
  };
  assert.equal(both('', ''), [undefined, undefined]);
  assert.equal(both(', namespaces: [git]', ''), [undefined, 'namespace']);
  assert.equal(both('', ', namespaces: [git]'), [undefined, 'namespace']);
  assert.equal(both(', namespaces: [git]', ', namespaces: [countersign]'), ['namespace', 'namespace']);
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

test('a key signs stamps and evidence while it is valid, if it is of a kind that can', () => {
  const person = (keys: string) => roster(`people:\n  a: { name: A, keys: [${keys}] }\n`).people['a']!;
  const can = (keys: string, text = '', at?: number) => { const a = person(keys); return canSign(policy(text), a, a.keys[0]!, at); };
  const bounded = `{ ssh: ${LINES.first}, validAfter: 2026-01-31T12:00:00Z }`;
  assert.equal([undefined, AT - 1, AT].map((at) => can(bounded, '', at)), [true, false, true]);
  assert.is(can(`{ ssh: ${LINES.first}, namespaces: [git] }`), false);
  assert.is(can('{ x509: { ca: keys/c.pem, identity: a@x.example } }'), false);
  assert.is(can('{ openpgp: keys/a.asc }', 'presence: required\n'), false);
  assert.is(can(`{ ssh: ${LINES.first}, certAuthority: [a] }`, 'presence: required\n'), true, 'it may certify hardware keys');
});

test('a hardware key asks for presence until it is revoked, whatever its other bounds', () => {
  const { a } = roster(`people:\n  a: { name: A, keys: [{ ssh: ${LINES.first} }, { ssh: ${LINES.hardware}, validAfter: 2026-01-01T00:00:00Z, validBefore: 2026-01-02T00:00:00Z }] }\n`).people;
  assert.ok(needsPresence(policy(), a!), 'whoever signs picks the date');
  assert.not(needsPresence(policy(), certified.people['alice']!));
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

test('an owner whose keys have run out is no owner from then on', () => {
  const short = roster(`people:\n  alice: { name: A, roles: [owner], keys: [{ ssh: ${LINES.first}, validBefore: 2026-01-31T12:00:00Z }] }\n`);
  assert.equal([undefined, AT, AT + 1].map((at) => satisfiable(policy(NOBODY), short, at).map(({ reason }) => reason)), [[], [], ['no-owner', 'too-few-people']]);
});

test('where presence is required, a software key is no key', () => {
  assert.equal(unmet(ALICE, `${NOBODY}presence: required\n`), [['owner', 'no-owner'], ['squash', 'too-few-people']]);
});

test.run();
