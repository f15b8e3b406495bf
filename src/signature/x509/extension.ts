// SPDX-License-Identifier: Apache-2.0
// The certificate extensions that decide what a certificate may be used for, and by which names its holder goes (RFC 5280
// §4.2.1). An extension that is there and can't be read makes the certificate useless, never freer.
import { fromUtf8, latin1 } from '../../bytes.ts';
import type { X509Certificate } from './certificate.ts';
import { TAG, readDer, type DerReader } from './der.ts';
import { identifier } from './identifier.ts';

/** Bits of keyUsage (§4.2.1.3). */
export const KEY_USAGE = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5 } as const;

/** Values of extKeyUsage (§4.2.1.12), and Fulcio's. */
export const PURPOSE = {
  any: identifier('2.5.29.37.0'),
  codeSigning: identifier('1.3.6.1.5.5.7.3.3'),
  emailProtection: identifier('1.3.6.1.5.5.7.3.4'),
} as const;

export const EXTENSION = {
  keyUsage: identifier('2.5.29.15'),
  subjectAltName: identifier('2.5.29.17'),
  basicConstraints: identifier('2.5.29.19'),
  nameConstraints: identifier('2.5.29.30'),
  certificatePolicies: identifier('2.5.29.32'),
  extKeyUsage: identifier('2.5.29.37'),
} as const;

/** What may be critical: all that is judged, and policies, of which none is asked for (§6.1.1 d, any policy). */
const KNOWN: ReadonlySet<string> = new Set(Object.values(EXTENSION));

export interface BasicConstraints {
  ca: boolean;
  /** How many intermediate authorities may follow; undefined where there is no bound. */
  pathLength: number | undefined;
}

/** A GeneralName (§4.2.1.6): its context tag, and the octets inside. */
export interface GeneralName {
  tag: number;
  content: Uint8Array;
}

/** The tags of the names that are read. */
export const NAME = { other: 0xa0, email: 0x81, uri: 0x86 } as const;

const MAX_NAMES = 32;
const MAX_PURPOSES = 32;

/** Tells whether the certificate demands something that isn't understood here (§4.2: it must then be refused). */
export function hasUnknownCritical({ extensions }: X509Certificate): boolean {
  return [...extensions].some(([id, { critical }]) => critical && !KNOWN.has(id));
}

export function basicConstraints(certificate: X509Certificate): BasicConstraints | 'malformed' {
  return valueOf(certificate, EXTENSION.basicConstraints, (reader) => reader.inside(TAG.sequence, (fields) => ({
    ca: fields.optional(TAG.boolean, () => fields.boolean()) ?? false,
    pathLength: fields.optional(TAG.integer, () => fields.count()),
  }))) ?? { ca: false, pathLength: undefined };
}

/** Tells whether the key may be used in one of these ways; without the extension it may. */
export function allowsUsage(certificate: X509Certificate, ...bits: readonly number[]): boolean {
  const set = valueOf(certificate, EXTENSION.keyUsage, (reader) => reader.namedBits());
  return set === undefined || (set !== 'malformed' && bits.some((bit) => set.includes(bit)));
}

/** Tells whether the certificate may serve one of these purposes; without the extension it may serve all. */
export function allowsPurpose(certificate: X509Certificate, ...purposes: readonly string[]): boolean {
  const listed = valueOf(certificate, EXTENSION.extKeyUsage, (reader) => reader.inside(TAG.sequence, (list) => list.each(MAX_PURPOSES, () => list.identifier())));
  return listed === undefined || (listed !== 'malformed' && purposes.some((purpose) => listed.includes(purpose)));
}

export function subjectAltNames(certificate: X509Certificate): GeneralName[] | 'malformed' {
  return valueOf(certificate, EXTENSION.subjectAltName, (reader) => reader.inside(TAG.sequence, (list) => list.each(MAX_NAMES, () => list.next()))) ?? [];
}

/** Returns the addresses of rfc822Names, IA5String (§4.2.1.6); other names are passed over, an odd address is none. */
export function emailAddresses(names: readonly GeneralName[]): string[] | 'malformed' {
  const texts = names.filter(({ tag }) => tag === NAME.email).map(({ content }) => latin1(content));
  return texts.every((text) => text.length <= 254 && /^[!-)+-?A-~]+@[!-)+-?A-~]+$/.test(text)) ? texts : 'malformed';
}

/** Returns the text of a DER UTF8String, or undefined where the bytes are none. */
export function utf8String(der: Uint8Array): string | undefined {
  const content = readDer(der, (reader) => reader.next(TAG.utf8).content);
  return content === undefined ? undefined : fromUtf8(content);
}

function valueOf<T>({ extensions }: X509Certificate, id: string, read: (reader: DerReader) => T): T | 'malformed' | undefined {
  const extension = extensions.get(id);
  return extension === undefined ? undefined : (readDer(extension.value, read) ?? 'malformed');
}
