// SPDX-License-Identifier: Apache-2.0
// contradiction: a stamp that says human over a commit that bears an agent's marks. "assisted" would be the honest word.
import type { CommitRule } from '../rule.ts';

export const contradiction: CommitRule = {
  name: 'contradiction',
  judge({ kind, marks }) {
    const [mark] = marks;
    if (kind !== 'human' || !mark) return [];
    return [{ message: `stamped human, but it bears the marks of an agent: ${mark.evidence}`, hint: "git commit --amend --no-edit --trailer 'Provenance: assisted'" }];
  },
};
