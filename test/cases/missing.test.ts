// SPDX-License-Identifier: Apache-2.0
// Attack: hand over a history with holes in it. What cannot be read is unknown, never good.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid } from '../../src/oid.ts';
import { openGit } from '../../src/repo/git.ts';
import { verifyRange } from '../../src/verifier/verify.ts';
import type { RangeVerdict } from '../../src/verifier/verifier.ts';
import { History } from '../kit/history.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('case: missing objects');

/** Judges through a door of its own, so that nothing is remembered. */
async function judge(dir: string, base: Oid, head: Oid, now: number, history: History): Promise<RangeVerdict> {
  const repo = await openGit(dir, { env: { ...process.env, ...history.scratch.env } });
  try {
    for await (const judged of verifyRange({ repo, base, head, now })) if (judged.kind === 'range') return judged.range;
  } finally {
    await repo.close();
  }
  throw new Error('no verdict');
}

/** Takes an object out of the repository. */
function lose(history: History, oid: string): void {
  const file = join(history.scratch.dir, '.git/objects', oid.slice(0, 2), oid.slice(2));
  assert.ok(existsSync(file));
  rmSync(file, { force: true });
}

const blob = (history: History, at: Oid, path: string): string => history.scratch.git(['rev-parse', `${at}:${path}`]);
const judgeHere = (history: History, base: Oid, head: Oid): Promise<RangeVerdict> => judge(history.scratch.dir, base, head, history.now, history);

test('a shallow clone cut inside the range', async () => {
  const history = await History.make();
  const commits: Oid[] = [];
  for (let i = 0; i < 4; i++) commits.push(await history.commit({ files: { 'src/b.ts': `${i}\n` } }));
  history.scratch.git(['update-ref', 'refs/heads/main', history.tip]);
  const dir = join(tempDir(), 'clone');
  history.scratch.git(['clone', '-q', '--depth', '2', `file://${history.scratch.dir}`, dir]);
  const cut = await judge(dir, history.adoption, history.tip, history.now, history);
  assert.is(cut.verdict, 'unknown');
  assert.ok(cut.findings.some(({ rule, hint }) => rule === 'missing-objects' && hint.includes('--unshallow')));
  assert.is((await judge(dir, commits[2]!, history.tip, history.now, history)).verdict, 'good');
  await history.close();
});

test('a commit, a tree, a blob of an agent’s change', async () => {
  for (const what of ['commit', 'tree', 'blob'] as const) {
    const history = await History.make();
    const session = history.session();
    const middle = await history.commit({ by: session, files: { 'src/b.ts': 'b\n', ...session.file } });
    const head = await history.commit({ by: session, files: { 'src/b.ts': 'bb\n' } });
    assert.is((await judgeHere(history, history.adoption, head)).verdict, 'good');
    lose(history, what === 'commit' ? middle : what === 'tree' ? blob(history, middle, 'src') : blob(history, middle, 'src/b.ts'));
    assert.is((await judgeHere(history, history.adoption, head)).verdict, 'unknown', what);
    await history.close();
  }
});

test('a grant, a policy, a roster', async () => {
  const history = await History.make();
  const session = history.session();
  const head = await history.commit({ by: session, files: { 'src/b.ts': 'b\n', ...session.file } });
  lose(history, blob(history, head, Object.keys(session.file)[0]!));
  assert.is((await judgeHere(history, history.adoption, head)).verdict, 'unknown');
  lose(history, blob(history, head, '.countersign/roster.yaml'));
  const range = await judgeHere(history, history.adoption, head);
  assert.equal([range.verdict, range.findings.map(({ rule }) => rule)], ['unknown', ['missing-objects']]);
  await history.close();
});

test('a cosigned file: its name is right, its content unseen', async () => {
  const history = await History.make();
  const path = 'post-mortems/x.md';
  const session = history.session({ allow: ['**'] });
  const head = await history.commit({ by: session, files: { [path]: 'x\n', ...session.file, ...history.cosign(path, 'x\n', 'bob') } });
  assert.is((await judgeHere(history, history.adoption, head)).verdict, 'good');
  lose(history, blob(history, head, path));
  assert.is((await judgeHere(history, history.adoption, head)).verdict, 'unknown');
  await history.close();
});

test('what a session had done before, where the history back to its grant is cut', async () => {
  const history = await History.make();
  const session = history.session();
  await history.commit({ by: session, files: { 'src/b.ts': 'b\n', ...session.file } });
  const base = await history.commit({ by: session, files: { 'src/b.ts': 'bb\n' } });
  const head = await history.commit({ by: session, files: { 'src/b.ts': 'bbb\n' } });
  history.scratch.git(['update-ref', 'refs/heads/main', head]);
  const dir = join(tempDir(), 'clone');
  history.scratch.git(['clone', '-q', '--depth', '2', `file://${history.scratch.dir}`, dir]);
  assert.is((await judge(dir, base, head, history.now, history)).verdict, 'unknown');
  await history.close();
});

test('a loose object that is another than its name says', async () => {
  const history = await History.make();
  const good = await history.commit({ files: { 'src/b.ts': 'b\n' } });
  const evil = await history.commit({ parents: [history.adoption], by: null, files: { 'src/evil.ts': 'x\n' } });
  const file = (oid: Oid): string => join(history.scratch.dir, '.git/objects', oid.slice(0, 2), oid.slice(2));
  lose(history, evil);
  copyFileSync(file(good), file(evil));
  assert.is.not((await judgeHere(history, history.adoption, evil)).verdict, 'good');
  await history.close();
});

test.run();
