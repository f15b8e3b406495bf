// SPDX-License-Identifier: Apache-2.0
// OpenSSH public keys: the line of a .pub file, the blob inside it, the fingerprint by which the roster knows it.
// One key has one blob: every other encoding is refused, so that nobody can enter one key twice under two fingerprints.
import { createHash, createPublicKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { Fault } from '../../fault.ts';
import { base64, fromBase64, sha256 } from '../../bytes.ts';
import { clip } from '../../printable.ts';
import { ed25519Jwk, isSoundPoint } from '../ed25519.ts';
import { cachedKeyObject } from '../key-cache.ts';
import { isSoundRsa } from '../rsa.ts';
import { readWire, type WireReader } from '../wire.ts';

const CURVES = {
  nistp256: { crv: 'P-256', size: 32 },
  nistp384: { crv: 'P-384', size: 48 },
  nistp521: { crv: 'P-521', size: 66 },
} as const;

/** How the fields after the type name are read, by type: RFC 4253 §6.6, 5656 §3.1, 8709 §4, OpenSSH's PROTOCOL.u2f. */
const LAYOUTS = {
  'ssh-ed25519': readEd25519,
  'ecdsa-sha2-nistp256': (wire: WireReader) => readEcdsa(wire, 'nistp256'),
  'ecdsa-sha2-nistp384': (wire: WireReader) => readEcdsa(wire, 'nistp384'),
  'ecdsa-sha2-nistp521': (wire: WireReader) => readEcdsa(wire, 'nistp521'),
  'ssh-rsa': readRsa,
  'sk-ssh-ed25519@openssh.com': (wire: WireReader) => ({ ...readEd25519(wire), application: wire.string() }),
  'sk-ecdsa-sha2-nistp256@openssh.com': (wire: WireReader) => ({ ...readEcdsa(wire, 'nistp256'), application: wire.string() }),
} as const;

export type SshKeyType = keyof typeof LAYOUTS;

/** Why a blob is not a key for us: broken bytes, a type we don't know (certificates too), or one that proves too little. */
export type SshKeyProblem = 'malformed' | 'unsupported' | 'weak';

export interface SshPublicKey {
  type: SshKeyType;
  blob: Uint8Array;
  /** As `ssh-keygen -l` writes it: `SHA256:` and 43 characters of unpadded base64. */
  fingerprint: string;
  /** The private half lives in a FIDO2 authenticator (an `sk-` type), whose signatures tell whether somebody touched it. */
  hardware: boolean;
  /** What stands behind the key in its line; nobody vouches for it. Empty in a decoded blob. */
  comment: string;
  jwk: JsonWebKey;
  /** The FIDO2 application, `ssh:` and the like; of `sk-` types only. */
  application?: Uint8Array;
}

interface Material {
  jwk: JsonWebKey;
  weak: boolean;
  application?: Uint8Array;
}

const MAX_BLOB = 8192;
const MAX_LINE = 16384;

/** Returns the key in a blob, or what is wrong with it. Reads hostile bytes; never throws. */
export function decodeSshPublicKey(blob: Uint8Array): SshPublicKey | SshKeyProblem {
  const read = readWire(blob, (wire) => {
    const type = wire.name();
    if (isSshKeyType(type)) return { type, ...(LAYOUTS[type](wire) as Material) };
    wire.rest();
    return 'unsupported' as const;
  });
  if (read === 'unsupported') return read;
  if (read === undefined || blob.length > MAX_BLOB) return 'malformed';
  const { weak, ...fields } = read;
  if (weak) return 'weak';
  const key = { ...fields, blob, fingerprint: sshFingerprint(blob), hardware: read.application !== undefined, comment: '' };
  // Only OpenSSL can tell whether an ECDSA point is on its curve, and it does so when it makes the key.
  return isUsable(key) ? key : 'malformed';
}

/**
 * Returns the key of one line: type, base64, and maybe a comment. A final line break is allowed; options before the key are not.
 * @throws Fault KEY_INVALID
 */
export function parseSshPublicKey(line: string): SshPublicKey {
  const match = line.length > MAX_LINE ? null : /^([!-~]+)[ \t]+([A-Za-z0-9+/=]+)(?:[ \t]([^\p{Cc}]*))?\r?\n?$/u.exec(line);
  if (match === null) throw new Fault('KEY_INVALID', 'an ssh public key is not a line "type base64 comment"');
  const [, type = '', text = '', comment = ''] = match;
  const blob = fromBase64(text);
  const key = blob === undefined ? 'malformed' : decodeSshPublicKey(blob);
  if (typeof key === 'string') throw new Fault('KEY_INVALID', `an ssh public key of type ${clip(type, 64)} is ${key}`);
  if (key.type !== type) throw new Fault('KEY_INVALID', `an ssh public key says ${clip(type, 64)} and holds ${key.type}`);
  return { ...key, comment: comment.trim() };
}

/** Returns the line without a line break, the comment only where there is one. */
export function printSshPublicKey(key: SshPublicKey): string {
  return `${key.type} ${base64(key.blob)}${key.comment === '' ? '' : ` ${key.comment}`}`;
}

export function sshFingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').slice(0, 43)}`;
}

/**
 * Returns the lower-case hex SHA-256 of the key's SubjectPublicKeyInfo (RFC 5280), which other formats know as well. An `sk-`
 * key's is that of its bare point: without its application, and without the authenticator.
 */
export function materialOf(key: SshPublicKey): string {
  return sha256(toKeyObject(key).export({ type: 'spki', format: 'der' }));
}

export function isSshKeyType(name: string): name is SshKeyType {
  return Object.hasOwn(LAYOUTS, name);
}

/** Returns the key for node:crypto, cached by fingerprint. Never throws for a key that this file returned. */
export function toKeyObject(key: SshPublicKey): KeyObject {
  return cachedKeyObject(key.fingerprint, () => createPublicKey({ key: key.jwk, format: 'jwk' }));
}

function isUsable(key: SshPublicKey): boolean {
  try {
    toKeyObject(key);
    return true;
  } catch {
    return false;
  }
}

function readEd25519(wire: WireReader): Material {
  const point = wire.string();
  if (point.length !== 32) wire.refuse();
  return { jwk: ed25519Jwk(point), weak: !isSoundPoint(point) };
}

function readEcdsa(wire: WireReader, curve: keyof typeof CURVES): Material {
  const { crv, size } = CURVES[curve];
  if (wire.name() !== curve) wire.refuse();
  const point = wire.string();
  // 0x04: uncompressed, the only form that OpenSSH writes or accepts (SEC 1 §2.3.3).
  if (point.length !== 1 + 2 * size || point[0] !== 4) wire.refuse();
  return { jwk: { kty: 'EC', crv, x: base64url(point.subarray(1, 1 + size)), y: base64url(point.subarray(1 + size)) }, weak: false };
}

function readRsa(wire: WireReader): Material {
  const [e, n] = [wire.mpint(), wire.mpint()];
  return { jwk: { kty: 'RSA', n: base64url(n), e: base64url(e) }, weak: !isSoundRsa(n, e) };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
