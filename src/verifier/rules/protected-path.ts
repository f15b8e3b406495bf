// SPDX-License-Identifier: Apache-2.0
// protected-path: routing, deployment, sign-in. An agent's change there needs a person's approval; so does a change
// that nobody can explain. A path is spared only if people alone brought it to where it is.
import { touches } from '../../glob.ts';
import type { Change, Path } from '../../oid.ts';
import type { Protected } from '../../trust/policy.ts';
import type { RangeFacts } from '../range.ts';
import { named, type Draft, type RangeRule } from '../rule.ts';

export const protectedPath: RangeRule = {
  name: 'protected-path',
  judge(facts) {
    const drafts = new Map<Path, Draft>();
    for (const { policy } of facts.states) {
      for (const entry of policy.protected) {
        for (const change of facts.changes) if (isCaught(facts, entry, change)) drafts.set(change.path, draftFor(entry, change));
      }
    }
    return [...drafts.values()];
  },
};

function isCaught({ touches: touched }: RangeFacts, entry: Protected, { path, newMode, newOid }: Change): boolean {
  if (!entry.paths.some((glob) => touches(glob, path))) return false;
  return entry.for === 'all' || !touched.explainedByPeople(path, { mode: newMode, oid: newOid });
}

function draftFor({ name, approve }: Protected, { path }: Change): Draft {
  const who = approve.roles.length > 0 ? ` with role ${approve.roles.join(' or ')}` : '';
  const people = approve.threshold === 1 ? 'one person' : `${approve.threshold} people`;
  return {
    path,
    message: `${named(path)} is protected (${name}) and needs the approval of ${people}${who}`,
    hint: 'leave it out, or a person makes this change in a commit of their own',
  };
}
