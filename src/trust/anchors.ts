// SPDX-License-Identifier: Apache-2.0
// What a roster gives signatures to be held against: all its certificates and authorities, whoever's they are. Who
// stands behind a key is asked after the arithmetic.
import type { Anchors } from '../signature/anchors.ts';
import type { Policy } from './policy.ts';
import type { Key, Roster } from './roster.ts';

/** One set per roster and policy: checks keep what they have worked out about an anchor as long as it is the same. */
const sets = new WeakMap<Roster, Map<Anchors['keylessTime'], Anchors>>();

/** Returns the anchors of a roster whose key files have been read. */
export function anchorsOf(roster: Roster, { keylessTime }: Pick<Policy, 'keylessTime'>): Anchors {
  const known = sets.get(roster) ?? new Map<Anchors['keylessTime'], Anchors>();
  sets.set(roster, known);
  const anchors = known.get(keylessTime) ?? { ...collect(roster), trustedRoot: roster.trustedRoot, keylessTime };
  known.set(keylessTime, anchors);
  return anchors;
}

function collect({ people, agents, forges }: Roster): Pick<Anchors, 'certificates' | 'authorities'> {
  const keys = [people, agents, forges].flatMap((entries) => Object.values(entries).flatMap((entry): readonly Key[] => entry.keys));
  const certificates = keys.flatMap((key) => (key.scheme === 'openpgp' ? key.certificates : []));
  const authorities = keys.flatMap((key) => (key.scheme === 'x509' && key.authority ? [key.authority] : []));
  return { certificates: unique(certificates), authorities: unique(authorities) };
}

/** An agent may name its forge's key, and one authority may stand behind many people. */
function unique<T extends { fingerprint: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.fingerprint, item])).values()];
}
