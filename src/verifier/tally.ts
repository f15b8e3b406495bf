// SPDX-License-Identifier: Apache-2.0
// Counting verdicts: the outcome of many is the worst of them, and a proof is only as strong as its weakest signature.
import type { Strength } from '../signature/signature.ts';
import type { CommitVerdict, Finding, Outcome, Summary } from './verifier.ts';

/** Returns what findings amount to. A waived one counts no more; warnings never make a verdict bad. */
export function outcomeOf(findings: readonly Finding[]): Outcome {
  const standing = findings.filter((finding) => !finding.waivedBy?.length);
  if (standing.some((finding) => finding.level === 'error')) return 'bad';
  return standing.some((finding) => finding.level === 'unknown') ? 'unknown' : 'good';
}

/** Returns the worse of two outcomes: bad, unknown, good. */
export function worse(a: Outcome, b: Outcome): Outcome {
  return a === 'bad' || b === 'bad' ? 'bad' : a === 'unknown' || b === 'unknown' ? 'unknown' : 'good';
}

export class Tally {
  readonly summary: Summary = { commits: 0, good: 0, bad: 0, unknown: 0, human: 0, ai: 0, assisted: 0, merge: 0, evidence: 0, undeclared: 0, preAdoption: 0 };
  #signed = false;
  #software = false;

  add(commit: CommitVerdict): void {
    this.summary.commits++;
    this.summary[commit.provenance]++;
    if (commit.provenance === 'preAdoption') return;
    this.summary[commit.verdict]++;
    if (commit.signer) this.sign(commit.signer.strength);
  }

  sign(strength: Strength): void {
    this.#signed = true;
    if (strength === 'software') this.#software = true;
  }

  /** `presence` only where something was signed and everything with proof of presence. */
  get strength(): Strength {
    return this.#signed && !this.#software ? 'presence' : 'software';
  }

  get outcome(): Outcome {
    return this.summary.bad > 0 ? 'bad' : this.summary.unknown > 0 ? 'unknown' : 'good';
  }
}
