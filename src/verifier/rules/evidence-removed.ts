// SPDX-License-Identifier: Apache-2.0
// evidence-removed: evidence was altered, or what binds somebody was taken away. Removing what permits harms nobody else.
import { named, type CommitRule, type Draft } from '../rule.ts';

export const evidenceRemoved: CommitRule = {
  name: 'evidence-removed',
  judge({ evidence }) {
    const hint = 'git checkout <commit>~1 -- <path>';
    const altered = evidence.altered.map((path): Draft => ({ path, message: `${named(path)} was altered`, hint }));
    const removed = evidence.removed.map(({ path, binding }): Draft => ({ path, message: `${named(path)} was removed`, hint, ...(binding ? {} : { level: 'warn' }) }));
    return [...altered, ...removed];
  },
};
