// SPDX-License-Identifier: Apache-2.0
// What is about to be committed, where the command line of git cannot be read word for word, or not at all.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCommand } from '../../src/hook/command.ts';
import { findPending, type Pending } from '../../src/hook/pending.ts';
import { findPlace, looseHead } from '../../src/hook/place.ts';
import { ScratchRepo } from '../kit/git.ts';

const test = suite('pending');

const repo = new ScratchRepo();
const base = repo.commit('base', { files: { a: '1' } });
const date = repo.git(['log', '-1', '--format=@%ad', '--date=raw']);
const second = repo.commit('second', { files: { a: '2' } });
const secondDate = repo.git(['log', '-1', '--format=@%ad', '--date=raw']);
const gitDir = join(repo.dir, '.git');

/** What the hook makes of it, when ps told `line`, or nothing could be told. */
function pending(line: string | undefined, authorDate: string, source = ''): Pending {
  mkdirSync(join(gitDir, 'countersign-commit'), { recursive: true });
  writeFileSync(join(gitDir, 'countersign-commit/source'), source);
  const env = { ...repo.env, GIT_DIR: gitDir, GIT_INDEX_FILE: join(gitDir, 'index'), GIT_AUTHOR_DATE: authorDate };
  const command = line === undefined ? undefined : readCommand(line.split(' '));
  return findPending({ env, place: findPlace(env), git: command && { command, exact: false } }, 'sha1');
}

test('a line of ps says amend, and the author date is HEAD\u2019s', () => {
  assert.equal(pending('git commit --amend -m x', secondDate).parents, [base]);
  assert.equal(pending('git commit -m x --amend', date).parents, [second], 'perhaps a message of two words');
  assert.equal(pending('git commit -m x', secondDate).parents, [second]);
  assert.equal(pending('git merge x', secondDate, 'commit\nHEAD\n').parents, [second]);
});

test('no line at all: the message has to come from HEAD, too', () => {
  assert.equal(pending(undefined, secondDate, 'commit\nHEAD\n').parents, [base]);
  assert.equal(pending(undefined, date, 'commit\nHEAD\n').parents, [second]);
  assert.equal(pending(undefined, secondDate, 'message\n\n').parents, [second]);
  assert.equal(pending(undefined, secondDate, 'commit\nHEAD~1\n').parents, [second]);
});

test('HEAD by its file, and by git where its file does not say', () => {
  const place = findPlace({ GIT_DIR: gitDir });
  assert.is(looseHead(place), second);
  repo.git(['pack-refs', '--all']);
  assert.is(looseHead(place), undefined);
  assert.equal(pending('git commit', date).parents, [second]);
  repo.git(['checkout', '-q', '--detach']);
  assert.is(looseHead(place), second);
  repo.git(['checkout', '-q', '--orphan', 'new']);
  assert.is(looseHead(place), undefined);
  assert.equal(pending('git commit', date).parents, []);
});

test('a linked worktree and a folder of another name', () => {
  repo.git(['checkout', '-q', '-f', 'main']);
  const linked = join(repo.dir, '../linked');
  repo.git(['worktree', 'add', '-q', linked, '-b', 'side']);
  const place = findPlace({ GIT_DIR: join(linked, '.git') });
  assert.is(place.commonDir, gitDir);
  assert.is(place.gitDir, join(gitDir, 'worktrees/linked'));
  assert.is(looseHead(place), second);
});

test.run();
