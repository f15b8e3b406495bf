// SPDX-License-Identifier: Apache-2.0
// What @sigstore/verify says of a signature by one of Fulcio's certificates: whether chain, log entries and timestamps hold
// at each time that they prove. It reads no clock and asks no network; what it leaves to its caller is asked here.
import type { SignedEntity, TrustMaterial } from '@sigstore/verify';
import { isValidAt, type X509Certificate } from '../x509/certificate.ts';
import { PURPOSE, allowsPurpose, hasUnknownCritical } from '../x509/extension.ts';
import { isSigner } from '../x509/path.ts';
import { claimedTime, timesOf, type EntityProblem } from './entity.ts';

export type Judgement = { signedAt: number } | { kind: 'bad' | 'undecided'; reason: string };

/** What is to be held against what; how many logs must have seen the certificate and the signature. */
export interface Case {
  entity: SignedEntity | EntityProblem;
  signer: X509Certificate;
  trust: TrustMaterial;
  thresholds: { ctlogThreshold: number; tlogThreshold: number };
  /** The time to take where none is proven (seconds since the epoch); undefined where only a proof will do. */
  claimed: number | undefined;
}

/** Fulcio's certificates are for signing code; @sigstore/verify leaves that to its caller. */
export function isFit(certificate: X509Certificate): boolean {
  return isSigner(certificate) && allowsPurpose(certificate, PURPOSE.codeSigning) && !hasUnknownCritical(certificate);
}

/** Judges the chain at every time that is proven, of which the earliest counts; where none is, at the claimed one. */
export async function judge({ entity, signer, trust, thresholds, claimed }: Case): Promise<Judgement> {
  const { Verifier, VerificationError } = await import('@sigstore/verify');
  if (typeof entity === 'string') return { kind: entity === 'log-version' ? 'undecided' : 'bad', reason: entity };
  const times = timesOf(entity);
  if (times === undefined) return { kind: 'bad', reason: 'timestamp' };
  if (times.length === 0) {
    if (claimed === undefined) return { kind: 'undecided', reason: 'no-proof-of-time' };
    entity.timestamps = [claimedTime(claimed)];
    times.push(claimed);
  }
  if (!times.every((at) => isValidAt(signer, at))) return { kind: 'bad', reason: 'time' };
  const tlogs = logsAt(trust, times);
  if (!entity.tlogEntries.every(({ logId }) => tlogs.some((log) => log.logID.equals(logId.keyId)))) return { kind: 'bad', reason: 'log' };
  try {
    new Verifier({ ...trust, tlogs }, { ...thresholds, timestampThreshold: 1 }).verify(entity);
    return { signedAt: Math.min(...times) };
  } catch (thrown) {
    return { kind: 'bad', reason: thrown instanceof VerificationError ? (REASONS[thrown.code] ?? 'log') : 'log' };
  }
}

/**
 * Returns the logs whose keys were valid all the while: the library asks that of a promise, but not of a checkpoint. It takes
 * the epoch for a first day that is missing; such a log counts for nothing, as for Sigstore's other clients.
 */
function logsAt({ tlogs }: TrustMaterial, times: readonly number[]): TrustMaterial['tlogs'] {
  return tlogs.filter(({ validFor: { start, end } }) => start.getTime() > 0 && times.every((at) => start.getTime() <= at * 1000 && at * 1000 <= end.getTime()));
}

const REASONS: Readonly<Record<string, string>> = { CERTIFICATE_ERROR: 'chain', TIMESTAMP_ERROR: 'timestamp', SIGNATURE_ERROR: 'signature' };
