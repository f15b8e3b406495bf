// SPDX-License-Identifier: Apache-2.0
// Certificates of all sorts, made by hand, so that each can be wrong in one thing. Keys are made once: they cost time.
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { NULL, bits, bool, der, int, octets, oid, seq, setOf, utcTime, utf8 } from './der-writer.ts';

export interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** 2026-01-01, the middle of all validities. */
export const NOW = 1767225600;
const DAY = 86400;

const made = new Map<string, KeyPair>();

/** Returns the key pair of a name, the same one each time. */
export function keyPair(name: string, kind: 'P-256' | 'P-384' | 'ed25519' | number = 'P-256'): KeyPair {
  const id = `${name} ${kind}`;
  const pair = made.get(id) ?? generate(kind);
  made.set(id, pair);
  return pair;
}

function generate(kind: 'P-256' | 'P-384' | 'ed25519' | number): KeyPair {
  if (typeof kind === 'number') return generateKeyPairSync('rsa', { modulusLength: kind });
  return kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: kind });
}

export const ALGORITHM = {
  sha1: seq(oid('1.3.14.3.2.26'), NULL),
  sha256: seq(oid('2.16.840.1.101.3.4.2.1')),
  sha384: seq(oid('2.16.840.1.101.3.4.2.2')),
  sha512: seq(oid('2.16.840.1.101.3.4.2.3')),
  'ecdsa-sha1': seq(oid('1.2.840.10045.4.1')),
  'ecdsa-sha256': seq(oid('1.2.840.10045.4.3.2')),
  'ecdsa-sha384': seq(oid('1.2.840.10045.4.3.3')),
  rsa: seq(oid('1.2.840.113549.1.1.1'), NULL),
  'rsa-sha256': seq(oid('1.2.840.113549.1.1.11'), NULL),
  ed25519: seq(oid('1.3.101.112')),
} as const;

export const name = (common: string): Buffer => seq(setOf(seq(oid('2.5.4.3'), utf8(common))));
export const email = (address: string | Uint8Array): Buffer => der(0x81, Buffer.from(address));
export const uri = (text: string): Buffer => der(0x86, Buffer.from(text));
export const otherName = (type: string, text: string): Buffer => der(0xa0, oid(type), der(0xa0, utf8(text)));

/** An extension. */
export const extension = (id: string, value: Uint8Array, critical = false): Buffer => seq(oid(id), ...(critical ? [bool(true)] : []), octets(value));
export const altNames = (...names: readonly Uint8Array[]): Buffer => extension('2.5.29.17', seq(...names));
export const keyUsage = (octet: number): Buffer => extension('2.5.29.15', bits(Buffer.of(octet)), true);
export const purposes = (...ids: readonly string[]): Buffer => extension('2.5.29.37', seq(...ids.map(oid)));
export const constraints = (ca: boolean, pathLength?: number): Buffer =>
  extension('2.5.29.19', seq(...(ca ? [bool(true)] : []), ...(pathLength === undefined ? [] : [int(pathLength)])), true);

export const DIGITAL_SIGNATURE = 0x80;
export const KEY_CERT_SIGN = 0x04;
export const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';

export interface Making {
  subject: string;
  issuer: string;
  key: KeyPair;
  /** Signs it; the issuer's. */
  by: KeyPair;
  extensions?: readonly Uint8Array[];
  serial?: number | bigint;
  notBefore?: number;
  notAfter?: number;
  algorithm?: Uint8Array;
  hash?: string | null;
  spki?: Uint8Array;
}

export interface Made {
  der: Buffer;
  key: KeyPair;
  issuerName: Buffer;
  serial: Buffer;
}

let serials = 1000;

/** Makes a certificate of version 3, signed with ECDSA and SHA-256 unless something else is said. */
export function makeCertificate(making: Making): Made {
  const { subject, issuer, key, by, extensions = [], notBefore = NOW - DAY, notAfter = NOW + DAY, hash = 'sha256', algorithm = ALGORITHM['ecdsa-sha256'] } = making;
  const [serial, issuerName] = [int(making.serial ?? serials++), name(issuer)];
  const spki = making.spki ?? key.publicKey.export({ format: 'der', type: 'spki' });
  const tail = extensions.length === 0 ? [] : [der(0xa3, seq(...extensions))];
  const signed = seq(der(0xa0, int(2)), serial, algorithm, issuerName, seq(utcTime(notBefore), utcTime(notAfter)), name(subject), spki, ...tail);
  return { der: seq(signed, algorithm, bits(sign(hash, signed, by.privateKey))), key, issuerName, serial };
}

/** Makes an authority that issued itself. */
export function makeRoot(subject: string, more: Partial<Making> = {}): Made {
  const key = more.key ?? keyPair(subject);
  return makeCertificate({ subject, issuer: subject, key, by: key, extensions: [constraints(true), keyUsage(KEY_CERT_SIGN)], ...more });
}

/** Makes an authority below another one. */
export function makeIntermediate(subject: string, issuer: string, by: KeyPair, more: Partial<Making> = {}): Made {
  return makeCertificate({ subject, issuer, key: keyPair(subject), by, extensions: [constraints(true), keyUsage(KEY_CERT_SIGN)], ...more });
}

/** What a certificate for e-mail says: its address, to sign with, for e-mail. */
export function leafExtensions(...addresses: readonly string[]): Buffer[] {
  return [keyUsage(DIGITAL_SIGNATURE), purposes(EMAIL_PROTECTION), altNames(...addresses.map(email))];
}

export function makeLeaf(issuer: string, by: KeyPair, more: Partial<Making> = {}): Made {
  return makeCertificate({ subject: 'Alice', issuer, key: keyPair('alice'), by, extensions: leafExtensions('alice@example.com'), ...more });
}
