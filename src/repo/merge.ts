// SPDX-License-Identifier: Apache-2.0
// Recomputes merges with `git merge-tree` in the clean room, without attributes, drivers or configuration.
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { isOid } from '../oid.ts';
import type { Oid, Path } from '../oid.ts';
import type { CleanRoom } from './clean.ts';
import { missingObject } from './missing.ts';
import { failed } from './process.ts';
import type { Output } from './process.ts';
import type { Merge, Repo } from './repo.ts';
import { mergeTrees } from './three-way.ts';

const COMMAND = ['merge-tree', '--write-tree', '--allow-unrelated-histories', '--no-messages', '--name-only', '-z'];

/**
 * Merges two commits as git does, or with `base` their trees three-way from the base's, without renames. The result is
 * written to the clean room only.
 * @throws Fault REPO_OBJECT_MISSING, COMMIT_MALFORMED, TREE_MALFORMED, GIT_FAILED
 */
export async function mergeIn(room: CleanRoom, repo: Repo, ours: Oid, theirs: Oid, base?: Oid): Promise<Merge> {
  if (base !== undefined) {
    const [left, right, bottom] = await Promise.all([ours, theirs, base].map((oid) => treeOf(repo, oid)));
    return mergeTrees(room, repo, left!, right!, bottom!);
  }
  const output = await room.run([...COMMAND, ours, theirs], { accept: [1, 2, 128] });
  // Before 2.45 a missing merge base is taken for unrelated histories, with no more than a complaint.
  if (output.code > 1 || output.stderr !== '') throw await reason(repo, output, ours, theirs);
  // the tree, then each path in conflict, all ended by NUL
  const [tree = '', ...paths] = latin1(output.stdout).split('\0').slice(0, -1);
  if (!isOid(tree, repo.objectFormat)) throw new Fault('GIT_FAILED', 'git merge-tree answered in an unknown form');
  return output.code === 0 ? { kind: 'clean', tree } : { kind: 'conflict', tree, paths: paths as Path[] };
}

async function treeOf(repo: Repo, oid: Oid): Promise<Oid> {
  const object = await repo.readObject(oid);
  if (object === undefined) throw missingObject(oid);
  const [, tree = ''] = /^tree ([0-9a-f]+)\n/.exec(latin1(object.bytes.subarray(0, 80))) ?? [];
  if (object.kind !== 'commit' || !isOid(tree, repo.objectFormat)) throw new Fault('COMMIT_MALFORMED', `object ${oid} is not a commit`);
  return tree;
}

// Names what is missing where something is; only then is git itself to blame.
async function reason(repo: Repo, { stderr }: Output, ours: Oid, theirs: Oid): Promise<Fault> {
  for (const [oid] of stderr.matchAll(/\b[0-9a-f]{40,64}\b/g)) {
    if (isOid(oid, repo.objectFormat) && (await repo.readObject(oid)) === undefined) return missingObject(oid);
  }
  await repo.mergeBases(ours, theirs);
  return failed(COMMAND, stderr);
}
