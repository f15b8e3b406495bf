// SPDX-License-Identifier: Apache-2.0
// Attack: a signed edit carried to the same lines elsewhere in the file. It proves who wrote the lines and nothing more.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stolenFrom } from '../kit/attempt.ts';
import { History } from '../kit/history.ts';

const test = suite('case: an edit moved elsewhere');

// two blocks with the same lines around the same word: the edit of one reads like the edit of the other
const block = (word: string): string => `rule {\n  a\n  b\n  c\n  ${word}\n  d\n  e\n  f\n}\n`;
const FILE = `admins\n${block('deny')}guests\n${block('deny')}`;
const ADMINS = `admins\n${block('allow')}guests\n${block('deny')}`;
const GUESTS = `admins\n${block('deny')}guests\n${block('allow')}`;
const paths = ['src/rules', 'infra/rules', 'post-mortems/x.md'];

const history = await History.make({ files: Object.fromEntries(paths.map((path) => [path, FILE])) });
test.after(() => history.close());

/** Makes a person's edit for the admins, then the same stamp over the edit for the guests. */
async function moved(path: string): Promise<Awaited<ReturnType<typeof history.verify>>> {
  const honest = await history.commit({ parents: [history.adoption], files: { [path]: ADMINS } });
  assert.equal((await history.verify(history.adoption, honest)).errors, []);
  const forged = await history.commit({ ...stolenFrom(history, honest), parents: [history.adoption], files: { [path]: GUESTS } });
  return history.verify(history.adoption, forged);
}

test('proves provenance only: carried', async () => {
  const { range, commits } = await moved('src/rules');
  assert.is(range.verdict, 'good');
  assert.equal([commits[0]!.provenance, commits[0]!.binding], ['human', 'carried']);
});

test('is refused on a protected path', async () => {
  assert.equal((await moved('infra/rules')).errors, ['protected-path']);
});

test('is refused in a compliance file', async () => {
  assert.equal((await moved('post-mortems/x.md')).errors, ['missing-cosign']);
});

test('a rebase over other people’s edits of the same file is carried, and good', async () => {
  const picked = await history.commit({ parents: [history.adoption], files: { 'src/rules': ADMINS } });
  const other = await history.commit({ parents: [history.adoption], files: { 'src/rules': `# by bob\n${FILE}` } });
  const rebased = await history.commit({ ...stolenFrom(history, picked), parents: [other], files: { 'src/rules': `# by bob\n${ADMINS}` } });
  const { range, commits } = await history.verify(other, rebased);
  assert.is(range.verdict, 'good');
  assert.is(commits[0]!.binding, 'carried');
});

test.run();
