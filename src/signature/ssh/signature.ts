// SPDX-License-Identifier: Apache-2.0
// The signature inside an SSHSIG: its algorithm must be one that belongs to the key's type, its numbers must have their one
// encoding, and node:crypto must say yes. For `sk-` types the authenticator signed its own flags and counter along, and
// for WebAuthn not the bytes themselves but what the browser made of them.
import { createHash, verify } from 'node:crypto';
import { concat } from '../../bytes.ts';
import { toKeyObject } from './key.ts';
import type { SshKeyType, SshPublicKey } from './key.ts';
import { isAssertionOf, WEBAUTHN } from './webauthn.ts';
import type { Assertion } from './webauthn.ts';
import { readWire, wireUint32, type WireReader } from '../wire.ts';

export interface SshSignature {
  /** The hash inside the algorithm; null for Ed25519, which brings its own. */
  digest: 'sha256' | 'sha384' | 'sha512' | null;
  /** The bytes as node:crypto takes them; for ECDSA r and s side by side (IEEE P1363). */
  value: Uint8Array;
  /** What a FIDO2 authenticator said about this signature; of `sk-` types only. */
  authenticator?: { flags: number; counter: number };
  /** How a browser wrapped it; of WebAuthn signatures only. */
  assertion?: Assertion;
}

/** The algorithms a key type may sign with. `ssh-rsa` is missing on purpose: as a signature it means SHA-1. */
const ALGORITHMS: Record<SshKeyType, Record<string, SshSignature['digest']>> = {
  'ssh-ed25519': { 'ssh-ed25519': null },
  'ecdsa-sha2-nistp256': { 'ecdsa-sha2-nistp256': 'sha256' },
  'ecdsa-sha2-nistp384': { 'ecdsa-sha2-nistp384': 'sha384' },
  'ecdsa-sha2-nistp521': { 'ecdsa-sha2-nistp521': 'sha512' },
  'ssh-rsa': { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' },
  'sk-ssh-ed25519@openssh.com': { 'sk-ssh-ed25519@openssh.com': null },
  'sk-ecdsa-sha2-nistp256@openssh.com': { 'sk-ecdsa-sha2-nistp256@openssh.com': 'sha256', [WEBAUTHN]: 'sha256' },
};

/** Bytes of r and of s: those of the curve's order. */
const SCALAR: Partial<Record<SshKeyType, number>> = {
  'ecdsa-sha2-nistp256': 32,
  'ecdsa-sha2-nistp384': 48,
  'ecdsa-sha2-nistp521': 66,
  'sk-ecdsa-sha2-nistp256@openssh.com': 32,
};

/** Returns the signature that a key of this type made, or why it is none. Reads hostile bytes; never throws. */
export function decodeSshSignature(type: SshKeyType, bytes: Uint8Array): SshSignature | 'malformed' | 'signature-algorithm' {
  const signature = readWire(bytes, (wire) => {
    const algorithm = wire.name();
    const allowed = ALGORITHMS[type];
    if (Object.hasOwn(allowed, algorithm)) {
      const body = readBody(type, allowed[algorithm] ?? null, wire);
      return algorithm === WEBAUTHN ? { ...body, assertion: readAssertion(wire) } : body;
    }
    wire.rest();
    return 'signature-algorithm';
  });
  return signature ?? 'malformed';
}

/** Tells whether the key made this signature of these bytes. */
export function verifySshSignature(key: SshPublicKey, signature: SshSignature, signed: Uint8Array): boolean {
  const { digest } = signature;
  const message = signedMessage(key, signature, signed);
  if (message === undefined) return false;
  const object = toKeyObject(key);
  const modulus = object.asymmetricKeyType === 'rsa' ? object.asymmetricKeyDetails!.modulusLength! : 0;
  const value = leftPad(signature.value, Math.ceil(modulus / 8));
  return value !== undefined && verify(digest, message, { key: object, dsaEncoding: 'ieee-p1363' }, value);
}

/** Returns the bytes that the key itself signed, or undefined where a browser was asked for something else. */
function signedMessage(key: SshPublicKey, { authenticator, assertion }: SshSignature, signed: Uint8Array): Uint8Array | undefined {
  if (authenticator === undefined) return signed;
  if (assertion === undefined) return authenticatorData(key.application!, authenticator, signed);
  if (!isAssertionOf(assertion, authenticator.flags, signed)) return undefined;
  return authenticatorData(key.application!, authenticator, assertion.clientData, assertion.extensions);
}

/** Returns what the authenticator signs (OpenSSH's PROTOCOL.u2f, "SSH U2F Signatures"). */
export function authenticatorData(
  application: Uint8Array, { flags, counter }: { flags: number; counter: number }, signed: Uint8Array, extensions: Uint8Array = new Uint8Array(),
): Uint8Array {
  return concat(sha256Digest(application), Uint8Array.of(flags), wireUint32(counter), extensions, sha256Digest(signed));
}

function readBody(type: SshKeyType, digest: SshSignature['digest'], wire: WireReader): SshSignature {
  const scalar = SCALAR[type];
  const inner = wire.string();
  const value = scalar === undefined ? inner : readWire(inner, (pair) => concat(readScalar(pair, scalar), readScalar(pair, scalar)));
  if (value === undefined || (digest === null && value.length !== 64)) return wire.refuse();
  if (!type.startsWith('sk-')) return { digest, value };
  return { digest, value, authenticator: { flags: wire.byte(), counter: wire.uint32() } };
}

function readAssertion(wire: WireReader): Assertion {
  return { origin: wire.string(), clientData: wire.string(), extensions: wire.string() };
}

function readScalar(wire: WireReader, length: number): Uint8Array {
  return leftPad(wire.mpint(), length) ?? wire.refuse();
}

/**
 * Returns the number with leading zeros, or undefined where it is longer than that; 0 leaves it alone. An RSA signature is a number too
 * (RFC 4253 §6.6), some agents drop its leading zeros, and ssh-keygen puts them back as well.
 */
function leftPad(number: Uint8Array, length: number): Uint8Array | undefined {
  if (length === 0 || number.length === length) return number;
  return number.length > length ? undefined : concat(new Uint8Array(length - number.length), number);
}

function sha256Digest(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
