// SPDX-License-Identifier: Apache-2.0
// OpenSSH certificates (PROTOCOL.certkeys): an authority's word that a key is somebody's, for a time. Read and checked by
// our own arithmetic; whether anybody trusts the authority, and whether the time is right, is judged where the roster is.
// An SSHSIG does not sign the certificate along: whoever holds the key may show any certificate of it.
import { concat, fromUtf8 } from '../../bytes.ts';
import type { SshCertificate } from '../signature.ts';
import { decodeSshPublicKey } from './key.ts';
import type { SshKeyProblem, SshKeyType, SshPublicKey } from './key.ts';
import { decodeSshSignature, verifySshSignature } from './signature.ts';
import { readWire, wireString, type WireReader } from '../wire.ts';

/**
 * What an authority says of a key. `principals` are names, not patterns, and never empty: what once meant "anybody" is
 * refused. `validBefore` is `Infinity` where OpenSSH says forever.
 */
export interface Certificate extends SshCertificate {
  keyId: string;
  /** Decimal: 64 bits are more than a number holds. */
  serial: string;
}

export interface CertifiedKey {
  /** The certified key itself, with its own fingerprint. */
  key: SshPublicKey;
  certificate: Certificate;
  /** The authority demands that the authenticator verified its user, by PIN or finger (critical option `verify-required`). */
  verifyRequired: boolean;
}

/** Why a certificate is none for us. `unsupported`: the certified key's type; `authority-unsupported`: the authority's. */
export type CertificateProblem =
  | SshKeyProblem | 'certificate-malformed' | 'certificate-host' | 'certificate-principals' | 'certificate-option'
  | `authority-${SshKeyProblem}` | 'certificate-signature';

/** How many strings make up the key, which stand in the certificate as in the plain key's blob. */
const FIELDS: Record<SshKeyType, number> = {
  'ssh-ed25519': 1,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'ssh-rsa': 2,
  'sk-ssh-ed25519@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256@openssh.com': 3,
};

/** The certificate's type name for each key type. */
const PLAIN = new Map(Object.keys(FIELDS).map((type) => [`${type.replace('@openssh.com', '')}-cert-v01@openssh.com`, type as SshKeyType]));

const MAX_BLOB = 32768;
/** As OpenSSH has it (SSHKEY_CERT_MAX_PRINCIPALS). */
const MAX_PRINCIPALS = 256;
const MAX_TEXT = 1024;
const USER = 1;
const HOST = 2;

/** The fields in their order, nothing judged but that they are there. */
type Fields = ReturnType<typeof readFields>;

/** Returns the certified key and what its authority says of it, or what is wrong. Reads hostile bytes; never throws. */
export function decodeSshCertificate(blob: Uint8Array): CertifiedKey | CertificateProblem {
  if (blob.length > MAX_BLOB) return 'certificate-malformed';
  const fields = readWire(blob, (wire) => {
    const type = PLAIN.get(wire.name());
    if (type !== undefined) return readFields(type, wire);
    wire.rest();
    return 'unsupported' as const;
  });
  if (fields === undefined) return 'certificate-malformed';
  return fields === 'unsupported' ? fields : judge(fields, blob);
}

function readFields(type: SshKeyType, wire: WireReader) {
  wire.string(); // a nonce, so that nobody can foresee what the authority hashes
  const key = concat(wireString(type), ...Array.from({ length: FIELDS[type] }, () => wireString(wire.string())));
  const [serial, role, keyId, principals] = [wire.uint64(), wire.uint32(), wire.string(), wire.string()];
  const [validAfter, validBefore] = [wire.uint64(), wire.uint64()];
  const [options, extensions] = [wire.string(), wire.string()];
  wire.string(); // reserved: to be ignored, and signed by the authority
  return { key, serial, role, keyId, principals, validAfter, validBefore, options, extensions, authority: wire.string(), signature: wire.string() };
}

function judge(fields: Fields, blob: Uint8Array): CertifiedKey | CertificateProblem {
  const statement = readStatement(fields);
  if (typeof statement === 'string') return statement;
  const key = decodeSshPublicKey(fields.key);
  if (typeof key === 'string') return key;
  // Chains of certificates do not exist: a certificate is no authority (PROTOCOL.certkeys).
  const authority = decodeSshPublicKey(fields.authority);
  if (typeof authority === 'string') return isCertificate(fields.authority) ? 'authority-malformed' : `authority-${authority}`;
  const signed = blob.subarray(0, blob.length - wireString(fields.signature).length);
  const signature = decodeSshSignature(authority.type, fields.signature);
  if (typeof signature === 'string' || !verifySshSignature(authority, signature, signed)) return 'certificate-signature';
  const { verifyRequired, ...rest } = statement;
  return { key, verifyRequired, certificate: { authority: `ssh:${authority.fingerprint}`, ...rest } };
}

type Statement = Omit<Certificate, 'authority'> & { verifyRequired: boolean };

/** Reads what is said about the key: for whom, when, and under which conditions. */
function readStatement({ role, serial, validAfter, validBefore, ...fields }: Fields): Statement | CertificateProblem {
  if (role !== USER) return role === HOST ? 'certificate-host' : 'certificate-malformed';
  const keyId = readText(fields.keyId);
  const names = readWire(fields.principals, (wire) => wire.strings(MAX_PRINCIPALS));
  const principals = names?.map(readText).filter((name) => name !== undefined);
  const options = readTuples(fields.options);
  if (keyId === undefined || principals?.length !== names?.length || !principals || !options || !readTuples(fields.extensions)) {
    return 'certificate-malformed';
  }
  if (principals.length === 0 || principals.includes('')) return 'certificate-principals';
  // Nobody may pass over a critical option that he cannot keep: `force-command` and `source-address` are about logins, and a
  // certificate that is bound to one command from one address is not for signing. ssh-keygen passes over all of them.
  if ([...options].some(([name, data]) => name !== 'verify-required' || data.length > 0)) return 'certificate-option';
  return {
    keyId, principals, serial: String(serial), verifyRequired: options.has('verify-required'),
    validAfter: toSeconds(validAfter), validBefore: toSeconds(validBefore),
  };
}

/** Returns options by name. They are sorted, each stands there once. */
function readTuples(bytes: Uint8Array): Map<string, Uint8Array> | undefined {
  const strings = readWire(bytes, (wire) => wire.strings(2 * MAX_PRINCIPALS));
  if (strings === undefined || strings.length % 2 !== 0) return undefined;
  const names = strings.filter((_, i) => i % 2 === 0);
  if (names.some((name, i) => i > 0 && Buffer.compare(names[i - 1]!, name) >= 0)) return undefined;
  return new Map(names.map((name, i) => [Buffer.from(name).toString('latin1'), strings[2 * i + 1]!]));
}

/** Returns a text of one line, or undefined where it is none. */
function readText(bytes: Uint8Array): string | undefined {
  const text = bytes.length > MAX_TEXT ? undefined : fromUtf8(bytes);
  return text === undefined || /\p{Cc}/u.test(text) ? undefined : text;
}

function toSeconds(time: bigint): number {
  return time > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(time);
}

function isCertificate(blob: Uint8Array): boolean {
  return PLAIN.has(readWire(blob, (wire) => [wire.name(), wire.rest()] as const)?.[0] ?? '');
}
