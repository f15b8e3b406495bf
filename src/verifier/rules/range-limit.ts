// SPDX-License-Identifier: Apache-2.0
// over-limit, for the range and for each session in it: the sum over the commits, not the difference of the ends.
// A session that the target already holds work of goes on counting from there.
import { earlierWork } from '../earlier.ts';
import type { Draft, RangeRule } from '../rule.ts';
import { NO_LINES, addLines } from '../../commit/change.ts';
import { overLimits } from './over-limit.ts';

export const rangeLimit: RangeRule = {
  name: 'over-limit',
  async judge({ repo, base, isStep, sums, states }) {
    if (isStep) return [];
    const limits = states.map((state) => state.policy.agents.limits.range);
    const hint = 'split the work into several pull requests';
    const range = overLimits(sums.range, limits, "agents' work in this range", hint);
    const sessions: Draft[] = [];
    const earlier = await earlierWork(repo, base, [...sums.sessions.values()].map(({ grant }) => grant));
    for (const [id, session] of sums.sessions) {
      const lines = addLines(session.lines, earlier.get(id) ?? NO_LINES);
      sessions.push(...overLimits(lines, [...limits, session.grant.limits.range], `session ${id}`, 'a person opens a new session: countersign session start'));
    }
    return [...range, ...(range.length > 0 && sums.sessions.size === 1 ? [] : sessions)];
  },
};
