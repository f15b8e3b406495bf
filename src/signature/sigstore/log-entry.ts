// SPDX-License-Identifier: Apache-2.0
// The entry of Rekor's log that gitsign embeds in a signature (protobuf dev.sigstore.rekor.v1.TransparencyLogEntry). Its body
// is left out there, and is made anew here from the signature itself: so the log's word, where it holds, is about this
// signature, whatever else the entry says.
import type { TransparencyLogEntry } from '@sigstore/bundle';
import { base64, equal, fromUtf8, sha256, utf8 } from '../../bytes.ts';
import { encodeArmor } from '../x509/armor.ts';
import type { SignedData } from '../x509/signed-data.ts';
import { readMessage, type Message } from './protobuf.ts';

/** `version`: an entry of a kind that this version can't make anew. */
export type EntryProblem = 'malformed' | 'version';

const MAX_BYTES = 16384;
const MAX_HASHES = 64;
const MAX_NOTE = 4096;

/** Returns the entry with its body. Reads hostile bytes; never throws. */
export function decodeLogEntry(bytes: Uint8Array, message: SignedData): TransparencyLogEntry | EntryProblem {
  if (bytes.length > MAX_BYTES) return 'malformed';
  const entry = readMessage(bytes, readEntry);
  if (entry === undefined) return 'malformed';
  if (entry.kindVersion.kind !== 'hashedrekord' || entry.kindVersion.version !== '0.0.1') return 'version';
  if (entry.inclusionProof && !isProofSound(entry.inclusionProof)) return 'malformed';
  const body = entryBody(message);
  if (entry.canonicalizedBody.length > 0 && !equal(entry.canonicalizedBody, body)) return 'malformed';
  return { ...entry, canonicalizedBody: Buffer.from(body) };
}

/** Returns the body as Rekor keeps it: the canonical JSON of a hashedrekord over the signed attributes. */
export function entryBody({ signedBytes, signature, signer }: SignedData): Uint8Array {
  const publicKey = { content: base64(utf8(encodeArmor(signer.der, 'CERTIFICATE'))) };
  const spec = { data: { hash: { algorithm: 'sha256', value: sha256(signedBytes) } }, signature: { content: base64(signature), publicKey } };
  return utf8(JSON.stringify({ apiVersion: '0.0.1', kind: 'hashedrekord', spec }));
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
 * expression against the log's address, so that a name like `(.*.*)*x` would keep it busy for hours.
 */
function isProofSound({ hashes, checkpoint }: NonNullable<TransparencyLogEntry['inclusionProof']>): boolean {
  const note = checkpoint?.envelope ?? '';
  if (note.length > MAX_NOTE || hashes.length > MAX_HASHES || hashes.some((hash) => hash.length !== 32)) return false;
  const end = note.indexOf('\n\n');
  const lines = note.slice(end + 2).replace(/\n$/, '').split('\n');
  return end > 0 && /^[^\n]+\n[0-9]{1,15}\n/.test(note) && lines.every((line) => /^\u2014 [A-Za-z0-9./:_-]{1,200} [A-Za-z0-9+/=]{8,1000}$/.test(line));
}
