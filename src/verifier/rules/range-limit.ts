// SPDX-License-Identifier: Apache-2.0
// over-limit, for the range and for each session in it: the sum over the commits, not the difference of the ends.
import type { RangeRule } from '../rule.ts';
import { overLimits } from './over-limit.ts';

export const rangeLimit: RangeRule = {
  name: 'over-limit',
  judge({ sums, states }) {
    const limits = states.map((state) => state.policy.agents.limits.range);
    const hint = 'split the work into several pull requests';
    const range = overLimits(sums.range, limits, "agents' work in this range", hint);
    const sessions = [...sums.sessions].flatMap(([id, session]) => overLimits(session.lines, [...limits, session.limits], `session ${id}`, 'a person opens a new session: countersign session start'));
    return [...range, ...(range.length > 0 && sums.sessions.size === 1 ? [] : sessions)];
  },
};
