// SPDX-License-Identifier: Apache-2.0
// The change digest: what a commit does to a tree, by modes and object ids alone. Equal digests mean exactly the same
// change, so it survives a rebase over other files, a cherry-pick and, taken over a range, its squash (spec §4).
import { createHash } from 'node:crypto';
import { fromLatin1 } from '../bytes.ts';
import { byPath, type Change, type ObjectFormat, type Path } from '../oid.ts';

/** `sha256:` and 64 hex digits. */
export type Digest = string & { readonly __digest: unique symbol };

/** What commits add and delete, counted as `git diff -M --numstat` does. */
export interface LineTotals {
  files: number;
  additions: number;
  deletions: number;
}

export const NO_LINES: LineTotals = { files: 0, additions: 0, deletions: 0 };

/** Returns the sum of two totals. */
export function addLines(a: LineTotals, b: LineTotals): LineTotals {
  return { files: a.files + b.files, additions: a.additions + b.additions, deletions: a.deletions + b.deletions };
}

/** Evidence proves itself, so it is no part of the change that a stamp or an approval binds. Exact bytes, exact case. */
export const EVIDENCE_PREFIX = '.countersign/evidence/';

export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

export function isEvidence(path: Path): boolean {
  return path.startsWith(EVIDENCE_PREFIX);
}

/** Returns the changes that digests, scopes and limits speak of: all but evidence, sorted bytewise by path. */
export function withoutEvidence(changes: readonly Change[]): Change[] {
  return changes.filter((change) => !isEvidence(change.path)).sort(byPath);
}

/** Returns the change digest. Evidence is left out here, whoever calls. */
export function changeDigest(format: ObjectFormat, changes: readonly Change[]): Digest {
  const hash = createHash('sha256').update(`countersign-change v1 ${format}\n`);
  for (const { oldMode, newMode, oldOid, newOid, path } of withoutEvidence(changes)) {
    hash.update(`${oldMode} ${newMode} ${oldOid} ${newOid} `).update(fromLatin1(path)).update('\0');
  }
  return `sha256:${hash.digest('hex')}` as Digest;
}
