// SPDX-License-Identifier: Apache-2.0
// The roster: who is who. People, hosted agents and forges, each with keys; whoever signs is found here or is nobody.
// One key or e-mail address never stands for two, in whatever spelling: else one person could count twice.
import * as z from 'zod';
import { normalEmail } from '../email.ts';
import { Fault } from '../fault.ts';
import { parseSshPublicKey } from '../signature/ssh/key.ts';
import { findDuplicates } from './duplicates.ts';
import { readYaml } from './yaml.ts';
import { refuseIssues } from './refusal.ts';
import type { Reason } from './refusal.ts';

export interface Revocation {
  /** Seconds since the epoch. */
  at: number;
  /** `compromised` voids the key for all time, `retired` what it signed after `at`. */
  reason: 'compromised' | 'retired';
}

/**
 * A key of the roster. `keyid` is as envelopes and checks write it: `ssh:SHA256:…`, `sigstore:<issuer>#<identity>`. An
 * OpenPGP key is known by its file until that has been read: `openpgp:keys/alice.asc`.
 */
export type Key =
  | { scheme: 'ssh'; keyid: string; line: string; hardware: boolean; revoked?: Revocation }
  | { scheme: 'openpgp'; keyid: string; file: string; revoked?: Revocation }
  | { scheme: 'sigstore'; keyid: string; issuer: string; identity: string; revoked?: Revocation };

export interface Person {
  name: string;
  /** Normalised by {@link normalEmail}. */
  emails: string[];
  roles: string[];
  keys: Key[];
}

/** A hosted agent that signs with a key of its own, or with its forge's key under an author address of its own. */
export interface Agent {
  emails: string[];
  keys: Key[];
}

export interface Forge {
  keys: Key[];
}

/** Entries by id. The records have no prototype: `people['constructor']` is nobody. */
export interface Roster {
  version: 1;
  people: Readonly<Record<string, Person>>;
  agents: Readonly<Record<string, Agent>>;
  forges: Readonly<Record<string, Forge>>;
}

type Context = Pick<z.core.$RefinementCtx, 'addIssue'>;

const ID = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'not an id: lower-case letters, digits, dot, dash and underscore, at most 64');

// Format characters are refused too: an address with a zero-width space in it looks like another one.
const EMAIL = z.string().max(254).transform(normalEmail).refine((text) => /^[^\s@<>\p{Cc}\p{Cf}\p{Cs}]+@[^\s@<>\p{Cc}\p{Cf}\p{Cs}]+$/u.test(text), 'not an e-mail address');
const EMAILS = z.array(EMAIL).max(100).transform((emails) => [...new Set(emails)]).default([]);

const REVOKED = z.strictObject({
  at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'not a time like 2026-01-31T12:00:00Z (RFC 3339, UTC)').transform(toSeconds),
  reason: z.enum(['compromised', 'retired']),
});

const SIGSTORE = z.strictObject({
  // No fragment in it, so that in a keyid the first # ends it.
  issuer: z.string().regex(/^https:\/\/[^\s#\p{Cc}\p{Cf}\p{Cs}]{1,500}$/u, 'not an https address without fragment'),
  identity: z.string().regex(/^[^\s\p{Cc}\p{Cf}\p{Cs}]{1,500}$/u, 'not an identity: 1 to 500 characters without spaces'),
});

const KEY_FIELDS = z.strictObject({
  ssh: z.string().max(16384).optional(),
  openpgp: z.string().regex(/^keys\/[A-Za-z0-9._-]{1,100}\.asc$/, 'not a file like keys/alice.asc').optional(),
  sigstore: SIGSTORE.optional(),
  revoked: REVOKED.optional(),
});

const KEY = KEY_FIELDS
  .meta({ oneOf: ['ssh', 'openpgp', 'sigstore'].map((scheme) => ({ required: [scheme] })) })
  .transform(toKey);

const KEYS = z.array(KEY).max(100).default([]);

const ROSTER = z
  .strictObject({
    version: z.literal(1),
    people: entries(z.strictObject({
      name: z.string().regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u, 'not a name: 1 to 200 characters on one line'),
      emails: EMAILS,
      roles: z.array(ID).max(100).default([]),
      keys: KEYS,
    })),
    agents: entries(z.strictObject({ emails: EMAILS, keys: KEYS })).prefault({}),
    forges: entries(z.strictObject({ keys: KEYS })).prefault({}),
  })
  .superRefine((roster, context) => {
    for (const { reason, path, message } of findDuplicates(roster)) context.addIssue({ ...custom(reason, message), path });
  });

/**
 * Reads a roster.
 * @throws Fault ROSTER_INVALID with line, column and key; its cause is a Refusal
 */
export function parseRoster(bytes: Uint8Array): Roster {
  const { value, locate } = readYaml(bytes, 'ROSTER_INVALID');
  const parsed = ROSTER.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refuseIssues('ROSTER_INVALID', parsed.error.issues, locate, rosterSchema());
}

/** Returns the JSON Schema of roster.yaml, for editors. It can't say everything that parseRoster demands. */
export function rosterSchema(): Record<string, unknown> {
  return { title: 'countersign roster', ...z.toJSONSchema(ROSTER, { io: 'input' }) };
}

function entries<T extends z.ZodType>(entry: T) {
  return z.record(ID, entry).transform((record): Readonly<Record<string, z.output<T>>> => Object.assign(Object.create(null), record));
}

function toSeconds(text: string, context: Context): number {
  const milliseconds = Date.parse(text);
  // Date.parse takes the 30th of February for the 2nd of March.
  const real = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text.replace('Z', '.000Z');
  if (!real) context.addIssue(custom('invalid-value', 'no such day or time'));
  return milliseconds / 1000;
}

/** Returns the one key that an entry holds; several or none would leave open which of them `revoked` means. */
function toKey(fields: z.output<typeof KEY_FIELDS>, context: Context): Key {
  const { ssh, openpgp, sigstore, revoked } = fields;
  const keys: Key[] = [];
  const rest = revoked === undefined ? {} : { revoked };
  if (ssh !== undefined) keys.push(...sshKey(ssh, rest, context));
  if (openpgp !== undefined) keys.push({ scheme: 'openpgp', keyid: `openpgp:${openpgp}`, file: openpgp, ...rest });
  if (sigstore !== undefined) keys.push({ scheme: 'sigstore', keyid: `sigstore:${sigstore.issuer}#${sigstore.identity}`, ...sigstore, ...rest });
  const count = [ssh, openpgp, sigstore].filter((field) => field !== undefined).length;
  if (count !== 1) context.addIssue(custom('bad-key', 'needs exactly one of ssh, openpgp and sigstore'));
  return keys[0] ?? z.NEVER;
}

function sshKey(line: string, rest: { revoked?: Revocation }, context: Context): Key[] {
  try {
    const { fingerprint, hardware } = parseSshPublicKey(line);
    return [{ scheme: 'ssh', keyid: `ssh:${fingerprint}`, line, hardware, ...rest }];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    context.addIssue({ ...custom('bad-key', error.message), path: ['ssh'] });
    return [];
  }
}

function custom(reason: Reason, message: string) {
  return { code: 'custom' as const, message, params: { reason } };
}
