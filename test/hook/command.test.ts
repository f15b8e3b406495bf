// SPDX-License-Identifier: Apache-2.0
// Command lines as git reads them: what amends and what only looks like it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findGit, parentOf, readPs, type Ancestor } from '../../src/hook/ancestor.ts';
import { readCommand } from '../../src/hook/command.ts';

const test = suite('command');

const AMENDS: string[][] = [
  ['git', 'commit', '--amend'],
  ['/usr/lib/git-core/git', 'commit', '--amend', '--no-edit'],
  ['/usr/lib/git-core/git-commit', '--amend'],
  ['C:\\Program Files\\Git\\cmd\\git.exe', 'commit', '--amend'],
  ['git', '-C', 'commit', '-c', 'x.y=--', 'commit', '--amend'],
  ['git', '--git-dir', 'x', '--work-tree', 'commit', '--namespace', 'n', 'commit', '--amend'],
  ['git', '--git-dir=x', '--exec-path=/y', '-p', '--no-pager', '--literal-pathspecs', '--bare', 'commit', '--amend'],
  ['git', 'commit', '--am'],
  ['git', 'commit', '--ame', '-m', 'x'],
  ['git', 'commit', '-m', 'x', 'path', '--amend'],
  ['git', 'commit', '-am', '-m', '--amend'],
  ['git', 'commit', '-amx', '--amend'],
  ['git', 'commit', '-C', 'HEAD', '--amend'],
  ['git', 'commit', '-CHEAD', '--amend'],
  ['git', 'commit', '-S', '--amend'],
  ['git', 'commit', '-u', '--amend'],
  ['git', 'commit', '--gpg-sign', '--amend'],
  ['git', 'commit', '--no-amend', '--amend'],
  ['git', 'commit', '--no-message', '--amend'],
  ['git', 'commit', '--no-no-verify', '--amend'],
];
for (const argv of AMENDS) test(`amends: ${argv.join(' ')}`, () => assert.is(readCommand(argv)?.amend, true));

const PLAIN: string[][] = [
  ['git', 'commit', '-m', '--amend'],
  ['git', 'commit', '-am', '--amend'],
  ['git', 'commit', '--message', '--amend'],
  ['git', 'commit', '--message=--amend'],
  ['git', 'commit', '--mess', '--amend'],
  ['git', 'commit', '-F', '--amend'],
  ['git', 'commit', '-qvF', '--amend'],
  ['git', 'commit', '--author', '--amend'],
  ['git', 'commit', '--fixup', '--amend'],
  ['git', 'commit', '--trailer', '--amend'],
  ['git', 'commit', '--', '--amend'],
  ['git', 'commit', '--end-of-options', '--amend'],
  ['git', 'commit', '--amend', '--no-amend'],
  ['git', 'commit', '--amend', '--no-am'],
  ['git', 'commit', '--a'],
  ['git', 'commit', '-C', 'HEAD'],
  ['git', '-c', '--amend', 'commit'],
  ['git', 'merge', '-m', 'x', '--amend'],
];
for (const argv of PLAIN) test(`does not amend: ${argv.join(' ')}`, () => assert.is(readCommand(argv)?.amend, false));

test('what is not git is nothing', () => {
  for (const argv of [[], [''], ['sh', '-c', 'git commit --amend'], ['gitk'], ['node', 'git', 'commit'], ['git'], ['git', '--version']]) {
    assert.is(readCommand(argv), undefined, argv.join(' '));
  }
  assert.is(readCommand(['git', 'rebase', '-i'])?.name, 'rebase');
  assert.is(readCommand(['git', 'merge', 'x'])?.name, 'merge');
  assert.is(readCommand(['git', 'merge', '--cont'])?.name, 'commit');
});

test('whether an editor opens', () => {
  const editor = (...words: string[]): boolean | undefined => readCommand(['git', 'commit', ...words])?.editor;
  for (const words of [[], ['-v'], ['-t', 'f'], ['-c', 'HEAD'], ['--amend'], ['-m', 'x', '-e'], ['--edit', '-F', 'f'], ['-e', '-C', 'HEAD'], ['--fixup=amend:HEAD'], ['--fixup', 'reword:HEAD'], ['-m', 'x', '--no-message']]) {
    assert.is(editor(...words), true, words.join(' '));
  }
  for (const words of [['-m', 'x'], ['-mx'], ['--mess=x'], ['-F', 'f'], ['-C', 'HEAD'], ['--amend', '--no-edit'], ['--fixup=HEAD'], ['-e', '-m', 'x', '--no-edit']]) {
    assert.is(editor(...words), false, words.join(' '));
  }
});

test('clean-up, diff and empties', () => {
  const read = (...words: string[]) => readCommand(['git', 'commit', ...words])!;
  assert.is(read('--cleanup', 'verbatim').cleanup, 'verbatim');
  assert.is(read('--cleanup=strip', '--clean=scissors').cleanup, 'scissors');
  assert.is(read('-m', '--cleanup=strip').cleanup, undefined);
  assert.is(read().verbose, undefined);
  assert.is(read('-vv').verbose, true);
  assert.is(read('-v', '--no-verbose').verbose, false);
  assert.is(read('--verb').verbose, true);
  assert.is(read('--ver').verbose, undefined, 'git knows --verbose and --verify');
  assert.is(read('--allow-empty').allowEmpty, true);
  assert.is(read('--allow-empty').allowEmptyMessage, false);
  assert.is(read('--allow-empty-m').allowEmptyMessage, true);
  assert.is(read('--fixup=reword:HEAD').allowEmpty, true);
  assert.is(readCommand(['git', 'merge', '--cleanup=verbatim', '--no-edit', 'x'])?.cleanup, 'verbatim');
});

const line = (pid: number, parent: number, ...argv: string[]): Ancestor => ({ pid, parent, argv, exact: true });

test('the nearest git counts, whatever stands between', () => {
  const table = [line(9, 8, 'node', 'x'), line(8, 7, '/bin/sh', '.git/hooks/commit-msg'), line(7, 6, 'git', 'hook', 'run', 'commit-msg'), line(6, 5, 'git', 'commit', '-m', 'x'), line(5, 4, 'sh'), line(4, 1, 'git', 'commit', '--amend')];
  const found = findGit(9, (pid) => table.find((one) => one.pid === pid));
  assert.is(found?.command.amend, false);
  assert.is(findGit(5, (pid) => table.find((one) => one.pid === pid))?.command.amend, true);
});

test('a table that cannot be read, ends, or runs in circles', () => {
  assert.is(findGit(9, () => undefined), undefined);
  assert.is(findGit(1), undefined);
  assert.is(findGit(9, (pid) => line(pid, pid, 'sh')), undefined);
});

test('names with brackets and spaces in the process table', () => {
  assert.is(parentOf('12 (sh) S 34 1 2'), 34);
  assert.is(parentOf('12 (a) S 99 (b c) R 34 1'), 34);
  assert.is(parentOf('12 (x\n) ) S 34 1'), 34);
  assert.is(parentOf(''), undefined);
});

test('a line of ps is no exact command line', () => {
  const found = readPs(7, '   12 git commit -m a --amend\n')!;
  assert.is(found.parent, 12);
  assert.is(found.exact, false);
  assert.is(readCommand(found.argv)?.amend, true);
  assert.is(readPs(7, 'nothing'), undefined);
});

test.run();
