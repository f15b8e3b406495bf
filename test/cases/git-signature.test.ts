// SPDX-License-Identifier: Apache-2.0
// Attack: `Provenance: human` alone, which leans on git's own signature: a software key's, another object's, a stranger's.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Oid } from '../../src/oid.ts';
import { encodeArmor } from '../../src/signature/ssh/sshsig.ts';
import { gitSigned, withHeaders } from '../kit/attempt.ts';
import { History, rosterText } from '../kit/history.ts';
import { hardwareHand, softwareHand } from '../kit/person.ts';

const test = suite("case: git's own signature");
const hands = { alice: hardwareHand(1), bob: softwareHand(), carol: hardwareHand(0) };
const forge = softwareHand();
const roster = rosterText(hands, `forges:\n  forge: { keys: [{ ssh: ${forge.publicLine} }] }\n`);
const strict = await History.make({ hands, roster });
const any = await History.make({ hands, roster, policy: 'gitSignature: any\n' });
test.after(async () => {
  await strict.close();
  await any.close();
});

const author = (id: string) => ({ name: `${id} Example`, email: `${id}@example.com` });
const claim = (history: History, id: string): Promise<Oid> => history.commit({ parents: [history.adoption], by: null, author: author(id), files: { 'src/b.ts': 'b\n' }, message: 'a change\n\nProvenance: human' });

test('with proof of presence: human', async () => {
  for (const history of [strict, any]) {
    const { range, commits } = await history.verify(history.adoption, gitSigned(history, await claim(history, 'alice'), hands.alice));
    assert.is(range.verdict, 'good');
    assert.equal([commits[0]!.provenance, commits[0]!.binding, commits[0]!.signer!.strength], ['human', 'exact', 'presence']);
    assert.is(range.strength, 'presence');
  }
});

test('with a software key: only where the policy says any', async () => {
  const verdict = async (history: History) => history.verify(history.adoption, gitSigned(history, await claim(history, 'bob'), hands.bob));
  assert.equal((await verdict(strict)).errors, ['unsigned-human']);
  const { errors, range } = await verdict(any);
  assert.equal(errors, []);
  assert.is(range.strength, 'software');
});

test('with a hardware key that nobody touched', async () => {
  assert.equal((await strict.verify(strict.adoption, gitSigned(strict, await claim(strict, 'carol'), hands.carol))).errors, ['unsigned-human']);
});

test('of a stranger, of a forge, of somebody else than the author', async () => {
  const errors = async (hand: typeof forge) => (await any.verify(any.adoption, gitSigned(any, await claim(any, 'alice'), hand))).errors;
  assert.equal(await errors(softwareHand()), ['unknown-signer']);
  assert.equal(await errors(forge), ['unknown-signer', 'wrong-author']);
  assert.equal(await errors(hands.bob), ['wrong-author']);
});

test('taken from another commit, or made for another namespace', async () => {
  const [first, second] = [await claim(any, 'bob'), await claim(any, 'bob')];
  const armor = (sig: Uint8Array): string => `gpgsig ${Buffer.from(encodeArmor(sig)).toString().trimEnd().replaceAll('\n', '\n ')}\n`;
  const payload = any.scratch.bytes(['cat-file', 'commit', first]);
  const errors = async (oid: Oid) => (await any.verify(any.adoption, oid)).errors;
  assert.equal(await errors(withHeaders(any, first, armor(hands.bob.sign(payload, 'git')))), []);
  assert.equal(await errors(withHeaders(any, second, armor(hands.bob.sign(payload, 'git')))), ['bad-signature']);
  assert.equal(await errors(withHeaders(any, first, armor(hands.bob.sign(payload, 'countersign')))), ['bad-signature']);
  assert.equal(await errors(withHeaders(any, first, armor(hands.bob.sign(payload, 'file')))), ['bad-signature']);
});

test('by gpg, and broken', async () => {
  const armor = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----\n';
  const { range, errors, unknowns } = await any.verify(any.adoption, withHeaders(any, await claim(any, 'alice'), armor));
  assert.equal([range.verdict, errors, unknowns], ['bad', ['bad-signature'], []]);
});

test('two signatures, and one with something around it', async () => {
  const oid = await claim(any, 'bob');
  const signed = gitSigned(any, oid, hands.bob);
  const junk = 'gpgsig-sha256 junk\n';
  assert.equal((await any.verify(any.adoption, withHeaders(any, signed, junk))).errors, ['malleable-commit']);
  const twice = gitSigned(any, signed, hands.bob);
  assert.ok((await any.verify(any.adoption, twice)).errors.includes('malleable-commit'));
});

test('over a commit without the word says nothing', async () => {
  const oid = await any.commit({ parents: [any.adoption], by: null, files: { 'src/b.ts': 'b\n' } });
  assert.equal((await any.verify(any.adoption, gitSigned(any, oid, hands.alice))).errors, ['undeclared']);
});

test.run();
