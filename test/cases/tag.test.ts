// SPDX-License-Identifier: Apache-2.0
// Attack: a tag's own signature, its name, and what it points at.
import { createPrivateKey } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Oid } from '../../src/oid.ts';
import { openIsomorphic } from '../../src/repo/isomorphic.ts';
import { encodeArmor } from '../../src/signature/ssh/sshsig.ts';
import { verifyHistory, verifyRange, verifyRelease } from '../../src/verifier/verify.ts';
import type { RangeVerdict } from '../../src/verifier/verifier.ts';
import { EPOCH, History, policyText, rosterText, time } from '../kit/history.ts';
import { hardwareHand, softwareHand } from '../kit/person.ts';
import { tag, type Tagging } from '../kit/tag.ts';

const test = suite('case: tag');
const hands = { alice: softwareHand(), bob: softwareHand(), carol: hardwareHand(1) };
const [forge, agent] = [softwareHand(), softwareHand()];
const others = `agents:\n  hosted: { emails: [agent@example.com], keys: [{ ssh: ${agent.publicLine} }] }\nforges:\n  forge: { keys: [{ ssh: ${forge.publicLine} }] }\n`;
const roster = rosterText(hands, others);
const open: History[] = [];
test.after(async () => {
  for (const history of open) await history.close();
});

async function make(options: Parameters<typeof History.make>[0] = {}): Promise<History> {
  const history = await History.make({ hands, roster, policy: 'gitSignature: any\n', ...options });
  open.push(history);
  return history;
}

async function judge(history: History, oid: Oid, name = 'v1', verify = verifyRelease, base = history.adoption): Promise<RangeVerdict> {
  for await (const judged of verify({ repo: history.repo, base, head: history.tip, now: history.now, tag: { name, oid } })) if (judged.kind === 'range') return judged.range;
  throw new Error('no verdict');
}

/** Judges one tag of the history's tip; returns what is wrong with it. */
async function wrong(history: History, tagging: Tagging = {}, name = tagging.as ?? tagging.name): Promise<string[]> {
  const { tag: verdict, verdict: overall } = await judge(history, tag(history, tagging), name);
  assert.is(overall, verdict!.verdict);
  return verdict!.findings.map(({ rule, level }) => (level === 'error' ? rule : `${rule} (${level})`));
}

const any = await make();
await any.commit({ files: { 'src/b.ts': 'b\n' } });

test('signed by a person: good, and who', async () => {
  const range = await judge(any, tag(any));
  assert.equal([range.verdict, range.summary.commits, range.strength], ['good', 1, 'software']);
  const { findings, oid, ...rest } = range.tag!;
  assert.equal([findings, oid], [[], any.scratch.oid('refs/tags/v1')]);
  assert.equal(rest, { name: 'v1', verdict: 'good', signer: { kind: 'person', id: 'alice', scheme: 'ssh', strength: 'software' }, tagger: 'Alice Example <alice@example.com>' });
});

test('as the end of a range and of a whole history', async () => {
  for (const verify of [verifyRange, verifyHistory]) {
    assert.is((await judge(any, tag(any), 'v1', verify)).verdict, 'good');
    const bad = await judge(any, tag(any, { by: null }), 'v1', verify);
    assert.equal([bad.verdict, bad.summary.bad, bad.findings, bad.tag!.verdict], ['bad', 0, [], 'bad']);
  }
});

test('good commits and a bad tag, bad commits and a good tag: the worse counts', async () => {
  assert.is((await judge(any, tag(any, { by: softwareHand() }))).verdict, 'bad');
  const history = await make();
  await history.commit({ by: null });
  const range = await judge(history, tag(history));
  assert.equal([range.verdict, range.tag!.verdict], ['bad', 'good']);
});

test('nobody signed it', async () => {
  assert.equal(await wrong(any, { by: null }), ['unsigned-human']);
  assert.equal((await judge(any, any.tip, 'light')).tag!.findings.map(({ rule }) => rule), ['unsigned-human']);
  assert.equal((await judge(any, any.adoption, 'light')).tag!.findings.map(({ rule }) => rule), ['stale-signature', 'unsigned-human']);
});

test('proof of presence, as the policy asks for it of git signatures', async () => {
  const strict = await make({ policy: '' });
  await strict.commit();
  assert.equal(await wrong(strict), ['unsigned-human']);
  const [finding] = (await judge(strict, tag(strict))).tag!.findings;
  assert.match(finding!.hint, 'gitSignature: any'); // the same key again would be no better
  const carol = { by: hands.carol, tagger: 'Carol Example <carol@example.com>' };
  assert.equal(await wrong(strict, carol), []);
  assert.equal(await wrong(any, carol), []);
});

test('altered after it was signed', async () => {
  for (const [from, to] of [['release', 'Release'], ['release\n', 'release\r\n'], ['tagger Alice', 'tagger alice'], ['\n\n', '\n\n\n']] as const) {
    assert.equal(await wrong(any, { alter: (text) => text.replace(from, to) }), ['bad-signature']);
  }
  assert.equal(await wrong(any, { alter: (text) => text.replace(any.tip, any.adoption) }), ['stale-signature', 'bad-signature']);
  assert.equal(await wrong(any, { alter: (text) => text.replace('tag v1', 'tag v2') }), ['stale-signature', 'bad-signature']);
  assert.equal(await wrong(any, { alter: (text) => text.replace('-----\nU1', '-----\nU0') }), ['bad-signature']);
});

test('a signature made for another namespace', async () => {
  for (const namespace of ['countersign', 'file', '']) {
    const by = { ...hands.alice, sign: (payload: Uint8Array) => hands.alice.sign(payload, namespace) };
    assert.equal(await wrong(any, { by }), ['bad-signature']);
  }
});

test('under another name than it was made for', async () => {
  assert.equal(await wrong(any, { as: 'v2' }), ['stale-signature']);
  assert.equal(await wrong(any, { as: 'V1' }), ['stale-signature']);
  assert.equal(await wrong(any, { name: 'refs/tags/v1', as: 'v1' }), ['stale-signature']);
  assert.equal(await wrong(any, { name: 'Gr\u00fc\u00dfe/1' }), []);
});

test('of another commit, a tree, a blob, another tag, itself', async () => {
  assert.equal(await wrong(any, { of: any.adoption }), ['stale-signature']);
  const tree = await any.treeOf(any.tip);
  assert.equal(await wrong(any, { of: tree, type: 'tree' }), ['stale-signature']);
  assert.equal(await wrong(any, { of: tag(any, { name: 'inner' }), type: 'tag' }), ['stale-signature']);
  // the kind is a claim, too
  assert.equal(await wrong(any, { of: tree }), ['stale-signature']);
  assert.equal((await judge(any, tree)).tag!.findings.map(({ rule }) => rule), ['malleable-commit']);
});

test('with something around the signature, or around the headers', async () => {
  const after = (more: string) => ({ alter: (text: string) => text + more });
  // git verifies it all the same, and shows the line with the rest
  assert.equal(await wrong(any, after('Reviewed by the board.\n')), ['malleable-commit', 'bad-signature']);
  assert.equal(await wrong(any, { alter: (text) => text.replaceAll('\n', '\r\n') }), ['malleable-commit']);
  assert.equal(await wrong(any, { alter: (text) => text.replace('\n\n', '\ngpgsig-sha256 x\n\n') }), ['malleable-commit']);
  assert.equal(await wrong(any, { alter: (text) => text.replace('\n\n', '\nx-note x\n\n') }), ['malleable-commit', 'bad-signature']);
  assert.equal(await wrong(any, { message: '-----BEGIN PGP SIGNATURE-----\n' }), ['malleable-commit']);
  // git verifies the second one, which covers the first
  const second = (text: string): string => text + Buffer.from(encodeArmor(hands.bob.sign(Buffer.from(text, 'latin1'), 'git'))).toString();
  assert.equal(await wrong(any, { alter: second, tagger: 'Bob Example <bob@example.com>' }), ['malleable-commit']);
});

test('armor with CRLF alone: as git has it, no signature that holds', async () => {
  assert.equal(await wrong(any, { alter: (text) => text.replace(/-----BEGIN[^]*/, (armor) => armor.replaceAll('\n', '\r\n')) }), ['bad-signature']);
});

test('by a stranger, a forge, a hosted agent', async () => {
  assert.equal(await wrong(any, { by: softwareHand() }), ['unknown-signer']);
  assert.equal(await wrong(any, { by: forge }), ['unknown-signer']);
  assert.equal(await wrong(any, { by: agent, tagger: 'Agent <agent@example.com>' }), ['unknown-signer']);
});

test('by a session: its key is for its own commits', async () => {
  const history = await make();
  const session = history.session();
  await history.commit({ files: session.file });
  assert.equal(await wrong(history, { by: softwareHand(createPrivateKey(session.privatePem)) }), ['unknown-signer']);
});

test('in the name of somebody else, or of nobody', async () => {
  assert.equal(await wrong(any, { tagger: 'Bob Example <bob@example.com>' }), ['wrong-author']);
  assert.equal(await wrong(any, { tagger: 'Alice Example <ALICE@example.com>' }), []);
  const payload = Buffer.from(`object ${any.tip}\ntype commit\ntag v1\n\nrelease\n`);
  const alter = (): string => Buffer.concat([payload, encodeArmor(hands.alice.sign(payload, 'git'))]).toString('latin1');
  assert.equal(await wrong(any, { alter }), ['wrong-author']);
});

test('by a revoked key: the state after the tagged commit counts, and nobody dates a tag back before its commit', async () => {
  const bob = { by: hands.bob, tagger: 'Bob Example <bob@example.com>' };
  for (const reason of ['retired', 'compromised']) {
    const history = await make();
    await history.commit({ files: { 'src/b.ts': 'b\n' } });
    assert.equal(await wrong(history, bob), []);
    await revoke(history, reason, history.now + 30);
    assert.equal(await wrong(history, bob), ['revoked-key']);
    assert.equal(await wrong(history, { ...bob, at: EPOCH }), ['revoked-key']);
  }
});

/** An owner revokes bob's key. */
async function revoke(history: History, reason: string, at: number): Promise<void> {
  const text = roster.replace(hands.bob.publicLine, `${hands.bob.publicLine}\n        revoked: { at: '${time(at)}', reason: ${reason} }`);
  await history.commit({ files: { '.countersign/policy.yaml': policyText({ serial: 2 }, 'gitSignature: any\n'), '.countersign/roster.yaml': text } });
}

test('by a key that retired after it signed', async () => {
  const history = await make();
  const tagged = await history.commit();
  const oid = tag(history, { by: hands.bob, tagger: 'Bob Example <bob@example.com>' });
  await revoke(history, 'retired', history.now + 30);
  const judged = verifyRelease({ repo: history.repo, base: history.adoption, head: tagged, now: history.now, tag: { name: 'v1', oid } });
  for await (const one of judged) if (one.kind === 'range') assert.is(one.range.tag!.verdict, 'good');
});

test('what a policy lowers is lowered only where both ends say so', async () => {
  const mild = await make({ policy: 'gitSignature: any\nrules: { wrong-author: warn }\n' });
  await mild.commit();
  assert.equal(await wrong(mild, { tagger: 'Bob Example <bob@example.com>' }), ['wrong-author (warn)']);
  const history = await make();
  await history.commit({ files: { '.countersign/policy.yaml': policyText({ serial: 2 }, 'gitSignature: any\nrules: { wrong-author: warn }\n') } });
  assert.equal(await wrong(history, { tagger: 'Bob Example <bob@example.com>' }), ['wrong-author']);
});

test('whatever a policy lowers, a tag names the commit itself', async () => {
  const mild = await make({ policy: 'gitSignature: any\nrules: { malleable-commit: off, unsigned-human: off, wrong-author: off }\n' });
  await mild.commit();
  assert.equal(await wrong(mild, { by: null }), []);
  assert.equal(await wrong(mild, { of: tag(mild, { name: 'inner', of: mild.adoption }), type: 'tag' }), ['stale-signature']);
  assert.equal((await judge(mild, mild.adoption, 'light')).tag!.verdict, 'bad');
});

test('not here, or malformed', async () => {
  const gone = await judge(any, '1'.repeat(40) as Oid);
  assert.equal([gone.verdict, gone.tag!.findings.map(({ rule }) => rule)], ['unknown', ['missing-objects']]);
  assert.equal(await wrong(any, { alter: (text) => text.replace('type', 'kind') }), ['malleable-commit']);
});

test('the same without a git binary', async () => {
  const repo = await openIsomorphic(any.scratch.dir);
  for (const [by, outcome] of [[hands.alice, 'good'], [null, 'bad']] as const) {
    const question = { repo, base: any.adoption, head: any.tip, now: any.now, tag: { name: 'v1', oid: tag(any, { by }) } };
    for await (const judged of verifyRelease(question)) if (judged.kind === 'range') assert.equal([judged.range.verdict, judged.range.tag!.verdict], [outcome, outcome]);
  }
  await repo.close();
});

test('in a SHA-256 repository', async () => {
  const history = await make({ format: 'sha256' });
  await history.commit();
  assert.equal(await wrong(history), []);
  assert.equal(await wrong(history, { alter: (text) => text.replace('release', 'Release') }), ['bad-signature']);
});

test('from a commit without a policy, no state judges it', async () => {
  const history = await make();
  const bare = await history.commit({ parents: [], tree: history.scratch.git(['mktree'], { input: '' }) as Oid, by: null });
  const range = await judge(history, tag(history), 'v1', verifyRange, bare);
  assert.equal([range.verdict, range.tag, range.findings[0]!.rule], ['unknown', undefined, 'untrusted-base']);
});

test.run();
