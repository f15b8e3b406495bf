// SPDX-License-Identifier: Apache-2.0
// What CI pays: judging a long history of stamped commits, start-up included, against `git verify-commit` over commits
// that git signed with an SSH key, per commit; and whether memory stays where it is.
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { cleanEnvironment } from '../test/kit/environment.ts';
import { longHistory, signedByGit } from './history.ts';
import type { LongHistory } from './history.ts';
import type { Judgement } from './judge.ts';

const COMMITS = 10_000;
const SAMPLE = 1000;
const BUDGET = { ratio: 20, megabytes: 300 };

export async function run(): Promise<void> {
  const long = await longHistory(COMMITS);
  const yardstick = timeGit(long);
  console.log(`git verify-commit (SSH): ${yardstick.toFixed(2)} ms a commit, over ${SAMPLE}`);
  for (const how of ['range', 'history']) judge(long, how, yardstick);
  await long.history.close();
}

function timeGit(long: LongHistory): number {
  const { oids, settings } = signedByGit(long, SAMPLE);
  const { dir, env } = long.history.scratch;
  const start = performance.now();
  const done = spawnSync('git', [...settings, 'verify-commit', ...oids], { cwd: dir, env, stdio: 'ignore' });
  if (done.status !== 0) throw new Error(`git verify-commit exited ${done.status}`);
  return (performance.now() - start) / SAMPLE;
}

function judge({ history, base, head }: LongHistory, how: string, yardstick: number): void {
  const start = performance.now();
  const done = spawnSync(process.execPath, ['--import', 'tsx', 'bench/judge.ts', history.scratch.dir, base, head, how], { env: cleanEnvironment(), encoding: 'utf8' });
  const each = (performance.now() - start) / COMMITS;
  if (done.status !== 0) throw new Error(`judging exited ${done.status}: ${done.stderr}`);
  const { verdict, findings, memory, peak } = JSON.parse(done.stdout) as Judgement;
  if (verdict !== 'good' || findings > 0) throw new Error(`the verdict is ${verdict}, with ${findings} findings`);
  const ratio = yardstick / each;
  const kept = ratio >= BUDGET.ratio && peak <= BUDGET.megabytes;
  console.log(`${how}: ${each.toFixed(3)} ms a commit, ${ratio.toFixed(1)} x faster; ${peak} MB at the highest (${memory.join(' ')})`);
  console.log(`  the budget is ${BUDGET.ratio} x and ${BUDGET.megabytes} MB: ${kept ? 'kept' : 'MISSED'}`);
}
