// SPDX-License-Identifier: Apache-2.0
// A key that a vendor shares among all who use its agent, entered as somebody's own.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { parsePolicy } from '../../src/trust/policy.ts';
import { parseRoster } from '../../src/trust/roster.ts';
import type { Oid } from '../../src/oid.ts';
import { signedBy } from '../../src/verifier/signer.ts';
import type { State, TrustFiles } from '../../src/verifier/state.ts';
import { policyText } from '../kit/history.ts';

const test = suite("a vendor's key");

/** The key with which Claude's cloud sessions sign, as their commits show it; no signature of it can be made here. */
const CLAUDE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKy87HxSEheG8vEPhSs9u2KZCtVErAQfpmprtUJCZ2w7';
const KEYID = 'ssh:SHA256:32dP45eSMmVSt/G/CGvcxl/P+MO3Nwj9xeTh/GSA2wc';

const KEYS = `keys: [{ ssh: ${CLAUDE} }]`;

function judged(roster: string): unknown {
  const state: State = { commit: 'a'.repeat(40) as Oid, files: '' as TrustFiles, policy: parsePolicy(utf8(policyText())), roster: parseRoster(utf8(`version: 1\n${roster}\n`)) };
  const signed = signedBy({ kind: 'good', keyid: KEYID, strength: 'software' }, state, { payload: new Uint8Array(), at: 0, namespace: 'git' });
  return signed.kind === 'signed' ? [signed.holder.role, signed.refused] : signed.kind;
}

test("a vendor's key counts for no person, whoever entered it", () => {
  assert.equal(judged(`people: { alice: { name: Alice, emails: [alice@example.com], ${KEYS} } }`), ['person', 'shared']);
  assert.equal(judged(`people: {}\nagents: { claude: { emails: [noreply@anthropic.com], ${KEYS} } }`), ['agent', undefined]);
  assert.is(judged('people: {}'), 'stranger');
});

test.run();
