// SPDX-License-Identifier: Apache-2.0
// Attack: an agent that lets itself loose, or is let loose by somebody who may not, for longer, elsewhere, or twice.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { attempt } from '../kit/attempt.ts';
import { History, REPOSITORY, rosterText, time, type Session } from '../kit/history.ts';
import { hardwareHand, softwareHand } from '../kit/person.ts';

const test = suite('case: grants');
const hands = { alice: softwareHand(), bob: softwareHand(), carol: softwareHand() };
const [robot, forge, lost] = [softwareHand(), softwareHand(), softwareHand()];
const more = `agents:\n  robot: { emails: [robot@example.com], keys: [{ ssh: ${robot.publicLine} }] }\nforges:\n  forge: { keys: [{ ssh: ${forge.publicLine} }] }\n`;
const revoked = `      - ssh: ${lost.publicLine}\n        revoked: { at: 2026-01-01T00:00:00Z, reason: compromised }\n`;
const history = await History.make({ hands, roster: rosterText(hands, `${revoked}${more}`) });
test.after(() => history.close());

/** Commits as a session, bringing its grant along. */
const use = (session: Session) => attempt(history, { by: session, files: { 'src/b.ts': 'b\n', ...session.file } });

test('signed by the agent itself, with its session key or a key of its own', async () => {
  for (const hand of [softwareHand(), robot]) {
    const { errors, commits } = await use(history.session({ hand }));
    assert.equal(errors, ['bad-evidence', 'bad-grant']);
    assert.is(commits[0]!.provenance, 'undeclared');
  }
});

test('signed with the key of a forge', async () => {
  assert.equal((await use(history.session({ hand: forge }))).errors, ['bad-evidence', 'bad-grant']);
});

test('signed by one person in the name of another', async () => {
  assert.equal((await use(history.session({ by: 'alice', hand: hands.bob }))).errors, ['bad-evidence', 'bad-grant']);
});

test('given by a hosted agent, or by somebody the roster does not know', async () => {
  assert.equal((await use(history.session({ by: 'robot', hand: robot }))).errors, ['bad-evidence', 'bad-grant']);
  assert.equal((await use(history.session({ by: 'mallory', hand: softwareHand() }))).errors, ['bad-evidence', 'bad-grant']);
});

test('for another repository', async () => {
  assert.equal((await use(history.session({ repository: REPOSITORY.replace('0192', '0193') }))).errors, ['bad-evidence', 'bad-grant']);
});

test('with another beginning of this repository', async () => {
  const later = await history.commit({ parents: [history.adoption], files: { 'src/z.ts': 'z\n' } });
  const beside = history.session({ adoption: later });
  assert.equal((await use(beside)).errors, ['bad-grant']);
  const within = history.session({ adoption: later });
  assert.equal((await attempt(history, { by: within, files: { 'src/b.ts': 'b\n', ...within.file } }, later)).errors, ['bad-grant']);
});

test('with a beginning that is no part of this history', async () => {
  const files = Object.fromEntries(['policy', 'roster'].map((name) => [`.countersign/${name}.yaml`, history.scratch.git(['cat-file', 'blob', `${history.adoption}:.countersign/${name}.yaml`])]));
  const elsewhere = await history.commit({ parents: [], files });
  assert.equal((await use(history.session({ adoption: elsewhere }))).errors, ['bad-grant']);
});

test('with a key that the roster revokes', async () => {
  assert.equal((await use(history.session({ by: 'carol', hand: lost }))).errors, ['bad-evidence', 'bad-grant']);
});

test('with a beginning that is not here: undecided', async () => {
  const { errors, unknowns } = await use(history.session({ adoption: 'f'.repeat(40) as typeof history.adoption }));
  assert.equal([errors, unknowns], [[], ['bad-grant']]);
});

test('used with another key than it grants', async () => {
  const granted = history.session();
  const thief = { ...granted, privatePem: history.session().privatePem };
  assert.equal((await use(thief)).errors, ['bad-signature']);
});

test('valid for longer than the target’s policy allows', async () => {
  assert.equal((await use(history.session({ notAfter: time(history.now + 12 * 3600 + 1) }))).errors, ['bad-grant']);
  assert.equal((await use(history.session({ notAfter: time(history.now + 12 * 3600) }))).errors, []);
});

test('two grants with one key', async () => {
  const first = history.session();
  const second = { ...history.session({ key: first.grant.publicKey, allow: ['**'] }), privatePem: first.privatePem };
  const base = await history.commit({ parents: [history.adoption], by: first, files: { 'src/b.ts': 'b\n', ...first.file } });
  const head = await history.commit({ parents: [base], by: second, files: { 'docs/b.md': 'b\n', ...second.file } });
  assert.equal((await history.verify(history.adoption, head)).errors, ['bad-grant']);
});

test('under another name than it says: a wider grant put at a narrower one’s place', async () => {
  const narrow = history.session();
  const wide = history.session({ allow: ['**'] });
  const [path] = Object.keys(narrow.file);
  const [content] = Object.values(wide.file);
  const { errors } = await attempt(history, { by: { ...wide, id: narrow.id }, files: { 'docs/b.md': 'b\n', [path!]: content! } });
  assert.ok(errors.includes('bad-evidence'));
  assert.ok(errors.includes('bad-grant'));
});

test('without the touch that a hardware key asks for', async () => {
  const touched = hardwareHand(1);
  const people = { ...hands, alice: touched };
  const strict = await History.make({ hands: people });
  const blind = strict.session({ hand: { ...touched, sign: hardwareHand(0).sign } });
  assert.ok((await attempt(strict, { by: blind, files: { 'src/b.ts': 'b\n', ...blind.file } })).errors.includes('bad-grant'));
  const good = strict.session();
  const { range, commits } = await attempt(strict, { by: good, files: { 'src/b.ts': 'b\n', ...good.file } });
  assert.is(range.verdict, 'good');
  assert.is(commits[0]!.signer!.strength, 'presence');
  assert.is(range.strength, 'presence');
  await strict.close();
});

test('by a software key of a person who has a hardware key', async () => {
  const [soft, hard] = [softwareHand(), hardwareHand(1)];
  const roster = rosterText({ alice: hard }).replace(/$/, `      - ssh: ${soft.publicLine}\n`);
  for (const [policy, errors] of [['', ['bad-evidence', 'bad-grant']], ['presence: off\n', []]] as const) {
    const strict = await History.make({ hands: { alice: hard }, roster, policy });
    const session = strict.session({ hand: soft });
    assert.equal((await attempt(strict, { by: session, files: { 'src/b.ts': 'b\n', ...session.file } })).errors, errors);
    await strict.close();
  }
});

test('many sessions that nobody granted cost one walk, not one each', async () => {
  let walks = 0;
  const { repo } = history;
  const walk = repo.walk.bind(repo);
  repo.walk = (...ends) => (walks++, walk(...ends));
  let tip = history.adoption;
  for (let i = 0; i < 5; i++) tip = await history.commit({ parents: [tip], by: history.session(), files: { 'src/b.ts': `${i}\n` } });
  assert.equal((await history.verify(history.adoption, tip)).errors, ['missing-grant']);
  repo.walk = walk;
  assert.is(walks, 2);
});

test.run();
