// SPDX-License-Identifier: Apache-2.0
// What a rule is: a name and a plain function over facts that have been gathered. It gives drafts; the level comes from
// the policy, so that a rule cannot be stricter or milder than what was agreed.
import { pathText, type Path } from '../oid.ts';
import { printablePath } from '../printable.ts';
import type { Policy, RuleName } from '../trust/policy.ts';
import type { Facts } from './facts.ts';
import type { RangeFacts } from './range.ts';
import type { Finding, Level } from './verifier.ts';

/** A finding before the policy gave it a level. `unknown` and `warn` are said by the rule itself where it must. */
export interface Draft {
  level?: 'unknown' | 'warn';
  path?: Path;
  line?: number;
  message: string;
  hint: string;
}

/** A rule about single commits. */
export interface CommitRule {
  name: RuleName;
  judge(facts: Facts): Draft[];
}

/** A rule about a whole range. It may read content, so it answers later. */
export interface RangeRule {
  name: RuleName;
  judge(facts: RangeFacts): Draft[] | Promise<Draft[]>;
}

/** What to do about a squash that a forge made: nothing in it says what became of the commits it was made of. */
export const SQUASH_HINT = 'land it as a merge or a rebase: a squash loses the stamps of its commits';

/** Returns what whoever made a commit types to stamp it anew; one that others stand on is reached by a rebase. */
export function restampHint({ oid, isHead, raw }: Facts, who: string): string {
  const from = raw.parents.length > 0 ? `${oid.slice(0, 12)}~1` : '--root';
  return isHead ? `${who}: countersign restamp HEAD` : `${who}, on its branch: git rebase -r --exec 'countersign restamp HEAD' ${from}`;
}

/** Returns a path as a finding's text names it: as it is, or byte by byte where it is no text. Whoever shows it escapes it. */
export function named(path: Path): string {
  return pathText(path) ?? printablePath(path);
}

/** Returns the level of a rule: the strictest of the policies that judge, or undefined where all of them switch it off. */
export function levelOf(rule: RuleName, policies: readonly Policy[]): 'error' | 'warn' | undefined {
  const levels = policies.map((policy) => policy.rules[rule]);
  return levels.includes('error') ? 'error' : levels.includes('warn') ? 'warn' : undefined;
}

/** Gives drafts their level; those of a rule that is switched off are dropped. */
export function asFindings(rule: RuleName, drafts: readonly Draft[], policies: readonly Policy[], rest: Pick<Finding, 'commit'> = {}): Finding[] {
  const level = levelOf(rule, policies);
  if (!level) return [];
  return drafts.map(({ level: own, ...draft }) => ({ rule, level: lower(level, own), ...rest, ...draft }));
}

// what a rule could not decide is no warning; what it merely warns of is no error
function lower(level: 'error' | 'warn', own: Draft['level']): Level {
  return level === 'warn' ? 'warn' : (own ?? 'error');
}
