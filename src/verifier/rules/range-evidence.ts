// SPDX-License-Identifier: Apache-2.0
// evidence-removed, for the range: what bound somebody at the trusted end still does at the head. A merge that takes an
// older line for its first parent removes nothing that its own difference would show.
import { named, type Draft, type RangeRule } from '../rule.ts';
import { isBinding } from '../deposits.ts';

export const rangeEvidence: RangeRule = {
  name: 'evidence-removed',
  judge({ evidence, broken }) {
    if (broken.has('evidence-removed')) return [];
    return evidence
      .filter(({ path, oldMode, newMode }) => oldMode !== '000000' && (newMode !== '000000' || isBinding(path)))
      .map(({ path, newMode }): Draft => ({
        path,
        message: `${named(path)} is ${newMode === '000000' ? 'gone' : 'another'} at the end of the range`,
        hint: 'git checkout <target> -- <path>',
      }));
  },
};
