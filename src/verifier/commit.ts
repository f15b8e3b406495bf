// SPDX-License-Identifier: Apache-2.0
// The verdict on one commit: facts, then every rule over them.
import { Fault } from '../fault.ts';
import type { Oid } from '../oid.ts';
import { gatherFacts, type Facts, type Surroundings } from './facts.ts';
import type { Reading } from './reading.ts';
import { asFindings } from './rule.ts';
import { COMMIT_RULES } from './rules/commit-registry.ts';
import { outcomeOf } from './tally.ts';
import type { CommitVerdict, Finding } from './verifier.ts';

/** Judges a commit and carries the policy state over it. A commit that cannot be read is an answer too. */
export async function judgeCommit(oid: Oid, reading: Promise<Reading>, around: Surroundings): Promise<{ verdict: CommitVerdict; facts: Facts | undefined }> {
  try {
    const facts = await gatherFacts(oid, await reading, around);
    around.states.accept(oid, facts.raw.parents, typeof facts.accepted === 'string' ? facts.state : facts.accepted);
    const findings = COMMIT_RULES.flatMap((rule) => asFindings(rule.name, rule.judge(facts), facts.policies, { commit: oid }));
    return { verdict: verdictOf(facts, findings), facts };
  } catch (thrown) {
    const finding = findingOf(thrown, oid);
    if (!finding) throw thrown;
    return { verdict: { oid, verdict: outcomeOf([finding]), provenance: 'undeclared', subject: '', author: '', unauthenticated: [], findings: [finding] }, facts: undefined };
  }
}

/** Turns what kept a commit or range from being read into a finding, or returns undefined where it is no such thing. */
export function findingOf(thrown: unknown, commit?: Oid): Finding | undefined {
  if (!(thrown instanceof Fault)) return undefined;
  const place = commit ? { commit } : {};
  if (thrown.code === 'REPO_OBJECT_MISSING') {
    return { rule: 'missing-objects', level: 'unknown', ...place, message: thrown.message, hint: thrown.hint ?? 'git fetch --unshallow' };
  }
  // larger than anybody may ask to be read: what it holds stays unknown
  if (thrown.code === 'REPO_FORMAT_UNSUPPORTED') return { rule: 'missing-objects', level: 'unknown', ...place, message: thrown.message, hint: thrown.hint ?? 'leave it out' };
  if (thrown.code !== 'COMMIT_MALFORMED' && thrown.code !== 'TREE_MALFORMED') return undefined;
  return { rule: 'malleable-commit', level: 'error', ...place, message: thrown.message, hint: thrown.hint ?? 'git fsck' };
}

function verdictOf(facts: Facts, findings: Finding[]): CommitVerdict {
  const { oid, kind, proof, git, carried, subject, author } = facts;
  const stamp = carried.kind === 'stamp' ? carried.stamp : undefined;
  const proven = proof.kind === 'good' && kind !== 'evidence';
  return {
    oid,
    verdict: outcomeOf(findings),
    provenance: kind,
    ...(proven ? { binding: proof.binding, signer: proof.signer } : {}),
    ...(kind === 'ai' && proof.kind === 'none' && git.kind === 'signed' ? { signer: git.signer } : {}),
    ...(proven && stamp?.agent ? { agent: stamp.agent } : {}),
    ...(proven && stamp?.session ? { session: stamp.session } : {}),
    subject,
    author: `${author.name} <${author.email}>`,
    unauthenticated: carried.kind === 'stamp' ? carried.below : [],
    findings,
  };
}
