// SPDX-License-Identifier: Apache-2.0
// Whether a piece of evidence proves itself: its signature holds, and its key belongs to the person named inside, by
// the roster of the state that judges it.
import { NAMESPACE } from '../statement/stamp.ts';
import { statementOf, type Evidence, type Predicate } from '../statement/evidence.ts';
import { checkSshsig } from '../signature/ssh/sshsig.ts';
import type { Check, Strength } from '../signature/signature.ts';
import { keyHolder, needsPresence, revocationOf } from '../trust/standing.ts';
import type { State } from './state.ts';

export type EvidenceProof =
  | { kind: 'good'; person: string; strength: Strength; keyid: string }
  | { kind: 'bad'; reason: string }
  | { kind: 'unknown'; reason: string };

/** Returns the person who must have signed a statement. */
export function signatoryOf(predicate: Predicate): string {
  return predicate.kind === 'grant' ? predicate.body.sponsor : predicate.body.person;
}

/** Returns when a statement says it was made, in seconds since the epoch. */
export function madeAt(predicate: Predicate): number {
  return Date.parse(predicate.kind === 'grant' ? predicate.body.notBefore : predicate.body.time) / 1000;
}

/** Proves a piece of evidence under a state. Where it stands and whether it may still count is not asked here. */
export function proveEvidence(evidence: Evidence, { policy, roster }: State): EvidenceProof {
  const person = signatoryOf(evidence);
  if (evidence.body.repository !== policy.repository) return { kind: 'bad', reason: 'it is for another repository' };
  const check = checkEnvelope(evidence);
  if (check.kind === 'undecided') return { kind: 'unknown', reason: `this version cannot check its signature (${check.reason})` };
  if (check.kind === 'stranger') return { kind: 'bad', reason: `its key ${check.keyid} is nobody's in the roster` };
  if (check.kind === 'bad') return { kind: 'bad', reason: `its signature does not hold (${check.reason})` };
  const holder = keyHolder(roster, check.keyid);
  if (!holder) return { kind: 'bad', reason: `its key ${check.keyid} is nobody's in the roster` };
  if (holder.role !== 'person' || holder.id !== person) return { kind: 'bad', reason: `its key is that of ${holder.role} ${holder.id}, not of ${person}` };
  const revoked = revocationOf(holder.key, madeAt(evidence));
  if (revoked) return { kind: 'bad', reason: `its key is revoked (${revoked})` };
  if (check.strength !== 'presence' && needsPresence(policy, roster.people[person]!)) {
    return { kind: 'bad', reason: `${person} signs with a hardware key, and this signature has no proof of presence` };
  }
  return { kind: 'good', person, strength: check.strength, keyid: check.keyid };
}

/** Checks the one signature of an envelope; the key it names must be the key that signed. */
function checkEnvelope(evidence: Evidence): Check {
  const { keyid, sig } = evidence.envelope;
  if (!keyid.startsWith('ssh:')) return { kind: 'undecided', keyid, reason: keyid.split(':', 1)[0] ?? '' };
  const check = checkSshsig(sig, statementOf(evidence).signed, NAMESPACE);
  if (check.kind === 'good' && check.keyid !== keyid) return { kind: 'bad', keyid, reason: 'another key signed than it names' };
  return check;
}
