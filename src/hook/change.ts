// SPDX-License-Identifier: Apache-2.0
// What a commit changes, in git's raw format: the index against a parent before the commit is made, two trees after.
// Replace refs are off, and nobody is asked for parents, so grafts don't matter.
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import type { Change, Mode, Oid, Path } from '../oid.ts';
import { printablePath } from '../printable.ts';
import { askGit } from '../repo/blocking.ts';
import type { Env } from '../repo/process.ts';

const RAW = ['-r', '-z', '--raw', '--no-renames', '--no-abbrev', '--ignore-submodules=none'];

/** Returns how the index differs from a commit or tree. @throws Fault GIT_FAILED where that is missing */
export function stagedChanges(against: Oid, env: Env): Change[] {
  return parseRaw(askGit(['diff-index', '--cached', ...RAW, '--ita-invisible-in-index', against, '--'], { env }).stdout);
}

/** Returns how two commits or trees differ. @throws Fault GIT_FAILED where one of them is missing */
export function changesBetween(before: Oid, after: Oid, env: Env): Change[] {
  return parseRaw(askGit(['diff-tree', ...RAW, before, after, '--'], { env }).stdout);
}

const META = /^:([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([AMDT])$/;

/** Reads `:oldmode newmode oldoid newoid status NUL path NUL`, repeated. */
export function parseRaw(output: Uint8Array): Change[] {
  const fields = latin1(output).split('\0');
  const changes: Change[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, oldMode, newMode, oldOid, newOid] = META.exec(fields[i]!) ?? [];
    const path = fields[i + 1] as Path;
    if (oldMode === undefined) {
      throw new Fault('GIT_FAILED', `git can't tell what became of ${printablePath(path)}`, { hint: 'look with "git status": is it in conflict?' });
    }
    changes.push({ path, oldMode: oldMode as Mode, newMode: newMode as Mode, oldOid: oldOid as Oid, newOid: newOid as Oid });
  }
  return changes;
}
