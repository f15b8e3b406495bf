// SPDX-License-Identifier: Apache-2.0
// From a checked signature to whoever stands behind it, by the roster of the state that judges: a person, an agent, a
// forge, or nobody. A forge's key under a hosted agent's address is that agent's.
import { agentOfKey } from '../agents/fingerprint.ts';
import type { Check, Good } from '../signature/signature.ts';
import { misissuedTo, provesPresence, type Misissued } from '../trust/keyless.ts';
import { agentBehind, holderOf, keyHolder, type KeyHolder } from '../trust/holder.ts';
import { refusalOf, type Refusal } from '../trust/standing.ts';
import type { State } from './state.ts';
import type { StampSigner } from './verifier.ts';

/** Why a key does not count: by the roster, or by its own certificate (`revoked`, or whom it was issued to). */
export type Refused = Refusal | Misissued | 'revoked' | 'shared';

/** A signature whose arithmetic holds, and whose key is somebody's. */
export interface Signed {
  kind: 'signed';
  signer: StampSigner;
  holder: KeyHolder;
  keyid: string;
  /** Why the key does not count for what it signed then and there. */
  refused: Refused | undefined;
  /** The FIDO2 authenticator's counter. */
  counter: number | undefined;
  /** What was signed; one signature can be written in several ways. */
  payload: Uint8Array;
}

export type Unsigned =
  /** The arithmetic fails. */
  | { kind: 'failed'; reason: string }
  | { kind: 'stranger'; keyid: string }
  | { kind: 'undecided'; reason: string };

/** Where and when a signature stands. */
export interface Occasion {
  payload: Uint8Array;
  /** The author's address; evidence has none. */
  email?: string;
  /** Seconds since the epoch, as far as it is known. */
  at: number;
  namespace: string;
}

/** Returns who signed. */
export function signedBy(check: Check, { roster, policy }: State, { payload, email, at, namespace }: Occasion): Signed | Unsigned {
  if (check.kind === 'bad') return refusedByCertificate(check, roster, payload) ?? { kind: 'failed', reason: check.reason };
  if (check.kind === 'undecided') return { kind: 'undecided', reason: check.reason };
  if (check.kind === 'stranger') return check;
  const { keyid, counter } = check;
  const key = holderOf(roster, check);
  if (!key) return { kind: 'stranger', keyid };
  const holder = (email === undefined || key.role !== 'forge' ? undefined : agentBehind(roster, keyid, email)) ?? key;
  const strength = holder.role === 'person' && provesPresence(policy, check) ? 'presence' : check.strength;
  return {
    kind: 'signed', holder, keyid, counter, payload,
    signer: { kind: holder.role, id: holder.id, scheme: schemeOf(keyid), strength },
    refused: sharedKey(holder, keyid) ?? misissuedTo(holder, check) ?? refusal(key, check, at, namespace) ?? refusal(holder, check, at, namespace),
  };
}

/** A vendor's key is that of all its users' agents, whoever entered it as a person's. */
function sharedKey({ role }: KeyHolder, keyid: string): Refused | undefined {
  return role === 'person' && agentOfKey(keyid) !== undefined ? 'shared' : undefined;
}

/** What an OpenPGP certificate says against its own key. Its other refusals make a signature none. */
const OWN: Readonly<Record<string, Refused>> = { 'revoked': 'revoked', 'expired': 'expired', 'predates-key': 'not-yet-valid' };

function refusedByCertificate({ keyid, reason }: Extract<Check, { kind: 'bad' }>, roster: State['roster'], payload: Uint8Array): Signed | undefined {
  const refused = keyid?.startsWith('openpgp:') && Object.hasOwn(OWN, reason) ? OWN[reason] : undefined;
  const holder = refused && keyHolder(roster, keyid!);
  return holder && { kind: 'signed', holder, keyid: keyid!, counter: undefined, refused, payload, signer: { kind: holder.role, id: holder.id, scheme: 'openpgp', strength: 'software' } };
}

function refusal({ key }: KeyHolder, { signedAt, certificate }: Good, at: number, namespace: string): Refusal | undefined {
  // what says that it was made later cannot have been made earlier
  return refusalOf(key, { at: Math.max(at, signedAt ?? at), namespace, ...(certificate ? { certificate } : {}) });
}

function schemeOf(keyid: string): StampSigner['scheme'] {
  const scheme = keyid.slice(0, keyid.indexOf(':'));
  return scheme === 'openpgp' || scheme === 'sigstore' || scheme === 'x509' ? scheme : 'ssh';
}

const REASONS: Readonly<Record<string, string>> = {
  'no-trusted-root': "no trusted root is pinned here, against which Sigstore's certificates could be held",
  'no-proof-of-time': 'nothing in it proves when it was made, and its certificate held for minutes only',
  'key-type': 'its key is of a type that this version does not know',
};

/** Returns in words what keeps a signature from being decided. */
export function undecidedText(reason: string): string {
  return Object.hasOwn(REASONS, reason) ? REASONS[reason]! : `this version cannot check it (${reason})`;
}

const REFUSALS = {
  'revoked': 'is revoked by its own certificate',
  'shared': 'is one with which a vendor signs for all who use its agent',
  'compromised': 'is revoked: compromised',
  'retired': 'is revoked: retired before this was signed',
  'expired': 'had expired when this was signed',
  'not-yet-valid': 'was not valid yet when this was signed',
  'namespace': 'does not count for signatures of this kind',
  'workload': 'was issued to a workload, not to a person',
  'person': 'was issued to a person, not to a workload',
} as const satisfies Record<Refused, string>;

/** Returns in words why a key does not count, to follow "the key of …". */
export function refusalText(refused: Refused): string {
  return REFUSALS[refused];
}
