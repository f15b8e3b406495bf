// SPDX-License-Identifier: Apache-2.0
// The shape of a Sigstore bundle, as much of it as is accepted: version 0.3, one certificate, one signature of a message, a
// few proofs. Everything is text of bounded length before any package makes bytes of it: a number or object in the place of a
// text could have them allocate what it says.
import * as z from 'zod';

const bytes = (max: number) => z.string().min(1).max(Math.ceil(max / 3) * 4);
const BYTES = bytes(16384);
/** Left out where it is 0. */
const COUNT = z.string().regex(/^[1-9][0-9]{0,14}$/).optional();
const MOST = 4;

const ENTRY = z.strictObject({
  logIndex: COUNT,
  logId: z.strictObject({ keyId: bytes(64) }),
  kindVersion: z.strictObject({ kind: z.string().max(64), version: z.string().max(64) }),
  integratedTime: COUNT,
  inclusionPromise: z.strictObject({ signedEntryTimestamp: bytes(1024) }).optional(),
  inclusionProof: z.strictObject({
    logIndex: COUNT,
    rootHash: bytes(64),
    treeSize: COUNT,
    hashes: z.array(bytes(64)).min(1).max(64).optional(),
    checkpoint: z.strictObject({ envelope: z.string().min(1).max(4096) }),
  }),
  canonicalizedBody: bytes(65536),
});

/** A bundle as JSON.parse returns it. */
export const BUNDLE = z.strictObject({
  mediaType: z.literal('application/vnd.dev.sigstore.bundle.v0.3+json'),
  verificationMaterial: z.strictObject({
    certificate: z.strictObject({ rawBytes: BYTES }),
    tlogEntries: z.array(ENTRY).min(1).max(MOST).optional(),
    timestampVerificationData: z.strictObject({ rfc3161Timestamps: z.array(z.strictObject({ signedTimestamp: BYTES })).min(1).max(MOST).optional() }).optional(),
  }),
  messageSignature: z.strictObject({
    messageDigest: z.strictObject({ algorithm: z.literal('SHA2_256'), digest: bytes(32) }),
    signature: bytes(1024),
  }),
});
