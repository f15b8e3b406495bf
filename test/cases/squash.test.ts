// SPDX-License-Identifier: Apache-2.0
// Attack: pass work off as a forge's squash, which carries several stamps or none. Nobody knows what it is made of:
// unknown, and bad where it touches what is protected or is too large.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { attempt } from '../kit/attempt.ts';
import { History } from '../kit/history.ts';

const test = suite('case: squashes of a forge');
const history = await History.make();
test.after(() => history.close());

const files = { 'src/b.ts': 'b\n' };
const SUBJECT = 'all of it (#12)';

test('without a stamp: unknown', async () => {
  const { range, findings } = await attempt(history, { files, by: null, message: SUBJECT });
  assert.is(range.verdict, 'unknown');
  assert.equal(findings.map(({ rule, level }) => [rule, level]), [['undeclared', 'unknown']]);
});

test('with the stamps of its commits, one below the other', async () => {
  const session = history.session();
  const stamps = await Promise.all([history.commit({ parents: [history.adoption], files }), history.commit({ parents: [history.adoption], by: session, files })]);
  const body = stamps.map((oid) => `* ${history.scratch.git(['log', '-1', '--format=%B', oid])}`).join('\n\n');
  const { range, unknowns, errors } = await attempt(history, { files, by: null, alter: () => utf8(`${SUBJECT}\n\n${body}\n`) });
  assert.equal([range.verdict, errors, unknowns], ['unknown', [], ['malformed-stamp']]);
});

test('with the stamp of one of its commits', async () => {
  const one = await history.commit({ parents: [history.adoption], files });
  const body = history.scratch.git(['log', '-1', '--format=%B', one]);
  const { errors, unknowns } = await attempt(history, { files: { ...files, 'src/c.ts': 'c\n' }, by: null, alter: () => utf8(`${SUBJECT}\n\n${body}\n`) });
  assert.equal([errors, unknowns], [[], ['bad-signature']]);
});

test('of a single stamped commit: still its stamp, and good', async () => {
  const stamped = (message: Uint8Array): Uint8Array => utf8(Buffer.from(message).toString().replace('a change', 'a change (#12)'));
  assert.is((await attempt(history, { files, alter: stamped })).range.verdict, 'good');
});

test('that touches what is protected: bad', async () => {
  assert.equal((await attempt(history, { files: { 'firebase.json': '{}\n' }, by: null, message: SUBJECT })).errors, ['protected-path']);
});

test('that is larger than an agent’s work may be: bad', async () => {
  assert.equal((await attempt(history, { files: { 'src/b.ts': 'x\n'.repeat(7000) }, by: null, message: SUBJECT })).errors, ['over-limit']);
});

test('that changes the policy, a record, or evidence: bad', async () => {
  const policy = history.scratch.git(['cat-file', 'blob', `${history.adoption}:.countersign/policy.yaml`]);
  assert.equal((await attempt(history, { files: { '.countersign/policy.yaml': policy.replace('serial: 1', 'serial: 2') }, by: null, message: SUBJECT })).errors, ['policy-change']);
  assert.equal((await attempt(history, { files: { 'post-mortems/x.md': 'x\n' }, by: null, message: SUBJECT })).errors, ['missing-cosign']);
  assert.equal((await attempt(history, { files: { ...files, '.countersign/evidence/x': 'x\n' }, by: null, message: SUBJECT })).errors, ['bad-evidence']);
});

test('with the marks of an agent: no better than without', async () => {
  const { range } = await attempt(history, { files, by: null, message: `${SUBJECT}\n\nCo-authored-by: Claude <noreply@anthropic.com>` });
  assert.is(range.verdict, 'unknown');
});

test.run();
