// SPDX-License-Identifier: Apache-2.0
// Who acts, and with which key: refused before anything is signed where the roster says that it would be in vain.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import type { FaultCode } from '../../src/fault.ts';
import { findLayout } from '../../src/repo/layout.ts';
import { actingPerson, type Wanted } from '../../src/signer/acting.ts';
import { readPublicKey } from '../../src/signer/key-spec.ts';
import { newOpenpgpKey } from '../../src/signer/openpgp.ts';
import { completeRoster } from '../../src/trust/key-files.ts';
import { starterPolicy } from '../../src/trust/policy-edit.ts';
import { parsePolicy } from '../../src/trust/policy.ts';
import { parseRoster } from '../../src/trust/roster.ts';
import { softAuthenticator } from '../kit/authenticator.ts';
import { ScratchRepo } from '../kit/git.ts';
import { sshKey } from '../kit/keys.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('acting');
const dir = tempDir();
const scratch = new ScratchRepo();
const layout = await findLayout(scratch.dir, scratch.env);
const place = { dir, home: undefined };
const policy = parsePolicy(utf8(starterPolicy({ repository: '0192f6c4-1111-4222-8333-444455556666', people: 2 })));

async function keyFile(name: string): Promise<{ spec: string; fingerprint: string; certificate: Uint8Array }> {
  const path = join(dir, `${name}.asc`);
  const { armor, fingerprint } = await newOpenpgpKey(name, `${name}@example.com`, undefined);
  writeFileSync(path, armor, { mode: 0o600 });
  return { spec: `openpgp:${path}`, fingerprint, certificate: (await readPublicKey(`openpgp:${path}`, place)).file!.bytes };
}

const alice = await keyFile('alice');
const bob = await keyFile('bob');

/** The roster of alice with these lines of keys, and of bob. */
async function rosterOf(...keys: string[]) {
  const lines = keys.map((key) => `      - ${key}\n`).join('');
  const text = `version: 1\npeople:\n  alice:\n    name: Alice\n    emails: [alice@example.com]\n    keys:\n${lines}  bob:\n    name: Bob\n    emails: [bob@example.com]\n    keys: [{ openpgp: keys/bob.asc }]\n`;
  const files: Record<string, Uint8Array> = { 'keys/alice.asc': alice.certificate, 'keys/bob.asc': bob.certificate };
  return completeRoster(parseRoster(utf8(text)), (name) => Promise.resolve(files[name]));
}

const act = async (keys: string[], wanted: Wanted) => actingPerson(layout, { policy, roster: await rosterOf(...keys) }, { person: 'alice', ...wanted }, place, scratch.env);

test('an OpenPGP key of the roster signs', async () => {
  const acting = await act(['openpgp: keys/alice.asc'], { signer: alice.spec });
  assert.equal([acting.id, acting.keyid], ['alice', `openpgp:${alice.fingerprint}`]);
  const { scheme, keyid } = await acting.sign(utf8('x'));
  assert.equal([scheme, keyid], ['openpgp', acting.keyid]);
});

const REFUSED: Record<string, [code: FaultCode, keys: string[], wanted: Wanted]> = {
  "somebody else's": ['KEY_NOT_FOUND', ['openpgp: keys/alice.asc'], { signer: bob.spec }],
  "nobody's": ['KEY_NOT_FOUND', ['openpgp: keys/alice.asc'], { signer: `ssh:${sshKey('nobody').file}` }],
  'nobody acts': ['PERSON_UNKNOWN', ['openpgp: keys/alice.asc'], { person: 'carol', signer: alice.spec }],
  'revoked': ['KEY_INVALID', ['{ openpgp: keys/alice.asc, revoked: { at: "2020-01-01T00:00:00Z", reason: retired } }'], { signer: alice.spec }],
  'revoked from tomorrow on': ['KEY_INVALID', ['{ openpgp: keys/alice.asc, revoked: { at: "2099-01-01T00:00:00Z", reason: retired } }'], { signer: alice.spec }],
  'expired by the roster': ['KEY_INVALID', ['{ openpgp: keys/alice.asc, validBefore: "2020-01-01T00:00:00Z" }'], { signer: alice.spec }],
  'not valid yet': ['KEY_INVALID', ['{ openpgp: keys/alice.asc, validAfter: "2099-01-01T00:00:00Z" }'], { signer: alice.spec }],
  "for git's own signatures only": ['KEY_INVALID', [`{ ssh: "${sshKey('alice').line}", namespaces: [git] }`], { signer: `ssh:${sshKey('alice').file}` }],
  'software where there is hardware': ['KEY_INVALID', ['openpgp: keys/alice.asc', `ssh: ${softAuthenticator().publicLine}`], { signer: alice.spec }],
  'a sign-in where there is hardware': ['KEY_INVALID', ['sigstore: { issuer: "https://issuer.example", identity: alice@example.com }', `ssh: ${softAuthenticator().publicLine}`], { signer: 'sigstore' }],
  'no key': ['KEY_NOT_FOUND', ['openpgp: keys/alice.asc'], {}],
  'no such form': ['KEY_INVALID', ['openpgp: keys/alice.asc'], { signer: 'pkcs11:alice' }],
  'no identity': ['KEY_NOT_FOUND', ['openpgp: keys/alice.asc'], { signer: 'sigstore' }],
};
for (const [name, [code, keys, wanted]] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, () => rejectsWith(code, act(keys, wanted)).then(() => undefined));
}

test('a key that was exchanged in between signs for nobody', async () => {
  const { spec } = await keyFile('swapped');
  const acting = await act(['openpgp: keys/alice.asc'], { signer: alice.spec });
  const path = alice.spec.slice('openpgp:'.length);
  const before = readFileSync(path);
  writeFileSync(path, readFileSync(spec.slice('openpgp:'.length)));
  await rejectsWith('SIGNING_FAILED', acting.sign(utf8('x')));
  writeFileSync(path, before);
});

test.run();
