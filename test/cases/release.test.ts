// SPDX-License-Identifier: Apache-2.0
// Attack: where the commits of a release begin. Whoever may push tags would have little judged, or have it judged by an older
// or weaker policy.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Oid } from '../../src/oid.ts';
import { listTags } from '../../src/repo/tags.ts';
import { previousTag } from '../../src/verifier/previous-tag.ts';
import { verifyRelease } from '../../src/verifier/verify.ts';
import { EPOCH, History, policyText, rosterText, time } from '../kit/history.ts';
import { softwareHand } from '../kit/person.ts';
import { tag } from '../kit/tag.ts';

const test = suite('case: release');
const hands = { alice: softwareHand(), bob: softwareHand() };
const forge = softwareHand();
const roster = rosterText(hands, `forges:\n  forge: { keys: [{ ssh: ${forge.publicLine} }] }\n`);
const open: History[] = [];
test.after(async () => {
  for (const history of open) await history.close();
});

async function make(options: Parameters<typeof History.make>[0] = {}): Promise<History> {
  const history = await History.make({ hands, roster, policy: 'gitSignature: any\n', ...options });
  open.push(history);
  return history;
}

/** Returns the tag where the commits of the tip begin, and the tags passed over. */
async function beginning(history: History): Promise<[string | undefined, Record<string, string>]> {
  const { found, passed } = await previousTag(history.repo, await listTags(history.repo.layout, history.scratch.env), history.tip);
  return [found?.name, Object.fromEntries(passed.map(({ name, why }) => [name, why]))];
}

test('the commits begin at the nearest earlier tag that counts', async () => {
  const history = await make();
  tag(history, { name: 'v0' });
  await history.commit();
  tag(history, { name: 'v1' });
  await history.commit();
  const late = await history.commit();
  await history.commit();
  assert.equal(await beginning(history), ['v1', {}]);
  // planted on a late commit, so that little is judged
  history.scratch.git(['update-ref', 'refs/tags/light', late]);
  tag(history, { name: 'unsigned', by: null, of: late });
  tag(history, { name: 'stranger', by: softwareHand(), of: late });
  tag(history, { name: 'forge', by: forge, of: late });
  tag(history, { name: 'moved', as: 'renamed', of: late });
  tag(history, { name: 'junk', of: late, alter: (text) => `${text}junk` });
  tag(history, { name: 'malformed', of: late, alter: (text) => text.replace('type', 'kind') });
  tag(history, { name: 'nested', of: tag(history, { name: 'unsigned', by: null, of: late }), type: 'tag' });
  tag(history, { name: 'copied', as: 'copy', of: late, alter: (text) => text.replace(late, history.adoption) });
  const passed = { unsigned: 'unsigned-human', stranger: 'unknown-signer', forge: 'unknown-signer', renamed: 'stale-signature', junk: 'malleable-commit, bad-signature' };
  assert.equal(await beginning(history), ['v1', passed]);
  // the tip's own tags are none of an earlier release
  tag(history, { name: 'v2' });
  assert.is((await beginning(history))[0], 'v1');
  tag(history, { name: 'v1-again', of: late });
  assert.is((await beginning(history))[0], 'v1-again');
});

test('a tag off the first-parent line, or before the adoption, is no beginning', async () => {
  const history = await make();
  const side = await history.commit({ parents: [history.adoption], files: { 'src/side.ts': 'x\n' } });
  tag(history, { name: 'side', of: side });
  await history.commit({ files: { 'src/b.ts': 'b\n' } });
  const merge = history.scratch.git(['merge-tree', '--write-tree', history.tip, side]) as Oid;
  await history.commit({ parents: [history.tip, side], tree: merge, by: null }).then((oid) => (history.tip = oid));
  assert.equal(await beginning(history), [undefined, {}]);
  tag(history, { name: 'adoption', of: history.adoption });
  assert.equal(await beginning(history), ['adoption', {}]);
});

test('without a policy there is no beginning; a policy that cannot be read is none', async () => {
  const history = await make();
  const old = await history.commit({ parents: [], files: { 'src/a.ts': 'a\n' }, by: null });
  tag(history, { name: 'before', of: old });
  const broken = await history.commit({ parents: [old], files: { '.countersign/policy.yaml': 'nonsense\n', '.countersign/roster.yaml': roster }, by: null });
  tag(history, { name: 'broken', of: broken });
  history.tip = await history.commit({ parents: [broken], by: null });
  assert.equal(await beginning(history), [undefined, { broken: 'no readable policy', before: 'no readable policy' }]);
});

test('a stolen key makes no beginning once it is revoked', async () => {
  const history = await make();
  tag(history, { name: 'v0', of: history.adoption });
  const late = await history.commit();
  const revoked = roster.replace(hands.bob.publicLine, `${hands.bob.publicLine}\n        revoked: { at: '${time(EPOCH)}', reason: compromised }`);
  await history.commit({ files: { '.countersign/policy.yaml': policyText({ serial: 2 }, 'gitSignature: any\n'), '.countersign/roster.yaml': revoked } });
  tag(history, { name: 'planted', by: hands.bob, tagger: 'Bob Example <bob@example.com>', of: late });
  assert.equal(await beginning(history), ['v0', { planted: 'revoked-key' }]);
});

test('a roster that was pushed and taken back makes no beginning: the head knows nobody by its key', async () => {
  const mallory = softwareHand();
  for (const intruder of [mallory, forge]) {
    const history = await make();
    tag(history, { name: 'v0', of: history.adoption });
    await history.commit({ by: null, files: { 'src/evil.ts': 'evil\n' } });
    await history.commit({ by: null, files: { '.countersign/roster.yaml': rosterText({ alice: intruder }) } });
    tag(history, { name: 'planted', by: intruder });
    await history.commit({ hand: intruder, files: { '.countersign/policy.yaml': policyText({ serial: 2 }, 'gitSignature: any\n'), '.countersign/roster.yaml': roster } });
    assert.equal(await beginning(history), ['v0', { planted: 'unknown-signer' }]);
  }
});

test('what the head asks for beyond keys undoes no tag', async () => {
  const history = await make();
  tag(history, { name: 'v0', of: history.adoption });
  const changed = roster.replace('[alice@example.com]', '[alice@example.org]');
  await history.commit({ files: { '.countersign/policy.yaml': policyText({ serial: 2 }, 'gitSignature: presence\n'), '.countersign/roster.yaml': changed } });
  assert.equal(await beginning(history), ['v0', {}]);
});

test('a release is judged step by step: the limits of a range are not asked', async () => {
  const history = await make({ policy: 'gitSignature: any\nagents:\n  limits:\n    range: { files: 2, additions: 100, deletions: 100 }\n' });
  const session = history.session({ limits: { commit: { files: 9, additions: 99, deletions: 99 }, range: { files: 99, additions: 99, deletions: 99 } } });
  await history.commit({ by: 'alice', files: session.file });
  for (const name of ['a', 'b', 'c']) await history.commit({ by: session, files: { [`src/${name}.ts`]: `${name}\n` } });
  const question = { repo: history.repo, base: history.adoption, head: history.tip, now: history.now, tag: { name: 'v1', oid: tag(history) } };
  for await (const judged of verifyRelease(question)) {
    if (judged.kind === 'range') assert.equal([judged.range.verdict, judged.range.summary.ai, judged.range.summary.preAdoption], ['good', 3, 0]);
  }
  assert.is((await history.verify(history.adoption)).range.verdict, 'bad');
});

test.run();
