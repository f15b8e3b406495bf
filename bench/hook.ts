// SPDX-License-Identifier: Apache-2.0
// What a developer pays at every commit: the commit-msg hook as a process, against the least that a Node process can
// cost, and a whole `git commit` with the hooks and without.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ScratchRepo } from '../test/kit/git.ts';
import { sshKey } from '../test/kit/keys.ts';
import { renderTimings, timeProcesses } from './process.ts';
import type { Command } from './process.ts';

const BINARY = resolve('bin/countersign.js');
const BUDGET = 2;

export function run(): void {
  if (existsSync('dist/hook.cjs')) withHooks();
  else withoutHooks();
}

/** The yardsticks alone, as long as there is nothing built to measure. */
function withoutHooks(): void {
  const repo = new ScratchRepo();
  console.log(renderTimings('processes', timeProcesses([leastNode(repo)])));
  console.log(renderTimings('git commit', timeProcesses([commit('plain', repo, repo.env)])));
  console.log('left out: the hook, for want of dist/hook.cjs ("npm run build" makes it)');
}

function withHooks(): void {
  const repo = new ScratchRepo();
  const env = { ...repo.env, ...openSession(repo) };
  const message = join(repo.dir, '.git/COMMIT_EDITMSG');
  const stamping: Command = {
    name: 'commit-msg hook',
    argv: [process.execPath, BINARY, 'hook', 'commit-msg', message],
    cwd: repo.dir,
    // as git starts a hook
    env: { ...env, GIT_INDEX_FILE: join(repo.dir, '.git/index'), GIT_AUTHOR_NAME: 'Alice Example', GIT_AUTHOR_EMAIL: 'alice@example.com', GIT_AUTHOR_DATE: `@${now()}` },
    prepare: () => {
      stage(repo);
      writeFileSync(message, 'a change\n');
    },
  };
  const timings = timeProcesses([leastNode(repo), stamping]);
  console.log(renderTimings('processes', timings));
  console.log(`  the hook's budget is ${BUDGET} x: ${timings[1]!.ratio <= BUDGET ? 'kept' : 'MISSED'}`);
  const plain = commit('without hooks', repo, env, ['-c', 'core.hooksPath=/dev/null']);
  console.log(renderTimings('git commit', timeProcesses([plain, commit('with hooks', repo, env)])));
}

function leastNode({ dir, env }: ScratchRepo): Command {
  return { name: 'node -e 0', argv: [process.execPath, '-e', '0'], cwd: dir, env };
}

function commit(name: string, repo: ScratchRepo, env: Record<string, string>, options: string[] = []): Command {
  return { name, argv: ['git', ...options, 'commit', '-q', '-m', 'a change'], cwd: repo.dir, env, prepare: () => stage(repo) };
}

let changes = 0;

function stage(repo: ScratchRepo): void {
  repo.write('src/a.ts', `export const a = ${changes++};\n`);
  repo.git(['add', 'src/a.ts']);
}

/** Adopts countersign in the repository and opens a session; returns the environment in which its agent works. */
function openSession(repo: ScratchRepo): Record<string, string> {
  // The commits that adopt must be of today, or the session would lie in their future.
  const env = { GIT_AUTHOR_DATE: now(), GIT_COMMITTER_DATE: now(), COUNTERSIGN_BIN: BINARY };
  repo.commit('base', { files: { 'src/a.ts': '' }, env });
  countersign(repo, 'init', '--person', 'alice', '--name', 'Alice Example', '--email', 'alice@example.com', '--signer', `ssh:${sshKey('alice').file}`, '--yes');
  repo.git(['add', '-A']);
  repo.commit('adopt countersign', { env });
  const opened = countersign(repo, 'session', 'start', '--agent', 'bench/1.0', '--model', 'none', '--hours', '1', '--yes', '--format', 'json');
  return { COUNTERSIGN_BIN: BINARY, ...(JSON.parse(opened) as { env?: Record<string, string> }).env };
}

function countersign({ dir, env }: ScratchRepo, ...args: string[]): string {
  const done = spawnSync(process.execPath, [BINARY, ...args], { cwd: dir, env, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`countersign ${args[0]} exited ${done.status}: ${done.stderr}`);
  return done.stdout;
}

function now(): string {
  return `${Math.floor(Date.now() / 1000)} +0000`;
}
