// SPDX-License-Identifier: Apache-2.0
// Who stands behind a key or a checked signature, by the roster. Whether the key counts for what it signed is standing.ts's
// to say.
import { normalEmail } from '../email.ts';
import type { Good } from '../signature/signature.ts';
import { keyidsOf } from './key.ts';
import type { Agent, Key, Person, Revocation, Roster } from './roster.ts';

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
    index = indexKeys(roster);
    indexes.set(roster, index);
  }
  return index;
}

function indexKeys({ people, agents, forges }: Roster): Index {
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
