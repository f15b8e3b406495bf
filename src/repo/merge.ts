// SPDX-License-Identifier: Apache-2.0
// Recomputes merges with `git merge-tree` in the clean room, without attributes, drivers or configuration.
import { latin1, utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { isOid } from '../oid.ts';
import type { Oid } from '../oid.ts';
import type { CleanRoom } from './clean.ts';
import { missingObject } from './missing.ts';
import { failed } from './process.ts';
import type { Output } from './process.ts';
import type { Merge, Repo } from './repo.ts';

const COMMAND = ['merge-tree', '--write-tree', '--allow-unrelated-histories', '--no-messages', '-z'];

/**
 * Merges two commits, or with `base` their trees three-way from the base's, renames off. The result is written to the
 * clean room only.
 * @throws Fault REPO_OBJECT_MISSING, GIT_FAILED
 */
export async function mergeIn(room: CleanRoom, repo: Repo, ours: Oid, theirs: Oid, base?: Oid): Promise<Merge> {
  const sides = base === undefined ? [ours, theirs] : await standIns(room, repo, ours, theirs, base);
  const renames = base === undefined ? [] : ['-c', 'merge.renames=false'];
  const output = await room.run([...renames, ...COMMAND, ...sides], { accept: [1, 2, 128] });
  // Before 2.45 a missing merge base is taken for unrelated histories, with no more than a complaint.
  if (output.code > 1 || output.stderr !== '') throw await reason(repo, output, sides as [Oid, Oid]);
  const tree = latin1(output.stdout.subarray(0, output.stdout.indexOf(0)));
  if (!isOid(tree, repo.objectFormat)) throw new Fault('GIT_FAILED', 'git merge-tree answered in an unknown form');
  return { kind: output.code === 1 ? 'conflict' : 'clean', tree };
}

// git before 2.40 cannot be told a merge base, so the three trees are put into a history in which it is the only one.
async function standIns(room: CleanRoom, repo: Repo, ours: Oid, theirs: Oid, base: Oid): Promise<Oid[]> {
  const [left, right, bottom] = await Promise.all([ours, theirs, base].map((oid) => treeOf(repo, oid)));
  const commit = (tree: Oid, parent: string) => {
    const person = 'countersign <> 0 +0000';
    return room.write('commit', utf8(`tree ${tree}\n${parent}author ${person}\ncommitter ${person}\n\n`));
  };
  const parent = `parent ${await commit(bottom!, '')}\n`;
  return Promise.all([commit(left!, parent), commit(right!, parent)]);
}

async function treeOf(repo: Repo, oid: Oid): Promise<Oid> {
  const object = await repo.readObject(oid);
  if (object === undefined) throw missingObject(oid);
  const [, tree = ''] = /^tree ([0-9a-f]+)\n/.exec(latin1(object.bytes.subarray(0, 80))) ?? [];
  if (object.kind !== 'commit' || !isOid(tree, repo.objectFormat)) throw new Fault('COMMIT_MALFORMED', `object ${oid} is not a commit`);
  return tree;
}

// Names what is missing where something is; only then is git itself to blame.
async function reason(repo: Repo, { stderr }: Output, sides: [Oid, Oid]): Promise<Fault> {
  for (const [oid] of stderr.matchAll(/\b[0-9a-f]{40,64}\b/g)) {
    if (isOid(oid, repo.objectFormat) && (await repo.readObject(oid)) === undefined) return missingObject(oid);
  }
  await repo.mergeBases(...sides);
  return failed(COMMAND, stderr);
}
