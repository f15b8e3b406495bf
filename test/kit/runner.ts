// SPDX-License-Identifier: Apache-2.0
// Runs test files, each in a process of its own, so that none can leak its environment into another or end the run
// early. What uvu lets pass silently fails here: a file without tests, without a summary, or that never ends.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, sep } from 'node:path';
import { performance } from 'node:perf_hooks';
import { cleanEnvironment } from './environment.ts';
import { removeDir, tempDir } from './temp.ts';

export interface Outcome {
  file: string;
  passed: number;
  /** Failed tests; a file that fails in any other way counts as one. */
  failed: number;
  /** Why the file as a whole is a failure, whatever its tests say. */
  reason?: string;
  /** What was left out, in the file's own words. */
  skipped: string[];
  /** What it found out and wants known: figures. */
  noted: string[];
  output: string;
  seconds: number;
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

export interface RunnerOptions {
  /** Substrings of file names; none means all. */
  patterns?: readonly string[];
  timeoutSeconds?: number;
  write?: (line: string) => void;
}

/** Runs the test files below a folder from the current one. Returns the exit status; the last line is `N passed, N failed`. */
export async function runTests(root: string, { patterns = [], timeoutSeconds = 300, write = console.log }: RunnerOptions = {}): Promise<number> {
  const files = testFiles(root).filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)));
  const scratch = tempDir();
  const outcomes: Outcome[] = [];
  const queue = files.entries();
  const work = async (): Promise<void> => {
    for (const [index, file] of queue) {
      const outcome = await runFile(root, file, join(scratch, String(index)), timeoutSeconds);
      outcomes.push(outcome);
      write(describe(outcome));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  for (const outcome of outcomes) for (const line of outcome.noted) write(`NOTED ${outcome.file}: ${line}`);
  for (const outcome of outcomes) for (const line of outcome.skipped) write(`SKIPPED ${outcome.file}: ${line}`);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  if (outcomes.length === 0) write(`no test file matches ${patterns.join(' ') || root}`);
  write(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

/** Returns the test files with `/` between folders: those of cli/ first, since they take longest, else by name. */
export function testFiles(root: string): string[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => file.split(sep).join('/'));
  const late = (file: string): number => (file.startsWith('cli/') ? 0 : 1);
  return files.filter((file) => file.endsWith('.test.ts')).sort((a, b) => late(a) - late(b) || (a < b ? -1 : 1));
}

async function runFile(root: string, file: string, scratch: string, timeoutSeconds: number): Promise<Outcome> {
  mkdirSync(scratch);
  const start = performance.now();
  const ended = await runProcess(join(root, file), scratch, timeoutSeconds);
  removeDir(scratch);
  return { file, ...judge(ended, timeoutSeconds), output: ended.stdout + ended.stderr, seconds: (performance.now() - start) / 1000 };
}

function runProcess(file: string, scratch: string, timeoutSeconds: number): Promise<Ended> {
  const env = cleanEnvironment({ TMPDIR: scratch, TMP: scratch, TEMP: scratch });
  // A group of its own, so that a file that hangs is ended together with what it started.
  const child = spawn(process.execPath, ['--import', 'tsx', file], { env, detached: process.platform !== 'win32', stdio: ['ignore', 'pipe', 'pipe'] });
  const ended: Ended = { code: null, stdout: '', stderr: '', timedOut: false };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.stderr += text));
  const kill = (): void => {
    if (child.pid === undefined || child.exitCode !== null) return;
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(() => {
    ended.timedOut = true;
    kill();
  }, timeoutSeconds * 1000);
  process.once('exit', kill);
  return new Promise((resolve, reject) => {
    const done = (code: number | null): void => {
      clearTimeout(timer);
      process.off('exit', kill);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ ...ended, code });
    };
    child.once('error', reject).once('close', done);
    // A forgotten grandchild (an ssh-agent, say) may hold the pipes open; it gets a second, not the whole timeout.
    child.once('exit', (code) => setTimeout(done, 1000, code).unref());
  });
}

/** Judges one file from what its process left behind. */
export function judge({ code, stdout, stderr, timedOut }: Ended, timeoutSeconds: number): Pick<Outcome, 'passed' | 'failed' | 'reason' | 'skipped' | 'noted'> {
  const count = (word: string): number | undefined => {
    const found = [...stdout.matchAll(new RegExp(`^ {2}${word}: +(\\d+)$`, 'gm'))];
    return found.length === 1 ? Number(found[0]![1]) : undefined;
  };
  const [total, passed, skips] = [count('Total'), count('Passed'), count('Skipped')];
  const said = (word: string): string[] => stderr.split('\n').filter((line) => line.startsWith(`${word}:`)).map((line) => line.slice(word.length + 1).trim());
  const skipped = said('skipped');
  if (skips !== undefined && skips > 0) skipped.push(`${skips} by test.skip`);
  const failures = (total ?? 0) - (passed ?? 0);
  const reason = timedOut ? `not done after ${timeoutSeconds} s`
    : total === undefined || passed === undefined ? 'no summary: is .run() missing, or did it exit early?'
    : total === 0 && skipped.length === 0 ? 'registers no test'
    : code !== 0 && failures === 0 ? `exited ${code ?? 'by a signal'} though no test failed`
    : undefined;
  return { passed: passed ?? 0, failed: failures + (reason === undefined ? 0 : 1), skipped, noted: said('noted'), ...(reason === undefined ? {} : { reason }) };
}

function describe({ file, passed, failed, reason, output, seconds }: Outcome): string {
  const time = `${seconds.toFixed(1)} s`;
  if (failed === 0) return `ok    ${file}: ${passed} passed (${time})`;
  const rule = '-'.repeat(78);
  return `FAIL  ${file} (${time})${reason === undefined ? '' : `: ${reason}`}\n${rule}\n${output.trimEnd()}\n${rule}`;
}
