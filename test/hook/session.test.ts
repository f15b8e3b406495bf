// SPDX-License-Identifier: Apache-2.0
// An agent at work: what its session lets it commit, how its grant travels along, and what is refused with a reason
// before anything is made.
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sessionFolder, type SessionState } from '../../src/agents/session-state.ts';
import { AdoptedRepo } from './adopted.ts';

const test = suite('session');

async function open(change: Partial<SessionState> = {}): Promise<{ repo: AdoptedRepo; id: string; env: Record<string, string>; grant: string }> {
  const repo = new AdoptedRepo();
  const id = await repo.openSession(change);
  return { repo, id, env: { COUNTERSIGN_SESSION: id }, grant: `.countersign/evidence/sessions/${id}.json` };
}

function stage(repo: AdoptedRepo, path: string, content = 'x\n'): void {
  repo.write(path, content);
  repo.git(['add', '--', path]);
}

test('the grant comes along once, and stays in index and working tree', async () => {
  const { repo, env, grant } = await open();
  stage(repo, 'src/a.ts');
  repo.quietly(['commit', '-qm', 'first'], { env });
  assert.equal(repo.git(['diff-tree', '-r', '--name-only', '--no-commit-id', 'HEAD']).split('\n'), [grant, 'src/a.ts']);
  assert.is(await repo.exact(), 'ai');
  assert.is(repo.git(['status', '--porcelain']), '');
  stage(repo, 'src/b.ts');
  repo.quietly(['commit', '-qm', 'second'], { env });
  assert.is(repo.git(['diff-tree', '-r', '--name-only', '--no-commit-id', 'HEAD']), 'src/b.ts');
  rmSync(join(repo.dir, grant));
  stage(repo, 'src/c.ts');
  repo.quietly(['commit', '-qam', 'third'], { env });
  assert.ok(repo.git(['ls-files', '--', grant]) === '' || existsSync(join(repo.dir, grant)));
});

test('a partial commit: the grant reaches the commit and the index', async () => {
  const { repo, env, grant } = await open();
  repo.write('a.txt', 'partly\n');
  stage(repo, 'src/later.ts');
  repo.quietly(['commit', '-q', 'a.txt', '-m', 'partial'], { env });
  assert.equal(repo.git(['diff-tree', '-r', '--name-only', '--no-commit-id', 'HEAD']).split('\n'), [grant, 'a.txt']);
  assert.is(repo.git(['status', '--porcelain']), 'A  src/later.ts');
  assert.is(await repo.exact(), 'ai');
});

test('several branches and a linked worktree in one session', async () => {
  const { repo, env } = await open();
  for (const branch of ['one', 'two']) {
    repo.git(['checkout', '-q', '-b', branch, 'main']);
    stage(repo, `src/${branch}.ts`);
    repo.quietly(['commit', '-qm', branch], { env });
    assert.is(await repo.exact(), 'ai');
  }
  const linked = join(repo.dir, '../linked');
  repo.git(['worktree', 'add', '-q', '-b', 'three', linked, 'main']);
  writeFileSync(join(linked, 'c.ts'), 'c\n');
  repo.git(['add', '-A'], { cwd: linked });
  repo.quietly(['commit', '-qm', 'three'], { cwd: linked, env });
  assert.is(await repo.exact('three'), 'ai');
});

test('the grant alone is nothing to commit, unless an empty commit is wanted', async () => {
  const { repo, env } = await open();
  const before = repo.oid('HEAD');
  assert.is.not(repo.run(['commit', '-qm', 'nothing'], { env }).code, 0);
  assert.is.not(repo.run(['commit', '-qm', 'nothing'], { env }).code, 0, 'nor when it stands in the index already');
  assert.is(repo.oid('HEAD'), before);
  repo.quietly(['commit', '-q', '--allow-empty', '-m', 'empty'], { env });
  assert.is(await repo.exact(), 'ai');
});

test('the working copy of the grant is never written through a link', async () => {
  for (const link of ['.countersign/evidence', '.countersign/evidence/sessions']) {
    const { repo, env, grant } = await open();
    const outside = join(repo.dir, '../outside');
    mkdirSync(outside);
    mkdirSync(join(repo.dir, link, '..'), { recursive: true });
    symlinkSync(outside, join(repo.dir, link));
    repo.write('a.txt', 'x\n');
    repo.git(['add', 'a.txt']);
    repo.run(['commit', '-qm', 'x'], { env });
    assert.not(existsSync(join(repo.dir, grant)), link);
    assert.ok(lstatSync(join(repo.dir, link)).isSymbolicLink());
  }
});

test('out of scope: not allowed, denied, in another spelling, by a rename, by a link in place of a folder', async () => {
  const { repo, env } = await open({ allow: ['src/**', 'a.txt'], deny: ['src/secret/**', 'src/Auth.ts'] });
  for (const path of ['firebase.json', 'SRC/a.ts', 'src/secret/k', 'src/Secret/k', 'src/auth.ts', 'src/secret']) {
    stage(repo, path);
    assert.match(repo.refused(['commit', '-qm', 'x'], { env }), 'STAMP_REFUSED', path);
    repo.git(['rm', '-qf', '--cached', path]);
    for (const folder of ['src', 'SRC', path]) rmSync(join(repo.dir, folder), { recursive: true, force: true });
  }
  repo.git(['mv', 'a.txt', 'moved.txt']);
  assert.match(repo.refused(['commit', '-qm', 'x'], { env }), 'moved.txt');
  repo.git(['mv', 'moved.txt', 'a.txt']);
  stage(repo, 'src/fine.ts');
  repo.quietly(['commit', '-qm', 'fine'], { env });
  assert.is(await repo.exact(), 'ai');
});

test('hostile names do not reach the terminal raw', async () => {
  const { repo, env } = await open({ allow: ['src/**'] });
  stage(repo, '\u001b[2Jx\u202e\n.md');
  const said = repo.refused(['commit', '-qm', 'x'], { env });
  assert.not.match(said, /[\u001b\u202e]/);
});

test('too large: files, added and deleted lines, counted as git counts', async () => {
  const limits = { files: 2, additions: 10, deletions: 3 };
  const { repo, env } = await open({ limits: { commit: limits, range: limits } });
  for (const path of ['1', '2', '3']) stage(repo, path);
  assert.match(repo.refused(['commit', '-qm', 'x'], { env }), '3 files, 2 allowed');
  repo.git(['rm', '-qf', '1', '2', '3']);
  stage(repo, 'long', 'line\n'.repeat(11));
  assert.match(repo.refused(['commit', '-qm', 'x'], { env }), '11 additions, 10 allowed');
  repo.git(['rm', '-qf', 'long']);
  stage(repo, 'ten', 'line\n'.repeat(10));
  repo.quietly(['commit', '-qm', 'just so'], { env });
  stage(repo, 'ten', 'other\n'.repeat(5));
  assert.match(repo.refused(['commit', '-qm', 'x'], { env }), '10 deletions, 3 allowed');
  // Two lines far apart: the region is large, git's count is small.
  stage(repo, 'ten', `first\n${'line\n'.repeat(8)}last\n`);
  repo.quietly(['commit', '-qm', 'ends'], { env });
  repo.git(['mv', 'ten', 'renamed']);
  repo.quietly(['commit', '-qm', 'a rename is no ten deletions'], { env });
  assert.is(await repo.exact(), 'ai');
});

test('time: before, after, and an author date outside', async () => {
  for (const change of [{ notAfter: '2026-01-02T00:00:00Z' }, { notBefore: '2098-01-01T00:00:00Z' }]) {
    const { repo, env } = await open(change);
    stage(repo, 'x');
    assert.match(repo.refused(['commit', '-qm', 'x'], { env }), 'STAMP_REFUSED');
  }
  const { repo, env } = await open();
  stage(repo, 'x');
  assert.match(repo.refused(['commit', '-qm', 'x', '--date=2005-01-01T00:00:00Z'], { env }), '--date=now');
});

test('author: the sponsor or the agent, nobody else', async () => {
  const { repo, env } = await open({ agentEmails: ['bot@agents.example'] });
  stage(repo, 'x');
  assert.match(repo.refused(['commit', '-qm', 'x', '--author=Mallory <m@example.com>'], { env }), 'STAMP_REFUSED');
  repo.quietly(['commit', '-qm', 'x', '--author=Bot <BOT@agents.example>'], { env });
  assert.is(await repo.exact(), 'ai');
});

test('another repository, an unknown session, a damaged one, one that is a path', async () => {
  const { repo, id, env } = await open({ repository: '0192f6c4-0000-4222-8333-444455556666' });
  stage(repo, 'x');
  assert.match(repo.refused(['commit', '-qm', 'x'], { env }), 'STAMP_REFUSED');
  assert.match(repo.refused(['commit', '-qm', 'x'], { env: { COUNTERSIGN_SESSION: '01JDQ3M8Z0W6T3E9Q8C6T4XK2N' } }), 'SESSION_UNKNOWN');
  for (const name of ['../../x', '.', 'x\ny', id.toLowerCase()]) {
    assert.match(repo.refused(['commit', '-qm', 'x'], { env: { COUNTERSIGN_SESSION: name } }), 'SESSION_UNKNOWN', name);
  }
  const file = join(sessionFolder(join(repo.dir, '.git'), id), 'session.json');
  const text = readFileSync(file, 'utf8');
  for (const damage of ['', '{}', text.replace('"allow"', '"alow"'), text.replace('{', '{"extra":1,'), text.replace(id, '01JDQ3M8Z0W6T3E9Q8C6T4XK2N')]) {
    writeFileSync(file, damage);
    assert.match(repo.refused(['commit', '-qm', 'x'], { env }), 'SESSION_CLOSED');
  }
});

test('an agent without a session is refused; a person at a terminal inside its editor is not an agent', async () => {
  const { repo } = await open();
  stage(repo, 'x');
  for (const env of [{ CLAUDE_CODE_CHILD_SESSION: '1' }, { AI_AGENT: 'codex_1.2' }, { CURSOR_AGENT: '1' }]) {
    assert.match(repo.refused(['commit', '-qm', 'x'], { env }), 'countersign run -- ');
  }
});

test('paths that will need a person: said, not refused', async () => {
  const { repo, env } = await open({ compliance: ['post-mortems/**'], protected: ['infra/**'] });
  stage(repo, 'post-mortems/x.md');
  stage(repo, 'infra');
  const ran = repo.run(['commit', '-qm', 'x'], { env });
  assert.is(ran.code, 0);
  assert.match(ran.stderr, /^countersign: warning: post-mortems\/x\.md .*countersign cosign$/m);
  assert.match(ran.stderr, /^countersign: warning: infra is protected: .*$/m);
  assert.is(await repo.exact(), 'ai');
});

test('a person without a signer is told what to type', async () => {
  const { repo } = await open();
  stage(repo, 'x');
  repo.git(['config', '--unset', 'countersign.signer']);
  assert.match(repo.refused(['commit', '-qm', 'x']), 'countersign init');
  repo.git(['config', 'countersign.signer', 'ssh:/no/such/key']);
  assert.match(repo.refused(['commit', '-qm', 'x']), 'SIGNER_UNAVAILABLE');
});

test.run();
