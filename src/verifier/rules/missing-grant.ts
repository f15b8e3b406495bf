// SPDX-License-Identifier: Apache-2.0
// missing-grant: a stamp names a session, and nothing in the graph says that a person let it loose.
import type { CommitRule } from '../rule.ts';

export const missingGrant: CommitRule = {
  name: 'missing-grant',
  judge({ kind, grant, carried }) {
    if (kind === 'evidence' || grant?.kind !== 'missing' || carried.kind !== 'stamp') return [];
    const { session } = carried.stamp;
    return [{ message: `no grant of session ${session} in this history`, hint: `countersign session add ${session}, then commit` }];
  },
};
