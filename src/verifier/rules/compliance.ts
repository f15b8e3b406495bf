// SPDX-License-Identifier: Apache-2.0
// What the three rules about compliance files share: which entry of which policy covers a path that somebody other
// than a person brought to where it is, and who may stand behind it.
import { touches } from '../../glob.ts';
import type { Change, Mode, Oid, Path } from '../../oid.ts';
import type { Compliance } from '../../trust/policy.ts';
import { holdsRole } from '../../trust/standing.ts';
import { readCosigned, type Cosigned, type Cosigner } from '../cosigned.ts';
import type { RangeFacts } from '../range.ts';

export interface Case {
  entry: Compliance;
  change: Change;
  cosigned: Cosigned;
}

/** Yields each compliance file of the range that needs people behind it, once per entry that covers it. */
export async function* casesOf(facts: RangeFacts): AsyncGenerator<Case> {
  for (const change of facts.changes) {
    const entries = entriesFor(facts, change.path).filter((entry) => entry.for === 'all' || !facts.touches.explainedByPeople(change.path, { mode: change.newMode, oid: change.newOid }));
    if (entries.length === 0) continue;
    const cosigned = await cosignedOf(facts, change.path);
    for (const entry of entries) yield { entry, change, cosigned };
  }
}

/** Returns the cosignatures of a path, each file read once for a range. */
export function cosignedOf(facts: RangeFacts, path: Path): Promise<Cosigned> {
  const known = read.get(facts) ?? new Map<Path, Promise<Cosigned>>();
  read.set(facts, known);
  const cosigned = known.get(path) ?? readCosigned(facts, path);
  known.set(path, cosigned);
  return cosigned;
}

const read = new WeakMap<RangeFacts, Map<Path, Promise<Cosigned>>>();

/** Returns the entries of all judging policies that cover a path. */
export function entriesFor({ states }: RangeFacts, path: Path): Compliance[] {
  return states.flatMap(({ policy }) => policy.compliance).filter(({ paths }) => paths.some((glob) => touches(glob, path)));
}

/** Returns who counts towards the threshold: in their role by every state, and neither sponsor nor answering for it. */
export function counting({ states, touches: touched }: RangeFacts, { entry, change, cosigned }: Case): Cosigner[] {
  const excluded = new Set<string>();
  const counted = (mode: Mode, oid: Oid): Cosigner[] => cosigned.by(mode, oid).filter(({ person }) => !excluded.has(person)
    && states.every(({ roster }) => roster.people[person] !== undefined && holdsRole(roster.people[person], entry.cosign.roles)));
  if (!entry.cosign.excludeSponsor) return counted(change.newMode, change.newOid);
  for (const { newMode, newOid, sponsor } of touched.get(change.path)) {
    if (sponsor !== undefined) excluded.add(sponsor);
    // content that is fully cosigned closes the account of whoever touched it before; the end itself is what is asked
    const isEnd = newMode === change.newMode && newOid === change.newOid;
    if (!isEnd && counted(newMode, newOid).length >= entry.cosign.threshold) excluded.clear();
  }
  return counted(change.newMode, change.newOid);
}
