// SPDX-License-Identifier: Apache-2.0
// Checking a detached OpenPGP signature over a payload against certificates at hand (RFC 9580 §5.2). One binary signature
// and nothing else; only what was signed along counts. Whoever wrote it may be an enemy: every answer is a `Check`.
import type { Check } from '../signature.ts';
import { decodePgpArmor } from './armor.ts';
import { digestKind, isLongEnough, isSignedBy } from './arithmetic.ts';
import type { Certificate } from './certificate.ts';
import { readSignatureFrame } from './framing.ts';
import { isNamed, type Key, type KeyProblem } from './key.ts';
import { readSignature, type Signature } from './signature-packet.ts';
import { refusalOf, type Refusal } from './standing.ts';

/** Why a signature isn't good; `version`, `digest` and `key-algorithm` are `undecided`, the others `bad`. */
export type OpenpgpReason =
  | 'armor' | 'too-large' | 'malformed' | 'version' | 'type' | 'critical' | 'ambiguous' | 'weak-digest' | 'digest'
  | 'issuer' | 'signature' | KeyProblem | Refusal;

/** A good signature's `keyid` names the certificate: `openpgp:` and the primary key's fingerprint. Times are in seconds since the epoch. */
export type OpenpgpCheck = (Extract<Check, { kind: 'good' | 'stranger' }> | (Extract<Check, { kind: 'bad' | 'undecided' }> & { reason: OpenpgpReason })) & {
  signedAt?: number;
  /** When the signature itself runs out; whether it has, is asked by today, which nobody here knows. */
  expiresAt?: number;
};

/** A key with the certificate it stands in. */
interface Candidate {
  certificate: Certificate;
  key: Key;
}

const MAX_PACKET = 65_536;
const MAX_ARMOR = 2 * MAX_PACKET;
/** Key ids can be made to collide, at some cost; each candidate costs a verification. */
const MAX_CANDIDATES = 8;
const BINARY_DOCUMENT = 0x00;

/**
 * Checks an armored detached signature, as git's header holds it. `horizon` (seconds since the epoch) is before it was made,
 * whatever it says: a key that had run out or was revoked by then counts no more. Reads hostile bytes; never throws.
 */
export async function checkArmored(armor: Uint8Array, payload: Uint8Array, certificates: readonly Certificate[], horizon = 0): Promise<OpenpgpCheck> {
  if (armor.length > MAX_ARMOR) return { kind: 'bad', reason: 'too-large' };
  const decoded = decodePgpArmor(armor, 'SIGNATURE');
  return decoded ? checkOpenpgp(decoded.bytes, payload, certificates, horizon) : { kind: 'bad', reason: 'armor' };
}

/** Checks one binary signature packet over a payload. Reads hostile bytes; never throws. */
export async function checkOpenpgp(packet: Uint8Array, payload: Uint8Array, certificates: readonly Certificate[], horizon = 0): Promise<OpenpgpCheck> {
  if (packet.length > MAX_PACKET) return { kind: 'bad', reason: 'too-large' };
  const body = readSignatureFrame(packet);
  const signature = body ? readSignature(body) : 'malformed';
  if (signature === 'malformed') return { kind: 'bad', reason: signature };
  if (signature === 'version') return { kind: 'undecided', reason: signature };
  const times = { signedAt: signature.createdAt, ...(signature.expiresIn > 0 ? { expiresAt: signature.createdAt + signature.expiresIn } : {}) };
  return { ...checkSignature(signature, payload, certificates, horizon), ...times };
}

/** Returns the key id or fingerprint (upper-case hex) that a packet names as its maker; a claim. Undefined where it names none. */
export function issuerOf(packet: Uint8Array): string | undefined {
  const body = readSignatureFrame(packet);
  const signature = body ? readSignature(body) : 'malformed';
  return typeof signature === 'string' ? undefined : namesIn(signature)[0];
}

function checkSignature(signature: Signature, payload: Uint8Array, certificates: readonly Certificate[], horizon: number): OpenpgpCheck {
  if (signature.type !== BINARY_DOCUMENT) return { kind: 'bad', reason: 'type' };
  if (signature.flaw) return { kind: 'bad', reason: signature.flaw };
  const [name] = namesIn(signature);
  if (name === undefined) return { kind: 'bad', reason: 'issuer' };
  const candidates = candidatesFor(signature, certificates);
  if (candidates.length === 0) return { kind: 'stranger', keyid: `openpgp:${name}` };
  const checks = candidates.map((candidate) => checkCandidate(signature, payload, candidate, horizon));
  // One certificate in two states: whichever knows of a revocation is right.
  return checks.find((check) => check.kind === 'bad' && check.reason === 'revoked') ?? checks.find(({ kind }) => kind === 'good') ?? checks[0]!;
}

function checkCandidate(signature: Signature, payload: Uint8Array, { certificate, key }: Candidate, horizon: number): OpenpgpCheck {
  const keyid = `openpgp:${certificate.fingerprint}`;
  // The looking up may have followed one of two names; what was signed must name this key only.
  if (!signature.issuers.every((id) => isNamed(key, id))) return { kind: 'bad', keyid, reason: 'issuer' };
  for (const { material } of [key, certificate.parts.primary]) {
    if (material === 'key-algorithm') return { kind: 'undecided', keyid, reason: material };
    if (typeof material === 'string') return { kind: 'bad', keyid, reason: material };
  }
  const digest = digestKind(signature.digest);
  if (digest === 'unknown') return { kind: 'undecided', keyid, reason: 'digest' };
  if (digest === 'weak' || !isLongEnough(signature, key)) return { kind: 'bad', keyid, reason: 'weak-digest' };
  if (!isSignedBy(key, signature, payload)) return { kind: 'bad', keyid, reason: 'signature' };
  const reason = refusalOf(certificate, key, signature.createdAt) ?? (horizon > signature.createdAt ? refusalOf(certificate, key, horizon) : undefined);
  return reason ? { kind: 'bad', keyid, reason } : { kind: 'good', keyid, strength: 'software' };
}

/** Returns the names to look a key up by, the longest first: signed ones, or where there are none, the hints. */
function namesIn({ issuers, hints }: Signature): string[] {
  return [...(issuers.length > 0 ? issuers : hints)].sort((a, b) => b.length - a.length);
}

const indexes = new WeakMap<readonly Certificate[], Map<string, Candidate[]>>();

function candidatesFor(signature: Signature, certificates: readonly Certificate[]): Candidate[] {
  let index = indexes.get(certificates);
  if (!index) {
    index = indexCertificates(certificates);
    indexes.set(certificates, index);
  }
  const found = new Set<Candidate>();
  for (const name of namesIn(signature)) for (const candidate of index.get(name) ?? []) found.add(candidate);
  return [...found].slice(0, MAX_CANDIDATES);
}

/** Built once per list, which is never changed: a history asks thousands of times. */
function indexCertificates(certificates: readonly Certificate[]): Map<string, Candidate[]> {
  const index = new Map<string, Candidate[]>();
  for (const certificate of certificates) {
    const { primary, subkeys } = certificate.parts;
    for (const key of [primary, ...subkeys.map((subkey) => subkey.key)]) {
      const candidate = { certificate, key };
      for (const name of [key.fingerprint, key.keyId]) {
        const named = index.get(name) ?? [];
        named.push(candidate);
        index.set(name, named);
      }
    }
  }
  return index;
}
