// SPDX-License-Identifier: Apache-2.0
// Verdicts to report, with what a test does not care about filled in.
import type { Oid } from '../../src/oid.ts';
import type { CommitVerdict, Finding, RangeVerdict, TagVerdict } from '../../src/verifier/verifier.ts';

export const OID = '0123456789abcdef0123456789abcdef01234567' as Oid;

export function finding(more: Partial<Finding>): Finding {
  return { rule: 'undeclared', level: 'error', message: 'it is wrong', hint: 'do it', ...more };
}

export function commitVerdict(more: Partial<CommitVerdict>): CommitVerdict {
  return { oid: OID, verdict: 'good', provenance: 'human', subject: 'subject', author: 'Alice <alice@example.com>', unauthenticated: [], findings: [], ...more };
}

export function rangeVerdict(more: Partial<RangeVerdict>): RangeVerdict {
  const summary = { commits: 2, good: 2, bad: 0, unknown: 0, human: 1, ai: 1, assisted: 0, merge: 0, evidence: 0, undeclared: 0, preAdoption: 0 };
  return { verdict: 'good', base: OID, head: OID, policy: 'a'.repeat(40) as Oid, serial: 3, strength: 'software', summary, findings: [], notes: [], ...more };
}

export function tagVerdict(more: Partial<TagVerdict> = {}): TagVerdict {
  return { name: 'v1.2.0', oid: OID, verdict: 'good', tagger: 'Alice <alice@example.com>', findings: [], ...more };
}
