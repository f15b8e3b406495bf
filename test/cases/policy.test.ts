// SPDX-License-Identifier: Apache-2.0
// Attack: change the judge. Policy, roster and keys change only by an owner of the state before, one serial at a time.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashObject } from '../../src/oid.ts';
import { attempt, stolenFrom } from '../kit/attempt.ts';
import { DEMANDS, History, REPOSITORY, policyText, rosterText, type Files, type Making } from '../kit/history.ts';
import { hardwareHand, softwareHand } from '../kit/person.ts';

const test = suite('case: policy, roster, keys');
const hands = { alice: softwareHand(), bob: softwareHand(), carol: softwareHand() };
const history = await History.make({ hands });
const root = history.adoption;
test.after(() => history.close());

const POLICY = '.countersign/policy.yaml';
const ROSTER = '.countersign/roster.yaml';
const BOB = { name: 'Bob Example', email: 'bob@example.com' };
const next = (serial = 2, text = DEMANDS): Files => ({ [POLICY]: policyText({ serial }, text) });
const errors = async (making: Making, base = root): Promise<string[]> => (await attempt(history, making, base)).errors;

test('by an owner, with the next serial: good, and it counts from then on', async () => {
  const changed = await history.commit({ parents: [root], files: { ...next(), [ROSTER]: rosterText({ ...hands, dave: softwareHand() }) } });
  assert.equal((await history.verify(root, changed)).errors, []);
  const { errors: found } = await attempt(history, { files: next(3) }, changed);
  assert.equal(found, []);
});

test('by an agent, whatever its grant allows', async () => {
  const session = history.session({ allow: ['**'] });
  assert.equal(await errors({ by: session, files: { ...next(), ...session.file } }), ['policy-change']);
});

test('by a person who is no owner, by a stranger, by nobody', async () => {
  assert.equal(await errors({ by: 'bob', author: BOB, files: next() }), ['policy-change']);
  assert.equal(await errors({ hand: softwareHand(), files: next() }), ['policy-change', 'unknown-signer']);
  assert.equal(await errors({ by: null, files: next() }), ['policy-change', 'undeclared']);
});

test('what no owner signed is not read: key files can be made to take a minute', async () => {
  const files = { ...next(), [ROSTER]: rosterText(hands).replace(/- ssh: .*/, '- openpgp: keys/alice.asc'), '.countersign/keys/alice.asc': 'no key\n' };
  const commits = await Promise.all([{ by: 'bob', author: BOB }, { by: null }, {}].map((making) => history.commit({ parents: [root], files, ...making })));
  const blob = hashObject(history.format, 'blob', Buffer.from('no key\n'));
  const read = history.repo.readObject.bind(history.repo);
  const asked: boolean[] = [];
  try {
    for (const commit of commits) {
      let isRead = false;
      history.repo.readObject = (oid) => ((isRead ||= oid === blob), read(oid));
      assert.ok((await history.verify(root, commit)).errors.includes('policy-change'));
      asked.push(isRead);
    }
  } finally {
    history.repo.readObject = read;
  }
  assert.equal(asked, [false, false, true]);
});

test('with another serial than the next', async () => {
  for (const serial of [1, 3, 100]) assert.equal(await errors({ files: { [POLICY]: `${policyText({ serial })}# changed\n` } }), ['policy-change'], String(serial));
});

test('the roster or a key alone, without a new serial', async () => {
  assert.equal(await errors({ files: { [ROSTER]: rosterText({ ...hands, mallory: softwareHand() }) } }), ['policy-change']);
  assert.equal(await errors({ files: { '.countersign/keys/alice.asc': 'x\n' } }), ['policy-change']);
});

test('with another repository id', async () => {
  assert.equal(await errors({ files: { [POLICY]: policyText({ serial: 2, repository: REPOSITORY.replace('0192', '0193') }) } }), ['policy-change']);
});

test('deleted, a link, a program, or unreadable', async () => {
  assert.equal(await errors({ files: { [POLICY]: null } }), ['policy-change']);
  assert.equal(await errors({ files: { [ROSTER]: null } }), ['policy-change']);
  assert.equal(await errors({ files: { [POLICY]: { mode: '120000', content: '../policy.yaml' } } }), ['policy-change']);
  assert.equal(await errors({ files: { [POLICY]: { mode: '100755', content: policyText({ serial: 2 }) } } }), ['policy-change']);
  for (const text of ['serial: [', 'version: 1\nserial: 2\n', `${policyText({ serial: 2 })}unknown: 1\n`, 'x'.repeat(2_000_000)]) {
    assert.equal(await errors({ files: { [POLICY]: text } }), ['policy-change']);
  }
});

test('two in one range, each by an owner with the same serial', async () => {
  const left = await history.commit({ parents: [root], files: next(2, 'presence: off\n') });
  const right = await history.commit({ parents: [root], files: next(2, 'gitSignature: any\n') });
  for (const parents of [[left, right], [right, left]]) {
    const merge = await history.commit({ parents, by: 'alice', tree: await history.treeOf(parents[0]!) });
    assert.equal((await history.verify(root, merge)).errors, ['policy-change']);
  }
});

test('two rivals, one of which went on to a further serial', async () => {
  const left = await history.commit({ parents: [root], files: next(2, 'presence: off\n') });
  const further = await history.commit({ parents: [left], files: next(3, 'presence: off\n') });
  const right = await history.commit({ parents: [root], files: next(2, 'gitSignature: any\n') });
  const merge = await history.commit({ parents: [right, further], by: 'alice', tree: await history.treeOf(further) });
  assert.equal((await history.verify(root, merge)).errors, ['policy-change']);
  const resolved = await history.commit({ parents: [further, right], files: next(4, 'presence: off\n') });
  assert.equal((await history.verify(root, resolved)).errors, []);
});

test('lowered and used in one range', async () => {
  const lowered = await history.commit({ parents: [root], files: next(2, '') });
  const session = history.session({ allow: ['**'] });
  const head = await history.commit({ parents: [lowered], by: session, files: { 'firebase.json': '{}\n', 'post-mortems/x.md': 'x\n', ...session.file } });
  assert.equal((await history.verify(root, head)).errors, ['missing-cosign', 'protected-path']);
  assert.equal((await history.verify(lowered, head)).errors, []);
});

test('raised in the range: already the range itself is held to it', async () => {
  const session = history.session({ allow: ['**'] });
  const before = await history.commit({ parents: [root], by: session, files: { 'docs/a.md': 'x\n', ...session.file } });
  const raised = await history.commit({ parents: [before], files: next(2, `${DEMANDS}  - { name: docs, paths: [docs/**] }\n`) });
  assert.equal((await history.verify(root, raised)).errors, ['protected-path']);
});

test('a new owner who signs the very commit that makes him one', async () => {
  const roster = rosterText(hands).replace('roles: [reviewer]', 'roles: [owner]');
  assert.equal(await errors({ by: 'bob', author: BOB, files: { ...next(), [ROSTER]: roster } }), ['policy-change']);
  // made one by alice, he may sign the next
  const made = await history.commit({ parents: [root], files: { ...next(), [ROSTER]: roster } });
  assert.equal(await errors({ by: 'bob', author: BOB, files: next(3) }, made), []);
});

test('a key added counts for stamps at once, for thresholds from the next range on', async () => {
  const dave = softwareHand();
  const author = { name: 'Dave Example', email: 'dave@example.com' };
  const added = await history.commit({ parents: [root], files: { ...next(), [ROSTER]: rosterText({ ...hands, dave }) } });
  const own = await history.commit({ parents: [added], by: 'dave', hand: dave, author, files: { 'src/d.ts': 'd\n' } });
  assert.equal((await history.verify(root, own)).errors, []);
  const session = history.session({ allow: ['**'] });
  const record = { 'post-mortems/x.md': 'x\n' };
  const head = await history.commit({ parents: [added], by: session, files: { ...record, ...session.file, ...history.cosign('post-mortems/x.md', 'x\n', 'dave', { hand: dave }) } });
  assert.equal((await history.verify(root, head)).errors, ['missing-cosign']);
  assert.equal((await history.verify(added, head)).errors, []);
});

test('a role given, or a person thrown out, in the range: neither counts in it', async () => {
  const text = `compliance:\n  - paths: [post-mortems/**]\n    cosign: { roles: [reviewer] }\n`;
  const strict = await History.make({ hands, policy: text });
  const agent = strict.session({ allow: ['**'] });
  const record = (person: string): Files => ({ 'post-mortems/x.md': 'x\n', ...agent.file, ...strict.cosign('post-mortems/x.md', 'x\n', person) });
  const given = await strict.commit({ parents: [strict.adoption], files: { ...next(2, text), [ROSTER]: rosterText(hands).replaceAll('roles: []', 'roles: [reviewer]') } });
  const byCarol = await strict.commit({ parents: [given], by: agent, files: record('carol') });
  assert.equal((await strict.verify(strict.adoption, byCarol)).errors, ['missing-cosign']);
  assert.equal((await strict.verify(given, byCarol)).errors, []);
  const byBob = await strict.commit({ parents: [strict.adoption], by: agent, files: record('bob') });
  assert.equal((await strict.verify(strict.adoption, byBob)).errors, []);
  const thrownOut = await strict.commit({ parents: [byBob], files: { ...next(2, text), [ROSTER]: rosterText({ alice: hands.alice, carol: hands.carol }) } });
  assert.equal((await strict.verify(strict.adoption, thrownOut)).errors, ['missing-cosign']);
  await strict.close();
});

test('carried along with an edit that moved: a policy is changed exactly as signed, or not at all', async () => {
  const lines = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n';
  const signed = await history.commit({ parents: [root], files: { ...next(), 'src/a.ts': lines.replace('six', '6') } });
  assert.equal((await history.verify(root, signed)).errors, []);
  const other = await history.commit({ parents: [root], files: { 'src/a.ts': `zero\n${lines}` } });
  const { commits, errors: found } = await attempt(history, { ...stolenFrom(history, signed), files: { ...next(), 'src/a.ts': `zero\n${lines.replace('six', '6')}` } }, other);
  assert.is(commits[0]!.binding, 'carried');
  assert.equal(found, ['policy-change']);
});

test('with an owner’s revoked key', async () => {
  const lost = softwareHand();
  const roster = `${rosterText({ alice: hands.alice })}      - ssh: ${lost.publicLine}\n        revoked: { at: 2026-01-01T00:00:00Z, reason: compromised }\n`;
  const other = await History.make({ hands: { alice: hands.alice }, roster });
  const { errors: found, range } = await attempt(other, { hand: lost, files: next() });
  assert.equal(found, ['policy-change', 'revoked-key']);
  assert.is(range.serial, 1);
  await other.close();
});

test('without the touch that the owner’s hardware key asks for', async () => {
  const hard = hardwareHand(1);
  const other = await History.make({ hands: { alice: hard } });
  assert.equal((await attempt(other, { files: next() })).errors, []);
  assert.equal((await attempt(other, { hand: { ...hard, sign: softwareHand().sign }, files: next() })).errors, ['policy-change', 'unknown-signer']);
  const untouched = hardwareHand(0);
  const blind = await History.make({ hands: { alice: untouched } });
  assert.equal((await attempt(blind, { files: next() })).errors, ['policy-change']);
  await other.close();
  await blind.close();
});

test('a revert of a policy by a plain commit', async () => {
  const changed = await history.commit({ parents: [root], files: next(2, '') });
  assert.equal((await attempt(history, { files: { [POLICY]: policyText() } }, changed)).errors, ['policy-change']);
});

test.run();
