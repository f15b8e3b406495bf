// SPDX-License-Identifier: Apache-2.0
// Checking who stands behind gitsign's signature: that Fulcio's certificate chains to the pinned root and was in Fulcio's own
// log, and that it was used in the minutes it was valid for. What proves that time travels with the signature, in unsigned
// attributes: an entry of Rekor's log, or a timestamp (RFC 3161). @sigstore/verify judges them, without clock and network.
import { sha256 } from '../../bytes.ts';
import type { Anchors } from '../anchors.ts';
import { isValidAt, type X509Certificate } from '../x509/certificate.ts';
import type { Check } from '../signature.ts';
import { identifier, readDer, TAG } from '../x509/der.ts';
import { PURPOSE, allowsPurpose, hasUnknownCritical } from '../x509/extension.ts';
import { isSigner } from '../x509/path.ts';
import type { SignedData } from '../x509/signed-data.ts';
import { claimedTime, timesOf, toEntity, type Proofs } from './entity.ts';
import { keylessKeyid } from './identity.ts';
import { materialOf, type Material } from './trusted-root.ts';

const ATTRIBUTE = {
  logEntry: identifier('1.3.6.1.4.1.57264.3.1'),
  timestamp: identifier('1.2.840.113549.1.9.16.2.14'),
} as const;

/** A log entry costs 6 ms to judge, a timestamp as much again, and the same signatures are judged in several passes. */
const judged = new Map<string, Judgement>();
const CAPACITY = 1024;

type Judgement = { signedAt: number } | { kind: 'bad' | 'undecided'; reason: string };

/**
 * Checks the signer of a message whose binding and signature hold. A good check's `signedAt` is when it was proven to exist at
 * the latest or, if the policy is content with that, the claimed time. Never throws.
 */
export async function checkKeyless(message: SignedData, claimed: number, { trustedRoot, keylessTime }: Anchors): Promise<Check> {
  const keyid = keylessKeyid(message.signer);
  if (keyid === undefined) return { kind: 'bad', reason: 'identity' };
  if (!isFit(message.signer)) return { kind: 'bad', keyid, reason: 'usage' };
  if (message.digest !== 'sha256' || message.scheme.kind !== 'ec') return { kind: 'undecided', keyid, reason: 'signature-algorithm' };
  if (trustedRoot === undefined) return { kind: 'undecided', keyid, reason: 'no-trusted-root' };
  const proofs = proofsOf(message);
  if (proofs === undefined) return { kind: 'bad', keyid, reason: 'log' };
  const judgement = await recall(message, proofs, keylessTime === 'certificate' ? claimed : undefined, await materialOf(trustedRoot));
  return 'kind' in judgement ? { ...judgement, keyid } : { kind: 'good', keyid, strength: 'software', ...judgement };
}

/** Fulcio's certificates are for signing code; @sigstore/verify leaves that to its caller. */
function isFit(certificate: X509Certificate): boolean {
  return isSigner(certificate) && allowsPurpose(certificate, PURPOSE.codeSigning) && !hasUnknownCritical(certificate);
}

/** Returns the proofs that came along, or undefined where there are several of one kind. */
function proofsOf({ unsigned }: SignedData): Proofs | undefined {
  const [entries, timestamps] = [unsigned.get(ATTRIBUTE.logEntry) ?? [], unsigned.get(ATTRIBUTE.timestamp) ?? []];
  if (entries.length > 1 || timestamps.length > 1) return undefined;
  // A prototype of gitsign wrote a text in the entry's place; that is no entry.
  return { entry: entries[0] && readDer(entries[0], (reader) => reader.next(TAG.octets).content), timestamp: timestamps[0] };
}

async function recall(message: SignedData, proofs: Proofs, claimed: number | undefined, material: Material): Promise<Judgement> {
  const parts = [message.signer.der, message.signedBytes, message.signature, proofs.entry, proofs.timestamp];
  const id = [material.digest, claimed ?? '-', ...parts.map((part) => (part ? sha256(part) : '-'))].join(' ');
  const judgement = judged.get(id) ?? (await judge(message, proofs, claimed, material));
  judged.delete(id);
  judged.set(id, judgement);
  if (judged.size > CAPACITY) judged.delete(judged.keys().next().value!);
  return judgement;
}

/** Judges the chain at every time that is proven; where none is, at the claimed one, if that is to count. */
async function judge(message: SignedData, proofs: Proofs, claimed: number | undefined, { trust }: Material): Promise<Judgement> {
  const [{ Verifier, VerificationError }, entity] = [await import('@sigstore/verify'), await toEntity(message, proofs)];
  if (typeof entity === 'string') return { kind: entity === 'log-version' ? 'undecided' : 'bad', reason: entity };
  const times = timesOf(entity);
  if (times === undefined) return { kind: 'bad', reason: 'timestamp' };
  if (times.length === 0) {
    if (claimed === undefined) return { kind: 'undecided', reason: 'no-proof-of-time' };
    entity.timestamps = [claimedTime(claimed)];
    times.push(claimed);
  }
  if (!times.every((at) => isValidAt(message.signer, at))) return { kind: 'bad', reason: 'time' };
  try {
    new Verifier(trust, { ctlogThreshold: 1, tlogThreshold: 0, timestampThreshold: 1 }).verify(entity);
    return { signedAt: Math.min(...times) };
  } catch (thrown) {
    return { kind: 'bad', reason: thrown instanceof VerificationError ? (REASONS[thrown.code] ?? 'log') : 'log' };
  }
}

const REASONS: Readonly<Record<string, string>> = { CERTIFICATE_ERROR: 'chain', TIMESTAMP_ERROR: 'timestamp', SIGNATURE_ERROR: 'signature' };
