// SPDX-License-Identifier: Apache-2.0
// Checking who stands behind gitsign's signature: that Fulcio's certificate chains to the pinned root and was in Fulcio's own
// log, and that it was used in the minutes it was valid for. What proves that time travels with the signature, in unsigned
// attributes: an entry of Rekor's log, or a timestamp (RFC 3161). @sigstore/verify judges them, without clock and network.
import { sha256 } from '../../bytes.ts';
import { Recall } from '../../recall.ts';
import type { Anchors } from '../anchors.ts';
import type { Check } from '../signature.ts';
import { readDer, TAG } from '../x509/der.ts';
import { identifier } from '../x509/identifier.ts';
import type { SignedData } from '../x509/signed-data.ts';
import { toEntity, type Proofs } from './entity.ts';
import { keylessKeyid } from './identity.ts';
import { isFit, judge, type Judgement } from './judgement.ts';
import { originOf } from './origin.ts';
import { materialOf, type Material } from './trusted-root.ts';

const ATTRIBUTE = {
  logEntry: identifier('1.3.6.1.4.1.57264.3.1'),
  timestamp: identifier('1.2.840.113549.1.9.16.2.14'),
} as const;

/** A log entry costs 6 ms to judge, a timestamp as much again. */
const judged = new Recall<Promise<Judgement>>(1024);

/** gitsign may do without a log entry, where a timestamp proves when. */
const THRESHOLDS = { ctlogThreshold: 1, tlogThreshold: 0 };

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
  return 'kind' in judgement ? { ...judgement, keyid } : { kind: 'good', keyid, strength: 'software', ...judgement, ...originOf(message.signer) };
}

/** Returns the proofs that came along, or undefined where there are several of one kind. */
function proofsOf({ unsigned }: SignedData): Proofs | undefined {
  const [entries, timestamps] = [unsigned.get(ATTRIBUTE.logEntry) ?? [], unsigned.get(ATTRIBUTE.timestamp) ?? []];
  if (entries.length > 1 || timestamps.length > 1) return undefined;
  // A prototype of gitsign wrote a text in the entry's place; that is no entry.
  return { entry: entries[0] && readDer(entries[0], (reader) => reader.next(TAG.octets).content), timestamp: timestamps[0] };
}

function recall(message: SignedData, proofs: Proofs, claimed: number | undefined, { digest, trust }: Material): Promise<Judgement> {
  const { signer, signedBytes, signature } = message;
  const parts = [signer.der, signedBytes, signature, proofs.entry, proofs.timestamp];
  const id = [digest, claimed ?? '-', ...parts.map((part) => (part ? sha256(part) : '-'))].join(' ');
  return judged.get(id, async () => judge({ entity: await toEntity(message, proofs), signer, trust, thresholds: THRESHOLDS, claimed }));
}
