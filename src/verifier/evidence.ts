// SPDX-License-Identifier: Apache-2.0
// Whether a piece of evidence proves itself: its signature holds, and its key belongs to the person named inside, by
// the roster of the state that judges it.
import { checkBytes } from '../signature/check.ts';
import type { Check, Scheme, Strength } from '../signature/signature.ts';
import { statementOf, type Evidence, type Predicate } from '../statement/evidence.ts';
import { NAMESPACE } from '../statement/stamp.ts';
import { anchorsOf } from '../trust/anchors.ts';
import { needsPresence } from '../trust/standing.ts';
import { refusalText, signedBy, undecidedText } from './signer.ts';
import type { State } from './state.ts';

export type EvidenceProof =
  | { kind: 'good'; person: string; strength: Strength; keyid: string }
  | { kind: 'bad'; reason: string }
  | { kind: 'unknown'; reason: string };

/** Returns the person who must have signed a statement. */
function signatoryOf(predicate: Predicate): string {
  return predicate.kind === 'grant' ? predicate.body.sponsor : predicate.body.person;
}

/** Returns when a statement says it was made, in seconds since the epoch. */
function madeAt(predicate: Predicate): number {
  return Date.parse(predicate.kind === 'grant' ? predicate.body.notBefore : predicate.body.time) / 1000;
}

/** Proves a piece of evidence under a state. Where it stands and whether it may still count is not asked here. */
export async function proveEvidence(evidence: Evidence, state: State): Promise<EvidenceProof> {
  const { policy, roster } = state;
  const person = signatoryOf(evidence);
  if (evidence.body.repository !== policy.repository) return { kind: 'bad', reason: 'it is for another repository' };
  const payload = statementOf(evidence).signed;
  const signed = signedBy(await checkEnvelope(evidence, payload, state), state, { payload, at: madeAt(evidence), namespace: NAMESPACE });
  if (signed.kind === 'undecided') return { kind: 'unknown', reason: `its signature: ${undecidedText(signed.reason)}` };
  if (signed.kind === 'failed') return { kind: 'bad', reason: `its signature does not hold (${signed.reason})` };
  if (signed.kind === 'stranger') return { kind: 'bad', reason: `its key ${signed.keyid} is nobody's in the roster` };
  const { holder, signer, refused, keyid } = signed;
  if (holder.role !== 'person' || holder.id !== person) return { kind: 'bad', reason: `its key is that of ${holder.role} ${holder.id}, not of ${person}` };
  if (refused) return { kind: 'bad', reason: `its key ${refusalText(refused)}` };
  if (signer.strength !== 'presence' && needsPresence(policy, roster.people[person]!)) {
    return { kind: 'bad', reason: `${person} signs with a hardware key, and this signature has no proof of presence` };
  }
  return { kind: 'good', person, strength: signer.strength, keyid };
}

/** Checks the one signature of an envelope; the key it names must be the key that signed. */
async function checkEnvelope({ envelope: { keyid, sig } }: Evidence, payload: Uint8Array, { roster, policy }: State): Promise<Check> {
  const scheme = keyid.slice(0, keyid.indexOf(':')) as Scheme;
  const check = await checkBytes(scheme, sig, payload, NAMESPACE, anchorsOf(roster, policy));
  if (check.kind === 'good' && check.keyid !== keyid) return { kind: 'bad', keyid, reason: 'another key signed than it names' };
  return check;
}
