// SPDX-License-Identifier: Apache-2.0
// What a commit does below .countersign/evidence/. Evidence is no part of any stamped change, so nothing may stand
// there but statements that prove themselves, at the one path each may have; and nothing there may be altered.
import { isEvidence } from '../commit/change.ts';
import { Fault } from '../fault.ts';
import { foldSegment } from '../glob.ts';
import { pathText, type Change, type Path } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import { parseEvidence } from '../statement/evidence.ts';
import { proveEvidence } from './evidence.ts';
import type { State } from './state.ts';

export interface Deposit {
  path: Path;
  verdict: 'good' | 'bad' | 'unknown';
  reason: string;
}

export interface EvidenceFacts {
  added: Deposit[];
  altered: Path[];
  /** `binding`: a revocation or an objection, whose removal frees somebody. */
  removed: { path: Path; binding: boolean }[];
  /** Paths that some file system takes for .countersign, and .countersign as something else than a folder. */
  disguised: Path[];
}

/** Judges the evidence part of a difference under the state before it. @throws Fault REPO_OBJECT_MISSING */
export async function judgeEvidence(repo: Repo, state: State, changes: readonly Change[]): Promise<EvidenceFacts> {
  const facts: EvidenceFacts = { added: [], altered: [], removed: [], disguised: [] };
  for (const change of changes) {
    const { path } = change;
    if (isDisguised(change)) facts.disguised.push(path);
    if (!isEvidence(path)) continue;
    if (change.newMode === '000000') {
      facts.removed.push({ path, binding: isBinding(path) });
    } else if (change.oldMode === '000000') {
      facts.added.push({ path, ...(await judgeFile(repo, state, change)) });
    } else facts.altered.push(path);
  }
  return facts;
}

/** Tells whether evidence at this path would bind somebody: a revocation or an objection. */
export function isBinding(path: Path): boolean {
  return /^\.countersign\/evidence\/(?:revocations|objections)\//.test(path);
}

async function judgeFile(repo: Repo, state: State, change: Change): Promise<Omit<Deposit, 'path'>> {
  if (change.newMode !== '100644') return { verdict: 'bad', reason: 'it is no plain file' };
  const object = await repo.readObject(change.newOid);
  if (!object) return { verdict: 'unknown', reason: 'its content is not here' };
  try {
    const proof = await proveEvidence(parseEvidence(object.bytes, change.path), state);
    return proof.kind === 'good' ? { verdict: 'good', reason: '' } : { verdict: proof.kind, reason: proof.reason };
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'STATEMENT_INVALID') return { verdict: 'bad', reason: thrown.message };
    throw thrown;
  }
}

/** Tells whether a path poses as .countersign or its evidence folder, or takes its place with something that is no folder. */
function isDisguised({ path, newMode }: Change): boolean {
  if (newMode === '000000') return false;
  const segments = (pathText(path) ?? path).split('/');
  const [first = '', second] = segments;
  if (foldSegment(first) !== '.countersign' && !/^(?:counte~[0-9]|\.countersign:.*)$/i.test(first)) return false;
  if (first !== '.countersign' || second === undefined) return true;
  if (second === 'evidence') return segments.length === 2;
  // the short names are those that Windows gives to long ones
  return !OWN.includes(second) && (OWN.includes(foldSegment(second)) || /^(?:eviden|policy|roster|agent-)~[0-9]/i.test(second));
}

/** What stands directly below .countersign and is looked for there. */
const OWN: readonly string[] = ['evidence', 'policy.yaml', 'roster.yaml', 'keys', 'agent-rules.lock'];
