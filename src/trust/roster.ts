// SPDX-License-Identifier: Apache-2.0
// The roster: who is who. People, hosted agents and forges, each with keys; whoever signs is found here or is nobody.
// One key or e-mail address never stands for two, in whatever spelling: else one person could count twice.
import * as z from 'zod';
import { ID } from '../id.ts';
import type { TrustedRoot } from '../signature/sigstore/trusted-root.ts';
import { findDuplicates } from './duplicates.ts';
import { EMAIL, KEY, type Key } from './key.ts';
import { readYaml } from './yaml.ts';
import { refuseIssues } from './refusal.ts';

export type { Key, Revocation } from './key.ts';

export interface Person {
  name: string;
  /** Normalised: trimmed, composed, lower case. */
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
  /** What Sigstore's certificates are held against; read with the key files. */
  trustedRoot?: TrustedRoot;
}

/** Where an entry stands; an id may be in each. */
export type Section = 'people' | 'agents' | 'forges';

const NAME = z.string().regex(ID, 'not an id: lower-case letters, digits, dot, dash and underscore, at most 64');

const EMAILS = z.array(EMAIL).max(100).transform((emails) => [...new Set(emails)]).default([]);

const KEYS = z.array(KEY).max(100).default([]);

const ROSTER = z
  .strictObject({
    version: z.literal(1),
    people: entries(z.strictObject({
      name: z.string().regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u, 'not a name: 1 to 200 characters on one line'),
      emails: EMAILS,
      roles: z.array(NAME).max(100).default([]),
      keys: KEYS,
    })),
    agents: entries(z.strictObject({ emails: EMAILS, keys: KEYS })).prefault({}),
    forges: entries(z.strictObject({ keys: KEYS })).prefault({}),
  })
  .superRefine((roster, context) => {
    for (const { reason, path, message } of findDuplicates(roster)) context.addIssue({ code: 'custom', message, params: { reason }, path });
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
  return z.record(NAME, entry).transform((record): Readonly<Record<string, z.output<T>>> => Object.assign(Object.create(null), record));
}
