// SPDX-License-Identifier: Apache-2.0
// A signed message as @sigstore/verify takes it: a bundle whose artifact are the signed attributes, with the proofs of time
// that came along. Mapping only; whether any of it holds is judged there.
import { createHash } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import type { SignedEntity } from '@sigstore/verify';
import { concat, equal } from '../../bytes.ts';
import type { SignedData } from '../x509/signed-data.ts';
import { decodeLogEntry, type Logged } from './log-entry.ts';

/** What came along as proofs of time, unread; at most one of each kind. */
export interface Proofs {
  /** TransparencyLogEntry. */
  entry: Uint8Array | undefined;
  /** TimeStampToken. */
  timestamp: Uint8Array | undefined;
}

/** Why a message can't be mapped; `log-version` is not known here, the others don't hold. */
export type EntityProblem = 'log' | 'log-version' | 'timestamp' | 'chain';

const MAX_TIMESTAMP = 16384;

/** Maps a message; its hash must be SHA-256. Reads hostile bytes; never throws. */
export async function toEntity(message: SignedData, { entry, timestamp }: Proofs): Promise<SignedEntity | EntityProblem> {
  const logEntry = entry && decodeLogEntry(entry, message);
  if (logEntry === 'malformed') return 'log';
  if (logEntry === 'version') return 'log-version';
  if (timestamp && timestamp.length > MAX_TIMESTAMP) return 'timestamp';
  const { signer, signedBytes, signature } = message;
  return entityOf({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      content: { $case: 'certificate', certificate: { rawBytes: Buffer.from(signer.der) } },
      tlogEntries: logEntry ? [logEntry] : [],
      timestampVerificationData: { rfc3161Timestamps: timestamp ? [{ signedTimestamp: Buffer.from(timestampResponse(timestamp)) }] : [] },
    },
    content: {
      $case: 'messageSignature',
      messageSignature: { messageDigest: { algorithm: SHA2_256, digest: createHash('sha256').update(signedBytes).digest() }, signature: Buffer.from(signature) },
    },
  }, message);
}

/** Returns a bundle with a certificate as @sigstore/verify takes it, or which part of it can't be read. Never throws. */
export async function entityOf(bundle: Bundle, { signedBytes, signer }: Logged): Promise<SignedEntity | EntityProblem> {
  const { toSignedEntity } = await import('@sigstore/verify');
  try {
    const entity = toSignedEntity(bundle, Buffer.from(signedBytes));
    // The library verifies its own encoding of what it has read: that must be what was read here.
    const encoded = entity.key.$case === 'certificate' && equal(entity.key.certificate.root.toDER(), signer.der);
    return encoded ? entity : 'chain';
  } catch {
    // The library reads both here, and more of a certificate than was read before.
    return bundle.verificationMaterial.timestampVerificationData?.rfc3161Timestamps.length ? 'timestamp' : 'chain';
  }
}

/** HASH_ALGORITHM of Sigstore's protobuf. */
const SHA2_256 = 1;

/** Returns the token in a response of status "granted" (RFC 3161 §2.4.2), which is the form that bundles have. */
function timestampResponse(token: Uint8Array): Uint8Array {
  const content = concat(Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x00), token);
  return concat(Uint8Array.of(0x30, 0x82, content.length >> 8, content.length & 0xff), content);
}

/** Returns the times that the proofs tell, in seconds since the epoch, none of them verified; undefined where one can't be read. */
export function timesOf({ timestamps }: SignedEntity): number[] | undefined {
  try {
    const promised = timestamps.filter((each) => each.$case === 'timestamp-authority' || each.tlogEntry.inclusionPromise !== undefined);
    const times = promised.map((each) => (each.$case === 'timestamp-authority' ? each.timestamp.signingTime.getTime() / 1000 : Number(each.tlogEntry.integratedTime)));
    return times.some(Number.isNaN) ? undefined : times;
  } catch {
    return undefined;
  }
}

/**
 * Returns the time that the signer claims, in the one shape in which the verifier takes a time that is already decided on: it
 * asks this entry for nothing but when, and no entry in `tlogEntries` stands behind it.
 */
export function claimedTime(at: number): SignedEntity['timestamps'][number] {
  const nothing = Buffer.alloc(0);
  const [kindVersion, logId, inclusionPromise] = [{ kind: '', version: '' }, { keyId: nothing }, { signedEntryTimestamp: nothing }];
  const tlogEntry = { logIndex: '0', logId, kindVersion, integratedTime: String(at), inclusionPromise, inclusionProof: undefined, canonicalizedBody: nothing };
  return { $case: 'transparency-log', tlogEntry };
}
