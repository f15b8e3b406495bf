// SPDX-License-Identifier: Apache-2.0
// The index: what stands in it for a path, and putting a file there without touching anything else.
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { isOid, pathText, type Mode, type Oid, type Path } from '../oid.ts';
import { printablePath } from '../printable.ts';
import type { Layout } from './layout.ts';
import { runGit, type Env } from './process.ts';

export interface StagedEntry {
  mode: Mode;
  oid: Oid;
}

/** Returns the index's entry of a path, or undefined. @throws Fault PATH_INVALID where the path is in conflict, GIT_FAILED */
export async function stagedEntry(layout: Layout, path: Path, env?: Env): Promise<StagedEntry | undefined> {
  const args = ['--literal-pathspecs', 'ls-files', '--stage', '-z', '--full-name', '--', textOf(path)];
  const { stdout } = await runGit(args, { layout, ...(env && { env }) });
  const lines = latin1(stdout).split('\0').filter((line) => line.slice(line.indexOf('\t') + 1) === path);
  if (lines.length === 0) return undefined;
  const [mode, oid, level] = lines[0]!.split(/[ \t]/, 3);
  if (lines.length > 1 || level !== '0') throw new Fault('PATH_INVALID', `${printablePath(path)} is in conflict`, { hint: 'resolve it and "git add" it first' });
  if (oid === undefined || !isOid(oid, layout.objectFormat)) throw new Fault('GIT_FAILED', 'git ls-files answered in an unknown form');
  return { mode: mode as Mode, oid };
}

/** Puts a blob into the index. @throws Fault GIT_FAILED */
export async function stage(layout: Layout, path: Path, { mode, oid }: StagedEntry, env?: Env): Promise<void> {
  await runGit(['update-index', '--add', '--cacheinfo', `${mode},${oid},${textOf(path)}`], { layout, ...(env && { env }) });
}

/** Takes a path out of the index; the working tree stays as it is. @throws Fault GIT_FAILED */
export async function unstage(layout: Layout, path: Path, env?: Env): Promise<void> {
  await runGit(['update-index', '--force-remove', '--', textOf(path)], { layout, ...(env && { env }) });
}

/** Tells whether the working tree holds something else than the index for a path, as `git diff` sees it. @throws Fault GIT_FAILED */
export async function isDirty(layout: Layout, path: Path, env?: Env): Promise<boolean> {
  const args = ['--literal-pathspecs', 'diff', '--quiet', '--no-ext-diff', '--no-textconv', '--ignore-submodules=none', '--', textOf(path)];
  const { code } = await runGit(args, { layout, ...(env && { env }), accept: [1] });
  return code === 1;
}

function textOf(path: Path): string {
  const text = pathText(path);
  if (text === undefined) throw new Fault('PATH_INVALID', `${printablePath(path)} is not UTF-8`);
  return text;
}
