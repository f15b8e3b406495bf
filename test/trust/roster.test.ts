// SPDX-License-Identifier: Apache-2.0
// What a roster is read as. Which rosters are refused for which reason stands in policy.json.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import type { Refusal } from '../../src/trust/refusal.ts';
import { normalEmail } from '../../src/email.ts';
import { parseRoster } from '../../src/trust/roster.ts';
import { keyHolder } from '../../src/trust/holder.ts';
import { throwsWith } from '../kit/rejects.ts';
import { LINES } from '../vectors/policy-vectors.ts';

const test = suite('roster');

function roster(people: string) {
  return parseRoster(utf8(`version: 1\npeople:\n${people}`));
}

function refusal(people: string): Refusal {
  return throwsWith('ROSTER_INVALID', () => roster(people)).cause as Refusal;
}

test('a person is read with every kind of key', () => {
  const { people } = roster(`  alice:
    name: Alice Example
    emails: [" Alice@Example.com", ALICE@example.com]
    roles: [owner]
    keys:
      - ssh: ${LINES.hardware} a comment
      - { ssh: ${LINES.first}, revoked: { at: 2026-01-31T12:00:00Z, reason: retired } }
      - openpgp: keys/alice.asc
      - sigstore: { issuer: https://accounts.google.com, identity: alice@example.com }
`);
  const { keys, ...alice } = people['alice']!;
  assert.equal(alice, { name: 'Alice Example', emails: ['alice@example.com'], roles: ['owner'] });
  const [hardware, retired, openpgp, sigstore] = keys;
  assert.is(hardware!.scheme === 'ssh' && hardware!.hardware, true);
  assert.match(hardware!.keyid, /^ssh:SHA256:[A-Za-z0-9+/]{43}$/);
  assert.is(retired!.scheme === 'ssh' && retired!.hardware, false);
  assert.equal(retired!.revoked, { at: Date.UTC(2026, 0, 31, 12) / 1000, reason: 'retired' });
  assert.equal(openpgp, { scheme: 'openpgp', keyid: 'openpgp:keys/alice.asc', file: 'keys/alice.asc', certificates: [] });
  assert.is(sigstore!.keyid, 'sigstore:https://accounts.google.com#alice@example.com');
});

test('agents and forges are none where none are named', () => {
  const { agents, forges } = roster('  alice: { name: A }\n');
  assert.equal([Object.keys(agents), Object.keys(forges)], [[], []]);
});

test('nobody is found by the name of what every object has', () => {
  const { people, agents, forges } = roster('  alice: { name: A }\n');
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    for (const record of [people, agents, forges]) assert.is(record[name], undefined, name);
  }
});

test('addresses are compared trimmed, composed and without case', () => {
  assert.is(normalEmail(' CAFE\u0301@X.example\t'), 'caf\u00e9@x.example');
});

test('a shared key is refused where it stands the second time', () => {
  const found = refusal(`  alice:\n    name: A\n    keys: [{ ssh: ${LINES.first} }]\n  bob:\n    name: B\n    keys:\n      - ssh: ${LINES.second}\n      - ssh: ${LINES.first} another comment\n`);
  assert.equal(found, { reason: 'shared-key', line: 10, column: 9, path: 'people.bob.keys[1]' });
});

test('a misspelt key of a person names the nearest one', () => {
  const fault = throwsWith('ROSTER_INVALID', () => roster('  alice: { name: A, emials: [] }\n'));
  assert.equal(fault.cause, { reason: 'unknown-key', line: 3, column: 21, path: 'people.alice.emials' });
  assert.match(fault.message, /\bemails\b/);
});

test('an id that is no name is shown escaped', () => {
  const fault = throwsWith('ROSTER_INVALID', () => roster('  "\\e[1m": { name: A }\n'));
  assert.is((fault.cause as Refusal).reason, 'invalid-value');
  assert.not.match(fault.message, /\p{Cc}/u);
});

test('10,000 people are read in bounded time', () => {
  const start = performance.now();
  const people = roster(Array.from({ length: 10_000 }, (_, i) => `  p${i}: { name: a }\n`).join(''));
  assert.is(Object.keys(people.people).length, 10_000);
  for (let i = 0; i < 10_000; i++) assert.is(keyHolder(people, `ssh:SHA256:${i}`), undefined);
  assert.ok(performance.now() - start < 10_000, `${Math.round(performance.now() - start)} ms`);
});

test.run();
