// SPDX-License-Identifier: Apache-2.0
// unclean-merge: a merge that git does not make by itself (resolved, or edited) and that nobody signed for.
import { restampHint, type CommitRule } from '../rule.ts';

export const uncleanMerge: CommitRule = {
  name: 'unclean-merge',
  judge(facts) {
    const { proof, merge } = facts;
    if (!merge || proof.kind !== 'none') return [];
    if (merge.kind === 'undecided') return [{ level: 'unknown', message: 'the merge cannot be recomputed here', hint: 'install git 2.38 or newer' }];
    if (merge.kind !== 'unclean') return [];
    return [{ message: 'a merge whose result git does not make by itself, without a stamp', hint: restampHint(facts, 'who merged it') }];
  },
};
