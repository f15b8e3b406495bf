// SPDX-License-Identifier: Apache-2.0
// Attack: let git show the verifier other objects than it has, or hide a change from those who look.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../kit/attempt.ts';
import { History } from '../kit/history.ts';

const test = suite('case: objects');

test('refs/replace shows a good commit for a bad one: ignored, and reported', async () => {
  const history = await History.make();
  const bad = await attempt(history, { by: null, files: { 'src/evil.ts': 'x\n' } });
  const good = await attempt(history, { files: { 'src/b.ts': 'b\n' } });
  history.scratch.git(['replace', bad.oid, good.oid]);
  const { errors, range } = await history.verify(history.adoption, bad.oid);
  assert.equal(errors, ['undeclared']);
  assert.ok(range.notes.some((note) => note.includes(`refs/replace/${bad.oid}`)));
  await history.close();
});

test('a graft hides a commit of the range: ignored, and reported', async () => {
  const history = await History.make();
  const hidden = await history.commit({ by: null, files: { 'src/evil.ts': 'x\n' } });
  const head = await history.commit({ files: { 'src/b.ts': 'b\n' } });
  appendFileSync(join(history.scratch.dir, '.git/info/grafts'), `${head} ${history.adoption}\n`);
  const { commits, errors, range } = await history.verify(history.adoption, head);
  assert.equal(commits.map(({ oid }) => oid), [hidden, head]);
  assert.equal(errors, ['undeclared']);
  assert.ok(range.notes.some((note) => note.includes('info/grafts')));
  await history.close();
});

test('a submodule moved where .gitmodules says ignore = all', async () => {
  const modules = '[submodule "lib"]\n\tpath = infra/lib\n\turl = https://example.com/lib\n\tignore = all\n';
  const history = await History.make({ files: { '.gitmodules': modules } });
  const before = await history.commit({ files: { 'infra/lib': { mode: '160000', oid: history.adoption } } });
  history.scratch.git(['config', 'diff.ignoreSubmodules', 'all']);
  const session = history.session();
  const { errors } = await attempt(history, { by: session, files: { 'infra/lib': { mode: '160000', oid: before }, ...session.file } }, before);
  assert.equal(errors, ['out-of-scope', 'protected-path']);
  const person = await attempt(history, { files: { 'infra/lib': { mode: '160000', oid: before } } }, before);
  assert.equal(person.errors, []);
  assert.equal((await attempt(history, { by: null, files: { 'infra/lib': { mode: '160000', oid: before } } }, before)).errors, ['protected-path', 'undeclared']);
  await history.close();
});

test('attributes and configuration that make a change look like none', async () => {
  const history = await History.make({ files: { '.gitattributes': '* -diff binary merge=ours\n' } });
  history.scratch.git(['config', 'merge.ours.driver', 'true']);
  history.scratch.git(['config', 'diff.external', 'true']);
  const session = history.session({ limits: { commit: { files: 9, additions: 3, deletions: 9 }, range: { files: 9, additions: 9, deletions: 9 } } });
  const { errors } = await attempt(history, { by: session, files: { 'src/b.ts': 'x\n'.repeat(4), ...session.file } });
  assert.equal(errors, ['over-limit']);
  await history.close();
});

test('a tree that git would check out outside itself', async () => {
  const history = await History.make();
  const blob = history.scratch.git(['hash-object', '-w', '--stdin'], { input: 'x\n' });
  const tree = history.scratch.git(['hash-object', '-t', 'tree', '-w', '--stdin', '--literally'], {
    input: Buffer.concat([Buffer.from('100644 ..\0'), Buffer.from(blob, 'hex')]),
  }) as typeof history.tip;
  const raw = `tree ${tree}\nparent ${history.adoption}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n`;
  const oid = history.scratch.git(['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], { input: raw }) as typeof tree;
  assert.ok((await history.verify(history.adoption, oid)).errors.includes('malleable-commit'));
  await history.close();
});

test('the same in a repository of SHA-256', async () => {
  const history = await History.make({ format: 'sha256' });
  const session = history.session();
  const { range, commits } = await attempt(history, { by: session, files: { 'src/b.ts': 'b\n', ...session.file } });
  assert.is(range.verdict, 'good');
  assert.is(commits[0]!.oid.length, 64);
  assert.equal((await attempt(history, { files: {} })).errors, []);
  assert.equal((await attempt(history, { by: null, files: { 'src/b.ts': 'b\n' } })).errors, ['undeclared']);
  await history.close();
});

test.run();
