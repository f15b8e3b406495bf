// SPDX-License-Identifier: Apache-2.0
// unclean-merge, for the range: a branch that conflicts with its target has no end that could be judged.
import type { RangeRule } from '../rule.ts';

export const rangeConflict: RangeRule = {
  name: 'unclean-merge',
  judge({ end }) {
    if (end === 'conflict') return [{ level: 'unknown', message: 'the branch conflicts with its target', hint: 'git merge <target> on the branch, and verify again' }];
    if (end === 'undecided') return [{ level: 'unknown', message: 'the branch is behind its target, and the merge cannot be recomputed here', hint: 'install git 2.38 or newer' }];
    return [];
  },
};
