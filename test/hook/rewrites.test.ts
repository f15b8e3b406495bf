// SPDX-License-Identifier: Apache-2.0
// Commits that git makes anew without asking the hook: what fits still, what is said where it does not, and restamp,
// which mends it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { restamp } from '../../src/hook/restamp.ts';
import { sshKey } from '../kit/keys.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { AdoptedRepo } from './adopted.ts';

const test = suite('rewrites');

const LINES = Array.from({ length: 30 }, (_, i) => `line ${i}\n`);

/** A branch `topic` with two stamped commits, and `main` one commit further. */
function diverged({ same = true } = {}): AdoptedRepo {
  const repo = new AdoptedRepo();
  const commit = (message: string, lines: string[]): void => {
    repo.write('a.txt', lines.join(''));
    repo.git(['add', '-A']);
    repo.git(['commit', '-qm', message]);
  };
  commit('lines', LINES);
  repo.git(['checkout', '-qb', 'topic']);
  commit('one', LINES.with(20, 'one\n'));
  commit('two', LINES.with(20, 'one\n').with(28, 'two\n'));
  repo.git(['checkout', '-q', 'main']);
  if (same) commit('main', LINES.with(2, 'main\n'));
  else {
    repo.write('other.txt', 'main\n');
    repo.git(['add', '-A']);
    repo.git(['commit', '-qm', 'main']);
  }
  return repo;
}

test('rebase and cherry-pick over other files: exact; over other lines of the same file: carried', async () => {
  for (const same of [false, true]) {
    const expected = same ? 'carried' : 'exact';
    for (const backend of ['--merge', '--apply']) {
      const repo = diverged({ same });
      repo.quietly(['rebase', '-q', backend, 'main', 'topic']);
      for (const revision of ['HEAD', 'HEAD~1']) assert.is((await repo.stamp(revision)).binding, expected);
    }
    const repo = diverged({ same });
    repo.quietly(['cherry-pick', 'topic~1', 'topic']);
    for (const revision of ['HEAD', 'HEAD~1']) assert.is((await repo.stamp(revision)).binding, expected);
  }
});

test('cherry-pick -x adds a line below the stamp', async () => {
  const repo = diverged({ same: false });
  repo.quietly(['cherry-pick', '-x', 'topic~1']);
  assert.is(await repo.exact(), 'human');
  assert.match(repo.message(), /\n\(cherry picked from commit [0-9a-f]{40}\)\n$/);
});

test('format-patch -k and am -k', async () => {
  const repo = diverged({ same: false });
  const patches = repo.bytes(['format-patch', '-k', '--stdout', 'main..topic']);
  repo.quietly(['am', '-q', '-k'], { input: patches });
  assert.is(await repo.exact('HEAD~1'), 'human');
  assert.is(await repo.exact(), 'human');
});

test('a squash in a rebase: one line that says so, and restamp mends it', async () => {
  const repo = diverged({ same: false });
  const env = { GIT_SEQUENCE_EDITOR: "sed -i.bak '2s/^pick/squash/'" };
  const ran = repo.run(['rebase', '-q', '-i', 'main', 'topic'], { env });
  assert.is(ran.code, 0);
  const said = ran.stderr.split('\n').filter((line) => line.startsWith('countersign:'));
  assert.is(said.length, 1, ran.stderr);
  assert.match(said[0]!, '1 of 1 rebased commits');
  assert.match(said[0]!, 'countersign restamp HEAD');
  await restamp(repo.dir, 'HEAD', repo.env);
  assert.is(await repo.exact(), 'human');
  assert.is(repo.message().match(/^Provenance: /gm)?.length, 1);
});

test('reword in a rebase goes through the hook', async () => {
  const repo = diverged({ same: false });
  const env = { GIT_SEQUENCE_EDITOR: "sed -i.bak '1s/^pick/reword/'", ...repo.editor('sed "1s/.*/reworded/" "$1" >"$1.new" && mv "$1.new" "$1"') };
  repo.quietly(['rebase', '-q', '-i', 'main', 'topic'], { env });
  assert.is(await repo.exact('HEAD~1'), 'human');
  assert.is(repo.git(['log', '-1', '--format=%s', 'HEAD~1']), 'reworded');
});

test('--no-verify: said after the commit; restamp keeps tree, parents, author, committer', async () => {
  const repo = diverged();
  repo.write('a.txt', 'skipped\n');
  const ran = repo.run(['commit', '-qan', '-m', 'skipped\n\nbody'], { env: { GIT_COMMITTER_NAME: 'C', GIT_AUTHOR_DATE: '@1767323045 -0130' } });
  assert.match(ran.stderr, /^countersign: warning: it bears no stamp; mend it with "countersign restamp HEAD"$/m);
  const before = repo.oid('HEAD');
  const made = await restamp(repo.dir, 'HEAD', repo.env);
  assert.equal([made.replaced, made.oid, made.provenance], [before, repo.oid('HEAD'), 'human']);
  assert.is(await repo.exact(), 'human');
  const headers = (oid: string): string => repo.git(['log', '-1', '--format=%T %P %an %ae %ad %cn %cd', '--date=raw', oid]);
  assert.is(headers('HEAD'), headers(before));
  assert.is(repo.git(['status', '--porcelain']), '');
  assert.match(repo.git(['reflog', '-1']), 'countersign restamp');
});

test('another message over the stamp: said, and mended', async () => {
  const repo = diverged();
  const ran = repo.run(['commit', '-q', '--amend', '-n', '-m', repo.message().replace('main', 'other')]);
  assert.match(ran.stderr, 'its stamp was made for another message or author');
  assert.is((await repo.stamp()).binding, 'bad-signature');
  assert.is((await restamp(repo.dir, 'HEAD', repo.env)).provenance, 'human');
  assert.is(await repo.exact(), 'human');
});

test("restamp drops git's signature, keeps encoding and what cherry-pick added", async () => {
  const repo = diverged();
  repo.git(['config', 'gpg.format', 'ssh']);
  repo.git(['config', 'user.signingKey', sshKey('alice').file]);
  repo.git(['-c', 'i18n.commitEncoding=ISO-8859-1', 'commit', '-qS', '--allow-empty', '-m', 'signed']);
  assert.match(repo.git(['cat-file', 'commit', 'HEAD']), /^gpgsig /m);
  const made = await restamp(repo.dir, 'HEAD', repo.env);
  assert.is(made.droppedSignature, true);
  const object = repo.git(['cat-file', 'commit', 'HEAD']);
  assert.not.match(object, /^gpgsig /m);
  assert.match(object, /^encoding ISO-8859-1$/m);
  assert.is(await repo.exact(), 'human');
  repo.git(['cherry-pick', '-x', 'topic~1'], { ok: true });
  await restamp(repo.dir, 'HEAD', repo.env);
  assert.match(repo.message(), /\(cherry picked from commit [0-9a-f]{40}\)\nProvenance: /);
  assert.is(await repo.exact(), 'human');
});

test('restamp of an agent: by a person assisted, by its session ai, by another author refused', async () => {
  const repo = diverged();
  const id = await repo.openSession();
  const env = { ...repo.env, COUNTERSIGN_SESSION: id };
  repo.write('a.txt', 'agent\n');
  repo.git(['commit', '-qan', '-m', 'skipped'], { env: { COUNTERSIGN_SESSION: id } });
  assert.is((await restamp(repo.dir, 'HEAD', env)).provenance, 'ai');
  assert.is(await repo.exact(), 'ai');
  assert.is((await restamp(repo.dir, 'HEAD', repo.env)).provenance, 'assisted');
  assert.equal([await repo.exact(), (await repo.stamp()).stamp?.session], ['assisted', id]);
  repo.git(['commit', '-q', '--amend', '--no-edit', '-n', '--author=Bob <bob@example.com>']);
  for (const who of [repo.env, env]) await rejectsWith('STAMP_REFUSED', restamp(repo.dir, 'HEAD', who));
});

test('restamp holds a session to its grant, and everybody to HEAD', async () => {
  const repo = diverged();
  const limits = { files: 1, additions: 1, deletions: 1 };
  repo.write('long.txt', 'a\nb\n');
  repo.git(['add', '-A']);
  repo.git(['commit', '-qnm', 'x']);
  for (const change of [{ allow: ['src/**'] }, { limits: { commit: limits, range: limits } }, { notAfter: '2026-01-01T00:00:01Z' }, { repository: '0192f6c4-0000-4222-8333-444455556666' }]) {
    const env = { ...repo.env, COUNTERSIGN_SESSION: await repo.openSession(change) };
    await rejectsWith('STAMP_REFUSED', restamp(repo.dir, 'HEAD', env));
  }
  await rejectsWith('STAMP_REFUSED', restamp(repo.dir, 'HEAD', { ...repo.env, CURSOR_AGENT: '1' }));
  await rejectsWith('USAGE', restamp(repo.dir, 'HEAD~1', repo.env));
  await rejectsWith('REVISION_UNKNOWN', restamp(repo.dir, 'nowhere', repo.env));
  await rejectsWith('ADOPTION_MISSING', restamp(new AdoptedRepo({ adopted: false }).dir, 'HEAD', repo.env));
});

test('restamp of a root and of a merge', async () => {
  const repo = new AdoptedRepo();
  await restamp(repo.dir, 'HEAD', repo.env);
  assert.is(await repo.exact(), 'human');
  const merged = diverged();
  merged.git(['merge', '-q', '--no-ff', '--no-edit', 'topic']);
  await restamp(merged.dir, 'HEAD', merged.env);
  assert.is((await merged.stamp()).stamp?.changes.length, 2);
  assert.is(await merged.exact(), 'human');
});

test.run();
