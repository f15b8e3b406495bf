// SPDX-License-Identifier: Apache-2.0
// Cosigning: exactly the file that the person saw, with its story, by somebody who may.
import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256, utf8 } from '../../src/bytes.ts';
import { openBench, proposeCosignature, signCosignature, type Proposed } from '../../src/cosign/cosign.ts';
import { parseEvidence } from '../../src/statement/evidence.ts';
import type { Wanted } from '../../src/signer/acting.ts';
import { proveEvidence } from '../../src/verifier/evidence.ts';
import { readHead } from '../../src/verifier/head.ts';
import type { Path } from '../../src/oid.ts';
import { adoptedRepo, nobodyThere, NOW, withGit } from '../kit/adopted.ts';
import type { ScratchRepo } from '../kit/git.ts';
import { sshKey } from '../kit/keys.ts';
import { rejectsWith } from '../kit/rejects.ts';

const test = suite('cosign');
const BOB: Wanted = { person: 'bob', signer: `ssh:${sshKey('bob').file}` };

interface Attempt {
  wanted?: Wanted;
  dir?: string;
  env?: Record<string, string>;
  now?: number;
  sign?: boolean;
}

async function cosign(scratch: ScratchRepo, word: string, { wanted = BOB, dir = scratch.dir, env = {}, now = NOW, sign = true }: Attempt = {}): Promise<{ proposed: Proposed; path: Path }> {
  return withGit(scratch, async (repo) => {
    const place = { repo, dir, home: undefined, env: { ...scratch.env, ...env }, hasTerminal: nobodyThere };
    const bench = await openBench(wanted, place);
    const proposed = await proposeCosignature(bench, word, place);
    return { proposed, path: sign ? await signCosignature(bench, proposed, 'read it', now, place) : ('' as Path) };
  });
}

test('binds path, mode, content, base, person and role; proves itself; is written and staged', async () => {
  const { scratch } = await adoptedRepo();
  const head = scratch.commit('add', { files: { 'post-mortems/a.md': 'We restored it.\n' } });
  const { path } = await cosign(scratch, 'a.md', { dir: join(scratch.dir, 'post-mortems') });
  const bytes = readFileSync(join(scratch.dir, path));
  const evidence = parseEvidence(bytes, path);
  if (evidence.kind !== 'cosignature') throw new Error(evidence.kind);
  const { id: _id, repository: _repository, ...body } = evidence.body;
  assert.equal(body, {
    path: 'post-mortems/a.md', mode: '100644', oid: scratch.oid('HEAD:post-mortems/a.md'), sha256: sha256(utf8('We restored it.\n')),
    base: head, person: 'bob', role: 'reviewer', time: '2026-01-02T03:04:05Z', remark: 'read it',
  });
  await withGit(scratch, async (repo) => assert.is((await proveEvidence(evidence, (await readHead(repo)).state)).kind, 'good'));
  assert.is(scratch.git(['status', '--porcelain']), `A  ${path}`);
});

test('what is staged is what is signed, and a working tree that differs is refused', async () => {
  const { scratch } = await adoptedRepo();
  scratch.commit('add', { files: { a: 'committed\n' } });
  scratch.write('a', 'staged\n');
  await rejectsWith('PATH_INVALID', cosign(scratch, 'a'));
  scratch.git(['add', 'a']);
  const { proposed } = await cosign(scratch, 'a', { sign: false });
  assert.is(proposed.subject.sha256, sha256(utf8('staged\n')));
  assert.ok(proposed.story.staged);
  rmSync(join(scratch.dir, 'a'));
  await rejectsWith('PATH_INVALID', cosign(scratch, 'a'));
});

test('a link is signed as a link; what is no file is refused', async () => {
  const { scratch } = await adoptedRepo();
  symlinkSync('/etc/passwd', join(scratch.dir, 'link'));
  scratch.git(['add', 'link']);
  const { proposed } = await cosign(scratch, 'link', { sign: false });
  assert.equal([proposed.subject.mode, proposed.subject.sha256], ['120000', sha256(utf8('/etc/passwd'))]);
  mkdirSync(join(scratch.dir, 'dir'));
  scratch.git(['update-index', '--add', '--cacheinfo', `160000,${scratch.oid('HEAD')},sub`]);
  for (const word of ['dir', 'sub', 'nothing', '.', '..', '../x', '/etc/passwd', '*', ':(top)link']) await rejectsWith('PATH_INVALID', cosign(scratch, word));
});

test('a path in conflict is refused', async () => {
  const { scratch } = await adoptedRepo();
  scratch.commit('one', { files: { a: '1\n' } });
  scratch.git(['checkout', '-q', '-b', 'side', 'HEAD~1']);
  scratch.commit('two', { files: { a: '2\n' } });
  scratch.run(['merge', '-q', 'main']);
  await rejectsWith('PATH_INVALID', cosign(scratch, 'a'));
});

test('the story: who wrote it in its own words, back to what was cosigned last', async () => {
  const { scratch } = await adoptedRepo();
  scratch.commit('first', { files: { a: '1\n', other: 'x' } });
  scratch.commit('second\n\nProvenance: human', { files: { a: '1\n2\n' } });
  const first = await cosign(scratch, 'a');
  assert.equal(first.proposed.story.touches.map(({ claim, subject }) => [claim, subject]), [['human', 'second'], ['undeclared', 'first']]);
  assert.equal(first.proposed.difference, ['+1', '+2']);
  scratch.commit('cosign');
  scratch.commit('third\n\nProvenance: ai', { files: { a: '1\n2\n3\n' } });
  scratch.commit('elsewhere', { files: { other: 'y' } });
  const { story, difference } = (await cosign(scratch, 'a', { sign: false })).proposed;
  assert.is(story.last?.person, 'bob');
  assert.equal(story.touches.map(({ claim, subject }) => [claim, subject]), [['malformed', 'third']]);
  assert.equal(difference, ['@@ -1,2 +1,3 @@', ' 1', ' 2', '+3']);
});

test('a cosignature that does not hold is not one to begin from', async () => {
  const { scratch } = await adoptedRepo();
  scratch.commit('add', { files: { a: '1\n' } });
  const { path } = await cosign(scratch, 'a');
  const forged = readFileSync(join(scratch.dir, path), 'utf8').replace(/("sig":")(.{80})(.)/, (_, key, kept, c) => `${key}${kept}${c === 'A' ? 'B' : 'A'}`);
  scratch.commit('forged', { files: { [path]: forged, a: '1\n2\n' } });
  const { story, difference } = (await cosign(scratch, 'a', { sign: false })).proposed;
  assert.is(story.last, undefined);
  assert.equal(difference, ['+1', '+2']);
});

test('lines of the file are escaped and bounded; content that is no text is named as that', async () => {
  const { scratch } = await adoptedRepo();
  scratch.commit('add', { files: { a: `\u001b[2J\u202e\t${'x'.repeat(1000)}\n${'y\n'.repeat(1000)}`, b: 'a\0b' } });
  const { difference } = (await cosign(scratch, 'a', { sign: false })).proposed;
  assert.is(difference.length, 401);
  assert.match(difference[0]!, /^\+\\u\{1b\}\[2J\\u\{202e\} {2}x{200,}…$/);
  assert.match(difference[400]!, /601 lines more: git show/);
  assert.equal((await cosign(scratch, 'b', { sign: false })).proposed.difference, ['binary, 3 bytes']);
});

test('attributes and configuration start nothing and hide nothing', async () => {
  const { scratch } = await adoptedRepo();
  scratch.commit('add', { files: { a: '1\n', '.gitattributes': '* diff=evil -text\n' } });
  await cosign(scratch, 'a');
  scratch.commit('cosign');
  scratch.commit('more', { files: { a: '2\n' } });
  for (const key of ['diff.external', 'diff.evil.command', 'diff.evil.textconv', 'core.pager']) scratch.git(['config', key, 'touch hacked;']);
  const { difference } = (await cosign(scratch, 'a', { sign: false })).proposed;
  assert.equal(difference, ['@@ -1 +1 @@', '-1', '+2']);
  assert.is(scratch.git(['status', '--porcelain']), '');
});

test('the base is where HEAD left its target', async () => {
  const { scratch } = await adoptedRepo();
  const target = scratch.oid('main');
  scratch.git(['checkout', '-q', '-b', 'topic']);
  scratch.commit('add', { files: { a: '1\n' } });
  const { path } = await cosign(scratch, 'a');
  const evidence = parseEvidence(readFileSync(join(scratch.dir, path)), path);
  assert.is(evidence.kind === 'cosignature' && evidence.body.base, target);
});

test('not in a session, not below an agent, not with somebody else\'s key', async () => {
  const { scratch } = await adoptedRepo();
  scratch.commit('add', { files: { a: '1\n' } });
  await rejectsWith('SESSION_REFUSED', cosign(scratch, 'a', { env: { COUNTERSIGN_SESSION: '01JDQ3M8Z0W6T3E9Q8C6T4XK2N' } }));
  await rejectsWith('SESSION_REFUSED', cosign(scratch, 'a', { env: { GEMINI_CLI: '1' } }));
  await rejectsWith('KEY_NOT_FOUND', cosign(scratch, 'a', { wanted: { person: 'bob' } }));
  assert.is(scratch.git(['status', '--porcelain']), '');
});

test('evidence never goes through a link', async () => {
  const { scratch } = await adoptedRepo();
  scratch.commit('add', { files: { a: '1\n' } });
  mkdirSync(join(scratch.dir, 'elsewhere'));
  symlinkSync('../elsewhere', join(scratch.dir, '.countersign/evidence'));
  await rejectsWith('FILE_FAILED', cosign(scratch, 'a'));
  assert.ok(lstatSync(join(scratch.dir, '.countersign/evidence')).isSymbolicLink());
});

test.run();
