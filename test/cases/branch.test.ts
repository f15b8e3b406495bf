// SPDX-License-Identifier: Apache-2.0
// Attack: a branch that is behind its target, so that an older judge or an older file might count; and whole histories.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { attempt } from '../kit/attempt.ts';
import { DEMANDS, History, REPOSITORY, policyText, rosterText } from '../kit/history.ts';
import { softwareHand } from '../kit/person.ts';
import { rejectsWith } from '../kit/rejects.ts';

const test = suite('case: branches behind, and histories');
const hands = { alice: softwareHand(), bob: softwareHand(), carol: softwareHand() };
const history = await History.make({ hands });
const root = history.adoption;
// the target moved on after the branch was made: a stricter policy, and routing
const STRICTER = `${DEMANDS}  - { name: docs, paths: [docs/**] }\n`;
const target = await history.commit({ files: { '.countersign/policy.yaml': policyText({ serial: 2 }, STRICTER), 'firebase.json': '{"v":2}\n', 'src/t.ts': 't\n' } });
const session = history.session({ allow: ['**'] });
test.after(() => history.close());

test('an honest branch behind its target is judged at its merged end', async () => {
  const { oid } = await attempt(history, { by: session, files: { 'src/b.ts': 'b\n', ...session.file } });
  const { range, findings } = await history.verify(target, oid);
  assert.equal(findings, []);
  assert.is(range.verdict, 'good');
  assert.is(range.serial, 2);
});

test('by the target’s policy, not by the one it was made under', async () => {
  const { oid, errors } = await attempt(history, { by: session, files: { 'docs/b.md': 'b\n', ...session.file } });
  assert.equal(errors, []);
  assert.equal((await history.verify(target, oid)).errors, ['protected-path']);
});

test('by the target’s roster: a key thrown out since counts no more', async () => {
  const { oid, errors } = await attempt(history, { by: 'bob', author: { name: 'Bob Example', email: 'bob@example.com' }, files: { 'src/b.ts': 'b\n' } });
  assert.equal(errors, []);
  const roster = rosterText({ alice: hands.alice, carol: hands.carol });
  const later = await history.commit({ parents: [target], files: { '.countersign/policy.yaml': policyText({ serial: 3 }), '.countersign/roster.yaml': roster } });
  assert.equal((await history.verify(later, oid)).errors, ['unknown-signer']);
});

test('that conflicts with its target: at best unknown, whatever level merges have', async () => {
  for (const rules of ['', 'rules: { unclean-merge: off }\n']) {
    const other = await History.make({ hands, policy: rules });
    const left = await other.commit({ parents: [other.adoption], files: { 'src/a.ts': 'left\n' } });
    const right = await other.commit({ parents: [other.adoption], files: { 'src/a.ts': 'right\n' } });
    const { range, unknowns } = await other.verify(left, right);
    assert.is(range.verdict, 'unknown');
    assert.equal(unknowns, ['unclean-merge']);
    await other.close();
  }
});

test('with an owner’s change of policy whose serial follows the target’s', async () => {
  const policy = (serial: number) => ({ files: { '.countersign/policy.yaml': policyText({ serial }, `${STRICTER}approvalDays: ${serial}\n`) } });
  const behind = await history.commit({ parents: [target], files: { 'src/x.ts': 'x\n' } });
  const moved = await history.commit({ parents: [target], files: { 'src/y.ts': 'y\n' } });
  const followed = await history.commit({ parents: [behind], ...policy(3) });
  assert.equal((await history.verify(moved, followed)).errors, []);
  const skipped = await history.commit({ parents: [behind], ...policy(4) });
  assert.equal((await history.verify(moved, skipped)).errors, ['policy-change']);
});

test('with a policy whose serial the target has used meanwhile', async () => {
  const stale = await history.commit({ parents: [root], files: { '.countersign/policy.yaml': policyText({ serial: 2 }, '') } });
  assert.ok((await history.verify(target, stale)).errors.includes('policy-change'));
});

test('an unrelated root brought in by a merge: its commits are judged, its policy does not count', async () => {
  const plain = await history.commit({ parents: [], files: { 'vendor/x.c': 'x\n' } });
  const both = await history.commit({ parents: [target, plain], by: null, files: { 'vendor/x.c': 'x\n' } });
  assert.equal((await history.verify(target, both)).errors, []);
  const own = await history.commit({ parents: [], files: { '.countersign/policy.yaml': policyText({ serial: 9 }, ''), '.countersign/roster.yaml': rosterText({ mallory: softwareHand() }) } });
  assert.ok((await history.verify(target, own)).errors.includes('policy-change'));
});

test('from a commit without policy: nothing says whom to believe', async () => {
  const bare = await history.commit({ parents: [], by: null, files: { 'src/b.ts': 'b\n' } });
  const { oid } = await attempt(history, { files: { 'src/c.ts': 'c\n' } }, bare);
  const { range, unknowns } = await history.verify(bare, oid);
  assert.is(range.verdict, 'unknown');
  assert.equal(unknowns, ['untrusted-base']);
  assert.match(range.findings[0]!.hint, '--trust');
});

test('a whole history: pre-adoption is listed, then each step is judged with the state before it', async () => {
  const other = await History.make({ hands });
  const before = await other.commit({ parents: [], by: null, files: { 'src/a.ts': 'a\n' }, message: 'long ago' });
  const policy = { '.countersign/policy.yaml': policyText(), '.countersign/roster.yaml': rosterText(hands) };
  const adopted = await other.commit({ parents: [before], by: null, files: policy, message: 'adopt' });
  const lowered = await other.commit({ parents: [adopted], files: { '.countersign/policy.yaml': policyText({ serial: 2 }, '') } });
  const agent = { ...other.session({ allow: ['**'], adoption: adopted }) };
  const routed = await other.commit({ parents: [lowered], by: agent, files: { 'firebase.json': '{}\n', ...agent.file } });
  const { range, commits, errors } = await other.verify(adopted, routed, 'history');
  assert.equal(errors, []);
  assert.equal(commits.map(({ provenance }) => provenance), ['preAdoption', 'preAdoption', 'human', 'ai']);
  assert.is(range.summary.preAdoption, 2);
  assert.equal((await other.verify(adopted, routed)).errors, ['protected-path']);
  await other.close();
});

test('a whole history: what was wrong once is found once, and range limits are not asked', async () => {
  const limits = 'agents:\n  limits:\n    range: { files: 1 }\n';
  const other = await History.make({ hands, policy: limits });
  const agent = other.session();
  await other.commit({ by: null, files: { '.countersign/roster.yaml': rosterText({ mallory: softwareHand() }), ...agent.file } });
  for (const name of ['b', 'c', 'd']) await other.commit({ by: agent, files: { [`src/${name}.ts`]: 'x\n' } });
  const { findings } = await other.verify(other.adoption, other.tip, 'history');
  assert.equal(findings.map(({ rule }) => rule), ['undeclared', 'policy-change']);
  assert.ok((await other.verify(other.adoption)).errors.includes('over-limit'));
  await other.close();
});

test('a whole history: a merge judges the commits of its side', async () => {
  const side = await history.commit({ parents: [root], by: null, files: { 'src/s.ts': 's\n' } });
  const merge = await history.commit({ parents: [target, side], by: null, files: { 'src/s.ts': 's\n' } });
  const { errors, commits } = await history.verify(root, merge, 'history');
  assert.equal(errors, ['undeclared']);
  assert.is(commits.length, 4);
});

test('a whole history from a commit that is not on its first-parent line', async () => {
  const side = await history.commit({ parents: [root], files: { 'src/s.ts': 's\n' } });
  await rejectsWith('REVISION_UNKNOWN', history.verify(side, target, 'history'));
});

test('another repository’s id in the middle of a history', async () => {
  const other = REPOSITORY.replace('0192', '0193');
  const { errors } = await attempt(history, { files: { '.countersign/policy.yaml': policyText({ serial: 3, repository: other }) } }, target);
  assert.equal(errors, ['policy-change']);
});

test.run();
