// SPDX-License-Identifier: Apache-2.0
// Signed messages as gitsign and gpgsm make them, by hand, so that each part can be another one.
import { createHash, sign, type KeyObject } from 'node:crypto';
import { encodeArmor } from '../../../src/signature/x509/armor.ts';
import { ALGORITHM, NOW, type Made } from './certificates.ts';
import { der, int, octets, oid, seq, setOf, utcTime } from './der-writer.ts';

export const PAYLOAD = Buffer.from('tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\na commit\n');

export const DATA = '1.2.840.113549.1.7.1';
export const SIGNED_DATA = '1.2.840.113549.1.7.2';

export const attribute = (type: string, ...values: readonly Uint8Array[]): Buffer => seq(oid(type), setOf(...values));
export const contentType = (type = DATA): Buffer => attribute('1.2.840.113549.1.9.3', oid(type));
export const messageDigest = (payload: Uint8Array, hash = 'sha256'): Buffer => attribute('1.2.840.113549.1.9.4', octets(createHash(hash).update(payload).digest()));
export const signingTime = (seconds: number): Buffer => attribute('1.2.840.113549.1.9.5', utcTime(seconds));

/** Every part of a message; what isn't said is as gitsign has it. */
export interface Writing {
  leaf: Made;
  payload?: Uint8Array;
  at?: number;
  hash?: 'sha256' | 'sha384' | 'sha512';
  digestAlgorithm?: Uint8Array;
  signatureAlgorithm?: Uint8Array;
  /** Signed attributes instead of the usual three; null leaves them out. */
  attributes?: readonly Uint8Array[] | null;
  /** Further signed attributes. */
  also?: readonly Uint8Array[];
  unsorted?: boolean;
  unsigned?: (signature: Uint8Array, signedBytes: Uint8Array) => readonly Uint8Array[];
  /** Certificates besides the leaf's, or instead of it. */
  others?: readonly Uint8Array[];
  certificates?: readonly Uint8Array[];
  signers?: (info: Buffer) => readonly Uint8Array[];
  version?: number;
  signerVersion?: number;
  content?: Uint8Array;
  contentInfoType?: string;
  signature?: (bytes: Uint8Array, key: KeyObject) => Uint8Array;
}

/** Returns the DER of a message. */
export function writeMessage(writing: Writing): Buffer {
  const { leaf, payload = PAYLOAD, at = NOW, hash = 'sha256', version = 1 } = writing;
  const digestAlgorithm = writing.digestAlgorithm ?? ALGORITHM[hash];
  const attributes = writing.attributes === undefined ? [contentType(), messageDigest(payload, hash), signingTime(at)] : writing.attributes;
  const all = [...(attributes ?? []), ...(writing.also ?? [])];
  const signedBytes = attributes === null ? Buffer.from(payload) : writing.unsorted ? der(0x31, ...all) : setOf(...all);
  const signature = writing.signature ? writing.signature(signedBytes, leaf.key.privateKey) : sign(hash, signedBytes, leaf.key.privateKey);
  const unsigned = writing.unsigned?.(signature, signedBytes) ?? [];
  const info = seq(
    int(writing.signerVersion ?? 1), seq(leaf.issuerName, leaf.serial), digestAlgorithm,
    ...(attributes === null ? [] : [Buffer.concat([Buffer.of(0xa0), signedBytes.subarray(1)])]),
    writing.signatureAlgorithm ?? ALGORITHM['ecdsa-sha256'], octets(signature),
    ...(unsigned.length > 0 ? [der(0xa1, ...[...unsigned].sort(Buffer.compare))] : []),
  );
  const certificates = writing.certificates ?? [leaf.der, ...(writing.others ?? [])];
  const signedData = seq(
    int(version), setOf(digestAlgorithm), writing.content ?? seq(oid(DATA)),
    ...(certificates.length > 0 ? [der(0xa0, ...certificates)] : []), der(0x31, ...(writing.signers?.(info) ?? [info])),
  );
  return seq(oid(writing.contentInfoType ?? SIGNED_DATA), der(0xa0, signedData));
}

export function armored(message: Uint8Array): Uint8Array {
  return Buffer.from(encodeArmor(message, 'SIGNED MESSAGE'));
}

/** Returns the armored message. */
export function write(writing: Writing): Uint8Array {
  return armored(writeMessage(writing));
}
