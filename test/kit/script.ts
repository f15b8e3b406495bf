// SPDX-License-Identifier: Apache-2.0
// Runs a transcript and holds what happened against what it says. One bash runs all its commands, so that `cd` and
// variables last; what each of them printed goes to files, so that nothing a command prints can pass for a mark.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ScratchRepo } from './git.ts';
import { keyFolder, sshKey } from './keys.ts';
import { matches, renew } from './placeholder.ts';
import { tempDir } from './temp.ts';
import { parseTranscript, printTranscript } from './transcript.ts';
import type { Step, Transcript } from './transcript.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const PRELUDE = join(ROOT, 'test/cli/prelude.sh');

export interface ScriptResult {
  /** What did not hold, each beginning with the transcript's name and line. */
  problems: string[];
  /** The transcript as it would have to read to hold. */
  renewed: string;
}

interface Happened {
  stdout: string[];
  stderr: string[];
  code: number;
}

/** Runs a transcript in a fresh repository, with the built command line in PATH. */
export async function runScript(name: string, text: string, timeoutSeconds = 120): Promise<ScriptResult> {
  const transcript = parseTranscript(text);
  const happened = await perform(transcript, timeoutSeconds);
  const problems: string[] = [];
  const steps = transcript.steps.map((step, index): Step => {
    const at = `${name}:${step.line}: $ ${step.command.join(' …')}`;
    const what = happened[index];
    if (what === undefined) {
      if (index === happened.length) problems.push(`${at}\n  the shell ended here, or took more than ${timeoutSeconds} s`);
      return step;
    }
    const before = problems.length;
    problems.push(...compare(`${at}\n  stdout`, step.stdout, what.stdout), ...compare(`${at}\n  stderr`, step.stderr, what.stderr));
    if (what.code !== step.code) problems.push(`${at}\n  exit code ${what.code}, expected ${step.code}`);
    if (problems.length === before) return step;
    return { ...step, stdout: renew(step.stdout, what.stdout), stderr: renew(step.stderr, what.stderr), code: what.code };
  });
  return { problems, renewed: printTranscript({ ...transcript, steps }) };
}

/** Returns what came of the steps, as far as the shell lived. */
async function perform({ steps, files }: Transcript, timeoutSeconds: number): Promise<Happened[]> {
  const repo = new ScratchRepo();
  const log = tempDir();
  for (const [path, content] of files) repo.write(path, content);
  for (const name of ['alice', 'bob', 'carol']) sshKey(name);
  // What differs from machine to machine is shown by the name under which a command can use it.
  const names = { WORK: repo.dir, KEYS: keyFolder(), HOME: repo.env['HOME']!, ROOT };
  const bin = installCommand(join(log, 'bin'));
  const env = { ...repo.env, ...names, PATH: `${bin}${delimiter}${repo.env['PATH']}` };
  await runBash([`. ${quote(PRELUDE)}`, ...steps.map((step, index) => stepLine(step, join(log, String(index))))].join('\n'), repo.dir, env, timeoutSeconds);

  const lines = (file: string): string[] => {
    const text = Object.entries(names).reduce((all, [short, long]) => all.replaceAll(long, `$${short}`), readFileSync(file, 'utf8'));
    const trimmed = text.replace(/\n+$/, '');
    return trimmed === '' ? [] : trimmed.split('\n');
  };
  const happened: Happened[] = [];
  for (let file = join(log, '0'); existsSync(`${file}.code`); file = join(log, String(happened.length))) {
    happened.push({ stdout: lines(`${file}.out`), stderr: lines(`${file}.err`), code: Number(readFileSync(`${file}.code`, 'utf8')) });
  }
  return happened;
}

/** `eval` in the shell itself, so that a command may change folder and variables, and a syntax error is only its own. */
function stepLine(step: Step, file: string): string {
  return `eval ${quote(step.command.join('\n'))} >${quote(`${file}.out`)} 2>${quote(`${file}.err`)} </dev/null; echo $? >${quote(`${file}.code`)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Puts the built command into a folder under both its names, and returns the folder. */
function installCommand(folder: string): string {
  mkdirSync(folder);
  const shim = `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(join(ROOT, 'bin/countersign.js'))} "$@"\n`;
  for (const name of ['countersign', 'git-countersign']) writeFileSync(join(folder, name), shim, { mode: 0o755 });
  return folder;
}

function runBash(script: string, cwd: string, env: Record<string, string>, timeoutSeconds: number): Promise<void> {
  return new Promise((done, reject) => {
    // A group of its own on POSIX, so that a command that hangs is ended together with its shell.
    const posix = process.platform !== 'win32';
    const child = spawn('bash', ['--noprofile', '--norc', '-c', script], { cwd, env, stdio: 'ignore', detached: posix });
    const timer = setTimeout(() => (posix ? process.kill(-child.pid!, 'SIGKILL') : child.kill('SIGKILL')), timeoutSeconds * 1000);
    child.once('error', reject).once('exit', () => {
      clearTimeout(timer);
      done();
    });
  });
}

/** Compares line by line; names the first line that differs and shows both sides from there on. Blank lines at the end don't count. */
function compare(at: string, expected: readonly string[], actual: readonly string[]): string[] {
  const length = Math.max(expected.length, actual.length);
  const differs = (i: number): boolean => expected[i] === undefined || actual[i] === undefined || !matches(expected[i], actual[i]);
  for (let i = 0; i < length; i++) {
    if (!differs(i)) continue;
    const rest = [...expected.slice(i).map((line) => `  - ${line}`), ...actual.slice(i).map((line) => `  + ${line}`)];
    return [`${at} differs from its line ${i + 1} on\n${rest.join('\n')}`];
  }
  return [];
}
