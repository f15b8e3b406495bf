// SPDX-License-Identifier: Apache-2.0
// The rules about sessions: grant, time, agent, scope and size of one commit.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { attempt } from '../../kit/attempt.ts';
import { EPOCH, History, policyText, time } from '../../kit/history.ts';

const LIMITS = { commit: { files: 2, additions: 5, deletions: 2 }, range: { files: 150, additions: 6000, deletions: 1500 } };
const POLICY = 'agents:\n  limits:\n    commit: { files: 3, additions: 6, deletions: 3 }\n';

const test = suite('rules about sessions');
const history = await History.make({ policy: POLICY });
const session = history.session();
const granted = await history.commit({ files: session.file, by: null, message: 'a grant' });
test.after(() => history.close());
const change = { files: { 'src/b.ts': 'b\n' }, by: session };
const after = (making: Parameters<typeof attempt>[1]) => attempt(history, making, granted);

test('inside its grant: good', async () => {
  const { findings, commits } = await after(change);
  assert.equal(findings, []);
  assert.equal(commits[0]!.signer, { kind: 'session', id: session.id, sponsor: 'alice', scheme: 'ed25519', strength: 'software' });
});

test('missing-grant: nothing in the graph says so', async () => {
  const { errors, commits } = await attempt(history, change);
  assert.equal(errors, ['missing-grant']);
  assert.is(commits[0]!.provenance, 'undeclared');
});

test('missing-grant: a later commit of the range may bring it, and another take it away', async () => {
  const late = history.session();
  const first = await history.commit({ parents: [granted], by: late, files: { 'src/b.ts': 'b\n' } });
  const second = await history.commit({ parents: [first], by: null, files: late.file });
  assert.equal((await history.verify(granted, second)).errors, []);
  const third = await history.commit({ parents: [second], by: null, files: Object.fromEntries(Object.keys(late.file).map((path) => [path, null])) });
  const { errors, findings } = await history.verify(granted, third);
  assert.equal(errors, []);
  assert.equal(findings.map(({ rule, level }) => [rule, level]), [['evidence-removed', 'warn']]);
});

test('bad-grant: the stamp names another agent than was granted', async () => {
  assert.equal((await after({ ...change, agent: 'other-agent/9 (model)' })).errors, ['bad-grant']);
});

test('bad-grant: longer than sessionHours, or ending before it begins', async () => {
  for (const hours of [13, 0]) {
    const other = history.session({ notAfter: time(history.now + hours * 3600) });
    const { errors } = await after({ files: { ...change.files, ...other.file }, by: other });
    assert.ok(errors.includes('bad-grant'), String(hours));
  }
});

test('expired-session: dated before, after, and by no calendar', async () => {
  const start = Date.parse(session.grant.notBefore) / 1000 - EPOCH;
  const end = Date.parse(session.grant.notAfter) / 1000 - EPOCH;
  for (const at of [start - 1, end + 1, 999_999_999_999_999 - EPOCH]) assert.equal((await after({ ...change, at })).errors, ['expired-session'], String(at));
  for (const at of [start, end]) assert.equal((await after({ ...change, at })).errors, [], String(at));
});

test('out-of-scope: not allowed, denied, and the folder itself', async () => {
  const narrow = history.session({ allow: ['src/**'], deny: ['src/secret/**'] });
  const base = await history.commit({ parents: [granted], by: null, files: narrow.file });
  const errors = async (path: string): Promise<string[]> => (await attempt(history, { by: narrow, files: { [path]: 'x\n' } }, base)).errors;
  assert.equal(await errors('docs/a.md'), ['out-of-scope']);
  assert.equal(await errors('Src/a.ts'), ['out-of-scope']);
  assert.equal(await errors('src/secret/key'), ['out-of-scope']);
  assert.equal(await errors('src/Secret/key'), ['out-of-scope']);
  assert.equal(await errors('src/secret'), ['out-of-scope']);
  assert.equal(await errors('src/secrets'), []);
});

test('out-of-scope: a deletion, a mode and a submodule are changes too', async () => {
  const narrow = history.session({ allow: ['docs/**'] });
  const base = await history.commit({ parents: [granted], files: { 'src/short': 'x\n', ...narrow.file } });
  for (const files of [{ 'src/short': null }, { 'src/short': { mode: '100755', content: 'x\n' } }, { lib: { mode: '160000', oid: history.adoption } }, { 'src/l': { mode: '120000', content: '/etc/passwd' } }] as const) {
    assert.equal((await attempt(history, { by: narrow, files }, base)).errors, ['out-of-scope'], Object.keys(files)[0]);
  }
});

test('out-of-scope: people have no scope, nor has assisted work', async () => {
  const files = { 'docs/a.md': 'x\n' };
  assert.equal((await after({ files })).errors, []);
  assert.equal((await after({ files, provenance: 'assisted' })).errors, []);
});

test('over-limit: each measure, the policy’s and the grant’s', async () => {
  const files = Object.fromEntries(['b', 'c', 'd', 'e'].map((name) => [`src/${name}.ts`, 'x\n']));
  assert.equal((await after({ files, by: session })).errors, ['over-limit']);
  assert.equal((await after({ files: { 'src/b.ts': 'x\n'.repeat(7) }, by: session })).errors, ['over-limit']);
  assert.equal((await after({ files: { 'src/a.ts': 'one\ntwo\nthree\nfour\n' }, by: session })).errors, ['over-limit']);
  assert.equal((await after({ files: { 'src/b.ts': 'x\n'.repeat(6) }, by: session })).errors, []);
  const narrow = history.session({ limits: LIMITS });
  assert.equal((await after({ files: { 'src/b.ts': 'x\n'.repeat(6), ...narrow.file }, by: narrow })).errors, ['over-limit']);
});

test('over-limit: assisted and undeclared work counts, people’s does not', async () => {
  const files = { 'src/b.ts': 'x\n'.repeat(7) };
  assert.equal((await after({ files })).errors, []);
  assert.equal((await after({ files, provenance: 'assisted' })).errors, ['over-limit']);
  assert.equal((await after({ files, by: null })).errors, ['over-limit', 'undeclared']);
});

test('over-limit: a rename counts as git counts it with -M', async () => {
  const content = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n';
  assert.equal((await after({ files: { 'src/a.ts': null, 'src/moved.ts': content }, by: session })).errors, []);
});

test('over-limit: raised by an owner in the range, it is raised from the next range on', async () => {
  const raised = await history.commit({ parents: [granted], files: { '.countersign/policy.yaml': policyText({ serial: 2 }) } });
  const big = await history.commit({ parents: [raised], by: session, files: { 'src/b.ts': 'x\n'.repeat(7) } });
  assert.equal((await history.verify(granted, big)).errors, ['over-limit']);
  assert.equal((await history.verify(raised, big)).errors, []);
});

test.run();
