// SPDX-License-Identifier: Apache-2.0
// SSHSIG, the signature format of `ssh-keygen -Y` (OpenSSH's PROTOCOL.sshsig), checked without ssh-keygen. Stricter than it
// in what it reads (one encoding, nothing around it) and louder in what it tells: ssh-keygen never says whether a
// security key was touched. Newer key types are `undecided`, never good.
import { createHash } from 'node:crypto';
import { base64Lines, concat, equal, fromBase64, latin1, utf8 } from '../../bytes.ts';
import type { Check } from '../signature.ts';
import type { Certificate, CertificateProblem } from './certificate.ts';
import { readSshIdentity } from './identity.ts';
import type { SshIdentity } from './identity.ts';
import type { SshPublicKey } from './key.ts';
import { decodeSshSignature, verifySshSignature } from './signature.ts';
import type { SshSignature } from './signature.ts';
import { readWire, wireString, wireUint32 } from '../wire.ts';

/** The fields of a blob as they stand in it, nothing judged. */
export interface Sshsig {
  publicKey: Uint8Array;
  namespace: Uint8Array;
  reserved: Uint8Array;
  hash: string;
  signature: Uint8Array;
}

/** Why an SSHSIG isn't good; `version`, `key-type` and `authority-type` are `undecided`, the others `bad`. */
export type SshsigReason =
  | 'too-large' | 'malformed' | 'version' | 'namespace' | 'reserved' | 'hash-algorithm'
  | 'key-type' | 'key-malformed' | 'key-weak' | 'authority-type' | 'authority-malformed' | 'authority-weak'
  | Extract<CertificateProblem, `certificate-${string}`> | 'user-verification' | 'signature-algorithm' | 'signature';

/**
 * A check that also tells the key of a good signature, what its certificate says if it came with one (`keyid` is the plain
 * key's all the same), and the flags and counter of a security key's authenticator.
 */
export type SshCheck =
  | (Extract<Check, { kind: 'good' }> & { key: SshPublicKey; certificate?: Certificate; flags?: number; counter?: number })
  | (Exclude<Check, { kind: 'good' | 'stranger' }> & { reason: SshsigReason; key?: never; certificate?: never; flags?: never; counter?: never });

const MAGIC = 'SSHSIG';
const BEGIN = '-----BEGIN SSH SIGNATURE-----\n';
const END = '\n-----END SSH SIGNATURE-----';
const MAX_BLOB = 65536;
const MAX_ARMOR = 2 * MAX_BLOB;
/** Bit 0 of a FIDO2 authenticator's flags: somebody touched it for this signature. */
const USER_PRESENT = 0x01;
/** Bit 2: it knew its user, by PIN or finger. */
const USER_VERIFIED = 0x04;

/** Checks a blob over a payload in a namespace. Reads hostile bytes; never throws. */
export function checkSshsig(blob: Uint8Array, payload: Uint8Array, namespace: string): SshCheck {
  if (blob.length > MAX_BLOB) return { kind: 'bad', reason: 'too-large' };
  const sshsig = decodeSshsig(blob);
  if (sshsig === 'version') return { kind: 'undecided', reason: 'version' };
  if (sshsig === 'malformed') return { kind: 'bad', reason: 'malformed' };
  // An empty namespace is illegal (PROTOCOL.sshsig), whether signed or asked for.
  if (namespace === '' || !equal(sshsig.namespace, utf8(namespace))) return { kind: 'bad', reason: 'namespace' };
  // Nobody writes this field, and OpenSSH doesn't check what stands in it: bytes that anybody could change.
  if (sshsig.reserved.length > 0) return { kind: 'bad', reason: 'reserved' };
  if (!isHash(sshsig.hash)) return { kind: 'bad', reason: 'hash-algorithm' };
  const identity = readSshIdentity(sshsig.publicKey);
  if (typeof identity === 'string') return refuse(identity);
  return checkSignature(identity, sshsig.signature, signedData(sshsig.hash, namespace, payload));
}

function checkSignature({ key, certificate, verifyRequired }: SshIdentity, bytes: Uint8Array, signed: Uint8Array): SshCheck {
  const keyid = `ssh:${key.fingerprint}`;
  const signature = decodeSshSignature(key.type, bytes);
  if (typeof signature === 'string') return { kind: 'bad', keyid, reason: signature };
  if (!verifySshSignature(key, signature, signed)) return { kind: 'bad', keyid, reason: 'signature' };
  const verified = ((signature.authenticator?.flags ?? 0) & USER_VERIFIED) !== 0;
  if (verifyRequired && !verified) return { kind: 'bad', keyid, reason: 'user-verification' };
  return { kind: 'good', keyid, key, ...(certificate && { certificate }), ...presence(signature) };
}

function refuse(problem: CertificateProblem): SshCheck {
  switch (problem) {
    case 'unsupported': return { kind: 'undecided', reason: 'key-type' };
    case 'authority-unsupported': return { kind: 'undecided', reason: 'authority-type' };
    case 'malformed': case 'weak': return { kind: 'bad', reason: `key-${problem}` };
    default: return { kind: 'bad', reason: problem };
  }
}

function presence({ authenticator }: SshSignature): { strength: 'presence' | 'software'; flags?: number; counter?: number } {
  if (authenticator === undefined) return { strength: 'software' };
  return { strength: (authenticator.flags & USER_PRESENT) === 0 ? 'software' : 'presence', ...authenticator };
}

/** Returns the bytes that are signed: the payload's hash, bound to namespace and hash algorithm. @param hash sha256 or sha512 */
export function signedData(hash: 'sha256' | 'sha512', namespace: string, payload: Uint8Array): Uint8Array {
  const digest = createHash(hash).update(payload).digest();
  return concat(utf8(MAGIC), wireString(namespace), wireString(''), wireString(hash), wireString(digest));
}

/** Returns the fields of a blob, or why it has none. */
export function decodeSshsig(blob: Uint8Array): Sshsig | 'malformed' | 'version' {
  const sshsig = readWire(blob, (wire) => {
    if (latin1(wire.take(MAGIC.length)) !== MAGIC) wire.refuse();
    if (wire.uint32() !== 1) {
      wire.rest();
      return 'version' as const;
    }
    const [publicKey, namespace, reserved] = [wire.string(), wire.string(), wire.string()];
    return { publicKey, namespace, reserved, hash: wire.name(), signature: wire.string() };
  });
  return sshsig ?? 'malformed';
}

export function encodeSshsig({ publicKey, namespace, reserved, hash, signature }: Sshsig): Uint8Array {
  const fields = [publicKey, namespace, reserved, hash, signature].map(wireString);
  return concat(utf8(MAGIC), wireUint32(1), ...fields);
}

/**
 * Returns the blob inside an armor, or undefined. Nothing may stand before or after it but one final line break, no line is
 * empty, and lines end in LF: git calls an SSH signature with CRLF bad, and bytes that are not looked at could be changed.
 */
export function decodeArmor(armor: Uint8Array): Uint8Array | undefined {
  if (armor.length > MAX_ARMOR) return undefined;
  const text = latin1(armor).replace(/\n$/, '');
  if (!text.startsWith(BEGIN) || !text.endsWith(END)) return undefined;
  const lines = text.slice(BEGIN.length, -END.length).split('\n');
  return lines.includes('') ? undefined : fromBase64(lines.join(''));
}

/** Returns the armor as ssh-keygen writes it: 70 characters a line and a final line break. */
export function encodeArmor(blob: Uint8Array): Uint8Array {
  return utf8(`${BEGIN}${base64Lines(blob, 70).join('\n')}${END}\n`);
}

function isHash(name: string): name is 'sha256' | 'sha512' {
  return name === 'sha256' || name === 'sha512';
}
