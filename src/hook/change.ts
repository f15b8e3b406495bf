// SPDX-License-Identifier: Apache-2.0
// What a commit changes, in git's raw format: the index against a parent before the commit is made, two trees after.
// Replace refs are off, and nobody is asked for parents, so grafts don't matter.
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import type { Change, Mode, Oid, Path } from '../oid.ts';
import { runGit, type Env } from '../repo/process.ts';
import { printablePath } from '../printable.ts';

const RAW = ['-r', '-z', '--raw', '--no-renames', '--no-abbrev', '--ignore-submodules=none'];

/** Returns how the index differs from a commit or tree, or undefined where git knows none of this name. @throws Fault GIT_FAILED */
export async function stagedChanges(against: string, env: Env): Promise<Change[] | undefined> {
  const args = ['diff-index', '--cached', ...RAW, '--ita-invisible-in-index', against, '--'];
  const { code, stdout } = await runGit(args, { env, accept: [128] });
  return code === 0 ? parseRaw(stdout) : undefined;
}

/** Returns how two commits or trees differ. @throws Fault GIT_FAILED where one of them is missing */
export async function changesBetween(before: Oid, after: Oid, env: Env): Promise<Change[]> {
  const { stdout } = await runGit(['diff-tree', ...RAW, before, after, '--'], { env });
  return parseRaw(stdout);
}

const META = /^:([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([AMDT])$/;

/** Reads `:oldmode newmode oldoid newoid status NUL path NUL`, repeated. */
export function parseRaw(output: Uint8Array): Change[] {
  const fields = latin1(output).split('\0');
  const changes: Change[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, oldMode, newMode, oldOid, newOid] = META.exec(fields[i]!) ?? [];
    const path = fields[i + 1] as Path;
    if (oldMode === undefined) throw new Fault('GIT_FAILED', `git can't tell what became of ${printablePath(path)}`, { hint: 'look with "git status": is it in conflict?' });
    changes.push({ path, oldMode: oldMode as Mode, newMode: newMode as Mode, oldOid: oldOid as Oid, newOid: newOid as Oid });
  }
  return changes;
}
