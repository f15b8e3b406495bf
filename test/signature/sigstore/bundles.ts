// SPDX-License-Identifier: Apache-2.0
// Bundles by a Sigstore of our own, in which each part can be another one. As countersign's signer makes them: a certificate,
// an entry of the log's first version and nothing else, unless something else is said.
import { createHash, sign } from 'node:crypto';
import { entryBody, secondEntryBody } from '../../../src/signature/sigstore/log-entry.ts';
import { decodeCertificate } from '../../../src/signature/x509/certificate.ts';
import { keyPair, type Made } from '../x509/certificates.ts';
import { int, seq } from '../x509/der-writer.ts';
import { PAYLOAD } from '../x509/messages.ts';
import { fulcioLeaf, logId, logged, timestampToken, type Entry, type Identity, type Timestamp } from './instance.ts';

export const BUNDLE_V03 = 'application/vnd.dev.sigstore.bundle.v0.3+json';

export interface BundleEntry extends Entry {
  /** The log's id in the entry; that of the log which signed, unless another one's. */
  of?: string;
  proofOf?: { size?: string; root?: Uint8Array };
}

export interface BundleMaking {
  identity?: Identity;
  leaf?: Made;
  /** The key's name; the certificate's, unless somebody else's. */
  key?: string;
  payload?: Uint8Array;
  digest?: Uint8Array;
  signature?: (genuine: Buffer) => Uint8Array;
  entries?: readonly BundleEntry[];
  timestamps?: readonly (Timestamp | ((genuine: Buffer) => Uint8Array))[];
  mediaType?: string;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Returns a bundle as a value of JSON, its keys in the order in which @sigstore/bundle writes them. */
export function bundleJson({ identity = {}, leaf = fulcioLeaf(identity), key = identity.key ?? 'gitsign', payload = PAYLOAD, ...making }: BundleMaking = {}) {
  const genuine = sign('sha256', payload, keyPair(key).privateKey);
  const signature = making.signature?.(genuine) ?? genuine;
  const signer = decodeCertificate(leaf.der)!;
  const about = { signedBytes: payload, signature, signer };
  const entries = (making.entries ?? [{}]).map((entry) => entryJson(entry, entry.body ?? (entry.version === '0.0.2' ? secondEntryBody(about) : entryBody(about))));
  const stamps = (making.timestamps ?? []).map((stamp) => {
    const token = typeof stamp === 'function' ? stamp(timestampToken(signature)) : timestampToken(signature, stamp);
    return { signedTimestamp: base64(seq(seq(int(0)), token)) };
  });
  return {
    mediaType: making.mediaType ?? BUNDLE_V03,
    verificationMaterial: {
      certificate: { rawBytes: base64(leaf.der) },
      ...(entries.length > 0 && { tlogEntries: entries }),
      timestampVerificationData: stamps.length > 0 ? { rfc3161Timestamps: stamps } : {},
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: base64(making.digest ?? createHash('sha256').update(payload).digest()) },
      signature: base64(signature),
    },
  };
}

function entryJson(entry: BundleEntry, body: Uint8Array) {
  const { version = '0.0.1', kind = 'hashedrekord', of = 'rekor', proofOf = {} } = entry;
  const { at, index, promise, rootHash, hashes, checkpoint } = logged(body, entry);
  const timed = version === '0.0.1';
  const proof = {
    logIndex: '1', rootHash: base64(proofOf.root ?? rootHash), treeSize: proofOf.size ?? '2',
    ...(hashes.length > 0 && { hashes: hashes.map(base64) }), checkpoint: { envelope: checkpoint },
  };
  return {
    logIndex: timed ? String(index) : '1', logId: { keyId: base64(logId(of)) }, kindVersion: { kind, version },
    ...((entry.at !== undefined || timed) && { integratedTime: String(at) }),
    ...((entry.promise ?? timed) && { inclusionPromise: { signedEntryTimestamp: base64(promise) } }),
    ...(entry.proof !== false && { inclusionProof: proof }),
    canonicalizedBody: base64(body),
  };
}

/** Returns a bundle. */
export function bundle(making?: BundleMaking): Buffer {
  return Buffer.from(JSON.stringify(bundleJson(making)));
}
