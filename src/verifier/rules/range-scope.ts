// SPDX-License-Identifier: Apache-2.0
// out-of-scope, for the range: git's merge follows renames. An edit of a name that a session may change can so arrive in
// the file of another name, which somebody else moved it to, and no commit of the session shows that.
import { named, type RangeRule } from '../rule.ts';
import { scopeOf } from './out-of-scope.ts';

export const rangeScope: RangeRule = {
  name: 'out-of-scope',
  judge({ sums, touches, moved }) {
    const paths = new Set([...touches.moved, ...moved]);
    return [...sums.sessions].flatMap(([id, { grant }]) => {
      const isInside = scopeOf(grant);
      return [...paths].filter((path) => !isInside(path)).map((path) => ({
        path,
        message: `a merge carried an edit over to ${named(path)}, which session ${id} may not change`,
        hint: 'a person merges the target into the branch, looks at this file, and signs: countersign restamp HEAD',
      }));
    });
  },
};
