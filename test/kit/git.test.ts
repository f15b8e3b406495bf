// SPDX-License-Identifier: Apache-2.0
// The scratch repository, keys and fault assertions that the other tests stand on.
import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../src/fault.ts';
import { ScratchRepo } from './git.ts';
import { sshKey } from './keys.ts';
import { rejectsWith, throwsWith } from './rejects.ts';

const test = suite('scratch');

test('the same steps make the same ids, whatever the machine', () => {
  process.env.GIT_AUTHOR_NAME = 'Mallory';
  process.env.GIT_DIR = '/nowhere';
  const make = (): string => new ScratchRepo().commit('one\n', { files: { 'a/b.txt': 'hello\n' } });
  assert.is(make(), make());
  const repo = new ScratchRepo();
  repo.commit('one\n', { files: { 'a/b.txt': 'hello\n' } });
  delete process.env.GIT_AUTHOR_NAME;
  delete process.env.GIT_DIR;
  assert.is(repo.git(['log', '-1', '--format=%an %at %s']), 'Alice Example 1767323045 one');
  assert.is(repo.git(['branch', '--show-current']), 'main');
});

test('the clock moves with every commit; files go as they came', () => {
  const repo = new ScratchRepo({ step: 10, name: "odd ' name" });
  repo.commit('one', { files: { a: 'x', b: 'y' } });
  repo.wait(5);
  repo.commit('two', { files: { a: null } });
  assert.is(repo.git(['log', '--format=%ct']), '1767323060\n1767323045');
  assert.is(repo.git(['ls-tree', '--name-only', 'HEAD']), 'b');
});

test('sha256 and bare', () => {
  assert.is(new ScratchRepo({ objectFormat: 'sha256' }).commit('one').length, 64);
  assert.is(new ScratchRepo({ bare: true }).git(['rev-parse', '--is-bare-repository']), 'true');
});

test('a failing git throws, unless told otherwise', () => {
  const repo = new ScratchRepo();
  assert.throws(() => repo.git(['rev-parse', 'HEAD^{tree}', '--']), /exited 128/);
  assert.is(repo.git(['config', 'no.such'], { ok: false }), '');
  assert.is(repo.run(['config', 'no.such']).code, 1);
});

test('keys: one pair per name', () => {
  const alice = sshKey('alice');
  assert.ok(existsSync(alice.file));
  assert.match(alice.line, /^ssh-ed25519 AAAA\S+$/);
  assert.match(alice.fingerprint, /^SHA256:\S{43}$/);
  assert.is(sshKey('alice'), alice);
  assert.is.not(sshKey('bob').line, alice.line);
});

test('throwsWith and rejectsWith want this code and nothing else', async () => {
  const fault = (): never => {
    throw new Fault('USAGE', 'no');
  };
  assert.is(throwsWith('USAGE', fault).code, 'USAGE');
  assert.is((await rejectsWith('USAGE', Promise.reject(new Fault('USAGE', 'no')))).code, 'USAGE');
  assert.is((await rejectsWith('USAGE', fault)).code, 'USAGE');
  // uvu's own throws() lets a failed assertion through, so these are caught by hand
  const caught = (act: () => unknown): string => {
    try {
      return String(act());
    } catch (thrown) {
      return String(thrown);
    }
  };
  assert.match(caught(() => throwsWith('INTERNAL', fault)), 'expected INTERNAL, got USAGE');
  assert.match(caught(() => throwsWith('USAGE', () => 1)), 'nothing was thrown');
  assert.match(caught(() => throwsWith('USAGE', () => (undefined as unknown as string).length)), 'TypeError');
});

test.run();
