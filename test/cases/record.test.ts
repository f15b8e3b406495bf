// SPDX-License-Identifier: Apache-2.0
// Attack: make a record disappear, or quote people in a consultation that never was.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { attempt } from '../kit/attempt.ts';
import { History, type Files } from '../kit/history.ts';

const test = suite('case: records and who took part');
const LOG = 'consultations/2026.md';
const front = (participants: string): string => `---\n${participants}\n---\nThey agreed.\n`;
const history = await History.make({ files: { 'post-mortems/old.md': 'what happened then\n' } });
const session = history.session({ allow: ['**'] });
const root = await history.commit({ by: null, files: session.file });
test.after(() => history.close());

const bring = (files: Files, base = root) => attempt(history, { by: session, files }, base);
const consult = async (text: string, ...people: string[]): Promise<string[]> => (
  await bring(Object.assign({ [LOG]: text }, ...people.map((person) => history.cosign(LOG, text, person))) as Files)
).errors;

test('deleted by an agent; a person alone may', async () => {
  assert.equal((await bring({ 'post-mortems/old.md': null })).errors, ['compliance-deleted']);
  assert.equal((await attempt(history, { files: { 'post-mortems/old.md': null } }, root)).errors, []);
  assert.equal((await attempt(history, { files: { 'post-mortems/old.md': null }, provenance: 'assisted' }, root)).errors, ['compliance-deleted']);
});

test('moved within its folder, or out of it', async () => {
  const text = 'what happened then\n';
  assert.equal((await bring({ 'post-mortems/old.md': null, 'post-mortems/older.md': text })).errors, ['compliance-deleted', 'missing-cosign']);
  assert.equal((await bring({ 'post-mortems/old.md': null, 'src/old.md': text })).errors, ['compliance-deleted']);
});

test('made and cosigned in the range, then deleted: also with the cosignature', async () => {
  const path = 'post-mortems/new.md';
  const cosigned = history.cosign(path, 'new\n', 'bob');
  const { oid } = await bring({ [path]: 'new\n', ...cosigned });
  const evidence = Object.fromEntries(Object.keys(cosigned).map((file) => [file, null]));
  for (const files of [{ [path]: null }, { [path]: null, ...evidence }]) {
    const head = await history.commit({ parents: [oid], by: session, files });
    assert.equal((await history.verify(root, head)).errors, ['compliance-deleted']);
  }
  const person = await history.commit({ parents: [oid], files: { [path]: null } });
  assert.equal((await history.verify(root, person)).errors, []);
});

test('made and thrown away again before anybody signed: nothing was lost', async () => {
  const { oid } = await bring({ 'post-mortems/draft.md': 'draft\n' });
  const head = await history.commit({ parents: [oid], by: session, files: { 'post-mortems/draft.md': null } });
  assert.equal((await history.verify(root, head)).errors, []);
});

test('a person’s own record needs no cosignature; an agent’s hand in it does', async () => {
  const path = 'post-mortems/own.md';
  const { oid, errors } = await attempt(history, { files: { [path]: 'mine\n' } }, root);
  assert.equal(errors, []);
  const touched = await history.commit({ parents: [oid], by: session, files: { [path]: 'agent’s\n' } });
  const person = await history.commit({ parents: [touched], files: { [path]: 'mine again\n' } });
  assert.equal((await history.verify(root, person)).errors, ['missing-cosign']);
  // judged from after the agent, the edit is a person's alone
  assert.equal((await history.verify(touched, person)).errors, []);
});

test('a person’s edit that leaves what an agent wrote', async () => {
  const path = 'post-mortems/own.md';
  const { oid } = await bring({ [path]: 'agent\n' });
  const person = await history.commit({ parents: [oid], files: { [path]: 'agent\nperson\n' } });
  assert.equal((await history.verify(root, person)).errors, ['missing-cosign']);
});

test('participants: all of them must sign, the sponsor too', async () => {
  const text = front('participants: [alice, bob]');
  assert.equal(await consult(text, 'alice', 'bob'), []);
  assert.equal(await consult(text, 'bob'), ['missing-participant']);
  assert.equal(await consult(text, 'alice'), ['missing-cosign', 'missing-participant']);
  assert.equal(await consult(text, 'bob', 'carol'), ['missing-participant']);
});

test('participants: none, empty, not a list, hidden or unreadable', async () => {
  const texts = [
    'They agreed.\n', front('title: x'), front('participants: []'), front('participants: bob'), front('participants: [1, 2]'), front('participants: ["", bob]'),
    '\n---\nparticipants: [bob]\n---\n', '---\nparticipants: [bob]\n', front('participants: [bob]\nparticipants: [bob]'), front('participants: &a [*a]'),
    `---\nx: ${'['.repeat(10_000)}\n---\n`,
  ];
  for (const text of texts) assert.equal(await consult(text, 'bob'), ['missing-participant'], text.slice(0, 40));
});

test('participants: somebody the roster does not know', async () => {
  assert.equal(await consult(front('participants: [bob, Dr. Nobody]'), 'bob'), ['missing-participant']);
  assert.equal(await consult(front('participants: [bob, __proto__]'), 'bob'), ['missing-participant']);
});

test('participants: by id, address or name; two names of one person are one person', async () => {
  for (const names of ['[bob]', '[bob@example.com]', '["Bob Example <BOB@example.com>"]', '[bob example]', '[bob, Bob Example]']) {
    assert.equal(await consult(front(`participants: ${names}`), 'bob'), [], names);
  }
  assert.equal(await consult(front('participants: [bob, Bob Example, carol]'), 'bob'), ['missing-participant']);
});

test('participants: a cosignature of an earlier wording', async () => {
  const [before, after] = [front('participants: [bob, carol]'), `${front('participants: [bob, carol]')}And bob is to blame.\n`];
  const files = Object.assign({}, history.cosign(LOG, before, 'bob'), history.cosign(LOG, before, 'carol'), history.cosign(LOG, after, 'carol')) as Files;
  assert.equal((await bring({ [LOG]: after, ...files })).errors, ['missing-participant']);
});

test.run();
