// SPDX-License-Identifier: Apache-2.0
// What a certificate says about its own keys, and whether that let a key sign at a time (RFC 9580 §5.2.1, §5.2.3, §10.1.5).
// As gpg judges, with one difference throughout: by the time of the signature, not by today. No clock is read.
import { concat } from '../../bytes.ts';
import { wireUint32 } from '../wire.ts';
import { isSignedBy } from './arithmetic.ts';
import type { Certificate, Parts, Subkey, User } from './certificate.ts';
import type { Key } from './key.ts';
import { readSignature, type Signature } from './signature-packet.ts';

/** Why a key could not sign then. `unbound`: nothing valid ties it to its certificate; `cross-signature`: it never agreed to be a subkey. */
export type Refusal = 'revoked' | 'predates-key' | 'unbound' | 'cross-signature' | 'key-usage' | 'expired';

/** What is known of one key: its verified self-signatures, newest first. */
export interface Standing {
  key: Key;
  statements: Statement[];
  revocations: Revocation[];
}

/** What one self-signature says about the key. */
interface Statement {
  createdAt: number;
  expiresAt: number;
  keyExpiresAt: number | undefined;
  flags: number | undefined;
  /** For subkeys: the key itself signed that it belongs to this certificate. */
  isCrossSigned: boolean;
  /** Where the statement stands on a user id: that, and when it was taken back. A direct one comes first, as it does for gpg. */
  user?: User;
  userRevokedAt?: number;
}

export interface Revocation {
  at: number;
  /** The key fell into other hands, or nobody says that it didn't: everything it signed is void (§5.2.3.31). */
  isHard: boolean;
}

const SIGNS_DATA = 0x02;
/** Superseded, retired, user id no longer valid: what was signed before stands. */
const SOFT = [1, 3, 32];

const standings = new WeakMap<Certificate, Map<Key, Standing>>();

/** Returns what is known of each key, the primary first; verified once per certificate. */
export function standingsOf(certificate: Certificate): ReadonlyMap<Key, Standing> {
  let known = standings.get(certificate);
  if (!known) {
    const { parts } = certificate;
    known = new Map([[parts.primary, primaryStanding(parts)], ...parts.subkeys.map((subkey) => [subkey.key, subkeyStanding(parts, subkey)] as const)]);
    standings.set(certificate, known);
  }
  return known;
}

/** Returns why a certificate's key could not sign at a time (seconds since the epoch), or undefined where it could. */
export function refusalOf(certificate: Certificate, key: Key, at: number): Refusal | undefined {
  const known = standingsOf(certificate);
  const primary = known.get(certificate.parts.primary)!;
  const own = known.get(key)!;
  if ([primary, own].some(({ revocations }) => revocations.some(({ at: since, isHard }) => isHard || since <= at))) return 'revoked';
  if (at < primary.key.createdAt || at < key.createdAt) return 'predates-key';
  return ofViews(primary, at, (view) => lifeRefusal(view, at)) ?? ofViews(own, at, (view) => signingRefusal(view, at, own !== primary));
}

/**
 * Asks the newest self-signatures of that time, and where they refuse, the newest of all: owners prolong keys that have run out,
 * and files hold what is newest. (openpgp.js asks the first only, and refuses what gpg accepts.)
 */
function ofViews({ statements }: Standing, at: number, judge: (view: Statement[]) => Refusal | undefined): Refusal | undefined {
  const alive = statements.filter(({ expiresAt }) => at < expiresAt);
  const then = alive.filter(({ createdAt, userRevokedAt = Infinity }) => createdAt <= at && at < userRevokedAt);
  return judge(latest(then)) && judge(latest(alive.filter(({ userRevokedAt }) => userRevokedAt === undefined)));
}

/** Returns the newest statement about the key itself, and behind it the newest of each user id. */
function latest(statements: readonly Statement[]): Statement[] {
  const found = new Map<User | undefined, Statement>();
  for (const each of statements) if (!found.has(each.user)) found.set(each.user, each);
  return [...found.values()].sort((a, b) => Number(a.user !== undefined) - Number(b.user !== undefined));
}

function lifeRefusal(view: readonly Statement[], at: number): Refusal | undefined {
  if (view.length === 0) return 'unbound';
  return at < expiryOf(view) ? undefined : 'expired';
}

function signingRefusal(view: readonly Statement[], at: number, isSubkey: boolean): Refusal | undefined {
  const life = lifeRefusal(view, at);
  if (life) return life;
  if (isSubkey && !view[0]!.isCrossSigned) return 'cross-signature';
  return maySign(view) ? undefined : 'key-usage';
}

/** Returns when the keys of a view expire, `Infinity` for never: the first statement that says so counts, as for gpg. */
export function expiryOf(view: readonly Statement[]): number {
  return view.find(({ keyExpiresAt }) => keyExpiresAt !== undefined)?.keyExpiresAt ?? Infinity;
}

/** Old keys say nothing about their use, and are good for all that their algorithm can do. */
function maySign(view: readonly Statement[]): boolean {
  const flags = view.find((each) => each.flags !== undefined)?.flags ?? SIGNS_DATA;
  return (flags & SIGNS_DATA) !== 0;
}

/** Returns what the newest self-signatures say. */
export function newestView({ statements }: Standing): Statement[] {
  return latest(statements.filter(({ userRevokedAt }) => userRevokedAt === undefined));
}

function primaryStanding({ primary, direct, users }: Parts): Standing {
  const own = holding(primary, direct, [0x1f, 0x20], primary.framed);
  const statements = own.filter(({ type }) => type === 0x1f).flatMap((each) => statementOf(primary, primary, each) ?? []);
  for (const user of users) {
    const prefix = concat(Uint8Array.of(user.isAttribute ? 0xd1 : 0xb4), wireUint32(user.body.length), user.body);
    const certifications = holding(primary, user.signatures, [0x10, 0x11, 0x12, 0x13, 0x30], primary.framed, prefix);
    const revoked = certifications.filter(({ type }) => type === 0x30).map(({ createdAt }) => createdAt);
    for (const each of certifications) {
      const statement = each.type === 0x30 ? undefined : statementOf(primary, primary, each);
      // A user id that was taken back can be certified anew (§5.2.1.13): only a later revocation counts.
      const later = revoked.filter((at) => at >= each.createdAt);
      if (statement) statements.push({ ...statement, user, ...(later.length > 0 ? { userRevokedAt: Math.min(...later) } : {}) });
    }
  }
  return { key: primary, statements: statements.sort(newestFirst), revocations: revocationsAmong(own, 0x20) };
}

function subkeyStanding({ primary }: Parts, { key, signatures }: Subkey): Standing {
  const own = holding(primary, signatures, [0x18, 0x28], primary.framed, key.framed);
  const statements = own.filter(({ type }) => type === 0x18).flatMap((each) => statementOf(primary, key, each) ?? []);
  return { key, statements: statements.sort(newestFirst), revocations: revocationsAmong(own, 0x28) };
}

/**
 * Returns the signatures of some types whose arithmetic holds, the last of the file first: of two of one second that one counts,
 * as for gpg. SHA-1 is enough here: gpg signed keys with it until 2020.
 */
function holding(primary: Key, signatures: readonly Signature[], types: readonly number[], ...parts: Uint8Array[]): Signature[] {
  return signatures.filter((each) => types.includes(each.type) && isSignedBy(primary, each, ...parts)).reverse();
}

/** Returns what a self-signature says, or undefined where it says nothing that counts. */
function statementOf(primary: Key, key: Key, signature: Signature): Statement | undefined {
  const { createdAt, expiresIn, keyExpiresIn, keyFlags, flaw } = signature;
  if (flaw !== undefined || createdAt < primary.createdAt) return undefined;
  return {
    createdAt,
    expiresAt: expiresIn === 0 ? Infinity : createdAt + expiresIn,
    keyExpiresAt: keyExpiresIn ? key.createdAt + keyExpiresIn : undefined,
    flags: keyFlags,
    isCrossSigned: key !== primary && signature.embedded.some((body) => isBacksig(primary, key, body)),
  };
}

/** Else anybody could put somebody's signing key into a certificate of their own, and claim what it signed (§5.2.1.9). */
function isBacksig(primary: Key, subkey: Key, body: Uint8Array): boolean {
  const backsig = readSignature(body);
  if (typeof backsig === 'string' || backsig.type !== 0x19 || backsig.flaw !== undefined) return false;
  return isSignedBy(subkey, backsig, primary.framed, subkey.framed);
}

/** A revocation is taken at its word, whatever else stands in it: doubt about it must not bring the key back. */
function revocationsAmong(signatures: readonly Signature[], type: number): Revocation[] {
  const found = signatures.filter((each) => each.type === type);
  return found.map(({ createdAt, reason }) => ({ at: createdAt, isHard: reason === undefined || !SOFT.includes(reason) }));
}

function newestFirst(a: Statement, b: Statement): number {
  return b.createdAt - a.createdAt;
}
