// SPDX-License-Identifier: Apache-2.0
// Attack: an agent behind a badge. A vendor's key, a forge's key under an agent's or a person's name, a stamp by one and a
// signature by another, a commit dated back into the time of a key that has expired.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findMarks } from '../../src/agents/fingerprint.ts';
import type { Oid } from '../../src/oid.ts';
import { gitSigned } from '../kit/attempt.ts';
import { EPOCH, History, rosterText, time, type Making } from '../kit/history.ts';
import { softwareHand } from '../kit/person.ts';

const test = suite('case: who stands behind a signature');
const hands = { alice: softwareHand(), bob: softwareHand() };
const [vendor, forge, old, late] = [softwareHand(), softwareHand(), softwareHand(), softwareHand()];
const agents = `agents:
  claude: { emails: [noreply@anthropic.com], keys: [{ ssh: ${vendor.publicLine} }] }
  copilot: { emails: [198982749+Copilot@users.noreply.github.com], keys: [{ ssh: ${forge.publicLine} }] }
  gone: { emails: [gone@example.com], keys: [{ ssh: ${old.publicLine}, revoked: { at: 2020-01-01T00:00:00Z, reason: compromised } }] }
forges:
  github: { keys: [{ ssh: ${forge.publicLine} }] }
`;
const carol = `  carol:\n    name: Carol\n    emails: [carol@example.com]\n    keys:\n      - { ssh: ${late.publicLine}, validBefore: ${time(EPOCH + 3600)} }\n`;
const history = await History.make({ hands, roster: rosterText(hands, carol + agents), policy: 'gitSignature: any\n' });
test.after(() => history.close());

const claude = { name: 'Claude', email: 'noreply@anthropic.com' };
const copilot = { name: 'Copilot', email: '198982749+Copilot@users.noreply.github.com' };

async function judged(hand: typeof forge, making: Making) {
  const oid = await history.commit({ parents: [history.adoption], files: { 'src/b.ts': 'b\n' }, by: null, ...making });
  const verdict = await history.verify(history.adoption, gitSigned(history, oid, hand));
  const commit = verdict.commits.at(-1)!;
  return { ...verdict, commit, warnings: verdict.findings.filter(({ level }) => level === 'warn').map(({ rule }) => rule) };
}

test("a vendor's key is an agent's, whatever the badge says", async () => {
  const { errors, commit } = await judged(vendor, { author: claude });
  assert.equal([errors, commit.provenance, commit.signer?.kind, commit.signer?.id], [['unsigned-ai'], 'ai', 'agent', 'claude']);
});

test("a vendor's key over a person's name", async () => {
  const { errors, commit } = await judged(vendor, {});
  assert.equal([errors, commit.provenance], [['unsigned-ai', 'wrong-author'], 'ai']);
});

test("a vendor's key that nobody entered is known all the same", () => {
  const key = 'ssh:SHA256:32dP45eSMmVSt/G/CGvcxl/P+MO3Nwj9xeTh/GSA2wc';
  assert.equal(findMarks({ name: 'Alice', email: 'alice@example.com' }, 'a change', key).map(({ agent }) => agent), ['claude']);
  assert.equal(findMarks({ name: 'Alice', email: 'alice@example.com' }, 'a change', 'constructor'), []);
});

test("a forge's key under a hosted agent's address is that agent's", async () => {
  const { errors, commit } = await judged(forge, { author: copilot });
  assert.equal([errors, commit.provenance, commit.signer?.id], [['unsigned-ai'], 'ai', 'copilot']);
});

test("a forge's key under a person's name proves nothing of the person", async () => {
  const { errors, commit } = await judged(forge, {});
  assert.equal([errors, commit.provenance, commit.signer], [['undeclared'], 'undeclared', undefined]);
  assert.equal((await judged(forge, { message: 'a change\n\nProvenance: human' })).errors, ['unknown-signer', 'wrong-author']);
});

test("a person's signature without a stamp does not say who wrote it", async () => {
  assert.equal((await judged(hands.alice, {})).errors, ['undeclared']);
});

test("an agent's signature beside a person's stamp", async () => {
  const { errors, warnings, commit } = await judged(vendor, { by: 'alice' });
  assert.equal([errors, warnings, commit.provenance], [[], ['contradiction'], 'human']);
});

test("a signature of git's that does not hold, where nothing leans on it", async () => {
  const oid = await history.commit({ parents: [history.adoption], files: { 'src/b.ts': 'b\n' } });
  const other = await history.commit({ parents: [history.adoption], files: { 'src/c.ts': 'c\n' }, by: null });
  const raw = history.scratch.bytes(['cat-file', 'commit', gitSigned(history, other, hands.alice)]);
  const armor = /gpgsig [^]*?END SSH SIGNATURE-----\n/.exec(Buffer.from(raw).toString())![0];
  const moved = Buffer.from(history.scratch.bytes(['cat-file', 'commit', oid])).toString().replace('\n\n', `\n${armor}\n`);
  const { errors, findings } = await history.verify(history.adoption, history.scratch.git(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: moved }) as Oid);
  assert.equal([errors, findings.map(({ rule, level }) => [rule, level])], [[], [['bad-signature', 'warn']]]);
});

test('a compromised key of a hosted agent', async () => {
  assert.equal((await judged(old, { author: { name: 'Gone', email: 'gone@example.com' } })).errors, ['revoked-key', 'unsigned-ai']);
});

test('a key that has expired, and a commit dated back into its time', async () => {
  const author = { name: 'Carol', email: 'carol@example.com' };
  const making = (at: number, parents: Oid[]): Making => ({ author, at, parents, message: 'a change\n\nProvenance: human' });
  assert.equal((await judged(late, making(1800, [history.adoption]))).errors, []);
  assert.equal((await judged(late, making(7200, [history.adoption]))).errors, ['revoked-key']);
  const parent = await history.commit({ parents: [history.adoption], at: 7000, files: { 'src/d.ts': 'd\n' } });
  assert.equal((await judged(late, making(1800, [parent]))).errors, ['revoked-key']);
});

test.run();
