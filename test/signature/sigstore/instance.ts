// SPDX-License-Identifier: Apache-2.0
// A Sigstore of our own: certificate authority, certificate log, signature log and timestamp authority, with the trusted
// root that names them; and gitsign's signatures by it, in which each part can be another one.
import { createHash, sign, type KeyObject } from 'node:crypto';
import { entryBody } from '../../../src/signature/sigstore/log-entry.ts';
import { decodeSignedData } from '../../../src/signature/x509/signed-data.ts';
import {
  ALGORITHM, DIGITAL_SIGNATURE, NOW, altNames, email, extension, keyPair, keyUsage, makeIntermediate, makeLeaf, makeRoot,
  purposes, type Made,
} from '../x509/certificates.ts';
import { der, generalizedTime, int, octets, oid, seq, setOf, utcTime, utf8 } from '../x509/der-writer.ts';
import { PAYLOAD, attribute, write, writeMessage, type Writing } from '../x509/messages.ts';

export const ISSUER = 'https://accounts.example.com';
export const ALICE = `sigstore:${ISSUER}#alice@example.com`;
/** What alice's certificates say besides. */
export const PERSON = { workload: false, claims: { '1.3.6.1.4.1.57264.1.1': ISSUER, '1.3.6.1.4.1.57264.1.8': ISSUER } };
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const CERTIFICATE_TIMESTAMPS = '1.3.6.1.4.1.11129.2.4.2';

const fulcioRoot = makeRoot('fulcio root', { notBefore: NOW - 1e8, notAfter: NOW + 1e8 });
const fulcio = makeIntermediate('fulcio', 'fulcio root', keyPair('fulcio root'), { notBefore: NOW - 1e8, notAfter: NOW + 1e8 });
const tsaRoot = makeRoot('tsa root', { notBefore: NOW - 1e8, notAfter: NOW + 1e8 });
const tsa = makeLeaf('tsa root', keyPair('tsa root'), { key: keyPair('tsa'), notBefore: NOW - 1e8, notAfter: NOW + 1e8, extensions: [keyUsage(DIGITAL_SIGNATURE), purposes('1.3.6.1.5.5.7.3.8')] });

const spki = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });
export const logId = (log: string): Buffer => createHash('sha256').update(spki(keyPair(log).publicKey)).digest();
const since = { start: new Date((NOW - 1e8) * 1000).toISOString() };
const chain = (...made: readonly Made[]) => ({ certificates: made.map((each) => ({ rawBytes: each.der.toString('base64') })) });
const logOf = (log: string) => ({
  baseUrl: `https://${log}.example.com`, hashAlgorithm: 'SHA2_256', logId: { keyId: logId(log).toString('base64') },
  publicKey: { rawBytes: spki(keyPair(log).publicKey).toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: since },
});

/** The trusted root, as its file holds it. */
export function rootJson(more: Record<string, unknown> = {}): Buffer {
  const subject = { organization: 'example.com', commonName: 'example' };
  return Buffer.from(JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1', tlogs: [logOf('rekor')], ctlogs: [logOf('ctlog')],
    certificateAuthorities: [{ subject, uri: 'https://fulcio.example.com', certChain: chain(fulcio, fulcioRoot), validFor: since }],
    timestampAuthorities: [{ subject, uri: 'https://tsa.example.com', certChain: chain(tsa, tsaRoot), validFor: since }], ...more,
  }));
}

export interface Identity {
  /** The key's name; gitsign's, unless somebody else's. */
  key?: string;
  names?: readonly Uint8Array[];
  issuer?: string;
  rawIssuer?: string;
  extensions?: readonly Uint8Array[];
  /** Extensions beside the usual ones. */
  more?: readonly Uint8Array[];
  /** Signs the certificate's timestamp; the certificate log, unless somebody else does. */
  ctlog?: string;
  sct?: boolean;
  by?: string;
  notBefore?: number;
  notAfter?: number;
}

/** Makes a certificate as Fulcio does, in the certificate log. */
export function fulcioLeaf({ names = [email('alice@example.com')], issuer = ISSUER, rawIssuer = issuer, ctlog = 'ctlog', sct = true, by = 'fulcio', key = 'gitsign', more = [], ...identity }: Identity = {}): Made {
  const { notBefore = NOW - 10, notAfter = NOW + 590 } = identity;
  const extensions = identity.extensions ?? [
    keyUsage(DIGITAL_SIGNATURE), purposes(CODE_SIGNING), altNames(...names),
    extension('1.3.6.1.4.1.57264.1.1', Buffer.from(rawIssuer)), extension('1.3.6.1.4.1.57264.1.8', utf8(issuer)), ...more,
  ];
  const making = { key: keyPair(key), serial: 4242, notBefore, notAfter };
  const without = makeLeaf(by, keyPair(by), { ...making, extensions });
  return sct ? makeLeaf(by, keyPair(by), { ...making, extensions: [...extensions, certificateTimestamp(without.der, ctlog)] }) : without;
}

/** The extension that holds one signed certificate timestamp (RFC 6962 §3.2) over the certificate without it. */
function certificateTimestamp(without: Buffer, ctlog: string): Buffer {
  const start = without[1] === 0x82 ? 4 : 3;
  const signed = without.subarray(start, start + 4 + without.readUInt16BE(start + 2));
  const at = Buffer.alloc(8);
  at.writeBigUInt64BE(BigInt(NOW) * 1000n);
  const issuerKey = createHash('sha256').update(spki(keyPair('fulcio').publicKey)).digest();
  const toBeSigned = Buffer.concat([Buffer.of(0, 0), at, Buffer.of(0, 1), issuerKey, Buffer.of(0, signed.length >> 8, signed.length & 0xff), signed, Buffer.of(0, 0)]);
  const signature = sign('sha256', toBeSigned, keyPair(ctlog).privateKey);
  const sct = Buffer.concat([Buffer.of(0), logId('ctlog'), at, Buffer.of(0, 0, 4, 3), short(signature)]);
  return extension(CERTIFICATE_TIMESTAMPS, octets(short(short(sct))));
}

const short = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);

/** Protocol buffers, written. */
export const varint = (value: number): Buffer => (value < 128 ? Buffer.of(value) : Buffer.concat([Buffer.of(128 + (value % 128)), varint(Math.floor(value / 128))]));
export const number = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
export const bytes = (field: number, value: Uint8Array | string): Buffer => Buffer.concat([varint(field * 8 + 2), varint(Buffer.from(value).length), Buffer.from(value)]);

/** Every part of a log entry; what isn't said is as Rekor has it. */
export interface Entry {
  at?: number;
  index?: number;
  version?: string;
  kind?: string;
  body?: Uint8Array;
  promise?: boolean;
  proof?: boolean;
  log?: string;
  checkpoint?: (note: string, line: string) => string;
  hashes?: readonly Uint8Array[];
  more?: readonly Uint8Array[];
}

/** What the signature log answers for a body: the second of two leaves, so that its proof has one hash. */
export function logged(body: Uint8Array, { at = NOW, index = 1000, log = 'rekor', ...entry }: Entry = {}) {
  const sibling = createHash('sha256').update('sibling').digest();
  const leafHash = createHash('sha256').update(Buffer.of(0)).update(body).digest();
  const rootHash = createHash('sha256').update(Buffer.of(1)).update(sibling).update(leafHash).digest();
  const canonical = JSON.stringify({ body: Buffer.from(body).toString('base64'), integratedTime: at, logID: logId('rekor').toString('hex'), logIndex: index });
  const promise = sign('sha256', Buffer.from(canonical), keyPair(log).privateKey);
  const note = `rekor.example.com - 1\n2\n${rootHash.toString('base64')}\n`;
  const signature = Buffer.concat([logId('rekor').subarray(0, 4), sign('sha256', Buffer.from(note), keyPair(log).privateKey)]);
  const line = `— rekor.example.com ${signature.toString('base64')}\n`;
  return { at, index, promise, rootHash, hashes: entry.hashes ?? [sibling], checkpoint: entry.checkpoint?.(note, line) ?? `${note}\n${line}` };
}

/** Returns an entry as gitsign embeds it. */
export function logEntry(body: Uint8Array, entry: Entry = {}): Buffer {
  const { version = '0.0.1', kind = 'hashedrekord' } = entry;
  const { at, index, promise, rootHash, hashes, checkpoint } = logged(body, entry);
  const proof = Buffer.concat([number(1, 1), bytes(2, rootHash), number(3, 2), ...hashes.map((hash) => bytes(4, hash)), bytes(5, bytes(1, checkpoint))]);
  return Buffer.concat([
    number(1, index), bytes(2, bytes(1, logId('rekor'))), bytes(3, Buffer.concat([bytes(1, kind), bytes(2, version)])), number(4, at),
    ...(entry.promise === false ? [] : [bytes(5, bytes(1, promise))]), ...(entry.proof === false ? [] : [bytes(6, proof)]),
    ...(entry.body ? [bytes(7, entry.body)] : []), ...(entry.more ?? []),
  ]);
}

export interface Timestamp {
  at?: number;
  /** What it is about; the signature, if nothing else is said. */
  over?: Uint8Array;
  by?: string;
}

/** Returns a TimeStampToken (RFC 3161 §2.4.2). */
export function timestampToken(signature: Uint8Array, { at = NOW, over = signature, by = 'tsa' }: Timestamp = {}): Buffer {
  const imprint = seq(ALGORITHM.sha256, octets(createHash('sha256').update(over).digest()));
  const info = seq(int(1), oid('1.2.3.4.1'), imprint, int(77), generalizedTime(at));
  const type = '1.2.840.113549.1.9.16.1.4';
  const attributes = [attribute('1.2.840.113549.1.9.3', oid(type)), attribute('1.2.840.113549.1.9.4', octets(createHash('sha256').update(info).digest())), attribute('1.2.840.113549.1.9.5', utcTime(at))];
  const signed = setOf(...attributes);
  const signer = seq(
    int(1), seq(tsa.issuerName, tsa.serial), ALGORITHM.sha256, Buffer.concat([Buffer.of(0xa0), signed.subarray(1)]),
    ALGORITHM['ecdsa-sha256'], octets(sign('sha256', signed, keyPair(by).privateKey)),
  );
  const data = seq(int(3), setOf(ALGORITHM.sha256), seq(oid(type), der(0xa0, octets(info))), der(0x31, signer));
  return seq(oid('1.2.840.113549.1.7.2'), der(0xa0, data));
}

export interface Gitsign {
  identity?: Identity;
  leaf?: Made;
  at?: number;
  payload?: Uint8Array;
  entry?: Entry | 'none' | ((genuine: Buffer) => Uint8Array);
  timestamp?: Timestamp | 'none' | ((genuine: Buffer) => Uint8Array);
  unsigned?: readonly Uint8Array[];
  writing?: Partial<Writing>;
}

export const LOG_ENTRY = '1.3.6.1.4.1.57264.3.1';
export const TIMESTAMP = '1.2.840.113549.1.9.16.2.14';

/** Returns an armored signature as gitsign makes it: with a log entry, and without a timestamp, unless something else is said. */
export function gitsign({ identity, leaf = fulcioLeaf(identity), at = NOW, payload = PAYLOAD, entry = {}, timestamp = 'none', unsigned = [], writing = {} }: Gitsign = {}): Uint8Array {
  const unsignedOf = (signature: Uint8Array): Buffer[] => {
    const body = bodyOf(writeMessage({ leaf, at, payload, ...writing, signature: () => signature }));
    const proof = entry === 'none' ? [] : [attribute(LOG_ENTRY, octets(typeof entry === 'function' ? entry(logEntry(body)) : logEntry(body, entry)))];
    const token = timestamp === 'none' ? [] : [attribute(TIMESTAMP, typeof timestamp === 'function' ? timestamp(timestampToken(signature)) : timestampToken(signature, timestamp))];
    return [...proof, ...token, ...unsigned.map((each) => Buffer.from(each))];
  };
  return write({ leaf, at, payload, unsigned: unsignedOf, ...writing });
}

/** The body that the log would hold for a message. */
function bodyOf(message: Uint8Array): Uint8Array {
  const data = decodeSignedData(message);
  if (typeof data === 'string') throw new Error(`no message: ${data}`);
  return entryBody(data);
}

