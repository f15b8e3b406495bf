// SPDX-License-Identifier: Apache-2.0
// X.509 certificates (RFC 5280 §4.1), of version 3 or, as old roots are, 1: the fields as they stand, and whether one
// certificate's key signed another. Whether anybody is to be believed is the path's question.
import { equal, hex, sha256 } from '../../bytes.ts';
import { type AlgorithmProblem, type Algorithm, type SignatureScheme, readAlgorithm, schemeOf, verifySignature } from './algorithm.ts';
import { TAG, readDer, type DerReader } from './der.ts';
import { publicKeyOf, type KeyProblem } from './public-key.ts';

export interface X509Extension {
  critical: boolean;
  value: Uint8Array;
}

export interface X509Certificate {
  der: Uint8Array;
  /** SHA-256 of the encoding, lower-case hex. */
  fingerprint: string;
  /** The bytes that its issuer signed. */
  signed: Uint8Array;
  scheme: SignatureScheme | AlgorithmProblem;
  signature: Uint8Array;
  /** The serial number's octets in hex. */
  serial: string;
  /** Names as their encodings: equal names are equal bytes here, which is stricter than RFC 5280 §7.1. */
  issuer: Uint8Array;
  subject: Uint8Array;
  /** Seconds since the epoch, both inclusive. */
  notBefore: number;
  notAfter: number;
  /** SubjectPublicKeyInfo. */
  publicKey: Uint8Array;
  /** By object identifier; no type stands twice. */
  extensions: ReadonlyMap<string, X509Extension>;
}

const MAX_BYTES = 16384;
const MAX_EXTENSIONS = 64;

/** Returns the certificate, or undefined where the bytes are no strict DER of one. Reads hostile bytes; never throws. */
export function decodeCertificate(der: Uint8Array): X509Certificate | undefined {
  if (der.length > MAX_BYTES) return undefined;
  return readDer(der, (reader) => reader.inside(TAG.sequence, (outer) => {
    const toBeSigned = outer.next(TAG.sequence);
    const algorithm = readAlgorithm(outer);
    const signature = outer.octetBits();
    const fields = readDer(toBeSigned.content, (inner) => readFields(inner, algorithm)) ?? outer.refuse();
    return { der, fingerprint: sha256(der), signed: toBeSigned.der, scheme: schemeOf(algorithm), signature, ...fields };
  }));
}

function readFields(reader: DerReader, algorithm: Algorithm) {
  const version = reader.optional(0xa0, () => reader.inside(0xa0, (field) => field.count())) ?? 0;
  const serial = hex(reader.integer());
  // Named inside and outside; what isn't the same was changed outside.
  if (!equal(readAlgorithm(reader).der, algorithm.der)) reader.refuse();
  const issuer = reader.next(TAG.sequence).der;
  const { notBefore, notAfter } = reader.inside(TAG.sequence, (validity) => ({ notBefore: validity.time(), notAfter: validity.time() }));
  const subject = reader.next(TAG.sequence).der;
  const publicKey = reader.next(TAG.sequence).der;
  const extensions = reader.optional(0xa3, () => reader.inside(0xa3, readExtensions)) ?? new Map<string, X509Extension>();
  if (version !== 2 && (version !== 0 || extensions.size > 0)) reader.refuse();
  return { serial, issuer, subject, notBefore, notAfter, publicKey, extensions };
}

function readExtensions(reader: DerReader): Map<string, X509Extension> {
  const entries = reader.inside(TAG.sequence, (list) => list.each(MAX_EXTENSIONS, () => list.inside(TAG.sequence, (fields) => {
    const id = fields.identifier();
    const critical = fields.optional(TAG.boolean, () => fields.boolean()) ?? false;
    return [id, { critical, value: fields.next(TAG.octets).content }] as const;
  })));
  const extensions = new Map(entries);
  return extensions.size === entries.length ? extensions : reader.refuse();
}

/** Returns why the issuer's key is not known to have signed the certificate, or undefined where it has. Names are not compared. */
export function issuanceProblem(certificate: X509Certificate, issuer: X509Certificate): AlgorithmProblem | KeyProblem | 'signature' | undefined {
  const { scheme } = certificate;
  if (typeof scheme === 'string') return scheme;
  const key = publicKeyOf(issuer.publicKey);
  if (typeof key === 'string') return key;
  return verifySignature(key, scheme, certificate.signed, certificate.signature) ? undefined : 'signature';
}

/** Tells whether a time (seconds since the epoch) lies within the certificate's validity. */
export function isValidAt({ notBefore, notAfter }: X509Certificate, at: number): boolean {
  return notBefore <= at && at <= notAfter;
}
