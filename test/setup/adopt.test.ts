// SPDX-License-Identifier: Apache-2.0
// Setting up: all of it or nothing, twice as well as once, and nothing of anybody else's.
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findLayout } from '../../src/repo/layout.ts';
import { abandon, adopt, type Founder } from '../../src/setup/adopt.ts';
import { hookLine, HOOKS } from '../../src/setup/hooks.ts';
import { readPublicKey } from '../../src/signer/key-spec.ts';
import { newOpenpgpKey } from '../../src/signer/openpgp.ts';
import { founder } from '../kit/adopted.ts';
import { ScratchRepo } from '../kit/git.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('adopt');
const BIN = '/opt/countersign/bin/countersign.js';

async function setUp(scratch: ScratchRepo, id = 'alice', dir = scratch.dir) {
  return adopt(await findLayout(dir, scratch.env), await founder(id), BIN, scratch.env);
}

/** Everything below a folder but objects and samples: path, kind, mode and content. */
function snapshot(dir: string): string[] {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => !/\.sample$|^\.git\/objects/.test(name)).sort();
  return files.map((name) => {
    const status = lstatSync(join(dir, name));
    return `${name} ${status.mode.toString(8)} ${status.isFile() ? readFileSync(join(dir, name), 'latin1') : ''}`;
  });
}

test('writes policy, roster, hooks and settings; a second time changes nothing', async () => {
  const scratch = new ScratchRepo();
  const { written, hooks } = await setUp(scratch);
  assert.equal(written, [
    '.countersign/policy.yaml', '.countersign/roster.yaml', ...HOOKS.map((hook) => `hook ${hook}`),
    'countersign.person', 'countersign.signer', 'countersign.bin',
  ]);
  assert.equal(hooks.lines, []);
  assert.is(lstatSync(join(scratch.dir, '.git/hooks/commit-msg')).mode & 0o111, 0o111);
  const before = snapshot(scratch.dir);
  assert.equal((await setUp(scratch)).written, []);
  assert.equal(snapshot(scratch.dir), before);
});

test('an OpenPGP founder brings the certificate along, and takes it back where the rest fails', async () => {
  const [scratch, path] = [new ScratchRepo(), join(tempDir(), 'alice.asc')];
  writeFileSync(path, (await newOpenpgpKey('Alice', 'alice@example.com', undefined)).armor);
  const key = await readPublicKey(`openpgp:${path}`, { dir: scratch.dir, home: undefined });
  const owner: Founder = { ...(await founder()), key, signer: `openpgp:${path}` };
  const layout = await findLayout(scratch.dir, scratch.env);
  writeFileSync(join(scratch.dir, '.git/config.lock'), '');
  await rejectsWith('GIT_FAILED', adopt(layout, owner, BIN, scratch.env));
  assert.not.ok(existsSync(join(scratch.dir, '.countersign')));
  rmSync(join(scratch.dir, '.git/config.lock'));
  assert.ok((await adopt(layout, owner, BIN, scratch.env)).written.includes(key.file!.path));
  assert.equal(readFileSync(join(scratch.dir, key.file!.path)), Buffer.from(key.file!.bytes));
  assert.equal((await adopt(layout, owner, BIN, scratch.env)).written, []);
  await rejectsWith('KEY_NOT_FOUND', adopt(layout, await founder(), BIN, scratch.env));
  await rejectsWith('PERSON_UNKNOWN', adopt(layout, { ...owner, id: 'bob' }, BIN, scratch.env));
});

test('works in a linked worktree: hooks are the repository\'s, files are the worktree\'s', async () => {
  const scratch = new ScratchRepo({ name: "odd ' näme" });
  scratch.commit('base');
  scratch.git(['worktree', 'add', '-q', '../linked']);
  const linked = join(scratch.dir, '../linked');
  await setUp(scratch, 'alice', linked);
  assert.ok(existsSync(join(linked, '.countersign/policy.yaml')));
  assert.ok(existsSync(join(scratch.dir, '.git/hooks/commit-msg')));
  assert.is(scratch.git(['config', 'countersign.person']), 'alice');
});

for (const [name, provoke] of Object.entries({
  'the configuration is locked': (git: string) => writeFileSync(join(git, 'config.lock'), ''),
  'the hooks folder is a file': (git: string) => {
    rmSync(join(git, 'hooks'), { recursive: true });
    writeFileSync(join(git, 'hooks'), '');
  },
  'a foreign hook, and no room for ours beside it': (git: string) => {
    mkdirSync(join(git, 'hooks'), { recursive: true });
    writeFileSync(join(git, 'hooks/pre-push'), '#!/bin/sh\n');
    writeFileSync(join(git, 'countersign'), '');
  },
})) {
  test(`fails in the middle and leaves everything as it was: ${name}`, async () => {
    const scratch = new ScratchRepo();
    provoke(join(scratch.dir, '.git'));
    const before = snapshot(scratch.dir);
    const thrown = await setUp(scratch).then(() => undefined, (fault: { code: string }) => fault.code);
    assert.ok(thrown === 'FILE_FAILED' || thrown === 'GIT_FAILED', String(thrown));
    assert.equal(snapshot(scratch.dir), before);
  });
}

test('a .countersign that leads elsewhere is not followed', async () => {
  const scratch = new ScratchRepo();
  const elsewhere = tempDir();
  symlinkSync(elsewhere, join(scratch.dir, '.countersign'));
  await rejectsWith('FILE_FAILED', setUp(scratch));
  assert.equal(readdirSync(elsewhere), []);
});

test('nor is a folder of keys that does', async () => {
  const [scratch, path, elsewhere] = [new ScratchRepo(), join(tempDir(), 'alice.asc'), tempDir()];
  writeFileSync(path, (await newOpenpgpKey('Alice', 'alice@example.com', undefined)).armor);
  mkdirSync(join(scratch.dir, '.countersign'));
  symlinkSync(elsewhere, join(scratch.dir, '.countersign/keys'));
  const key = await readPublicKey(`openpgp:${path}`, { dir: scratch.dir, home: undefined });
  await rejectsWith('FILE_FAILED', adopt(await findLayout(scratch.dir, scratch.env), { ...(await founder()), key, signer: `openpgp:${path}` }, BIN, scratch.env));
  assert.equal([readdirSync(elsewhere), readdirSync(join(scratch.dir, '.countersign'))], [[], ['keys']]);
});

test('a hook that is a link is foreign: neither it nor its target changes', async () => {
  const scratch = new ScratchRepo();
  const target = join(tempDir(), 'hook');
  writeFileSync(target, '#!/bin/sh\n');
  mkdirSync(join(scratch.dir, '.git/hooks'), { recursive: true });
  symlinkSync(target, join(scratch.dir, '.git/hooks/commit-msg'));
  const { hooks } = await setUp(scratch);
  assert.equal(hooks.lines, ['commit-msg']);
  assert.is(readFileSync(target, 'utf8'), '#!/bin/sh\n');
  assert.ok(lstatSync(join(scratch.dir, '.git/hooks/commit-msg')).isSymbolicLink());
});

test('core.hooksPath, wherever it is set: nothing is written there, and a caller is recognised', async () => {
  const scratch = new ScratchRepo();
  const shared = tempDir();
  scratch.git(['config', '--global', 'core.hooksPath', shared]);
  const { hooks } = await setUp(scratch);
  assert.equal(hooks.elsewhere, { path: shared, scope: 'global' });
  assert.equal(hooks.lines, [...HOOKS]);
  assert.equal(readdirSync(shared), []);
  for (const hook of HOOKS) writeFileSync(join(shared, hook), `#!/bin/sh\n${hookLine(hook)}\n`);
  assert.equal((await setUp(scratch)).hooks.lines, []);
});

test('husky: the hooks one folder up are the ones that count', async () => {
  const scratch = new ScratchRepo();
  scratch.git(['config', 'core.hooksPath', '.husky/_']);
  scratch.write('.husky/commit-msg', `${hookLine('commit-msg')}\n`);
  const { hooks } = await setUp(scratch);
  assert.is(hooks.manager, '.husky');
  assert.equal(hooks.lines, HOOKS.filter((hook) => hook !== 'commit-msg'));
});

test('the line for a foreign hook runs ours, passes its words on, and does nothing in a clone without them', () => {
  const scratch = new ScratchRepo();
  const ours = join(scratch.dir, '.git/countersign/hooks/commit-msg');
  mkdirSync(join(ours, '..'), { recursive: true });
  writeFileSync(ours, '#!/bin/sh\necho "$1" >ran\nexit 3\n');
  chmodSync(ours, 0o755);
  mkdirSync(join(scratch.dir, '.git/hooks'), { recursive: true });
  writeFileSync(join(scratch.dir, '.git/hooks/commit-msg'), `#!/bin/sh\n${hookLine('commit-msg')}\n`, { mode: 0o755 });
  assert.is(scratch.run(['commit', '-q', '--allow-empty', '-m', 'x']).code, 1);
  assert.match(readFileSync(join(scratch.dir, 'ran'), 'utf8'), /COMMIT_EDITMSG/);
  rmSync(ours);
  assert.is(scratch.run(['commit', '-q', '--allow-empty', '-m', 'x']).code, 0);
});

test('who comes second is in the roster, with this key, or is refused', async () => {
  const scratch = new ScratchRepo();
  await setUp(scratch);
  await rejectsWith('PERSON_UNKNOWN', setUp(scratch, 'bob'));
  const stranger = { ...(await founder('bob')), id: 'alice' };
  await rejectsWith('KEY_NOT_FOUND', adopt(await findLayout(scratch.dir, scratch.env), stranger, BIN, scratch.env));
  assert.is(scratch.git(['config', 'countersign.person']), 'alice');
});

test('half a set-up, a broken one, and none at all', async () => {
  const half = new ScratchRepo();
  half.write('.countersign/policy.yaml', 'version: 1\n');
  await rejectsWith('POLICY_MISSING', setUp(half));
  half.write('.countersign/roster.yaml', 'version: 1\n');
  await rejectsWith('POLICY_INVALID', setUp(half));
  await rejectsWith('REPO_NOT_FOUND', setUp(new ScratchRepo({ bare: true })));
});

test('what a name would do to the roster is refused before anything is written', async () => {
  const scratch = new ScratchRepo();
  const layout = await findLayout(scratch.dir, scratch.env);
  for (const bad of [{ id: '__proto__' }, { id: 'Alice' }, { name: 'a\nb' }, { email: 'nobody' }]) {
    await rejectsWith('ROSTER_INVALID', async () => adopt(layout, { ...(await founder()), ...bad }, BIN, scratch.env));
    assert.not.ok(existsSync(join(scratch.dir, '.countersign')));
  }
});

test('abandon takes out what is ours to the last byte', async () => {
  const scratch = new ScratchRepo();
  const empty = snapshot(scratch.dir);
  const layout = await findLayout(scratch.dir, scratch.env);
  await setUp(scratch);
  const changed = join(scratch.dir, '.git/hooks/post-commit');
  writeFileSync(changed, `${readFileSync(changed, 'utf8')}echo more\n`);
  writeFileSync(join(scratch.dir, '.git/hooks/pre-rebase'), '#!/bin/sh\n');
  const { removed, left } = await abandon(layout, scratch.env);
  assert.is(removed.length, HOOKS.length - 1 + 3);
  assert.equal(left, ['post-commit']);
  assert.ok(existsSync(join(scratch.dir, '.git/hooks/pre-rebase')));
  rmSync(changed);
  rmSync(join(scratch.dir, '.git/hooks/pre-rebase'));
  assert.equal(snapshot(scratch.dir).filter((line) => !/^\.countersign|^\.git\/hooks /.test(line)), empty.filter((line) => !line.startsWith('.git/hooks ')));
  assert.equal(await abandon(layout, scratch.env), { removed: [], left: [] });
});

test.run();
