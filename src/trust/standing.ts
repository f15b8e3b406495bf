// SPDX-License-Identifier: Apache-2.0
// The questions that verifiers ask of policy and roster. Pure: bytes were read before, and the time is an argument.
import { normalEmail } from '../email.ts';
import type { Good, SshCertificate } from '../signature/signature.ts';
import { keyidsOf } from './key.ts';
import type { Agent, Key, Person, Revocation, Roster } from './roster.ts';
import type { Demand, Policy } from './policy.ts';

/** Whose key it is. A key that an agent shares with its forge is the forge's; {@link agentBehind} tells the agent. */
export interface KeyHolder {
  role: 'person' | 'agent' | 'forge';
  id: string;
  key: Key;
}

interface Index {
  keys: ReadonlyMap<string, KeyHolder>;
  /** By CA and principal, `ssh-ca:SHA256:…#alice@example.com`. */
  certified: ReadonlyMap<string, KeyHolder>;
  emails: ReadonlyMap<string, string>;
}

/** Built once per roster: a history asks for thousands of keys, and a roster is never changed after parsing. */
const indexes = new WeakMap<Roster, Index>();

/** Returns who holds the key that a check names, or undefined where it is nobody's. Revoked keys have holders too. */
export function keyHolder(roster: Roster, keyid: string): KeyHolder | undefined {
  return indexOf(roster).keys.get(normalKeyid(keyid));
}

/**
 * Returns who stands behind a good signature, or undefined where it is nobody or two. An SSH certificate counts for the
 * entry that names its CA and one of its principals; a key that stands in the roster itself never counts for somebody
 * else that way. All that limits a key by any of its names limits it.
 */
export function holderOf(roster: Roster, { keyid, keyids, certificate }: Pick<Good, 'keyid' | 'keyids' | 'certificate'>): KeyHolder | undefined {
  const plain = [...new Set([keyid, ...(keyids ?? [])])].flatMap((name) => keyHolder(roster, name) ?? []);
  if (certificate === undefined) return common(plain);
  const { certified } = indexOf(roster);
  const authority = `ssh-ca:${certificate.authority.replace(/^ssh:/, '')}`;
  const holders = certificate.principals.flatMap((principal) => certified.get(`${authority}#${principal}`) ?? []);
  return holders.length === 0 ? undefined : common([...holders, ...plain]);
}

/** Returns the id of the person with this address, in any spelling. */
export function personOfEmail(roster: Roster, email: string): string | undefined {
  return indexOf(roster).emails.get(normalEmail(email));
}

/** Tells whether an author's address is one of the entry's. */
export function isAuthor(entry: Person | Agent, email: string): boolean {
  return entry.emails.includes(normalEmail(email));
}

/** Returns the hosted agent that names this (forge's) key and has this author's address. Its own limits count as well. */
export function agentBehind(roster: Roster, keyid: string, email: string): KeyHolder | undefined {
  const name = normalKeyid(keyid);
  for (const [id, agent] of Object.entries(roster.agents)) {
    const key = isAuthor(agent, email) ? agent.keys.find((each) => keyidsOf(each).includes(name)) : undefined;
    if (key !== undefined) return { role: 'agent', id, key };
  }
  return undefined;
}

/** Why a key does not count for one signature. */
export type Refusal = 'compromised' | 'retired' | 'not-yet-valid' | 'expired' | 'namespace';

/** When and for what a signature was made (seconds since the epoch), and the certificate that it brought. */
export interface Use {
  at: number;
  /** The SSHSIG namespace; what the other schemes sign has none, and is not limited by one. */
  namespace?: string;
  certificate?: Pick<SshCertificate, 'validAfter' | 'validBefore'>;
}

/** Returns why a key does not count for what it signed, or undefined where it does. A time that is no number is refused. */
export function refusalOf(key: Key, { at, namespace, certificate }: Use): Refusal | undefined {
  const { revoked, validAfter = -Infinity, validBefore = Infinity } = key;
  if (revoked?.reason === 'compromised') return 'compromised';
  // Asked this way round each time, so that what can't be compared is refused.
  if (revoked !== undefined && !(at <= revoked.at)) return 'retired';
  if (!(at >= validAfter) || (certificate && !(at >= certificate.validAfter))) return 'not-yet-valid';
  // The end of a roster's bound is in it, as in allowed_signers files; that of a certificate is not (PROTOCOL.certkeys).
  if (!(at <= validBefore) || (certificate && !(at < certificate.validBefore))) return 'expired';
  const limited = key.scheme === 'ssh' && key.namespaces !== undefined && namespace !== undefined;
  return limited && !(key.namespaces as readonly string[]).includes(namespace) ? 'namespace' : undefined;
}

/**
 * Tells whether only signatures with proof of presence count for a person. Under `auto` a hardware key in the roster asks for
 * it until it is revoked, whatever its other bounds: whoever signs picks the date, and would pick one beside them.
 */
export function needsPresence(policy: Policy, person: Person): boolean {
  if (policy.presence !== 'auto') return policy.presence === 'required';
  return person.keys.some((key) => isHardware(key) && key.revoked === undefined);
}

/** A demand that nobody could meet, whatever they sign. */
export interface Unsatisfiable {
  /** The key in the policy, as `compliance[0].cosign`; `owner` where no owner can sign the next policy. */
  where: string;
  reason: 'no-owner' | 'too-few-people' | 'only-the-sponsor';
  need: number;
  have: number;
}

/** Returns the demands that the roster's people can't meet, whoever is the sponsor; where a time is given, at that time. */
export function satisfiable(policy: Policy, roster: Roster, at?: number): Unsatisfiable[] {
  const able = Object.values(roster.people).filter((person) => person.keys.some((key) => canSign(policy, person, key, at)));
  const demands: [string, Demand][] = [
    ...policy.compliance.map(({ cosign }, i): [string, Demand] => [`compliance[${i}].cosign`, cosign]),
    ...policy.protected.map(({ approve }, i): [string, Demand] => [`protected[${i}].approve`, approve]),
    ['squash', policy.squash],
  ];
  const found = demands.flatMap(([where, demand]) => shortage(where, demand, able) ?? []);
  return able.some(({ roles }) => roles.includes('owner')) ? found : [{ where: 'owner', reason: 'no-owner', need: 1, have: 0 }, ...found];
}

function shortage(where: string, { threshold, roles, excludeSponsor }: Demand, able: readonly Person[]): Unsatisfiable | undefined {
  const fit = able.filter((person) => holdsRole(person, roles)).length;
  if (fit < threshold) return { where, reason: 'too-few-people', need: threshold, have: fit };
  // With somebody else to be the sponsor, all who fit can sign; else one of them is the sponsor.
  const left = excludeSponsor && fit === able.length ? fit - 1 : fit;
  return left < threshold ? { where, reason: 'only-the-sponsor', need: threshold, have: left } : undefined;
}

/** Tells whether a person has one of the roles; where none is named, everybody has. */
export function holdsRole(person: Person, roles: readonly string[]): boolean {
  return roles.length === 0 || roles.some((role) => person.roles.includes(role));
}

/**
 * Tells whether a person's key counts for stamps and evidence at a time; without one, whether it is not revoked. An X.509
 * key can't: only git's own header carries its signatures.
 */
export function canSign(policy: Policy, person: Person, key: Key, at?: number): boolean {
  if (key.revoked !== undefined || key.scheme === 'x509') return false;
  if (refusalOf(key, { at: at ?? key.validAfter ?? 0, namespace: 'countersign' }) !== undefined) return false;
  if (!needsPresence(policy, person) || isHardware(key)) return true;
  // A CA may certify hardware keys, and an issuer may claim presence: each signature tells.
  return key.scheme === 'ssh' ? key.authority !== undefined : key.scheme === 'sigstore' && policy.keylessPresence.some(({ issuer }) => issuer === key.issuer);
}

/** Tells whether a FIDO2 authenticator holds a key, so that its signatures can prove presence. */
export function isHardware(key: Key): boolean {
  return key.scheme === 'ssh' && key.hardware;
}

/** Returns a keyid as the roster has it: a CA writes an address in the spelling it was given. */
function normalKeyid(keyid: string): string {
  const hash = keyid.startsWith('x509:') ? keyid.indexOf('#') : -1;
  if (hash < 0) return keyid;
  const email = keyid.slice(hash + 1);
  // Addresses in certificates are ASCII (RFC 5280 §4.2.1.6); lower-casing others would make new ones of some.
  return /^[\x21-\x7e]+$/.test(email) ? `${keyid.slice(0, hash)}#${normalEmail(email)}` : keyid;
}

/** Returns the one entry that all these are, with a key that bears the limits of each. */
function common([first, ...others]: readonly KeyHolder[]): KeyHolder | undefined {
  if (first === undefined || others.some(({ role, id }) => role !== first.role || id !== first.id)) return undefined;
  return others.length === 0 ? first : { ...first, key: others.reduce((key, other) => limit(key, other.key), first.key) };
}

/** Returns the key with what limits the other as well. */
function limit(key: Key, other: Key): Key {
  const revoked = worse(key.revoked, other.revoked);
  const validAfter = Math.max(key.validAfter ?? -Infinity, other.validAfter ?? -Infinity);
  const validBefore = Math.min(key.validBefore ?? Infinity, other.validBefore ?? Infinity);
  const limited: Key = { ...key, ...(revoked && { revoked }), ...(validAfter > -Infinity && { validAfter }), ...(validBefore < Infinity && { validBefore }) };
  if (limited.scheme !== 'ssh' || other.scheme !== 'ssh' || other.namespaces === undefined) return limited;
  const { namespaces = other.namespaces } = limited;
  return { ...limited, namespaces: namespaces.filter((each) => other.namespaces!.includes(each)) };
}

function worse(a: Revocation | undefined, b: Revocation | undefined): Revocation | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.reason !== b.reason) return a.reason === 'compromised' ? a : b;
  return a.at <= b.at ? a : b;
}

function indexOf(roster: Roster): Index {
  let index = indexes.get(roster);
  if (index === undefined) {
    index = { ...indexKeys(roster), emails: indexEmails(roster) };
    indexes.set(roster, index);
  }
  return index;
}

function indexKeys({ people, agents, forges }: Roster): Pick<Index, 'keys' | 'certified'> {
  const [keys, certified] = [new Map<string, KeyHolder>(), new Map<string, KeyHolder>()];
  const add = (role: KeyHolder['role'], entries: Readonly<Record<string, { keys: readonly Key[] }>>): void => {
    for (const [id, entry] of Object.entries(entries)) {
      for (const key of entry.keys) {
        for (const keyid of keyidsOf(key)) keys.set(keyid, { role, id, key });
        if (key.scheme === 'ssh') for (const principal of key.authority?.principals ?? []) certified.set(`${key.keyid}#${principal}`, { role, id, key });
      }
    }
  };
  add('person', people);
  add('agent', agents);
  add('forge', forges); // last, so that a shared key is the forge's
  return { keys, certified };
}

function indexEmails({ people }: Roster): Map<string, string> {
  return new Map(Object.entries(people).flatMap(([id, { emails }]) => emails.map((email) => [email, id] as const)));
}
