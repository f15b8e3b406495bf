// SPDX-License-Identifier: Apache-2.0
// out-of-scope: an agent changed a path that its grant does not allow, or denies. What is allowed must match exactly;
// what is denied also matches as a file system would confuse it.
import { matchGlob, parseGlob, touches, type Glob } from '../../glob.ts';
import type { Path } from '../../oid.ts';
import type { Grant } from '../../statement/schema.ts';
import { named, type CommitRule, type Draft } from '../rule.ts';

/** Returns what tells whether a path is inside a grant's scope. */
export function scopeOf(grant: Pick<Grant, 'allow' | 'deny'>): (path: Path) => boolean {
  const allow = globs(grant.allow);
  const deny = globs(grant.deny);
  return (path) => allow.some((glob) => matchGlob(glob, path, 'exact')) && !deny.some((glob) => touches(glob, path));
}

const globs = (texts: readonly string[]): Glob[] => texts.map(parseGlob).filter((glob) => glob.kind === 'glob');

export const outOfScope: CommitRule = {
  name: 'out-of-scope',
  judge({ kind, grant, own, merge }) {
    if (kind !== 'ai' || grant?.kind !== 'good') return [];
    const isInside = scopeOf(grant.grant);
    const hint = 'leave it out, or a person grants it: countersign session start --allow';
    const undecided: Draft[] = merge?.recomputed === undefined && merge ? [{ level: 'unknown', message: 'what a merge of more than two parents did by itself cannot be told', hint: 'merge two at a time' }] : [];
    const outside = own
      .filter(({ path }) => !isInside(path))
      .map(({ path }) => ({
        path,
        message: `${named(path)} is outside what session ${grant.grant.id} may change`,
        hint,
      }));
    return [...outside, ...undecided];
  },
};
