// SPDX-License-Identifier: Apache-2.0
// The roster as people ask for it: who may do what, with which keys, how strong these are and until when they count.
// Pure: key files were read before, and the time is an argument.
import type { KeyObject } from 'node:crypto';
import type { Certificate } from '../signature/openpgp/certificate.ts';
import { describeCertificate } from '../signature/openpgp/description.ts';
import { printAllowedSigner, type AllowedSigner } from '../signature/ssh/allowed-signers.ts';
import { parseSshPublicKey, toKeyObject } from '../signature/ssh/key.ts';
import { certificateOf } from '../signature/x509/authority.ts';
import { publicKeyOf } from '../signature/x509/public-key.ts';
import type { Namespace, Revocation } from './key.ts';
import type { Demand, Policy } from './policy.ts';
import type { Agent, Forge, Key, Person, Roster } from './roster.ts';
import { holdsRole, isHardware, needsPresence, refusalOf } from './standing.ts';

/** Why a key does not count now; `presence`: its owner has to sign with a hardware key, and it is none. */
export type Shortcoming = 'compromised' | 'retired' | 'expired' | 'not-yet-valid' | 'presence' | 'no-trusted-root';

export interface ListedKey {
  /** As `people revoke --key` takes it: `ssh:SHA256:…`, `ssh-ca:SHA256:…`, `openpgp:<fingerprint>`, `x509:…#…`, `sigstore:…#…`. */
  keyid: string;
  scheme: Key['scheme'];
  /** `ed25519`, `rsa4096`, `nistp256`; with `sk-` before it where a FIDO2 authenticator holds it. Sigstore's are made anew each time. */
  algorithm?: string;
  /** `presence`: signatures can prove that somebody touched the authenticator. */
  strength: 'presence' | 'software';
  /** Seconds since the epoch: the narrower of what the key says itself and what the roster says. */
  validFrom?: number;
  validUntil?: number;
  revoked?: Revocation;
  /** Who an authority's certificates count for. */
  principals?: readonly string[];
  /** What it counts for, where not for everything. */
  namespaces?: readonly Namespace[];
  counts: boolean;
  why?: Shortcoming;
}

/** What an entry may do while one of its keys counts. */
export type Ability = 'change-policy' | 'grant' | 'cosign' | 'approve' | 'commit';

export interface ListedEntry {
  kind: 'person' | 'agent' | 'forge';
  id: string;
  name?: string;
  emails: readonly string[];
  roles: readonly string[];
  may: Ability[];
  keys: ListedKey[];
}

/** Returns every entry of a roster whose key files have been read, at a time (seconds since the epoch). */
export function listRoster(policy: Policy, roster: Roster, now: number): ListedEntry[] {
  const listed = (entry: Person | Agent | Forge, presence: boolean): ListedKey[] => entry.keys.flatMap((key) => listKey(key, { now, presence, root: roster.trustedRoot !== undefined }));
  const people = Object.entries(roster.people).map(([id, person]): ListedEntry => {
    const keys = listed(person, needsPresence(policy, person));
    return { kind: 'person', id, name: person.name, emails: person.emails, roles: person.roles, may: keys.some(canDecide) ? abilities(policy, person) : [], keys };
  });
  const agents = Object.entries(roster.agents).map(([id, agent]): ListedEntry => {
    const keys = listed(agent, false);
    return { kind: 'agent', id, emails: agent.emails, roles: [], may: keys.some(({ counts }) => counts) ? ['commit'] : [], keys };
  });
  const forges = Object.entries(roster.forges).map(([id, forge]): ListedEntry => ({ kind: 'forge', id, emails: [], roles: [], may: [], keys: listed(forge, false) }));
  return [...people, ...agents, ...forges];
}

/**
 * Returns an allowed_signers file of the roster's SSH keys, for plain git (`gpg.ssh.allowedSignersFile`). Compromised keys are left
 * out; retired ones end when they were retired. A forge's key has no address, and none that it could vouch for.
 */
export function printAllowedSigners(roster: Roster): string {
  const entries = [...Object.values(roster.people), ...Object.values(roster.agents)];
  return entries.flatMap(({ emails, keys }) => keys.flatMap((key) => allowedSigner(key, emails) ?? [])).map((signer) => `${printAllowedSigner(signer)}\n`).join('');
}

function allowedSigner(key: Key, emails: readonly string[]): AllowedSigner | undefined {
  if (key.scheme !== 'ssh' || key.revoked?.reason === 'compromised') return undefined;
  // There an address is a pattern; one that could match another's is left out.
  const principals = key.authority?.principals ?? emails.filter((email) => /^[\x21-\x7e]+$/.test(email) && !/[*?!,"#]/.test(email));
  const validBefore = Math.min(key.validBefore ?? Infinity, key.revoked?.at ?? Infinity);
  if (principals.length === 0 || validBefore <= Math.max(0, key.validAfter ?? 0)) return undefined;
  return {
    principals,
    key: { ...parseSshPublicKey(key.line), comment: '' },
    isAuthority: key.authority !== undefined,
    ...(key.namespaces && { namespaces: key.namespaces }),
    ...(key.validAfter !== undefined && { validAfter: key.validAfter }),
    ...(validBefore < Infinity && { validBefore }),
  };
}

/** Tells whether stamps and evidence can be signed with a key now. */
function canDecide({ counts, scheme, namespaces }: ListedKey): boolean {
  return counts && scheme !== 'x509' && (namespaces === undefined || namespaces.includes('countersign'));
}

function abilities(policy: Policy, person: Person): Ability[] {
  const fits = (demands: readonly Demand[]): boolean => demands.some(({ roles }) => holdsRole(person, roles));
  const may: [Ability, boolean][] = [
    ['change-policy', person.roles.includes('owner')],
    ['grant', true],
    ['cosign', fits(policy.compliance.map(({ cosign }) => cosign))],
    ['approve', fits([...policy.protected.map(({ approve }) => approve), policy.squash])],
  ];
  return may.flatMap(([ability, holds]) => (holds ? [ability] : []));
}

interface Moment {
  now: number;
  presence: boolean;
  /** Whether there is a trusted root. */
  root: boolean;
}

/** What a key says of itself. */
interface Own {
  keyid: string;
  algorithm?: string;
  from?: number;
  until?: number;
  revoked?: Revocation;
}

function listKey(key: Key, moment: Moment): ListedKey[] {
  return ownWords(key).map((own) => {
    const from = Math.max(own.from ?? -Infinity, key.validAfter ?? -Infinity);
    const until = Math.min(own.until ?? Infinity, key.validBefore ?? Infinity);
    const revoked = key.revoked ?? own.revoked;
    const why = shortcoming(key, own, moment);
    return {
      keyid: own.keyid,
      scheme: key.scheme,
      ...(own.algorithm !== undefined && { algorithm: own.algorithm }),
      strength: isHardware(key) ? 'presence' : 'software',
      ...(from > -Infinity && { validFrom: from }),
      ...(until < Infinity && { validUntil: until }),
      ...(revoked && { revoked }),
      ...(key.scheme === 'ssh' && key.authority && { principals: key.authority.principals }),
      ...namespacesOf(key),
      counts: why === undefined,
      ...(why && { why }),
    };
  });
}

function shortcoming(key: Key, { from = -Infinity, until = Infinity, revoked }: Own, { now, presence, root }: Moment): Shortcoming | undefined {
  const refusal = refusalOf(key, { at: now });
  if (refusal !== undefined) return refusal as Exclude<typeof refusal, 'namespace'>;
  if (revoked !== undefined && (revoked.reason === 'compromised' || now > revoked.at)) return revoked.reason;
  if (now < from) return 'not-yet-valid';
  if (now > until) return 'expired';
  if (key.scheme === 'sigstore' && !root) return 'no-trusted-root';
  return presence && !isHardware(key) && !(key.scheme === 'ssh' && key.authority) ? 'presence' : undefined;
}

/** X.509 signatures stand in git's own header only. */
function namespacesOf(key: Key): { namespaces?: readonly Namespace[] } {
  if (key.scheme === 'x509') return { namespaces: ['git'] };
  return key.scheme === 'ssh' && key.namespaces ? { namespaces: key.namespaces } : {};
}

function ownWords(key: Key): Own[] {
  if (key.scheme === 'openpgp') return key.certificates.map(certificateWords);
  if (key.scheme === 'sigstore') return [{ keyid: key.keyid }];
  if (key.scheme === 'ssh') {
    const parsed = parseSshPublicKey(key.line);
    return [{ keyid: key.keyid, algorithm: `${parsed.hardware ? 'sk-' : ''}${algorithmOf(toKeyObject(parsed))}` }];
  }
  if (key.authority === undefined) return [{ keyid: key.keyid }];
  const { notBefore, notAfter, publicKey } = certificateOf(key.authority);
  const object = publicKeyOf(publicKey);
  return [{ keyid: `x509:${key.authority.fingerprint}#${key.identity}`, ...(typeof object === 'object' && { algorithm: algorithmOf(object) }), from: notBefore, until: notAfter }];
}

function certificateWords(certificate: Certificate): Own {
  const { algorithm, createdAt, expiresAt, revoked } = describeCertificate(certificate);
  return { keyid: `openpgp:${certificate.fingerprint}`, algorithm, from: createdAt, ...(expiresAt !== undefined && { until: expiresAt }), ...(revoked && { revoked }) };
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'nistp256', secp384r1: 'nistp384', secp521r1: 'nistp521' };

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails: details }: KeyObject): string {
  const type: string = asymmetricKeyType ?? 'unknown';
  if (type === 'rsa') return `rsa${details?.modulusLength ?? ''}`;
  const curve = details?.namedCurve;
  return curve === undefined ? type : (CURVES[curve] ?? curve);
}
