// SPDX-License-Identifier: Apache-2.0
// over-limit: one commit of an agent, or of nobody knows whom, is larger than policy and grant allow; the narrower
// counts. The sums over the range and the session are judged at its end (range.ts).
import type { LineTotals } from '../../commit/change.ts';
import type { Limits } from '../../statement/schema.ts';
import type { CommitRule, Draft } from '../rule.ts';

const MEASURES = ['files', 'additions', 'deletions'] as const;

/** Returns a draft for each measure over its limit. */
export function overLimits(lines: LineTotals, limits: readonly Limits[], what: string, hint: string): Draft[] {
  return MEASURES.flatMap((measure) => {
    const most = Math.min(...limits.map((limit) => limit[measure]));
    return lines[measure] > most ? [{ message: `${what}: ${lines[measure]} ${measure}, ${most} allowed`, hint }] : [];
  });
}

export const overLimit: CommitRule = {
  name: 'over-limit',
  judge({ kind, lines, grant, policies }) {
    if (kind !== 'ai' && kind !== 'assisted' && kind !== 'undeclared') return [];
    if (!lines) return [{ level: 'unknown', message: 'its lines cannot be counted here', hint: 'install git 2.38 or newer' }];
    const granted = grant?.kind === 'good' ? [grant.grant.limits.commit] : [];
    return overLimits(lines, [...policies.map((policy) => policy.agents.limits.commit), ...granted], 'this commit', 'split it, or a person commits it');
  },
};
