// SPDX-License-Identifier: Apache-2.0
// What a policy means when it says little, and what is said about one that can't be used.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { KERNEL, parsePolicy, RULES, type RuleName } from '../../src/trust/policy.ts';
import type { Refusal } from '../../src/trust/refusal.ts';
import { throwsWith } from '../kit/rejects.ts';

const test = suite('policy');

const HEAD = 'version: 1\nserial: 7\nrepository: 0192f6c4-7d1e-7b30-9f7a-3c5a1e0b2d44\n';

function refused(text: string): { message: string; refusal: Refusal } {
  const { message, cause } = throwsWith('POLICY_INVALID', () => parsePolicy(utf8(text)));
  return { message, refusal: cause as Refusal };
}

test('every optional key has its default', () => {
  const { rules, ...policy } = parsePolicy(utf8(HEAD));
  assert.equal(rules, { ...RULES });
  assert.equal(policy, {
    version: 1, serial: 7, repository: '0192f6c4-7d1e-7b30-9f7a-3c5a1e0b2d44',
    provenance: 'required', gitSignature: 'presence', presence: 'auto', keylessTime: 'proven', keylessPresence: [],
    agents: {
      defaults: { allow: [], deny: [], hours: 8 },
      sessionHours: 12, graceDays: 7,
      limits: { commit: { files: 50, additions: 2000, deletions: 500 }, range: { files: 150, additions: 6000, deletions: 1500 } },
    },
    compliance: [], protected: [],
    squash: { threshold: 1, roles: [], excludeSponsor: true },
    approvalDays: 14, agentRules: 'locked',
  });
});

test('what stands inside a rule has defaults too', () => {
  const policy = parsePolicy(utf8(`${HEAD}compliance:\n  - paths: [a/**]\nprotected:\n  - { name: b, paths: [b] }\nagents: { limits: { commit: { files: 1 } } }\n`));
  const [compliance] = policy.compliance;
  assert.equal({ ...compliance, paths: compliance!.paths.map(({ text }) => text) }, {
    paths: ['a/**'], for: 'ai', claims: 'check', cosign: { threshold: 1, roles: [], excludeSponsor: true, participants: false },
  });
  assert.equal(policy.protected[0]!.approve, { threshold: 1, roles: [], excludeSponsor: false });
  assert.is(policy.protected[0]!.for, 'ai');
  assert.equal(policy.agents.limits.commit, { files: 1, additions: 2000, deletions: 500 });
});

test('defaults are not shared between policies', () => {
  parsePolicy(utf8(HEAD)).compliance.push(undefined as never);
  parsePolicy(utf8(HEAD)).squash.roles.push('x');
  assert.equal(parsePolicy(utf8(HEAD)).compliance, []);
  assert.equal(parsePolicy(utf8(HEAD)).squash.roles, []);
});

test('a level is overridden, the others stay', () => {
  const { rules } = parsePolicy(utf8(`${HEAD}rules: { undeclared: off, contradiction: error }\n`));
  assert.equal(rules, { ...RULES, 'undeclared': 'off', 'contradiction': 'error' });
});

for (const rule of Object.keys(RULES) as RuleName[]) {
  test(`${rule} ${KERNEL.has(rule) ? 'can not' : 'can'} be turned down`, () => {
    for (const level of ['warn', 'off']) {
      const text = `${HEAD}rules: { ${rule}: ${level} }\n`;
      if (KERNEL.has(rule)) assert.is(refused(text).refusal.path, `rules.${rule}`);
      else assert.is(parsePolicy(utf8(text)).rules[rule], level);
    }
  });
}

test('a refusal names line, column, key and the nearest known key', () => {
  const { message, refusal } = refused(`${HEAD}compliance:\n  - paths: [a]\n  - paths: [b]\n    cosign: { treshold: 2 }\n`);
  assert.equal(refusal, { reason: 'unknown-key', line: 7, column: 15, path: 'compliance[1].cosign.treshold' });
  assert.ok(message.startsWith('policy.yaml:7:15: compliance[1].cosign.treshold: '));
  assert.match(message, /\bthreshold\b/);
});

test('a rule\'s nearest name is offered', () => assert.match(refused(`${HEAD}rules: { out-of-scop: off }\n`).message, /\bout-of-scope\b/));

test('a misspelt key is named before the key that is missing for it', () => {
  assert.equal(refused(HEAD.replace('serial', 'seral')).refusal, { reason: 'unknown-key', line: 2, column: 1, path: 'seral' });
});

test('a missing key is placed where it is missing', () => {
  assert.equal(refused(`${HEAD}protected:\n  - paths: [a]\n`).refusal, { reason: 'missing-key', line: 5, column: 5, path: 'protected[0].name' });
});

test('nothing of a file reaches a message unescaped or at length', () => {
  const { message } = refused(`${HEAD}"\\e[2J${'x'.repeat(5000)}": 1\n`);
  assert.not.match(message, /\p{Cc}/u);
  assert.ok(message.length < 400);
});

test.run();
