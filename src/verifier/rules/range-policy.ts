// SPDX-License-Identifier: Apache-2.0
// policy-change, for the range: the end must hold exactly the policy, roster and keys that its commits brought rightly.
// An "ours" merge or a stale branch could otherwise put an older policy back without any commit that changes it.
import type { RangeRule } from '../rule.ts';
import { trustFiles } from '../state.ts';

export const rangePolicy: RangeRule = {
  name: 'policy-change',
  async judge({ repo, baseTree, endTree, states, broken, end }) {
    const accepted = states.at(-1)!;
    if (broken.has('policy-change') || end === 'conflict' || end === 'undecided') return [];
    const files = await trustFiles(repo, endTree);
    if (files === accepted.files) return [];
    // in a whole history, a change that did not count was found at the step that brought it
    const before = await trustFiles(repo, baseTree);
    if (files === before && before !== states[0]!.files) return [];
    return [{
      message: `the policy, roster or keys at the end are not those of serial ${accepted.policy.serial}, and no owner signed another`,
      hint: 'git checkout <target> -- .countersign, or an owner makes the change with serial + 1',
    }];
  },
};
