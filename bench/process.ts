// SPDX-License-Identifier: Apache-2.0
// Wall times of whole processes, start-up included: what a person waits for. The commands take turns, so that what
// else the machine does hits all of them alike, and ratios are taken pair by pair within one round.
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

export interface Command {
  name: string;
  argv: readonly [program: string, ...args: string[]];
  cwd: string;
  env: Record<string, string>;
  /** Makes ready for one run; not timed. */
  prepare?: () => void;
}

export interface Timing {
  name: string;
  /** Milliseconds, one a round. */
  times: number[];
  median: number;
  /** Median over the rounds of this command's time by the first command's. */
  ratio: number;
}

/** Times the commands in turn. Throws where one of them fails: a process that gives up early would look fast. */
export function timeProcesses(commands: readonly Command[], { rounds = 30, warmup = 3 } = {}): Timing[] {
  const times = commands.map((): number[] => []);
  for (let round = -warmup; round < rounds; round++) {
    for (const [index, command] of commands.entries()) {
      const time = timeOnce(command);
      if (round >= 0) times[index]!.push(time);
    }
  }
  return commands.map(({ name }, index) => ({
    name,
    times: times[index]!,
    median: median(times[index]!),
    ratio: median(times[index]!.map((time, round) => time / times[0]![round]!)),
  }));
}

function timeOnce({ name, argv: [program, ...args], cwd, env, prepare }: Command): number {
  prepare?.();
  const start = performance.now();
  const done = spawnSync(program, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const time = performance.now() - start;
  if (done.status !== 0) throw new Error(`${name} exited ${done.status}: ${done.error?.message ?? done.stderr.toString()}`);
  return time;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Returns a table: median, spread, ratio to the first row. */
export function renderTimings(title: string, timings: readonly Timing[]): string {
  const width = Math.max(...timings.map(({ name }) => name.length));
  const rows = timings.map(({ name, times, median: middle, ratio }) => {
    const spread = `${Math.min(...times).toFixed(1)}..${Math.max(...times).toFixed(1)}`;
    return `  ${name.padEnd(width)}  ${middle.toFixed(1).padStart(8)} ms  ${spread.padStart(16)}  ${ratio.toFixed(2).padStart(6)} x`;
  });
  return [`${title} (median, spread, ratio to the first; ${timings[0]?.times.length ?? 0} rounds)`, ...rows].join('\n');
}
