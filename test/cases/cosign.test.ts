// SPDX-License-Identifier: Apache-2.0
// Attack: a record that an agent made up, with a signature behind it that was given by the wrong person, for something
// else, or once before.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256, utf8 } from '../../src/bytes.ts';
import { newUlid } from '../../src/ulid.ts';
import { attempt } from '../kit/attempt.ts';
import { History, REPOSITORY, rosterText, type Files } from '../kit/history.ts';
import { hardwareHand, softwareHand } from '../kit/person.ts';

const test = suite('case: cosignatures');
const hands = { alice: softwareHand(), bob: softwareHand(), carol: softwareHand() };
const [robot, second] = [softwareHand(), softwareHand()];
const roster = `${rosterText(hands)}      - ssh: ${second.publicLine}\nagents:\n  robot: { emails: [robot@example.com], keys: [{ ssh: ${robot.publicLine} }] }\n`;
const POLICY = `compliance:
  - paths: [post-mortems/**]
    cosign: { threshold: 1, excludeSponsor: true }
  - paths: [reviews/**]
    cosign: { threshold: 1, roles: [reviewer] }
  - paths: [pairs/**]
    cosign: { threshold: 2, excludeSponsor: false }
`;
const history = await History.make({ hands, roster, policy: POLICY, files: { 'post-mortems/old.md': 'old\n' } });
const session = history.session({ allow: ['**'] });
const root = await history.commit({ by: null, files: session.file });
test.after(() => history.close());

const PATH = 'post-mortems/x.md';
const TEXT = 'what happened\n';
const made = { [PATH]: TEXT };
/** An agent's record, brought together with these cosignatures. */
const bring = (files: Files, base = root) => attempt(history, { by: session, files }, base);
const errors = async (...files: Files[]): Promise<string[]> => (await bring(Object.assign({}, made, ...files) as Files)).errors;

test('fabricated: an agent’s file that nobody signed', async () => {
  assert.equal(await errors(), ['missing-cosign']);
});

test('signed by another person than the sponsor: good', async () => {
  const { range } = await bring({ ...made, ...history.cosign(PATH, TEXT, 'bob') });
  assert.is(range.verdict, 'good');
  assert.is(range.strength, 'software');
});

test('signed by the sponsor alone, or with all of the sponsor’s keys', async () => {
  assert.equal(await errors(history.cosign(PATH, TEXT, 'alice')), ['missing-cosign']);
});

test('signed by the person who answers for assisted work', async () => {
  const bob = { name: 'Bob Example', email: 'bob@example.com' };
  const assisted = (person: string) => attempt(history, { by: 'bob', author: bob, provenance: 'assisted', files: { ...made, ...history.cosign(PATH, TEXT, person) } }, root);
  assert.equal((await assisted('bob')).errors, ['missing-cosign']);
  assert.equal((await assisted('alice')).errors, []);
});

test('signed by an agent’s key, or by one person in another’s name', async () => {
  assert.equal(await errors(history.cosign(PATH, TEXT, 'bob', { hand: robot })), ['bad-evidence', 'missing-cosign']);
  assert.equal(await errors(history.cosign(PATH, TEXT, 'bob', { hand: hands.alice })), ['bad-evidence', 'missing-cosign']);
  assert.equal(await errors(history.cosign(PATH, TEXT, 'mallory', { hand: softwareHand() })), ['bad-evidence', 'missing-cosign']);
});

test('signed by a person without the role', async () => {
  const path = 'reviews/x.md';
  assert.equal((await bring({ [path]: TEXT, ...history.cosign(path, TEXT, 'carol') })).errors, ['missing-cosign']);
  assert.equal((await bring({ [path]: TEXT, ...history.cosign(path, TEXT, 'carol', { role: 'reviewer' }) })).errors, ['missing-cosign']);
  assert.equal((await bring({ [path]: TEXT, ...history.cosign(path, TEXT, 'bob') })).errors, []);
});

test('one person with two keys is one person', async () => {
  const path = 'pairs/x.md';
  const [one, two, bob] = [history.cosign(path, TEXT, 'carol'), history.cosign(path, TEXT, 'carol', { hand: second }), history.cosign(path, TEXT, 'bob')];
  assert.equal((await bring({ [path]: TEXT, ...one, ...two })).errors, ['missing-cosign']);
  assert.equal((await bring({ [path]: TEXT, ...one, ...bob })).errors, []);
});

test('for another path, mode, content or repository', async () => {
  const other = history.cosign('post-mortems/y.md', TEXT, 'bob');
  assert.equal(await errors(other), ['missing-cosign']);
  const [moved] = Object.keys(history.cosign(PATH, TEXT, 'bob', { id: newUlid(history.now * 1000) }));
  assert.equal(await errors({ [moved!]: Object.values(other)[0]! }), ['bad-evidence', 'missing-cosign']);
  assert.equal(await errors(history.cosign(PATH, TEXT, 'bob', { mode: '100755' })), ['missing-cosign']);
  assert.equal(await errors(history.cosign(PATH, 'what happened, really\n', 'bob')), ['missing-cosign']);
  assert.equal(await errors(history.cosign(PATH, TEXT, 'bob', { repository: REPOSITORY.replace('0192', '0193') })), ['bad-evidence', 'missing-cosign']);
  assert.equal(await errors(history.cosign(PATH, TEXT, 'bob', { sha256: sha256(utf8('another file of the same object id')) })), ['missing-cosign']);
});

test('one byte changed after it was signed', async () => {
  const signed = await bring({ ...made, ...history.cosign(PATH, TEXT, 'bob') });
  const changed = await history.commit({ parents: [signed.oid], by: session, files: { [PATH]: 'What happened\n' } });
  assert.equal((await history.verify(root, changed)).errors, ['missing-cosign']);
  assert.equal((await history.verify(signed.oid, changed)).errors, ['missing-cosign']);
});

test('made a program, a link or a submodule after it was signed', async () => {
  const signed = await bring({ ...made, ...history.cosign(PATH, TEXT, 'bob') });
  for (const content of [{ mode: '100755', content: TEXT }, { mode: '120000', content: TEXT }, { mode: '160000', oid: root }] as const) {
    assert.equal((await bring({ [PATH]: content }, signed.oid)).errors, ['missing-cosign'], content.mode);
  }
});

test('the folder itself replaced by a link or a submodule', async () => {
  for (const content of [{ mode: '120000', content: 'src' }, { mode: '160000', oid: root }] as const) {
    const { errors: found } = await bring({ 'post-mortems/old.md': null, 'post-mortems': content });
    assert.equal(found, ['compliance-deleted', 'missing-cosign'], content.mode);
  }
});

test('the folder in another case or Unicode form', async () => {
  for (const path of ['Post-Mortems/x.md', 'post-mortems./x.md', 'POST-MORTEMS/X.MD', 'post\u200d-mortems/x.md']) {
    assert.equal((await bring({ [path]: TEXT })).errors, ['missing-cosign'], path);
  }
});

test('spent: set back to what was signed once before', async () => {
  const v1 = await bring({ ...made, ...history.cosign(PATH, TEXT, 'bob') });
  const v2 = await bring({ [PATH]: 'v2\n', ...history.cosign(PATH, 'v2\n', 'bob') }, v1.oid);
  assert.equal(v2.errors, []);
  assert.equal((await bring(made, v2.oid)).errors, ['missing-cosign']);
  // taken out of the tree in between, it is still spent
  const file = history.cosign('post-mortems/z.md', TEXT, 'bob');
  const used = await bring({ 'post-mortems/z.md': TEXT, ...file }, v2.oid);
  const gone = await history.commit({ parents: [used.oid], files: { 'post-mortems/z.md': null, ...Object.fromEntries(Object.keys(file).map((path) => [path, null])) } });
  assert.equal((await bring({ 'post-mortems/z.md': TEXT, ...file }, gone)).errors, ['missing-cosign']);
  assert.equal((await bring({ 'post-mortems/z.md': TEXT, ...history.cosign('post-mortems/z.md', TEXT, 'bob', { base: gone }) }, gone)).errors, []);
});

test('an agent’s edit on top of a signed file starts the account anew', async () => {
  const v1 = await bring({ ...made, ...history.cosign(PATH, TEXT, 'bob') });
  const bobs = history.session({ by: 'bob', allow: ['**'] });
  const author = { name: 'Bob Example', email: 'bob@example.com' };
  const by = (person: string) => history.commit({ parents: [v1.oid], by: bobs, author, files: { [PATH]: 'v2\n', ...bobs.file, ...history.cosign(PATH, 'v2\n', person) } });
  assert.equal((await history.verify(root, await by('bob'))).errors, ['missing-cosign']);
  assert.equal((await history.verify(root, await by('alice'))).errors, []);
});

test('a cosignature that is software where the person has a hardware key', async () => {
  const hard = hardwareHand(1);
  const people = { alice: softwareHand(), bob: hard };
  const strict = await History.make({ hands: people, policy: POLICY });
  const agent = strict.session({ allow: ['**'] });
  const files = (hand: typeof hard) => ({ ...made, ...agent.file, ...strict.cosign(PATH, TEXT, 'bob', { hand }) });
  assert.equal((await attempt(strict, { by: agent, files: files(hard) })).errors, []);
  assert.ok((await attempt(strict, { by: agent, files: files(softwareHand()) })).errors.includes('missing-cosign'));
  await strict.close();
});

test.run();
