// SPDX-License-Identifier: Apache-2.0
// compliance-deleted: a record that an agent took away, or moved out of its folder. One that it had only just made and
// that nobody had cosigned may go again.
import type { Path } from '../../oid.ts';
import { entryAt } from '../../repo/tree.ts';
import type { RangeFacts } from '../range.ts';
import { named, type Draft, type RangeRule } from '../rule.ts';
import { casesOf, cosignedOf, entriesFor } from './compliance.ts';

export const complianceDeleted: RangeRule = {
  name: 'compliance-deleted',
  async judge(facts) {
    const gone = new Set<Path>();
    for await (const { change } of casesOf(facts)) if (change.newMode === '000000') gone.add(change.path);
    for (const path of facts.touches.paths()) if (await cameAndWent(facts, path)) gone.add(path);
    return [...gone].map((path): Draft => ({
      path,
      message: `${named(path)} was deleted or moved away, and no person did that alone`,
      hint: 'git checkout <target> -- <path>, or a person deletes it in a commit of their own',
    }));
  },
};

/** Tells whether a file that people had cosigned within the range is gone at its end, and not by a person's hand. */
async function cameAndWent(facts: RangeFacts, path: Path): Promise<boolean> {
  const last = facts.touches.get(path).findLast((touch) => touch.newMode === '000000');
  if (!last || last.human || entriesFor(facts, path).length === 0 || (await entryAt(facts.repo, facts.endTree, path))) return false;
  return facts.touches.wasCosigned(path) || (await cosignedOf(facts, path)).any;
}
