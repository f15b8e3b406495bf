// SPDX-License-Identifier: Apache-2.0
// A throw-away repository driven by the real git, in an environment where nothing of the machine's or the user's
// configuration counts. Its answers are the oracle against which ours are held.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ObjectFormat, Oid } from '../../src/oid.ts';
import { cleanEnvironment } from './environment.ts';
import { tempDir } from './temp.ts';

/** 2026-01-02T03:04:05Z: the first date of every scratch repository. */
const EPOCH = 1_767_323_045;

export interface ScratchOptions {
  objectFormat?: ObjectFormat;
  bare?: boolean;
  /** Seconds between one commit's dates and the next one's; 60 unless told, 0 for one fixed date. */
  step?: number;
  /** Name of the folder, to try odd ones. */
  name?: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  input?: string | Uint8Array;
  cwd?: string;
}

export interface Ran {
  code: number;
  stdout: Buffer;
  stderr: string;
}

export interface CommitOptions extends RunOptions {
  /** Files to write and stage first; null removes one. */
  files?: Record<string, string | Uint8Array | null>;
  /** Further arguments of git commit. */
  args?: string[];
}

/** Returns git's environment for a home of its own, in which `user` is who commits. */
export function gitEnvironment(home: string): Record<string, string> {
  const config = join(home, 'gitconfig');
  const lines = ['[user]', 'name = Alice Example', 'email = alice@example.com', '[init]', 'defaultBranch = main', '[advice]', 'detachedHead = false', '[gc]', 'auto = 0'];
  mkdirSync(home, { recursive: true });
  writeFileSync(config, `${lines.join('\n')}\n`);
  return cleanEnvironment({ HOME: home, GIT_CONFIG_GLOBAL: config, GIT_CONFIG_SYSTEM: '/dev/null', GIT_TERMINAL_PROMPT: '0', GIT_EDITOR: 'true' });
}

export class ScratchRepo {
  readonly dir: string;
  /** What every git gets; a test may set more in it. */
  readonly env: Record<string, string>;
  readonly #step: number;
  #date = EPOCH;

  constructor(options: ScratchOptions = {}) {
    const top = tempDir();
    this.dir = join(top, options.name ?? 'repo');
    this.env = gitEnvironment(join(top, 'home'));
    this.#step = options.step ?? 60;
    mkdirSync(this.dir, { recursive: true });
    this.git(['init', '-q', `--object-format=${options.objectFormat ?? 'sha1'}`, ...(options.bare === true ? ['--bare'] : [])]);
  }

  /** Returns whatever came of `git …args`; throws only where git could not be started. */
  run(args: readonly string[], { env, input, cwd }: RunOptions = {}): Ran {
    const date = `${this.#date} +0000`;
    const done = spawnSync('git', args, {
      cwd: cwd ?? this.dir,
      env: { ...this.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, ...env },
      input: input ?? '',
      maxBuffer: 1 << 28,
    });
    if (done.error !== undefined) throw done.error;
    return { code: done.status ?? 128, stdout: done.stdout, stderr: done.stderr.toString() };
  }

  /** Returns what git printed, without the last newline; throws where it failed, unless `ok` is false. */
  git(args: readonly string[], options: RunOptions & { ok?: boolean } = {}): string {
    return this.bytes(args, options).toString().replace(/\n$/, '');
  }

  /** The same, byte for byte. */
  bytes(args: readonly string[], { ok = true, ...options }: RunOptions & { ok?: boolean } = {}): Buffer {
    const ran = this.run(args, options);
    if (ok && ran.code !== 0) throw new Error(`git ${args.join(' ')} exited ${ran.code}: ${ran.stderr}`);
    return ran.stdout;
  }

  /** Writes a file of the working tree, with its folders. */
  write(path: string, content: string | Uint8Array, mode = 0o644): void {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
  }

  /** Writes and stages files, commits what is staged (nothing, too), and returns the commit. The clock then moves on. */
  commit(message: string, { files = {}, args = [], ...options }: CommitOptions = {}): Oid {
    for (const [path, content] of Object.entries(files)) {
      if (content === null) this.git(['rm', '-q', '--', path]);
      else this.write(path, content);
    }
    const written = Object.keys(files).filter((path) => files[path] !== null);
    if (written.length > 0) this.git(['add', '--', ...written]);
    this.git(['commit', '-q', '--allow-empty', '--allow-empty-message', '-F', '-', ...args], { input: message, ...options });
    this.#date += this.#step;
    return this.oid('HEAD');
  }

  /** Moves the clock by hand, in seconds. */
  wait(seconds: number): void {
    this.#date += seconds;
  }

  oid(revision: string): Oid {
    return this.git(['rev-parse', '--verify', '-q', '--end-of-options', revision]) as Oid;
  }
}
