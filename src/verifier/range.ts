// SPDX-License-Identifier: Apache-2.0
// What a whole range is asked, at its end: the rules that no single commit can answer. Judged by the state of the
// trusted end and by the one at the head, so that nothing a range lowers helps the range itself.
import { isEvidence, withoutEvidence } from '../commit/change.ts';
import type { Change, Oid, Path } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import { diffTrees } from '../repo/tree.ts';
import type { Policy, RuleName } from '../trust/policy.ts';
import { movedTo, unlikeAll } from './merge.ts';
import { readCommit } from './reading.ts';
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
  /** Files to which the recomputed merge carried an edit from another name. */
  moved: Path[];
  /** What differs in evidence. */
  evidence: Change[];
  /** The trusted state and the accepted state at the head; one where they are the same. */
  states: State[];
  touches: Touches;
  sums: Sums;
  /** The rules that single commits of the range were already found to break. */
  broken: ReadonlySet<RuleName>;
  /** One step of a whole history, of which the limits of a range are not asked. */
  isStep: boolean;
  /** Told of every signature that decided something and has no proof of presence. */
  onSoftware: () => void;
}

/** Finds the ends of a range and what differs between them. @throws Fault REPO_OBJECT_MISSING, TREE_MALFORMED */
export async function readEnds(repo: Repo, base: Oid, head: Oid): Promise<Pick<RangeFacts, 'baseTree' | 'endTree' | 'end' | 'changes' | 'moved' | 'evidence'>> {
  const baseTree = (await readCommit(repo, base)).tree;
  const { tree: headTree, parents } = await readCommit(repo, head);
  const ends = async (end: RangeFacts['end'], from: Oid, endTree: Oid) => {
    const diff = await diffTrees(repo, from, endTree);
    const own = end === 'merged' ? await diffTrees(repo, headTree, endTree) : [];
    const moved = movedTo(unlikeAll([diff, own]), own);
    return { end, baseTree, endTree, changes: withoutEvidence(diff), moved, evidence: diff.filter((change) => isEvidence(change.path)) };
  };
  // a whole history is judged step by step: the parent is asked before git is
  if (parents.includes(base) || (await repo.isAncestor(base, head))) return ends('head', baseTree, headTree);
  const merge = await repo.merge(base, head);
  if (merge.kind === 'clean') return ends('merged', baseTree, merge.tree);
  const [mergeBase] = await repo.mergeBases(base, head);
  return ends(merge.kind === 'conflict' ? 'conflict' : 'undecided', mergeBase ? (await readCommit(repo, mergeBase)).tree : baseTree, headTree);
}

/** Judges a range by every rule about ranges. */
export async function judgeRange(facts: RangeFacts): Promise<Finding[]> {
  const policies: Policy[] = facts.states.map((state) => state.policy);
  const findings = openEnd(facts);
  for (const rule of RANGE_RULES) findings.push(...asFindings(rule.name, await rule.judge(facts), policies));
  return findings;
}

/** A range whose end nobody has seen is at best unknown, whatever level a policy gives to merges. */
function openEnd({ end }: RangeFacts): Finding[] {
  const finding = { rule: 'unclean-merge', level: 'unknown' } as const;
  if (end === 'conflict') return [{ ...finding, message: 'the branch conflicts with its target', hint: 'git merge <target> on the branch, and verify again' }];
  if (end === 'undecided') return [{ ...finding, message: 'the branch is behind its target, and the merge cannot be recomputed here', hint: 'install git 2.38 or newer' }];
  return [];
}
