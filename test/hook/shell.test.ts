// SPDX-License-Identifier: Apache-2.0
// The hooks as shell scripts: alike where they should be, understood by every sh there is, and harmless where the command
// is missing or the hooks are switched off.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanEnvironment } from '../kit/environment.ts';
import { tempDir } from '../kit/temp.ts';
import { AdoptedRepo } from './adopted.ts';

const test = suite('shell');

const FOLDER = fileURLToPath(new URL('../../hooks/', import.meta.url));
const hooks = Object.fromEntries(readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]));
const SHELLS = [['dash'], ['bash', '--posix'], ['busybox', 'sh'], ['ksh'], ['zsh', '--emulate', 'sh']].filter(([name]) => spawnSync('which', [name!]).status === 0);

test('every hook bears its mark, and only these are shipped', () => {
  assert.equal(Object.keys(hooks).sort(), ['commit-msg', 'post-commit', 'post-rewrite', 'pre-commit', 'pre-merge-commit', 'pre-push', 'prepare-commit-msg']);
  for (const [name, text] of Object.entries(hooks)) {
    assert.ok(text.startsWith('#!/bin/sh\n# countersign hook v1, remove with "countersign init --remove"\n'), name);
    assert.match(text, /^\[.*"\$COUNTERSIGN" (?:= 0 \] && exit 0|!= 0 \] \|\| exit 0)$/m);
    assert.not.match(text, /[^\x20-\x7e\n]/);
  }
});

test('the command is found in one way', () => {
  const lookup = (text: string): string => text.slice(text.indexOf('bin='), text.indexOf('exec "$bin"')).replace(/exit [01]/, 'exit N');
  const wanted = lookup(hooks['commit-msg']!);
  assert.match(wanted, 'unset NODE_EXTRA_CA_CERTS');
  for (const name of ['pre-push', 'post-commit', 'post-rewrite']) assert.is(lookup(hooks[name]!), wanted, name);
  for (const name of ['commit-msg', 'pre-push']) assert.match(hooks[name]!, 'exit 1\n');
  for (const name of ['post-commit', 'post-rewrite']) assert.not.match(hooks[name]!, 'exit 1\n');
});

test('what runs before a commit and before a merge is the same', () => {
  assert.is(hooks['pre-commit'], hooks['pre-merge-commit']);
});

for (const shell of SHELLS) {
  test(`a session's commits with hooks run by ${shell[0]}`, async () => {
    const repo = new AdoptedRepo();
    for (const [name, text] of Object.entries(hooks)) {
      if (name === 'pre-push') continue;
      const file = join(repo.dir, '.git/hooks', name);
      writeFileSync(`${file}.sh`, text);
      writeFileSync(file, `#!/bin/sh\nexec ${shell.join(' ')} "$0.sh" "$@"\n`, { mode: 0o755 });
    }
    const env = { COUNTERSIGN_SESSION: await repo.openSession() };
    repo.write('a.txt', 'partly\n');
    repo.write('b.txt', 'later\n');
    repo.git(['add', 'b.txt']);
    repo.quietly(['commit', '-q', 'a.txt', '-m', 'first\n\n\\n \\c "$(x)" `y`'], { env });
    assert.is(await repo.exact(), 'ai');
    assert.is(repo.git(['status', '--porcelain']), 'A  b.txt');
    repo.quietly(['commit', '-qm', 'second \u00e9'], { env });
    assert.is(await repo.exact(), 'ai');
    assert.match(repo.run(['commit', '-q', '--amend', '-n', '-m', 'third'], { env }).stderr, 'it bears no stamp');
  });
}

test('names of sessions that are no names do nothing before the commit', () => {
  const repo = new AdoptedRepo();
  for (const name of ['../x', '*', 'a b', '$(touch marker)', '-x']) {
    const ran = spawnSync(join(FOLDER, 'pre-commit'), [], { cwd: repo.dir, env: { ...repo.env, COUNTERSIGN_SESSION: name }, encoding: 'utf8' });
    assert.equal([ran.status, ran.stdout, ran.stderr], [0, '', ''], name);
  }
  assert.is(repo.git(['status', '--porcelain']), '');
});

test('the command missing: a commit is refused with what to type, everything else passes', () => {
  const repo = new AdoptedRepo();
  const env = { ...repo.env, COUNTERSIGN_BIN: '', PATH: '/usr/bin:/bin' };
  const call = (name: string, ...args: string[]) => spawnSync(join(FOLDER, name), args, { cwd: repo.dir, env, encoding: 'utf8', input: '' });
  for (const name of ['commit-msg', 'pre-push']) {
    const ran = call(name, 'x');
    assert.is(ran.status, 1);
    assert.match(ran.stderr, /^countersign: hint: .*COUNTERSIGN=0$/m);
  }
  for (const name of ['post-commit', 'post-rewrite', 'pre-commit', 'prepare-commit-msg']) assert.is(call(name, 'rebase').status, 0, name);
});

test('the command is looked for in node_modules, on the PATH, and in the settings', () => {
  const repo = new AdoptedRepo();
  const tell = (word: string): string => `#!/bin/sh\necho ${word} "$@" "[$NODE_EXTRA_CA_CERTS]"\n`;
  const folder = tempDir();
  const base = cleanEnvironment({ ...repo.env, COUNTERSIGN_BIN: '', NODE_EXTRA_CA_CERTS: '/x', PATH: '/usr/bin:/bin' });
  const call = (more: Record<string, string> = {}): string =>
    spawnSync(join(FOLDER, 'commit-msg'), ['a b', 'c'], { cwd: repo.dir, env: { ...base, ...more }, encoding: 'utf8' }).stdout.trim();
  writeFileSync(join(folder, 'set'), tell('set'), { mode: 0o755 });
  repo.git(['config', 'countersign.bin', join(folder, 'set')]);
  assert.is(call(), 'set hook commit-msg a b c []');
  writeFileSync(join(folder, 'countersign'), tell('path'), { mode: 0o755 });
  assert.is(call({ PATH: `${folder}:/usr/bin:/bin` }), 'path hook commit-msg a b c []');
  repo.write('node_modules/.bin/countersign', tell('local'), 0o755);
  assert.is(call({ PATH: `${folder}:/usr/bin:/bin` }), 'local hook commit-msg a b c []');
  assert.is(call({ COUNTERSIGN_BIN: join(folder, 'countersign') }), 'path hook commit-msg a b c []');
  assert.is(call({ COUNTERSIGN: '0' }), '');
});

test('a commit that came out as expected starts no second process', () => {
  const repo = new AdoptedRepo();
  const log = join(tempDir(), 'log');
  writeFileSync(`${log}.sh`, `#!/bin/sh\necho "$@" >>'${log}'\nexec "${repo.env.COUNTERSIGN_BIN}" "$@"\n`, { mode: 0o755 });
  const env = { COUNTERSIGN_BIN: `${log}.sh` };
  for (const args of [['-m', 'one'], ['--amend', '-m', 'two'], ['-m', 'three\n\n\n\nbody  \n']]) repo.quietly(['commit', '-q', '--allow-empty', ...args], { env });
  assert.equal(readFileSync(log, 'utf8').trim().split('\n').map((line) => line.split(' ')[1]), ['commit-msg', 'commit-msg', 'commit-msg']);
});

test.run();
