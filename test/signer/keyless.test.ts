// SPDX-License-Identifier: Apache-2.0
// A person of the roster who acts without a key: which identity is meant, what is refused before anything is certified, and
// that whoever proves to be somebody else signs nothing in their name.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import type { FaultCode } from '../../src/fault.ts';
import { findLayout } from '../../src/repo/layout.ts';
import { actingPerson, type Acting } from '../../src/signer/acting.ts';
import { openSigner } from '../../src/signer/open.ts';
import { starterPolicy } from '../../src/trust/policy-edit.ts';
import { completeRoster } from '../../src/trust/key-files.ts';
import { parsePolicy } from '../../src/trust/policy.ts';
import { parseRoster } from '../../src/trust/roster.ts';
import { softAuthenticator } from '../kit/authenticator.ts';
import { ScratchRepo } from '../kit/git.ts';
import { rejectsWith, throwsWith } from '../kit/rejects.ts';
import { startSigstore } from '../kit/sigstore/sigstore.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('keyless');
const sigstore = await startSigstore();
const { issuer } = sigstore;
const scratch = new ScratchRepo();
const layout = await findLayout(scratch.dir, scratch.env);
const place = { dir: scratch.dir, home: tempDir() };
const policy = parsePolicy(utf8(starterPolicy({ repository: '0192f6c4-1111-4222-8333-444455556666', people: 2 })));
for (const [name, value] of Object.entries({ fulcio: sigstore.url, rekor: sigstore.url, issuer })) scratch.git(['config', `countersign.sigstore.${name}`, value]);

const WORKFLOW = 'https://github.com/o/r/.github/workflows/x.yml@refs/heads/main';
const key = (identity: string, by = issuer, more = ''): string => `{ sigstore: { issuer: "${by}", identity: "${identity}" }${more} }`;
const ALICE = key('alice@example.com');
const PAYLOAD = utf8('DSSEv1 5 hello');

async function act(keys: string[], signer = 'sigstore', { pinned = true, claims = { email: 'alice@example.com' } as Record<string, unknown> } = {}): Promise<Acting> {
  const text = `version: 1\npeople:\n  alice:\n    name: Alice\n    emails: [alice@example.com]\n    keys:\n${keys.map((each) => `      - ${each}\n`).join('')}`;
  const roster = await completeRoster(parseRoster(utf8(text)), (name) => Promise.resolve(pinned && name.endsWith('.json') ? sigstore.trustedRoot : undefined));
  return actingPerson(layout, { policy, roster }, { person: 'alice', signer }, place, { ...scratch.env, SIGSTORE_ID_TOKEN: await sigstore.token(claims) });
}

test('the identity of the roster signs', async () => {
  for (const signer of ['sigstore', `sigstore:${issuer}`, `sigstore:${issuer}#alice@example.com`]) {
    const acting = await act([ALICE, key('alice@example.com', 'https://accounts.example.com', ', revoked: { at: "2020-01-01T00:00:00Z", reason: retired }')], signer);
    const { scheme, keyid } = await acting.sign(PAYLOAD);
    assert.equal([scheme, keyid, acting.keyid], ['sigstore', acting.keyid, `sigstore:${issuer}#alice@example.com`]);
  }
});

test('one of several is named by its issuer, or by all of it', async () => {
  const keys = [ALICE, key('alice@example.org'), key('alice@example.com', 'https://accounts.example.com')];
  assert.is((await act(keys, 'sigstore:https://accounts.example.com')).keyid, 'sigstore:https://accounts.example.com#alice@example.com');
  assert.is((await act(keys, `sigstore:${issuer}#alice@example.org`)).keyid, `sigstore:${issuer}#alice@example.org`);
  await rejectsWith('KEY_INVALID', act(keys));
  await rejectsWith('KEY_INVALID', act(keys, `sigstore:${issuer}`));
});

const REFUSED: Record<string, [code: FaultCode, keys: string[], signer?: string]> = {
  'an identity that nobody entered': ['KEY_NOT_FOUND', [ALICE], 'sigstore:https://accounts.example.com'],
  'a part of an issuer': ['KEY_NOT_FOUND', [ALICE], `sigstore:${issuer.slice(0, -1)}`],
  'a revoked one': ['KEY_INVALID', [key('alice@example.com', issuer, ', revoked: { at: "2020-01-01T00:00:00Z", reason: compromised }')]],
  'one that has run out': ['KEY_INVALID', [key('alice@example.com', issuer, ', validBefore: "2020-01-01T00:00:00Z"')]],
  'software where there is hardware': ['KEY_INVALID', [ALICE, `ssh: ${softAuthenticator().publicLine}`]],
};
for (const [name, [code, keys, signer]] of Object.entries(REFUSED)) {
  test(`refused before anything is asked: ${name}`, async () => {
    const before = sigstore.requests.length;
    await rejectsWith(code, act(keys, signer));
    assert.is(sigstore.requests.length, before);
  });
}

test('refused: no root is pinned', () => rejectsWith('SIGNER_UNAVAILABLE', act([ALICE], 'sigstore', { pinned: false })).then(() => undefined));

test('whoever signs in as somebody else gets no certificate', async () => {
  for (const claims of [{ email: 'mallory@example.com' }, { email: 'Alice@example.com' }, { sub: WORKFLOW }]) {
    const before = sigstore.requests.length;
    const acting = await act([ALICE], 'sigstore', { claims });
    await rejectsWith('SIGNING_FAILED', acting.sign(PAYLOAD));
    assert.is(sigstore.requests.length, before);
  }
});

test('the right address, told by another issuer', async () => {
  const acting = await act([key('alice@example.com', 'https://accounts.example.com')]);
  await rejectsWith('SIGNING_FAILED', acting.sign(PAYLOAD));
});

test('a workload that is entered as a person', async () => {
  const acting = await act([key(WORKFLOW)], 'sigstore', { claims: { sub: WORKFLOW } });
  const fault = await rejectsWith('SIGNING_FAILED', acting.sign(PAYLOAD));
  assert.match(fault.message, 'workload');
});

test('no stamp is signed so', () => {
  for (const spec of ['sigstore', `sigstore:${issuer}`]) assert.match(throwsWith('SIGNER_UNAVAILABLE', () => openSigner(spec)).hint!, '--signer sigstore');
});

test.after(() => sigstore.close());

test.run();
