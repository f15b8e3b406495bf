// SPDX-License-Identifier: Apache-2.0
// Makes OpenPGP keys, signatures and certificates packet by packet, right ones and wrong ones: gpg makes no wrong ones, and
// its versions of today make no version 6. Independent of the code under test: it shares no constant with it.
import { createHash, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface MintKey {
  version: 4 | 6;
  algorithm: number;
  createdAt: number;
  body: Buffer;
  fingerprint: string;
  privateKey: KeyObject;
}

export interface Subpacket {
  type: number;
  body: Uint8Array;
  critical?: boolean;
}

export interface SignatureOptions {
  type: number;
  at: number;
  /** Signed parts; for documents the payload. */
  over: Uint8Array[];
  digest?: number;
  hashed?: Subpacket[];
  unhashed?: Subpacket[];
  /** Whether the issuer is told as gpg does: fingerprint hashed, key id not (gpg needs the latter). True unless told otherwise. */
  issuer?: boolean;
  version?: number;
  algorithm?: number;
}

const DIGESTS: Record<number, [name: string, salt: number]> = {
  1: ['md5', 0], 2: ['sha1', 0], 3: ['ripemd160', 0], 8: ['sha256', 16], 9: ['sha384', 24], 10: ['sha512', 32], 11: ['sha224', 16], 12: ['sha3-256', 16], 14: ['sha3-512', 32],
};
const OIDS: Record<string, string> = { 'prime256v1': '2a8648ce3d030107', 'secp384r1': '2b81040022', 'secp521r1': '2b81040023', 'brainpoolP256r1': '2b2403030208010107', 'secp256k1': '2b8104000a' };

export const DAY = 86_400;
/** 1 January 2020. */
export const T0 = 1_577_836_800;

export function uint(value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
}

export function mpi(number: Uint8Array): Buffer {
  const start = number.findIndex((byte) => byte !== 0);
  const minimal = start < 0 ? Buffer.alloc(0) : Buffer.from(number.subarray(start));
  const bits = minimal.length === 0 ? 0 : minimal.length * 8 - Math.clz32(minimal[0]!) + 24;
  return Buffer.concat([uint(bits, 2), minimal]);
}

/** A packet in the new format with a five-octet length, or the shortest. */
export function packet(tag: number, body: Uint8Array): Buffer {
  const length = body.length < 192 ? uint(body.length, 1) : Buffer.concat([Buffer.of(0xff), uint(body.length, 4)]);
  return Buffer.concat([Buffer.of(0xc0 | tag), length, body]);
}

/** `kind`: `ed25519` (27), `eddsa` (22), `ed448`, `rsa<bits>`, or a curve as OpenSSL names it. */
export function mintKey(kind: string, { at = T0, version = 4 as 4 | 6 } = {}): MintKey {
  const { algorithm, numbers, privateKey } = numbersOf(kind);
  return { algorithm, createdAt: at, privateKey, version, ...wrap(version, at, algorithm, numbers) };
}

/** The key packet around numbers, and its fingerprint. */
export function wrap(version: 4 | 6, at: number, algorithm: number, numbers: Uint8Array): { body: Buffer; fingerprint: string } {
  const body = Buffer.concat([Buffer.of(version), uint(at, 4), Buffer.of(algorithm), version === 6 ? uint(numbers.length, 4) : '', numbers].map((part) => Buffer.from(part)));
  const fingerprint = createHash(version === 6 ? 'sha256' : 'sha1').update(framed({ version, body })).digest('hex').toUpperCase();
  return { body, fingerprint };
}

function numbersOf(kind: string): { algorithm: number; numbers: Buffer; privateKey: KeyObject } {
  const point = (key: KeyObject, size: number): Buffer => (key.export({ format: 'der', type: 'spki' }) as Buffer).subarray(-size);
  if (kind.startsWith('rsa')) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(3)) });
    const { n, e } = publicKey.export({ format: 'jwk' });
    return { algorithm: 1, numbers: Buffer.concat([mpi(Buffer.from(n!, 'base64url')), mpi(Buffer.from(e!, 'base64url'))]), privateKey };
  }
  if (kind === 'ed448') {
    const { publicKey, privateKey } = generateKeyPairSync('ed448');
    return { algorithm: 28, numbers: point(publicKey, 57), privateKey };
  }
  if (kind === 'ed25519' || kind === 'eddsa') {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const oid = Buffer.from('092b06010401da470f01', 'hex');
    const raw = point(publicKey, 32);
    return kind === 'ed25519' ? { algorithm: 27, numbers: raw, privateKey } : { algorithm: 22, numbers: Buffer.concat([oid, mpi(Buffer.concat([Buffer.of(0x40), raw]))]), privateKey };
  }
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: kind });
  const oid = Buffer.from(OIDS[kind]!, 'hex');
  const spki = publicKey.export({ format: 'der', type: 'spki' }) as Buffer;
  const size = { prime256v1: 32, secp384r1: 48, secp521r1: 66 }[kind] ?? 32;
  return { algorithm: 19, numbers: Buffer.concat([Buffer.of(oid.length), oid, mpi(spki.subarray(-1 - 2 * size))]), privateKey };
}

/** A key as signatures over it hash it. */
export function framed({ version, body }: Pick<MintKey, 'version' | 'body'>): Buffer {
  return Buffer.concat([Buffer.of(version === 6 ? 0x9b : 0x99), uint(body.length, version === 6 ? 4 : 2), body]);
}

export function subpackets(area: readonly Subpacket[], version: number): Buffer {
  const written = area.map(({ type, body, critical }) => Buffer.concat([Buffer.of(0xff), uint(body.length + 1, 4), Buffer.of(type | (critical ? 0x80 : 0)), body]));
  const all = Buffer.concat(written);
  return Buffer.concat([uint(all.length, version === 6 ? 4 : 2), all]);
}

export const issuerOf = ({ version, fingerprint }: MintKey): Subpacket => ({ type: 33, body: Buffer.concat([Buffer.of(version), Buffer.from(fingerprint, 'hex')]) });
export const keyIdOf = ({ fingerprint }: MintKey): Subpacket => ({ type: 16, body: Buffer.from(fingerprint.slice(-16), 'hex') });
export const seconds = (type: number, value: number): Subpacket => ({ type, body: uint(value, 4) });
export const flags = (value: number): Subpacket => ({ type: 27, body: Buffer.of(value) });

/** Returns the body of a signature packet. */
export function signature(key: MintKey, options: SignatureOptions): Buffer {
  const { type, at, over, digest = 8, issuer = true, version = key.version, algorithm = key.algorithm } = options;
  const hashed = [seconds(2, at), ...(issuer ? [issuerOf(key)] : []), ...(options.hashed ?? [])];
  const unhashed = [...(issuer && version === 4 ? [keyIdOf(key)] : []), ...(options.unhashed ?? [])];
  const [name, saltSize] = DIGESTS[digest]!;
  const head = Buffer.concat([Buffer.of(version, type, algorithm, digest), subpackets(hashed, version)]);
  const salt = version === 6 ? Buffer.alloc(saltSize, 7) : Buffer.alloc(0);
  const data = Buffer.concat([salt, ...over, head, Buffer.of(version, 0xff), uint(head.length, 4)]);
  const left16 = createHash(name).update(data).digest().subarray(0, 2);
  return Buffer.concat([head, subpackets(unhashed, version), left16, version === 6 ? Buffer.of(salt.length) : Buffer.alloc(0), salt, valueOf(key, name, data)]);
}

function valueOf({ privateKey, algorithm }: MintKey, name: string, data: Buffer): Buffer {
  if (algorithm === 1) return mpi(signBytes(name, data, privateKey));
  if (algorithm === 19) {
    const value = signBytes(name, data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return Buffer.concat([mpi(value.subarray(0, value.length / 2)), mpi(value.subarray(value.length / 2))]);
  }
  const value = signBytes(null, createHash(name).update(data).digest(), privateKey);
  return algorithm === 22 ? Buffer.concat([mpi(value.subarray(0, 32)), mpi(value.subarray(32))]) : value;
}

/** A whole document signature as a packet. */
export function sign(key: MintKey, payload: Uint8Array, at: number, more: Partial<SignatureOptions> = {}): Buffer {
  return packet(2, signature(key, { type: 0, at, over: [payload], ...more }));
}

const USER = Buffer.from('Test Example <test@example.org>');

/** A user id with a self-signature. */
export function user(key: MintKey, { at = key.createdAt, text = USER, type = 0x13, hashed = [flags(3)], ...more }: Partial<SignatureOptions> & { text?: Buffer } = {}): Buffer {
  return Buffer.concat([packet(13, text), certify(key, { at, text, type, hashed, ...more })]);
}

/** A self-signature (or a revocation, 0x30) for a user id. */
export function certify(key: MintKey, { at = key.createdAt, text = USER, type = 0x13, hashed = [flags(3)], ...more }: Partial<SignatureOptions> & { text?: Buffer } = {}): Buffer {
  return packet(2, signature(key, { type, at, hashed, ...more, over: [framed(key), Buffer.concat([Buffer.of(0xb4), uint(text.length, 4), text])] }));
}

/** A direct-key signature (0x1f) or a revocation (0x20). */
export function direct(key: MintKey, type: number, at: number, hashed: Subpacket[] = [], more: Partial<SignatureOptions> = {}): Buffer {
  return packet(2, signature(key, { type, at, hashed, over: [framed(key)], ...more }));
}

/** A subkey's binding (0x18) or revocation (0x28). `backsig` false leaves the cross signature out. */
export function bind(primary: MintKey, subkey: MintKey, more: Partial<SignatureOptions> & { backsig?: boolean | MintKey } = {}): Buffer {
  const { type = 0x18, at = subkey.createdAt, hashed = [flags(2)], backsig = true, ...rest } = more;
  const over = [framed(primary), framed(subkey)];
  const signer = backsig === true ? subkey : backsig || undefined;
  const cross = signer && type === 0x18 ? [{ type: 32, body: signature(signer, { type: 0x19, at, over }) }] : [];
  return packet(2, signature(primary, { type, at, hashed: [...hashed, ...cross], over, ...rest }));
}

export const publicKey = (key: MintKey): Buffer => packet(6, key.body);
export const subkey = (key: MintKey): Buffer => packet(14, key.body);

/** Reason for revocation: 0 none, 1 superseded, 2 compromised, 3 retired. */
export const reason = (code: number): Subpacket => ({ type: 29, body: Buffer.of(code) });
