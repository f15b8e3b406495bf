// SPDX-License-Identifier: Apache-2.0
// The rules about a commit's stamp and signer: what breaks each of them alone, and what comes near and is good.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../src/bytes.ts';
import { attempt, withHeaders } from '../../kit/attempt.ts';
import { EPOCH, History, REPOSITORY, rosterText } from '../../kit/history.ts';
import { softwareHand } from '../../kit/person.ts';

const BOB = { name: 'Bob Example', email: 'bob@example.com' };
const hands = { alice: softwareHand(), bob: softwareHand(), carol: softwareHand() };
const [robot, forge, stolen, old] = [softwareHand(), softwareHand(), softwareHand(), softwareHand()];
const MORE = `  dave:
    name: Dave Example
    emails: [dave@example.com]
    keys:
      - ssh: ${stolen.publicLine}
        revoked: { at: 2026-01-03T00:00:00Z, reason: compromised }
      - ssh: ${old.publicLine}
        revoked: { at: 2026-01-03T00:00:00Z, reason: retired }
agents:
  robot: { emails: [robot@example.com], keys: [{ ssh: ${robot.publicLine} }] }
forges:
  forge: { keys: [{ ssh: ${forge.publicLine} }] }
`;
const DAVE = { name: 'Dave Example', email: 'dave@example.com' };

const test = suite('rules about stamps');
const history = await History.make({ hands, roster: rosterText(hands, MORE) });
test.after(() => history.close());
const change = { files: { 'src/b.ts': 'b\n' } };

test('undeclared: no stamp', async () => {
  const { errors, commits } = await attempt(history, { ...change, by: null });
  assert.equal(errors, ['undeclared']);
  assert.is(commits[0]!.provenance, 'undeclared');
});

test('undeclared: an empty commit without stamp, too', async () => {
  assert.equal((await attempt(history, { by: null })).errors, ['undeclared']);
});

test('unsigned-ai: no stamp and the marks of an agent', async () => {
  const message = 'a change\n\nCo-Authored-By: Claude <noreply@anthropic.com>';
  const { errors } = await attempt(history, { ...change, by: null, message });
  assert.equal(errors, ['unsigned-ai']);
  const author = { name: 'Claude', email: 'noreply@anthropic.com' };
  assert.equal((await attempt(history, { ...change, by: null, author })).errors, ['unsigned-ai']);
});

test('unsigned-human: a claim that anybody could type', async () => {
  const { errors, commits } = await attempt(history, { ...change, by: null, message: 'a change\n\nProvenance: human' });
  assert.equal(errors, ['unsigned-human']);
  assert.is(commits[0]!.provenance, 'undeclared');
});

test('malformed-stamp: ai without signature', async () => {
  assert.equal((await attempt(history, { ...change, by: null, message: 'a change\n\nProvenance: ai' })).errors, ['malformed-stamp']);
});

test('bad-signature: the message was changed, the author, the date', async () => {
  const swap = (from: string, to: string) => (text: Uint8Array) => utf8(Buffer.from(text).toString().replace(from, to));
  assert.equal((await attempt(history, { ...change, alter: swap('a change', 'b change') })).errors, ['bad-signature']);
  const { oid, errors } = await attempt(history, change);
  assert.equal(errors, []);
  const raw = history.scratch.git(['cat-file', 'commit', oid]);
  for (const [from, to] of [['Alice Example', 'Alice Exbmple'], [/> [0-9]+ /, '> 1 '], [/\+0000/, '+0100']] as const) {
    const forged = history.scratch.git(['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], { input: `${raw.replace(from, to)}\n` });
    assert.equal((await history.verify(history.adoption, forged as typeof oid)).errors, ['bad-signature'], String(from));
  }
});

test('bad-signature: signed for another repository', async () => {
  assert.equal((await attempt(history, { ...change, repository: REPOSITORY.replace('0192', '0193') })).errors, ['bad-signature']);
});

test('a forge may number the subject, mail may trim lines: still what was signed', async () => {
  const number = (text: Uint8Array): Uint8Array => utf8(Buffer.from(text).toString().replace('a change', 'a change (#12)   '));
  const { range, commits } = await attempt(history, { ...change, alter: number });
  assert.is(range.verdict, 'good');
  assert.is(commits[0]!.binding, 'exact');
});

test('stale-signature: the tree is another one', async () => {
  const { oid } = await attempt(history, change);
  const message = history.scratch.bytes(['cat-file', 'commit', oid]);
  const stamped = message.subarray(message.indexOf('\n\n') + 2);
  const { errors } = await attempt(history, { files: { 'src/b.ts': 'c\n' }, by: null, at: history.now - EPOCH, alter: () => stamped });
  assert.equal(errors, ['stale-signature']);
});

test('unknown-signer: a key that is nobody’s', async () => {
  assert.equal((await attempt(history, { ...change, hand: softwareHand() })).errors, ['unknown-signer']);
});

test('unknown-signer: the key of a hosted agent or a forge never speaks for a person', async () => {
  const agent = await attempt(history, { ...change, hand: robot, author: { name: 'Robot', email: 'robot@example.com' } });
  assert.ok(agent.errors.includes('unknown-signer'));
  assert.is(agent.commits[0]!.provenance, 'ai');
  const web = await attempt(history, { ...change, hand: forge });
  assert.ok(web.errors.includes('unknown-signer'));
  assert.is(web.commits[0]!.provenance, 'undeclared');
});

test('wrong-author: signed by one person, authored by another', async () => {
  assert.equal((await attempt(history, { ...change, by: 'alice', author: BOB })).errors, ['wrong-author']);
  assert.equal((await attempt(history, { ...change, by: 'bob', author: { ...BOB, email: 'BOB@Example.COM' } })).errors, []);
});

test('wrong-author: a session commits as its sponsor, nobody else', async () => {
  const session = history.session();
  const files = { ...change.files, ...session.file };
  assert.equal((await attempt(history, { files, by: session, author: BOB })).errors, ['wrong-author']);
  assert.equal((await attempt(history, { files, by: session })).errors, []);
});

test('revoked-key: compromised for all time, retired from a date on', async () => {
  const before = 60;
  const after = 2 * 86_400;
  const errors = async (hand: typeof stolen, at: number): Promise<string[]> => (await attempt(history, { ...change, hand, at, author: DAVE })).errors;
  assert.equal(await errors(stolen, before), ['revoked-key']);
  assert.equal(await errors(old, after), ['revoked-key']);
  assert.equal(await errors(old, before), []);
});

test('contradiction: stamped human with the marks of an agent warns', async () => {
  const message = 'a change\n\nCo-Authored-By: Claude <noreply@anthropic.com>';
  const { range, findings } = await attempt(history, { ...change, message });
  assert.equal(findings.map(({ rule, level }) => [rule, level]), [['contradiction', 'warn']]);
  assert.is(range.verdict, 'good');
  assert.equal((await attempt(history, { ...change, message, provenance: 'assisted' })).findings, []);
});

test('malleable-commit: headers doubled, misplaced or unknown around a signature', async () => {
  const { oid } = await attempt(history, change);
  for (const headers of ['encoding UTF-8\nencoding UTF-8\n', `tree ${'1'.repeat(40)}\n`, 'gpgsig2 x\n']) {
    assert.equal((await history.verify(history.adoption, withHeaders(history, oid, headers))).errors, ['malleable-commit'], headers);
  }
  assert.equal((await history.verify(history.adoption, withHeaders(history, oid, 'encoding UTF-8\n'))).errors, []);
});

test('a commit that is no commit is bad, and no crash', async () => {
  const tree = await history.treeOf(history.adoption);
  const author = 'Alice Example <alice@example.com> 1767323045 +0000';
  const raws = [
    `tree ${tree}\nparent ${history.adoption}\nauthor nobody\ncommitter ${author}\n\nx\n`,
    `tree ${tree}\nparent ${history.adoption}\ncommitter ${author}\nauthor ${author}\n\nx\n`,
  ];
  for (const raw of raws) {
    const oid = history.scratch.git(['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], { input: raw });
    assert.equal((await history.verify(history.adoption, oid as typeof history.tip)).errors, ['malleable-commit']);
  }
});

test.run();
