// SPDX-License-Identifier: Apache-2.0
// Hostile repositories and environments: nothing in them may start a program, write a file or change an answer. Each
// trap, when run, leaves a file behind.
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { ZERO } from '../../src/oid.ts';
import type { Oid } from '../../src/oid.ts';
import { openCleanRoom } from '../../src/repo/clean.ts';
import { openGit } from '../../src/repo/git.ts';
import type { GitRepo } from '../../src/repo/git.ts';
import { findLayout } from '../../src/repo/layout.ts';
import { runGit } from '../../src/repo/process.ts';
import { updateRef, writeBlob } from '../../src/repo/write.ts';
import { ScratchRepo } from '../kit/git.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('clean');

async function collect(commits: AsyncIterable<Oid>): Promise<Oid[]> {
  const list: Oid[] = [];
  for await (const oid of commits) list.push(oid);
  return list;
}

/** A history in which two sides change the same line of one file, and other lines of another. */
function makeSides(options: ConstructorParameters<typeof ScratchRepo>[0] = {}) {
  const scratch = new ScratchRepo(options);
  const lines = (...changed: string[]) => [...changed, 'b', 'c', 'd', 'e', 'f', 'g', 'h'].join('\n');
  const root = scratch.commit('root', { files: { both: 'x\n', apart: `${lines('a')}\n1\n` } });
  const ours = scratch.commit('ours', { files: { apart: `${lines('A')}\n1\n` } });
  const clash = scratch.commit('clash', { files: { both: 'ours\n' } });
  scratch.git(['checkout', '-q', '-b', 'side', root]);
  const theirs = scratch.commit('theirs', { files: { both: 'theirs\n', apart: `${lines('a')}\n2\n` } });
  scratch.git(['checkout', '-q', 'main']);
  return { scratch, root, ours, clash, theirs };
}

/** Asks everything that can be asked. */
async function ask(repo: GitRepo, { scratch, root, ours, clash, theirs }: ReturnType<typeof makeSides>) {
  const tree = (oid: Oid) => scratch.oid(`${oid}^{tree}`);
  return {
    head: await repo.resolve('HEAD'),
    parent: await repo.resolve('HEAD~1'),
    object: (await repo.readObject(clash))?.bytes,
    walk: await collect(repo.walk(clash, [])),
    bases: await repo.mergeBases(clash, theirs),
    ancestor: await repo.isAncestor(root, clash),
    clean: await repo.merge(ours, theirs),
    three: await repo.merge(ours, theirs, root),
    conflict: (await repo.merge(clash, theirs)).kind,
    counts: await repo.lineCounts(tree(root), tree(clash)),
  };
}

test('configuration, attributes, hooks, replace refs, grafts and commit-graphs change nothing and run nothing', async () => {
  const sides = makeSides();
  const { scratch, root, clash, theirs } = sides;
  const before = await openGit(scratch.dir, { env: scratch.env });
  const expected = await ask(before, sides);
  await before.close();
  assert.is(expected.clean.kind, 'clean');
  assert.is(expected.conflict, 'conflict');

  const marker = join(tempDir(), 'sprung');
  const trap = `sh -c 'echo sprung >> ${marker}; cat'`;
  const settings = {
    'core.fsmonitor': trap, 'core.pager': trap, 'diff.external': trap, 'diff.all.textconv': trap, 'diff.all.command': trap, 'diff.all.binary': 'true',
    'merge.all.driver': `${trap}; true`, 'merge.default': 'all', 'filter.all.clean': trap, 'filter.all.smudge': trap, 'filter.all.process': trap, 'filter.all.required': 'true',
    'alias.rev-list': `!${trap}`, 'alias.cat-file': `!${trap}`, 'core.hooksPath': join(scratch.dir, 'traps'), 'core.alternateRefsCommand': trap, 'core.sshCommand': trap,
    'merge.renames': 'false', 'diff.renames': 'false', 'diff.algorithm': 'patience', 'core.attributesFile': join(scratch.dir, 'attributes'), 'core.commitGraph': 'true', 'core.askPass': trap,
  };
  const attributes = '* diff=all merge=all filter=all -text binary\n';
  for (const file of ['.gitattributes', '.git/info/attributes', 'attributes']) scratch.write(file, attributes);
  scratch.git(['add', '.gitattributes']);
  for (const [key, value] of Object.entries(settings)) scratch.git(['config', key, value]);
  for (const hook of ['reference-transaction', 'post-index-change', 'pre-commit']) {
    scratch.write(`traps/${hook}`, `#!/bin/sh\n${trap}\n`, 0o755);
    scratch.write(`.git/hooks/${hook}`, `#!/bin/sh\n${trap}\n`, 0o755);
  }
  scratch.git(['update-ref', `refs/replace/${clash}`, theirs], { env: { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.hooksPath', GIT_CONFIG_VALUE_0: '/dev/null' } });
  appendFileSync(join(scratch.dir, '.git/info/grafts'), `${clash}\n`);
  appendFileSync(join(scratch.dir, '.git/shallow'), '');
  writeFileSync(join(scratch.dir, '.git/objects/info/commit-graph'), 'no graph at all');
  // The trap is set: git itself walks into it.
  assert.is(scratch.git(['cat-file', '-p', 'HEAD']).includes('theirs'), true);
  assert.is(scratch.git(['rev-list', '--count', clash], { env: { GIT_NO_REPLACE_OBJECTS: '1' } }), '1');

  const repo = await openGit(scratch.dir, { env: scratch.env });
  assert.equal(await ask(repo, sides), expected);
  assert.equal(await repo.rewrites(), [`refs/replace/${clash}`, 'info/grafts']);
  const blob = await writeBlob(repo.layout, utf8('a\r\nb'), scratch.env);
  assert.equal(Buffer.from((await repo.readObject(blob))!.bytes).toString(), 'a\r\nb');
  await updateRef(repo.layout, 'refs/heads/new', root, ZERO.sha1, 'a move', scratch.env);
  assert.is(await repo.resolve('new'), root);
  await repo.close();
  assert.not(existsSync(marker));
  // That was no blunt trap.
  scratch.run(['status']);
  assert.ok(existsSync(marker));
});

test('variables of the environment change nothing and run nothing', async () => {
  const sides = makeSides();
  const { scratch, clash } = sides;
  const plain = await openGit(scratch.dir, { env: scratch.env });
  const expected = await ask(plain, sides);
  await plain.close();
  const marker = join(tempDir(), 'sprung');
  const script = join(tempDir(), 'trap');
  writeFileSync(script, `#!/bin/sh\necho sprung >> ${marker}\n`, { mode: 0o755 });
  const grafts = join(tempDir(), 'grafts');
  writeFileSync(grafts, `${clash}\n`);
  const settings: [string, string][] = [['core.fsmonitor', script], ['diff.external', script], ['core.hooksPath', tempDir()], ['core.commitGraph', 'true']];
  const env = {
    ...scratch.env,
    GIT_TRACE: marker, GIT_TRACE2: marker, GIT_TRACE2_EVENT: marker, GIT_TRACE_SETUP: marker, GIT_TRACE_PACKET: marker,
    GIT_EXTERNAL_DIFF: script, GIT_DIFF_OPTS: '-u9', GIT_PAGER: script, GIT_EDITOR: script, GIT_ASKPASS: script, GIT_SSH_COMMAND: script, GIT_PROXY_COMMAND: script,
    GIT_GRAFT_FILE: grafts, GIT_SHALLOW_FILE: grafts, GIT_REPLACE_REF_BASE: 'refs/heads/', GIT_ATTR_SOURCE: 'HEAD', GIT_NAMESPACE: 'odd', GIT_LITERAL_PATHSPECS: '1', GIT_ICASE_PATHSPECS: '1',
    GIT_DEFAULT_HASH: 'sha256', GIT_EXEC_PATH: tempDir(), GIT_TEMPLATE_DIR: tempDir(), GIT_MERGE_VERBOSITY: '5', GIT_REF_PARANOIA: '0', LC_ALL: 'fr_FR.UTF-8', LANGUAGE: 'fr',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(settings.flatMap(([key, value], i) => [[`GIT_CONFIG_KEY_${i}`, key], [`GIT_CONFIG_VALUE_${i}`, value]])),
  };
  const repo = await openGit(scratch.dir, { env });
  assert.equal(await ask(repo, sides), expected);
  await repo.close();
  assert.not(existsSync(marker));
});

test('paths of any kind', async () => {
  for (const name of ['with space', '"quoted"', "o'clock", 'new\nline', 'müller 漢字', 'a:b', '#hash', '$HOME `id` ;', '-rf', 'tail\n', 'back\\slash', '.git-like']) {
    const scratch = new ScratchRepo({ name });
    const oid = scratch.commit('one', { files: { 'sub/a': 'a\n' } });
    for (const dir of [scratch.dir, join(scratch.dir, 'sub')]) {
      const repo = await openGit(dir, { env: scratch.env });
      assert.is(repo.layout.toplevel, scratch.dir, JSON.stringify(name));
      assert.is(await repo.resolve('HEAD'), oid);
      assert.is((await repo.readObject(oid))?.kind, 'commit', JSON.stringify(name));
      await repo.close();
    }
  }
});

test('alternates of the repository, chained and relative, are followed', async () => {
  const first = new ScratchRepo();
  const oid = first.commit('one', { files: { a: 'a\n' } });
  const second = join(tempDir(), 'second');
  first.git(['clone', '-q', '--shared', first.dir, second]);
  const third = new ScratchRepo();
  mkdirSync(join(third.dir, '.git/objects/info'), { recursive: true });
  writeFileSync(join(third.dir, '.git/objects/info/alternates'), `${relative(join(third.dir, '.git/objects'), join(second, '.git/objects'))}\n`);
  const repo = await openGit(third.dir, { env: third.env });
  assert.is((await repo.readObject(oid))?.kind, 'commit');
  assert.equal(await collect(repo.walk(oid, [])), [oid]);
  await repo.close();
});

test('the quarantine of pre-receive', async () => {
  const server = new ScratchRepo({ bare: true, name: 'ser:ver' });
  const client = new ScratchRepo();
  const first = client.commit('first', { files: { a: 'a\n' } });
  client.git(['push', '-q', server.dir, 'main']);
  // The hook's own environment, as git makes it.
  const seen = join(tempDir(), 'env');
  writeFileSync(join(server.dir, 'hooks/pre-receive'), `#!/bin/sh\nenv -0 > '${seen}'\ncp -r "$GIT_QUARANTINE_PATH" '${seen}.objects'\nexit 1\n`, { mode: 0o755 });
  const second = client.commit('second', { files: { a: 'b\n' } });
  client.run(['push', '-q', server.dir, 'main']);
  const hook = Object.fromEntries(readFileSync(seen, 'utf8').split('\0').filter(Boolean).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
  assert.ok(hook['GIT_QUARANTINE_PATH']);
  const env = { ...hook, GIT_OBJECT_DIRECTORY: `${seen}.objects`, GIT_QUARANTINE_PATH: `${seen}.objects` };

  const repo = await openGit(server.dir, { env });
  assert.is(repo.layout.objectDir, `${seen}.objects`);
  assert.equal(await collect(repo.walk(second, [first])), [second]);
  assert.is((await repo.readObject(second))?.kind, 'commit');
  assert.is(await repo.resolve(second), second);
  await repo.close();
});

test('the room is private, writes nowhere else, and is gone afterwards', async () => {
  const sides = makeSides();
  const { scratch } = sides;
  const objects = () => readdirSync(join(scratch.dir, '.git'), { recursive: true }).length;
  const before = objects();
  const room = await openCleanRoom(await findLayout(scratch.dir, scratch.env), scratch.env);
  assert.is(statSync(room.dir).mode & 0o777, 0o700);
  const oid = await room.write('blob', utf8('only here'));
  assert.is((await room.run(['cat-file', 'blob', oid])).stdout.toString(), 'only here');
  await room.close();
  assert.not(existsSync(room.dir));

  const repo = await openGit(scratch.dir, { env: scratch.env });
  await ask(repo, sides);
  const merged = await repo.merge(sides.ours, sides.theirs);
  assert.ok(merged.kind === 'clean' && (await repo.readObject(merged.tree))?.kind === 'tree');
  assert.is(objects(), before);
  await repo.close();
});

test('the room is gone when the process ends without closing it, and an open door does not keep the process', () => {
  const { scratch } = makeSides();
  const tmp = tempDir();
  const script = `
    import { openGit } from ${JSON.stringify(join(import.meta.dirname, '../../src/repo/git.ts'))};
    const repo = await openGit(${JSON.stringify(scratch.dir)});
    const head = await repo.resolve('HEAD');
    await repo.readObject(head);
    await repo.lineCounts('${scratch.oid('HEAD^{tree}')}', '${scratch.oid('HEAD~1^{tree}')}');
    console.log(head);`;
  const done = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { env: { ...scratch.env, TMPDIR: tmp }, timeout: 20_000 });
  assert.is(done.stdout.toString().trim(), scratch.oid('HEAD'), done.stderr.toString());
  assert.equal(readdirSync(tmp).filter((name) => name.startsWith('countersign-')), []);
});

test('git runs without what it does not need', async () => {
  const { scratch } = makeSides();
  const layout = await findLayout(scratch.dir, scratch.env);
  const env = { ...scratch.env, GIT_TRACE: join(tempDir(), 'trace'), GIT_INDEX_FILE: join(scratch.dir, '.git/other-index'), SSH_AUTH_SOCK: '/kept' };
  const { stdout } = await runGit(['var', 'GIT_COMMITTER_IDENT'], { layout, env: { ...env, GIT_COMMITTER_NAME: 'Carol' } });
  assert.match(stdout.toString(), /^Carol /);
  assert.is((await runGit(['rev-parse', '--git-path', 'index'], { layout, env })).stdout.toString().trim(), env.GIT_INDEX_FILE);
  assert.not(existsSync(env.GIT_TRACE));
});

test.run();
