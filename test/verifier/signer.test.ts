// SPDX-License-Identifier: Apache-2.0
// Who stands behind a keyless signature: a person or a workload, as the roster means it and as the certificate says, and with a
// proof of presence only where the policy says which sign-in gives one.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import type { Oid } from '../../src/oid.ts';
import type { Good } from '../../src/signature/signature.ts';
import { parsePolicy } from '../../src/trust/policy.ts';
import { parseRoster } from '../../src/trust/roster.ts';
import { canSign } from '../../src/trust/standing.ts';
import { signedBy, type Signed } from '../../src/verifier/signer.ts';
import type { State, TrustFiles } from '../../src/verifier/state.ts';
import { policyText } from '../kit/history.ts';
import { hardwareHand } from '../kit/person.ts';

const test = suite('signer: keyless');

const ISSUER = 'https://id.example.com';
const AMR = '1.3.6.1.4.1.99999.1';
const ROLES = { person: 'alice@example.com', agent: 'https://ci.example.com/agent', forge: 'https://ci.example.com/forge' } as const;
const keyidOf = (identity: string, issuer = ISSUER): string => `sigstore:${issuer}#${identity}`;
const keys = (identity: string, more = ''): string => `keys: [{ sigstore: { issuer: "${ISSUER}", identity: "${identity}" } }${more}]`;

function stateOf(policy = '', hardware = false): State {
  const roster = `version: 1
people:
  alice: { name: Alice, emails: [alice@example.com], roles: [owner], ${keys(ROLES.person, hardware ? `, { ssh: ${hardwareHand().publicLine} }` : '')} }
agents:
  ci: { emails: [ci@example.com], ${keys(ROLES.agent)} }
forges:
  forge: { ${keys(ROLES.forge)} }
`;
  return { commit: '0'.repeat(40) as Oid, files: '' as TrustFiles, policy: parsePolicy(utf8(policyText({}, policy))), roster: parseRoster(utf8(roster)) };
}

const good = (changes: Partial<Good> = {}): Good => ({ kind: 'good', keyid: keyidOf(ROLES.person), strength: 'software', signedAt: 5, workload: false, claims: { [AMR]: 'hwk' }, ...changes });

function judged(check: Good, state: State): Signed {
  const signed = signedBy(check, state, { payload: utf8('x'), at: 5, namespace: 'countersign' });
  if (signed.kind !== 'signed') throw new Error(signed.kind);
  return signed;
}

test('people sign in, agents and forges show a token', () => {
  const state = stateOf();
  for (const [role, identity] of Object.entries(ROLES)) {
    for (const workload of [true, false]) {
      const { holder, refused } = judged(good({ keyid: keyidOf(identity), workload }), state);
      const fits = workload === (role !== 'person');
      assert.equal([holder.role, refused], [role, fits ? undefined : workload ? 'workload' : 'person']);
    }
  }
});

test('what was signed with a key is neither', () => {
  const { workload: _, claims: __, ...plain } = good();
  assert.is(judged(plain, stateOf()).refused, undefined);
});

test('by default no sign-in proves presence', () => assert.is(judged(good(), stateOf()).signer.strength, 'software'));

const policyOf = (claims: string, issuer = ISSUER): string => `keylessPresence: [{ issuer: "${issuer}", claims: {${claims}} }]\n`;
const PRESENCE: Record<string, [strength: string, policy: string, changes?: Partial<Good>]> = {
  'an issuer that always asks for it': ['presence', policyOf('')],
  'the claim': ['presence', policyOf(` ${AMR}: hwk `)],
  'another value': ['software', policyOf(` ${AMR}: pwd `)],
  'a part of the value': ['software', policyOf(` ${AMR}: hw `)],
  'one claim of two': ['software', policyOf(` ${AMR}: hwk, ${AMR}1: "yes" `)],
  'no claims in the certificate': ['software', policyOf(` ${AMR}: hwk `), { claims: {} }],
  'a claim that every object has': ['software', policyOf(` ${AMR}: hwk `), { claims: Object.create({ [AMR]: 'hwk' }) as Record<string, string> }],
  'another issuer': ['software', policyOf('', `${ISSUER}.evil.org`)],
  'an issuer that begins like it': ['software', policyOf('', ISSUER.slice(0, -1))],
  'a workload': ['software', policyOf(''), { workload: true }],
  'a key': ['software', policyOf(''), { workload: undefined } as unknown as Partial<Good>],
};
for (const [title, [strength, policy, changes]] of Object.entries(PRESENCE)) {
  test(`${strength}: ${title}`, () => assert.is(judged(good(changes), stateOf(policy)).signer.strength, strength));
}

test('a workload proves no presence, whatever its issuer says', () => {
  const { signer } = judged(good({ keyid: keyidOf(ROLES.agent), workload: true }), stateOf(policyOf('')));
  assert.is(signer.strength, 'software');
});

test('where presence is asked for, a person can meet it by such a sign-in', () => {
  for (const [policy, able] of [['', false], [policyOf('', 'https://other.example.com'), false], [policyOf(''), true]] as const) {
    const { policy: parsed, roster } = stateOf(policy, true);
    const alice = roster.people['alice']!;
    assert.is(canSign(parsed, alice, alice.keys[0]!), able);
  }
});

test.run();
