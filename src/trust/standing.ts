// SPDX-License-Identifier: Apache-2.0
// Whether a key counts for what it signed, and a person for what is demanded. Pure: bytes were read before, and the time is
// an argument.
import type { SshCertificate } from '../signature/signature.ts';
import type { Key, Person, Roster } from './roster.ts';
import type { Demand, Policy } from './policy.ts';

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
