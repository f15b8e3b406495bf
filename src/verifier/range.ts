// SPDX-License-Identifier: Apache-2.0
// What a whole range is asked, at its end: the rules that no single commit can answer. Judged by the state of the
// trusted end and by the one at the head, so that nothing a range lowers helps the range itself.
import { withoutEvidence } from '../commit/change.ts';
import type { Change, Oid } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import { diffTrees } from '../repo/tree.ts';
import type { Policy } from '../trust/policy.ts';
import { readCommit } from './facts.ts';
import type { Sums } from './sums.ts';
import type { State } from './state.ts';
import type { Touches } from './touches.ts';
import type { Finding } from './verifier.ts';
import { asFindings } from './rule.ts';
import { RANGE_RULES } from './rules/range-registry.ts';

/** Everything the rules about a range ask. */
export interface RangeFacts {
  repo: Repo;
  base: Oid;
  head: Oid;
  baseTree: Oid;
  /** The head's tree; where the head does not descend from the base, the tree of their recomputed merge. */
  endTree: Oid;
  /** How the end was found: a branch that conflicts with its target has none that could be good. */
  end: 'head' | 'merged' | 'conflict' | 'undecided';
  /** What differs between base and end, evidence left out. */
  changes: Change[];
  /** The trusted state and the accepted state at the head; one where they are the same. */
  states: State[];
  touches: Touches;
  sums: Sums;
  /** A commit of the range was already found to change the policy wrongly. */
  policyFault: boolean;
  /** Told of every signature that decided something and has no proof of presence. */
  onSoftware: () => void;
}

/** Finds the ends of a range and what differs between them. @throws Fault REPO_OBJECT_MISSING, TREE_MALFORMED */
export async function readEnds(repo: Repo, base: Oid, head: Oid): Promise<Pick<RangeFacts, 'baseTree' | 'endTree' | 'end' | 'changes'>> {
  const baseTree = (await readCommit(repo, base)).tree;
  const headTree = (await readCommit(repo, head)).tree;
  const ends = async (end: RangeFacts['end'], from: Oid, endTree: Oid) => ({ end, baseTree, endTree, changes: withoutEvidence(await diffTrees(repo, from, endTree)) });
  if (await repo.isAncestor(base, head)) return ends('head', baseTree, headTree);
  const merge = await repo.merge(base, head);
  if (merge.kind === 'clean') return ends('merged', baseTree, merge.tree);
  const [mergeBase] = await repo.mergeBases(base, head);
  return ends(merge.kind === 'conflict' ? 'conflict' : 'undecided', mergeBase ? (await readCommit(repo, mergeBase)).tree : baseTree, headTree);
}

/** Judges a range by every rule about ranges. */
export async function judgeRange(facts: RangeFacts): Promise<Finding[]> {
  const policies: Policy[] = facts.states.map((state) => state.policy);
  const findings: Finding[] = [];
  for (const rule of RANGE_RULES) findings.push(...asFindings(rule.name, await rule.judge(facts), policies));
  return findings;
}
