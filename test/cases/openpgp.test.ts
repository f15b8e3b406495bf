// SPDX-License-Identifier: Apache-2.0
// Attack: commits and stamps signed by OpenPGP keys. Real gpg signs, as git would have it sign; the roster's key files say who
// that is. Expired and revoked keys are judged by the time of the signature, and by no date that the commit cannot have.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Oid } from '../../src/oid.ts';
import { fromBase64 } from '../../src/bytes.ts';
import { withHeaders } from '../kit/attempt.ts';
import { Keyring } from '../kit/gpg.ts';
import { EPOCH, History, rosterText, type Files, type Making } from '../kit/history.ts';
import { softwareHand, type Hand } from '../kit/person.ts';

const test = suite('case: OpenPGP');
const keyring = new Keyring();
const made = (id: string, algorithm?: string): string => keyring.run(['--faked-system-time', `${EPOCH - 86_400}!`, '--quick-gen-key', `${id} <${id}@example.com>`, algorithm ?? 'ed25519', 'sign,cert', 'never']) + fingerprintOf(id);
const fingerprintOf = (id: string): string => /^fpr:+([0-9A-F]+):/m.exec(keyring.run(['--list-secret-keys', '--with-colons', `${id}@example.com`]))![1]!;
const [alice, forge, stranger] = [made('alice'), made('forge', 'rsa2048'), made('stranger')];
keyring.run(['--faked-system-time', `${EPOCH - 86_400}!`, '--quick-gen-key', 'carol <carol@example.com>', 'ed25519', 'sign,cert', 'seconds=90000']);
const carol = fingerprintOf('carol');

const hands = { bob: softwareHand() };
const entry = (id: string): string => `  ${id}:\n    name: ${id}\n    emails: [${id}@example.com]\n    roles: [${id === 'alice' ? 'owner' : ''}]\n    keys: [{ openpgp: keys/${id}.asc }]\n`;
const others = `agents:\n  copilot: { emails: [copilot@example.com], keys: [{ openpgp: keys/forge.asc }] }\nforges:\n  forge: { keys: [{ openpgp: keys/forge.asc }] }\n`;
const keyFiles: Files = Object.fromEntries(Object.entries({ alice, carol, forge }).map(([id, fingerprint]) => [`.countersign/keys/${id}.asc`, keyring.export(fingerprint)]));
const history = await History.make({ hands, roster: rosterText(hands, entry('alice') + entry('carol') + others), policy: 'gitSignature: any\n', files: keyFiles });
test.after(async () => {
  keyring.close();
  await history.close();
});

/** Signs a commit as `git commit -S` does at a time. */
function signed(oid: Oid, fingerprint: string, at: number, alter = (armor: string): string => armor): Oid {
  const payload = history.scratch.bytes(['cat-file', 'commit', oid]);
  const armor = alter(keyring.run(['--faked-system-time', `${EPOCH + at}!`, '--armor', '--detach-sign', '-u', fingerprint], payload));
  return withHeaders(history, oid, `gpgsig ${armor.trimEnd().replaceAll('\n', '\n ')}\n`);
}

async function judged(fingerprint: string, { at = 600, ...making }: Making & { at?: number }, alter?: (armor: string) => string) {
  const by = { name: 'somebody', email: 'alice@example.com', ...making.author };
  const oid = await history.commit({ parents: [history.adoption], by: null, files: { 'src/b.ts': 'b\n' }, message: 'a change\n\nProvenance: human', ...making, at, author: by });
  const verdict = await history.verify(history.adoption, signed(oid, fingerprint, at, alter));
  return { ...verdict, commit: verdict.commits.at(-1)! };
}

test("git's own signature proves a person", async () => {
  const { errors, commit } = await judged(alice, {});
  assert.equal([errors, commit.provenance, commit.signer], [[], 'human', { kind: 'person', id: 'alice', scheme: 'openpgp', strength: 'software' }]);
});

test('by a key that nobody has, by somebody else, over something else', async () => {
  assert.equal((await judged(stranger, {})).errors, ['unknown-signer']);
  assert.equal((await judged(carol, {})).errors, ['wrong-author']);
  const other = await history.commit({ parents: [history.adoption], by: null, files: { 'src/c.ts': 'c\n' } });
  const stolen = keyring.run(['--armor', '--detach-sign', '-u', alice], history.scratch.bytes(['cat-file', 'commit', other]));
  assert.equal((await judged(alice, {}, () => stolen)).errors, ['bad-signature']);
});

test("a forge's key is no person's; under an agent's address it is that agent's", async () => {
  assert.equal((await judged(forge, {})).errors, ['unknown-signer', 'wrong-author']);
  const { errors, commit } = await judged(forge, { author: { name: 'Copilot', email: 'copilot@example.com' }, message: 'a change' });
  assert.equal([errors, commit.provenance, commit.signer?.id, commit.signer?.scheme], [['unsigned-ai'], 'ai', 'copilot', 'openpgp']);
});

test('a key that has expired since, one that had, and a commit dated back', async () => {
  const author = { name: 'Carol', email: 'carol@example.com' };
  assert.equal((await judged(carol, { author })).errors, []);
  const late = await history.commit({ parents: [history.adoption], at: 7200, by: 'bob', author: { name: 'Bob', email: 'bob@example.com' }, files: { 'src/late.ts': '\n' } });
  assert.equal((await judged(carol, { author, parents: [late], at: 600 })).errors, ['revoked-key']);
});

test('an armor with a line that anybody can change is warned of; junk around it is an error', async () => {
  const comment = await judged(alice, {}, (armor) => armor.replace('\n\n', '\nComment: approved by bob\n\n'));
  assert.equal([comment.errors, comment.findings.map(({ rule, level }) => [rule, level])], [[], [['malleable-commit', 'warn']]]);
  assert.ok((await judged(alice, {}, (armor) => `${armor}approved by bob\n`)).errors.includes('malleable-commit'));
  assert.equal((await judged(alice, {}, (armor) => armor.replaceAll('\n', '\r\n'))).errors, []);
});

/** Alice's hand: gpg makes the binary packet that a stamp or an envelope carries. */
const hand: Hand = {
  publicLine: '', keyid: `openpgp:${alice}`,
  sign: (payload) => fromBase64(keyring.run(['--armor', '--detach-sign', '-u', alice], payload).split('\n').slice(2, -3).join(''))!,
};

test('evidence: a grant and a cosignature', async () => {
  const session = history.session({ by: 'alice', hand });
  const file = { 'post-mortems/x.md': 'what happened\n' };
  const head = await history.commit({ parents: [history.adoption], by: session, files: { ...session.file, 'src/b.ts': 'b\n' }, author: { name: 'alice', email: 'alice@example.com' } });
  assert.equal((await history.verify(history.adoption, head)).errors, []);
  const cosigned = await history.commit({ parents: [history.adoption], by: 'bob', author: { name: 'Bob', email: 'bob@example.com' }, files: { ...file, ...history.cosign('post-mortems/x.md', 'what happened\n', 'alice', { hand }) } });
  assert.equal((await history.verify(history.adoption, cosigned)).errors, []);
  const forged = history.session({ by: 'alice', hand: { ...hand, sign: (payload) => hand.sign(Buffer.concat([payload, Buffer.from('x')])) } });
  const bad = await history.commit({ parents: [history.adoption], by: forged, files: forged.file, author: { name: 'alice', email: 'alice@example.com' } });
  assert.equal((await history.verify(history.adoption, bad)).errors, ['bad-evidence']);
});

test('a roster that names a key file which is not there, or is none', async () => {
  for (const files of [{ '.countersign/keys/alice.asc': null }, { '.countersign/keys/alice.asc': 'no key\n' }]) {
    const head = await history.commit({ parents: [history.adoption], by: 'bob', author: { name: 'Bob', email: 'bob@example.com' }, files });
    assert.equal((await history.verify(history.adoption, head)).errors, ['policy-change']);
  }
});

test.run();
