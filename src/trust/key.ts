// SPDX-License-Identifier: Apache-2.0
// One key of a roster entry: how roster.yaml writes it, and what is read from that. Each key has one scheme, and may be
// bounded: in time, to one kind of signature, or revoked.
import * as z from 'zod';
import { normalEmail } from '../email.ts';
import { Fault } from '../fault.ts';
import type { Certificate } from '../signature/openpgp/certificate.ts';
import { materialOf, parseSshPublicKey } from '../signature/ssh/key.ts';
import type { Authority } from '../signature/x509/authority.ts';
import { parseTime } from '../time.ts';
import type { Reason } from './refusal.ts';

export interface Revocation {
  /** Seconds since the epoch. */
  at: number;
  /** `compromised` voids the key for all time, `retired` what it signed after `at`. */
  reason: 'compromised' | 'retired';
}

/** What an SSH signature is bound to: git's own signatures, or this project's stamps and evidence. */
export type Namespace = 'git' | 'countersign';

/** What limits a key, whatever its scheme. Both ends are inclusive, in seconds since the epoch. */
export interface Bounds {
  revoked?: Revocation;
  validAfter?: number;
  validBefore?: number;
}

/**
 * A plain SSH key (`ssh:SHA256:…`), or with `authority` a CA's (`ssh-ca:SHA256:…`): not the CA's own signatures are the
 * entry's then, but those of keys that it certified for one of these principals.
 */
export interface SshKey extends Bounds {
  scheme: 'ssh';
  keyid: string;
  line: string;
  /** SHA-256 over the key's own numbers: one key in two wrappings is one key. */
  material: string;
  /** A security key; false for a CA's, whose own kind says nothing of the keys that it certifies. */
  hardware: boolean;
  /** Absent: all of them. */
  namespaces?: readonly Namespace[];
  authority?: { principals: readonly string[] };
}

/** The OpenPGP certificates of a key file (`openpgp:keys/alice.asc`); none until the file has been read. */
export interface OpenpgpKey extends Bounds {
  scheme: 'openpgp';
  keyid: string;
  file: string;
  certificates: readonly Certificate[];
}

/** A workload or sign-in identity that Sigstore certifies (`sigstore:<issuer>#<identity>`). */
export interface SigstoreKey extends Bounds {
  scheme: 'sigstore';
  keyid: string;
  issuer: string;
  identity: string;
}

/** An address that a CA certifies (`x509:keys/corp.pem#alice@example.com`); no CA until its file has been read. */
export interface X509Key extends Bounds {
  scheme: 'x509';
  keyid: string;
  file: string;
  /** Normalised by {@link normalEmail}. */
  identity: string;
  authority?: Authority;
}

/** A key of the roster. `keyid` names it within its entry; {@link keyidsOf} tells by which names signatures know it. */
export type Key = SshKey | OpenpgpKey | SigstoreKey | X509Key;

/**
 * Returns the names by which the check of a signature knows a key: `ssh:SHA256:…`, `openpgp:<fingerprint>`,
 * `sigstore:<issuer>#<identity>`, `x509:<CA fingerprint>#<e-mail>`. None for a CA of SSH certificates, which signs nothing
 * itself, and for a key file that has not been read: a file's name proves nothing about who signed.
 */
export function keyidsOf(key: Key): string[] {
  if (key.scheme === 'openpgp') return key.certificates.map(({ fingerprint }) => `openpgp:${fingerprint}`);
  if (key.scheme === 'x509') return key.authority === undefined ? [] : [`x509:${key.authority.fingerprint}#${key.identity}`];
  return key.scheme === 'ssh' && key.authority !== undefined ? [] : [key.keyid];
}

type Context = Pick<z.core.$RefinementCtx, 'addIssue'>;

// Format characters are refused too: an address with a zero-width space in it looks like another one.
export const EMAIL = z.string().max(254).transform(normalEmail).refine((text) => /^[^\s@<>\p{Cc}\p{Cf}\p{Cs}]+@[^\s@<>\p{Cc}\p{Cf}\p{Cs}]+$/u.test(text), 'not an e-mail address');

const TIME = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'not a time like 2026-01-31T12:00:00Z (RFC 3339, UTC)').transform(toSeconds);

const REVOKED = z.strictObject({ at: TIME, reason: z.enum(['compromised', 'retired']) });

// No fragment in it, so that in a keyid the first # ends it.
export const ISSUER = z.string().regex(/^https:\/\/[^\s#\p{Cc}\p{Cf}\p{Cs}]{1,500}$/u, 'not an https address without fragment');

const SIGSTORE = z.strictObject({
  issuer: ISSUER,
  identity: z.string().regex(/^[^\s\p{Cc}\p{Cf}\p{Cs}]{1,500}$/u, 'not an identity: 1 to 500 characters without spaces'),
});

const X509 = z.strictObject({
  ca: z.string().regex(/^keys\/[A-Za-z0-9._-]{1,100}\.pem$/, 'not a file like keys/corp.pem'),
  identity: EMAIL,
});

// Certificates hold names, not patterns; a list separator or a wildcard would mean something in an allowed_signers file.
const PRINCIPAL = z.string().regex(/^[\x21-\x7e]{1,254}$/, 'not a principal: 1 to 254 printable ASCII characters').regex(/^[^*?!,"#]+$/, 'a principal is a name, not a pattern');

const FIELDS = z.strictObject({
  ssh: z.string().max(16384).optional(),
  certAuthority: z.array(PRINCIPAL).min(1).max(100).optional(),
  namespaces: z.array(z.enum(['git', 'countersign'])).min(1).max(2).optional(),
  openpgp: z.string().regex(/^keys\/[A-Za-z0-9._-]{1,100}\.asc$/, 'not a file like keys/alice.asc').optional(),
  sigstore: SIGSTORE.optional(),
  x509: X509.optional(),
  validAfter: TIME.optional(),
  validBefore: TIME.optional(),
  revoked: REVOKED.optional(),
});

const SCHEMES = ['ssh', 'openpgp', 'sigstore', 'x509'] as const;

/** A key as roster.yaml writes it. */
export const KEY = FIELDS.meta({ oneOf: SCHEMES.map((scheme) => ({ required: [scheme] })) }).transform(toKey);

type Fields = z.output<typeof FIELDS>;

function toSeconds(text: string, context: Context): number {
  const seconds = parseTime(text);
  if (seconds === undefined) context.addIssue(custom('invalid-value', 'no such day or time'));
  return seconds ?? z.NEVER;
}

/** Returns the one key that an entry holds; several or none would leave open which of them `revoked` means. */
function toKey(fields: Fields, context: Context): Key {
  const { ssh, openpgp, sigstore, x509, certAuthority, namespaces, validAfter, validBefore, revoked } = fields;
  const refuse = (reason: Reason, message: string): void => context.addIssue(custom(reason, message));
  if (SCHEMES.filter((scheme) => fields[scheme] !== undefined).length !== 1) refuse('bad-key', 'needs exactly one of ssh, openpgp, sigstore and x509');
  if (ssh === undefined && (certAuthority ?? namespaces) !== undefined) refuse('bad-key', 'certAuthority and namespaces are of ssh keys only');
  if (validAfter !== undefined && validBefore !== undefined && validAfter > validBefore) refuse('invalid-value', 'validAfter lies behind validBefore');
  const bounds: Bounds = { ...(validAfter !== undefined && { validAfter }), ...(validBefore !== undefined && { validBefore }), ...(revoked && { revoked }) };
  if (ssh !== undefined) return sshKey(ssh, fields, bounds, context) ?? z.NEVER;
  if (openpgp !== undefined) return { scheme: 'openpgp', keyid: `openpgp:${openpgp}`, file: openpgp, certificates: [], ...bounds };
  if (x509 !== undefined) return { scheme: 'x509', keyid: `x509:${x509.ca}#${x509.identity}`, file: x509.ca, identity: x509.identity, ...bounds };
  return sigstore === undefined ? z.NEVER : { scheme: 'sigstore', keyid: `sigstore:${sigstore.issuer}#${sigstore.identity}`, ...sigstore, ...bounds };
}

function sshKey(line: string, { certAuthority, namespaces }: Fields, bounds: Bounds, context: Context): SshKey | undefined {
  try {
    const key = parseSshPublicKey(line);
    const { fingerprint, hardware } = key;
    const rest = { line, material: materialOf(key), ...(namespaces && { namespaces: [...new Set(namespaces)] }), ...bounds };
    if (certAuthority === undefined) return { scheme: 'ssh', keyid: `ssh:${fingerprint}`, hardware, ...rest };
    return { scheme: 'ssh', keyid: `ssh-ca:${fingerprint}`, hardware: false, authority: { principals: [...new Set(certAuthority)] }, ...rest };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    context.addIssue({ ...custom('bad-key', error.message), path: ['ssh'] });
    return undefined;
  }
}

function custom(reason: Reason, message: string) {
  return { code: 'custom' as const, message, params: { reason } };
}
