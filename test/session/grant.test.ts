// SPDX-License-Identifier: Apache-2.0
// What a grant says, between what was asked for and what the policy allows.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import type { Oid } from '../../src/oid.ts';
import { draftGrant, type Wish } from '../../src/session/grant.ts';
import { statementOf } from '../../src/statement/evidence.ts';
import { grant as grantSchema } from '../../src/statement/schema.ts';
import { starterPolicy } from '../../src/trust/policy-edit.ts';
import { parsePolicy } from '../../src/trust/policy.ts';
import { throwsWith } from '../kit/rejects.ts';

const test = suite('grant');

const TEXT = starterPolicy({ repository: '0192f6c4-7d5e-7a3b-8c1d-2e3f4a5b6c7d', people: 2 });
const policy = parsePolicy(utf8(TEXT));
const facts = { policy, adoption: 'a'.repeat(40) as Oid, sponsor: 'alice', publicKey: new Uint8Array(32), now: 1_767_323_045_678 };
const draft = (wish: Partial<Wish> = {}, more: Partial<typeof facts> = {}) => draftGrant({ agent: 'test-agent/1.0', ...wish }, { ...facts, ...more });

test('without flags: what the policy says', () => {
  const grant = draft();
  assert.equal(grant.allow, ['src/**', 'test/**']);
  assert.equal(grant.deny, []);
  assert.equal(grant.limits, policy.agents.limits);
  assert.is(grant.model, 'unknown');
  assert.is(grant.notBefore, '2026-01-02T03:04:05Z');
  assert.is(grant.notAfter, '2026-01-02T11:04:05Z');
});

test('what is drafted can be stated and read back', () => {
  const grant = draft({ allow: ['a', 'a', 'b/*.md'], deny: ['b/x.md'], hours: 0.5, limits: { files: 0 } });
  assert.equal(grantSchema.parse(grant), grant);
  assert.equal(grant.allow, ['a', 'b/*.md']);
  assert.is(grant.notAfter, '2026-01-02T03:34:05Z');
  assert.ok(statementOf({ kind: 'grant', body: grant }).payload.length > 0);
});

test('the policy denies, whatever is asked for', () => {
  const denying = parsePolicy(utf8(TEXT.replace('hours: 8 }', 'deny: ["src/secret/**"], hours: 8 }')));
  assert.equal(draft({ allow: ['**'], deny: ['x'] }, { policy: denying }).deny, ['src/secret/**', 'x']);
});

test('limits of a session bound its commits too', () => {
  const { limits } = draft({ limits: { files: 10, additions: 3000 } });
  assert.equal(limits.range, { files: 10, additions: 3000, deletions: 1500 });
  assert.equal(limits.commit, { files: 10, additions: 2000, deletions: 500 });
});

test('more than the policy allows is refused, never cut', () => {
  for (const wish of [{ hours: 12.01 }, { hours: Infinity }, { limits: { files: 151 } }, { limits: { additions: 6001 } }, { limits: { deletions: 1501 } }]) {
    throwsWith('GRANT_TOO_WIDE', () => draft(wish));
  }
  assert.is(draft({ hours: 12 }).notAfter, '2026-01-02T15:04:05Z');
});

test('what is no number, name or pattern is refused', () => {
  const wishes: Partial<Wish>[] = [
    { hours: 0 }, { hours: -1 }, { hours: Number.NaN }, { hours: 0.0001 },
    { limits: { files: 1.5 } }, { limits: { files: -1 } }, { limits: { files: Number.NaN } },
    { agent: '' }, { agent: ' x' }, { agent: 'x\u001b[2J' }, { agent: 'ä' }, { agent: 'x'.repeat(101) }, { model: 'a\nb' },
    { agent: 'x'.repeat(100), model: 'y'.repeat(100) },
    { allow: ['/etc'] }, { allow: ['src/**', '../x'] }, { deny: ['a\\b'] }, { allow: [''] },
  ];
  for (const wish of wishes) throwsWith('USAGE', () => draft(wish));
});

test('nothing named, nothing allowed', () => {
  const silent = parsePolicy(utf8(TEXT.replace('allow: ["src/**", "test/**"], ', '')));
  throwsWith('USAGE', () => draft({}, { policy: silent }));
  throwsWith('USAGE', () => draft({ allow: [] }, { policy: silent }));
});

test.run();
