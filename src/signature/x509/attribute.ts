// SPDX-License-Identifier: Apache-2.0
// The signed attributes that are read (RFC 5652 §11, RFC 5035). All others are signed too, and say nothing here.
import { createHash } from 'node:crypto';
import { equal } from '../../bytes.ts';
import { hashOf, readAlgorithm } from './algorithm.ts';
import { TAG, readDer, type DerReader } from './der.ts';
import { identifier } from './identifier.ts';
import type { SignedData } from './signed-data.ts';

export const ATTRIBUTE = {
  contentType: identifier('1.2.840.113549.1.9.3'),
  messageDigest: identifier('1.2.840.113549.1.9.4'),
  signingTime: identifier('1.2.840.113549.1.9.5'),
  signingCertificate: identifier('1.2.840.113549.1.9.16.2.12'),
  signingCertificateV2: identifier('1.2.840.113549.1.9.16.2.47'),
} as const;

/** Returns what `read` makes of a signed attribute's one value, or undefined where there isn't one, or not as it must be. */
export function readAttribute<T>({ signed }: SignedData, type: string, read: (reader: DerReader) => T): T | undefined {
  const values = signed.get(type);
  return values?.length === 1 ? readDer(values[0]!, read) : undefined;
}

/**
 * Tells whether the signer meant this certificate, where the signer says which one (RFC 5035 §3 and §5: the first of a list).
 * Without that word, any certificate for the same key fits the signature.
 */
export function namesSigner(message: SignedData): boolean {
  const { signed, signer } = message;
  // The older attribute knows SHA-1 only. It narrows what the signature fits, and is never why it is believed.
  const older = readAttribute(message, ATTRIBUTE.signingCertificate, (reader) => firstHash(reader, () => 'sha1'));
  const newer = readAttribute(message, ATTRIBUTE.signingCertificateV2, (reader) => firstHash(reader, readHash));
  const matches = (named: Named): boolean => equal(named.digest, createHash(named.hash).update(signer.der).digest());
  return [[ATTRIBUTE.signingCertificate, older] as const, [ATTRIBUTE.signingCertificateV2, newer] as const]
    .every(([type, named]) => !signed.has(type) || (named !== undefined && matches(named)));
}

interface Named {
  hash: string;
  digest: Uint8Array;
}

/** Reads the first ESSCertID of a SigningCertificate; the rest of it names the issuers' certificates and policies. */
function firstHash(reader: DerReader, readHashName: (fields: DerReader) => string): Named {
  return reader.inside(TAG.sequence, (attribute) => {
    const [first] = attribute.inside(TAG.sequence, (list) => list.each(16, () => list.inside(TAG.sequence, (fields) => {
      const named = { hash: readHashName(fields), digest: fields.next(TAG.octets).content };
      fields.optional(TAG.sequence, () => fields.next());
      return named;
    })));
    attribute.optional(TAG.sequence, () => attribute.next());
    return first ?? attribute.refuse();
  });
}

function readHash(fields: DerReader): string {
  const hash = fields.optional(TAG.sequence, () => hashOf(readAlgorithm(fields))) ?? 'sha256';
  return hash === 'weak' || hash === 'unknown' ? fields.refuse() : hash;
}
