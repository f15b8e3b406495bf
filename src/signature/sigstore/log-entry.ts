// SPDX-License-Identifier: Apache-2.0
// Entries of Rekor's log (protobuf dev.sigstore.rekor.v1.TransparencyLogEntry), as gitsign embeds them in a signature and as
// bundles hold them. Their body is made anew here from the signature itself: so the log's word, where it holds, is about this
// signature, by this certificate, whatever else the entry says.
import { createHash } from 'node:crypto';
import type { TLogEntryWithInclusionProof, TransparencyLogEntry } from '@sigstore/bundle';
import { base64, equal, fromUtf8, sha256, utf8 } from '../../bytes.ts';
import { encodeArmor } from '../x509/armor.ts';
import type { SignedData } from '../x509/signed-data.ts';
import { readMessage, type Message } from './protobuf.ts';

/** `version`: an entry of a kind that this version can't make anew. */
export type EntryProblem = 'malformed' | 'version';

/** What the log was told of a signature. */
export type Logged = Pick<SignedData, 'signedBytes' | 'signature' | 'signer'>;

const MAX_BYTES = 16384;
const MAX_HASHES = 64;
const MAX_NOTE = 4096;

/** Returns gitsign's entry with its body. Reads hostile bytes; never throws. */
export function decodeLogEntry(bytes: Uint8Array, logged: Logged): TransparencyLogEntry | EntryProblem {
  if (bytes.length > MAX_BYTES) return 'malformed';
  const entry = readMessage(bytes, readEntry);
  if (entry === undefined) return 'malformed';
  if (entry.kindVersion.kind !== 'hashedrekord' || entry.kindVersion.version !== '0.0.1') return 'version';
  if (entry.inclusionProof && !isProofSound(entry.inclusionProof)) return 'malformed';
  const body = entryBody(logged);
  if (entry.canonicalizedBody.length > 0 && !equal(entry.canonicalizedBody, body)) return 'malformed';
  return { ...entry, canonicalizedBody: Buffer.from(body) };
}

/**
 * Returns what is wrong with an entry of a bundle, if anything is. It holds its body and its proof. The first version of the log
 * also promises a time; the second tells none, and what stands there in the time's place nobody signed.
 */
export function entryProblem(entry: TLogEntryWithInclusionProof, logged: Logged): EntryProblem | undefined {
  const { kindVersion: { kind, version }, logIndex, integratedTime, inclusionPromise, inclusionProof } = entry;
  if (kind !== 'hashedrekord' || (version !== '0.0.1' && version !== '0.0.2')) return 'version';
  const timed = version === '0.0.1';
  if (timed !== (inclusionPromise !== undefined) || timed !== (integratedTime !== '0')) return 'malformed';
  // An index in the first version's log counts what other trees hold, and is in the promise.
  if (!timed && logIndex !== inclusionProof.logIndex) return 'malformed';
  const body = timed ? entryBody(logged) : secondEntryBody(logged);
  return equal(entry.canonicalizedBody, body) && isProofSound(inclusionProof) ? undefined : 'malformed';
}

/** Returns the body as Rekor keeps it: the canonical JSON of a hashedrekord over the signed bytes. */
export function entryBody({ signedBytes, signature, signer }: Logged): Uint8Array {
  const publicKey = { content: base64(utf8(encodeArmor(signer.der, 'CERTIFICATE'))) };
  const spec = { data: { hash: { algorithm: 'sha256', value: sha256(signedBytes) } }, signature: { content: base64(signature), publicKey } };
  return utf8(JSON.stringify({ apiVersion: '0.0.1', kind: 'hashedrekord', spec }));
}

/** Returns the body as the log's second version keeps it, of a key on P-256. */
export function secondEntryBody({ signedBytes, signature, signer }: Logged): Uint8Array {
  const verifier = { keyDetails: 'PKIX_ECDSA_P256_SHA_256', x509Certificate: { rawBytes: base64(signer.der) } };
  const data = { algorithm: 'SHA2_256', digest: base64(createHash('sha256').update(signedBytes).digest()) };
  const spec = { hashedRekordV002: { data, signature: { content: base64(signature), verifier } } };
  return utf8(JSON.stringify({ apiVersion: '0.0.2', kind: 'hashedrekord', spec }));
}

function readEntry(message: Message) {
  return {
    logIndex: String(message.integer(1)),
    logId: { keyId: Buffer.from(message.message(2, (id) => id.bytes(1)) ?? []) },
    kindVersion: message.message(3, (kind) => ({ kind: textOf(kind.bytes(1)), version: textOf(kind.bytes(2)) })) ?? { kind: '', version: '' },
    integratedTime: String(message.integer(4)),
    inclusionPromise: message.message(5, (promise) => ({ signedEntryTimestamp: Buffer.from(promise.bytes(1)) })),
    inclusionProof: message.message(6, (proof) => ({
      logIndex: String(proof.integer(1)),
      rootHash: Buffer.from(proof.bytes(2)),
      treeSize: String(proof.integer(3)),
      hashes: proof.list(4).map((hash) => Buffer.from(hash)),
      checkpoint: { envelope: proof.message(5, (checkpoint) => textOf(checkpoint.bytes(1))) ?? '' },
    })),
    canonicalizedBody: message.bytes(7),
  };
}

function textOf(bytes: Uint8Array): string {
  return fromUtf8(bytes) ?? '';
}

/**
 * Tells whether a proof may be handed to @sigstore/verify: that matches the name in each line of signatures as a regular
 * expression against the log's address, so that a name like `(.*.*)*x` would keep it busy for hours; and it passes over the
 * proof's own size and root, for those of the checkpoint.
 */
function isProofSound({ hashes, rootHash, treeSize, checkpoint }: NonNullable<TransparencyLogEntry['inclusionProof']>): boolean {
  const note = checkpoint?.envelope ?? '';
  if (note.length > MAX_NOTE || hashes.length > MAX_HASHES || hashes.some((hash) => hash.length !== 32)) return false;
  const [, size, root] = /^[^\n]+\n([0-9]{1,15})\n([^\n]+)\n/.exec(note) ?? [];
  const end = note.indexOf('\n\n');
  const lines = note.slice(end + 2).replace(/\n$/, '').split('\n');
  return end > 0 && size === treeSize && root === base64(rootHash) && lines.every((line) => /^\u2014 [A-Za-z0-9./:_-]{1,200} [A-Za-z0-9+/=]{8,1000}$/.test(line));
}
