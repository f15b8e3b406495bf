// SPDX-License-Identifier: Apache-2.0
// CMS SignedData (RFC 5652 §5) as commits carry it: version 1, the content elsewhere, one signer with signed attributes.
// Certificates and signed attributes are strict DER. The rest is signed by nobody: the shells around them, further
// certificates and the unsigned attributes may be changed by whoever handles the commit, so that nothing is believed for
// standing there.
import { concat, equal, hex } from '../../bytes.ts';
import { decodeCertificate, type X509Certificate } from './certificate.ts';
import { hashOf, readAlgorithm, schemeOf, type Algorithm, type Hash, type SignatureScheme } from './algorithm.ts';
import { TAG, readDer, type DerReader } from './der.ts';
import { identifier } from './identifier.ts';

/** Attributes by type; the values are encodings. */
export type Attributes = ReadonlyMap<string, readonly Uint8Array[]>;

export interface SignedData {
  /** The signer's certificate. */
  signer: X509Certificate;
  /** All that came along, the signer's among them. */
  certificates: readonly X509Certificate[];
  digest: Hash;
  scheme: SignatureScheme;
  /** What is signed: the signed attributes as a SET (§5.4). */
  signedBytes: Uint8Array;
  signed: Attributes;
  unsigned: Attributes;
  signature: Uint8Array;
}

/** Why a message is none for us; `version`, `digest-algorithm` and `signature-algorithm` are not known, the others don't hold. */
export type SignedDataProblem =
  | 'too-large' | 'malformed' | 'version' | 'content' | 'signers' | 'signed-attributes' | 'certificate'
  | 'digest-algorithm' | 'digest-weak' | 'signature-algorithm';

const SIGNED_DATA = identifier('1.2.840.113549.1.7.2');
export const DATA = identifier('1.2.840.113549.1.7.1');

const MAX_BYTES = 65536;
const MAX_CERTIFICATES = 10;
const MAX_ATTRIBUTES = 32;
const MAX_VALUES = 4;

interface SignerInfo {
  issuer: Uint8Array;
  serial: string;
  digest: Algorithm;
  attributes: Uint8Array | undefined;
  algorithm: Algorithm;
  signature: Uint8Array;
  unsigned: Attributes;
}

interface Parts {
  digests: Algorithm[];
  content: { type: string; attached: boolean };
  certificates: Uint8Array[];
  signers: (SignerInfo | 'version')[];
}

/** Returns the message, or what is wrong with it. Reads hostile bytes; never throws. */
export function decodeSignedData(bytes: Uint8Array): SignedData | SignedDataProblem {
  if (bytes.length > MAX_BYTES) return 'too-large';
  const parts = readDer(bytes, (reader) => reader.insideShell(TAG.sequence, (info) => {
    if (info.identifier() !== SIGNED_DATA) info.refuse();
    return info.insideShell(0xa0, (explicit) => explicit.insideShell(TAG.sequence, readParts));
  }));
  if (parts === undefined) return 'malformed';
  if (parts === 'version') return parts;
  const { digests, content, signers } = parts;
  if (content.type !== DATA || content.attached) return 'content';
  const [signer] = signers;
  if (signer === undefined || signers.length > 1) return 'signers';
  if (signer === 'version') return signer;
  // The list of all signers' digest algorithms, where there is one signer.
  if (digests.length !== 1 || digests[0]!.id !== signer.digest.id) return 'malformed';
  return joinParts(signer, parts.certificates);
}

/** SignedData (§5.1). Revocation lists, which nobody signs into it, have no place in it. */
function readParts(reader: DerReader): Parts | 'version' {
  if (reader.count() !== 1) {
    reader.each(16, () => reader.next());
    return 'version';
  }
  const digests = reader.inside(TAG.set, (list) => list.each(4, readAlgorithm));
  const content = reader.insideShell(TAG.sequence, (fields) => ({ type: fields.identifier(), attached: fields.optional(0xa0, () => fields.next()) !== undefined }));
  const certificates = reader.optional(0xa0, () => reader.inside(0xa0, (list) => list.each(MAX_CERTIFICATES, () => list.next(TAG.sequence).der))) ?? [];
  const signers = reader.inside(TAG.set, (list) => list.each(2, readSigner));
  return { digests, content, certificates, signers };
}

/** SignerInfo (§5.3); version 1 names the certificate by issuer and serial number. */
function readSigner(reader: DerReader): SignerInfo | 'version' {
  return reader.inside(TAG.sequence, (fields) => {
    if (fields.count() !== 1) {
      fields.each(16, () => fields.next());
      return 'version';
    }
    const name = fields.inside(TAG.sequence, (sid) => ({ issuer: sid.next(TAG.sequence).der, serial: hex(sid.integer()) }));
    const digest = readAlgorithm(fields);
    const attributes = fields.optional(0xa0, () => fields.next().content);
    const algorithm = readAlgorithm(fields);
    const signature = fields.next(TAG.octets).content;
    const unsigned = fields.optional(0xa1, () => fields.inside(0xa1, readAttributes)) ?? new Map<string, Uint8Array[]>();
    return { ...name, digest, attributes, algorithm, signature, unsigned };
  });
}

function joinParts(info: SignerInfo, encodings: readonly Uint8Array[]): SignedData | SignedDataProblem {
  const digest = hashOf(info.digest);
  if (digest === 'weak') return 'digest-weak';
  if (digest === 'unknown') return 'digest-algorithm';
  const scheme = schemeOf(info.algorithm, digest);
  if (scheme === 'weak') return 'digest-weak';
  // RFC 5652 §5.4 and RFC 8419 §3: one hash for content and attributes, and Ed25519 goes with SHA-512.
  if (scheme === 'unknown' || (scheme.hash ?? 'sha512') !== digest) return 'signature-algorithm';
  const signed = info.attributes === undefined ? undefined : readDer(info.attributes, readAttributes);
  if (info.attributes === undefined || signed === undefined || !isSorted(info.attributes)) return 'signed-attributes';
  const certificates = encodings.map(decodeCertificate).filter((each) => each !== undefined);
  if (certificates.length !== encodings.length) return 'certificate';
  const signers = certificates.filter(({ issuer, serial }) => equal(issuer, info.issuer) && serial === info.serial);
  if (signers.length !== 1) return 'certificate';
  const signedBytes = concat(setHeader(info.attributes.length), info.attributes);
  return { signer: signers[0]!, certificates, digest, scheme, signedBytes, signed, unsigned: info.unsigned, signature: info.signature };
}

/** Attributes (§5.3). A type stands once (§11), so that nobody can look at another one of two. */
function readAttributes(reader: DerReader): Attributes {
  const entries = reader.each(MAX_ATTRIBUTES, () => reader.inside(TAG.sequence, (fields) => {
    const type = fields.identifier();
    return [type, fields.inside(TAG.set, (values) => values.each(MAX_VALUES, () => values.next().der))] as const;
  }));
  const attributes = new Map(entries);
  return attributes.size === entries.length ? attributes : reader.refuse();
}

/** Tells whether the elements stand in the order of DER (X.690 §11.6), which is the order that is signed. */
function isSorted(set: Uint8Array): boolean {
  const elements = readDer(set, (reader) => reader.each(MAX_ATTRIBUTES, () => reader.next().der)) ?? [];
  return elements.every((element, i) => i === 0 || Buffer.compare(elements[i - 1]!, element) < 0);
}

function setHeader(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(TAG.set, length);
  return length < 0x100 ? Uint8Array.of(TAG.set, 0x81, length) : Uint8Array.of(TAG.set, 0x82, length >> 8, length & 0xff);
}
