// SPDX-License-Identifier: Apache-2.0
// Where a repository keeps what: asked of git itself, once, so that linked worktrees, GIT_DIR in hooks, the quarantine
// of pre-receive and `safe.directory` mean here what they mean to git.
import { randomBytes } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fromUtf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import type { ObjectFormat } from '../oid.ts';
import { printable } from '../printable.ts';
import { failed, runGit } from './process.ts';
import type { Env } from './process.ts';

/** Absolute paths and the plain facts of one repository. */
export interface Layout {
  readonly gitDir: string;
  /** Differs from `gitDir` in a linked worktree; holds refs, config and objects. */
  readonly commonDir: string;
  /** Where new objects go: the quarantine in a pre-receive hook. */
  readonly objectDir: string;
  /** The top of the working tree; undefined where there is none. */
  readonly toplevel: string | undefined;
  readonly objectFormat: ObjectFormat;
  readonly bare: boolean;
  /** Whether history is cut, as in a clone with `--depth`. */
  readonly shallow: boolean;
}

const OLDEST = [2, 38] as const;

/**
 * Finds the repository that a directory belongs to, as git would from there.
 * @throws Fault GIT_UNAVAILABLE (none, or older than 2.38), REPO_NOT_FOUND, REPO_FORMAT_UNSUPPORTED, GIT_FAILED (git
 * refuses to work there, for instance because somebody else owns it)
 */
export async function findLayout(dir: string, env: Env = process.env): Promise<Layout> {
  const nowhere = new Fault('REPO_NOT_FOUND', `not a git repository: ${printable(dir)}`, { hint: 'name one with -C <dir>' });
  // Without this a missing directory and a missing git are the same error of spawn.
  const folder = await stat(dir).catch(() => undefined);
  if (!folder?.isDirectory()) throw nowhere;

  // Paths may hold newlines and rev-parse has no -z, but it repeats an unknown option: a separator nobody can foresee.
  const mark = `--${randomBytes(16).toString('hex')}`;
  const asked = [['--git-dir'], ['--git-common-dir'], ['--git-path', 'objects'], ['--is-bare-repository'], ['--show-object-format'], ['--is-shallow-repository'], ['--show-cdup']];
  const args = ['rev-parse', '--path-format=absolute', ...asked.flatMap((question) => [...question, mark])];
  const [, found] = await Promise.all([checkVersion(env), runGit(args, { cwd: dir, env, accept: [128] })]);
  if (found.code !== 0) throw /not a git repository/.test(found.stderr) ? nowhere : failed(args, found.stderr);

  const text = fromUtf8(found.stdout);
  if (text === undefined) throw new Fault('REPO_FORMAT_UNSUPPORTED', 'the path of the repository is not UTF-8');
  const answers = text.split(`${mark}\n`);
  const [gitDir, commonDir, objectDir, bare, objectFormat, shallow, up] = answers.map((answer) => answer.replace(/\n$/, ''));
  if (objectFormat !== 'sha1' && objectFormat !== 'sha256') throw new Fault('REPO_FORMAT_UNSUPPORTED', 'unknown object format');
  // Silence means that there is no working tree, an empty line that this is its top.
  const toplevel = answers[6] === '' ? undefined : resolve(await realpath(dir), up!);
  const places = { gitDir: gitDir!, commonDir: commonDir!, objectDir: objectDir!, toplevel };
  return { ...places, objectFormat, bare: bare === 'true', shallow: shallow === 'true' };
}

async function checkVersion(env: Env): Promise<void> {
  const { stdout } = await runGit(['version'], { env });
  const [, major = '0', minor = '0'] = /^git version (\d+)\.(\d+)/.exec(fromUtf8(stdout) ?? '') ?? [];
  if (Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1])) return;
  throw new Fault('GIT_UNAVAILABLE', `git is ${major}.${minor}`, { hint: `install git ${OLDEST.join('.')} or newer` });
}
