// SPDX-License-Identifier: Apache-2.0
// What is said about a policy or roster that can't be used: where, which key, and what was probably meant. The text
// comes from a file that anyone may have written, so whatever is repeated here is escaped and cut first.
import { Fault } from '../fault.ts';
import { nearest } from '../nearest.ts';
import { clip, printable } from '../printable.ts';

export type Reason =
  // of the bytes and the YAML
  | 'too-large' | 'not-utf8' | 'unprintable' | 'syntax' | 'too-deep' | 'directive' | 'tag' | 'anchor' | 'alias' | 'several-documents' | 'duplicate-key'
  // of the shape
  | 'unknown-key' | 'missing-key' | 'wrong-type' | 'invalid-value'
  // of what it means
  | 'bad-glob' | 'bad-key' | 'shared-key' | 'shared-email' | 'no-email' | 'too-long'
  // of the files that a roster names
  | 'missing-file' | 'private-key';

export interface Place {
  line: number;
  column: number;
}

/** The cause of a POLICY_INVALID or ROSTER_INVALID fault. */
export interface Refusal extends Place {
  reason: Reason;
  /** The key's path, as `compliance[0].cosign.threshold`; empty for the file as a whole. */
  path: string;
}

/** The cause of a ROSTER_INVALID fault that lies in a key file. */
export interface FileRefusal {
  reason: Reason;
  /** The key of the roster that names it, as `people.alice.keys[0]`; empty for the trusted root. */
  path: string;
  /** As `keys/alice.asc`. */
  file: string;
}

export type KeyPath = readonly (string | number)[];
export type TrustFault = 'POLICY_INVALID' | 'ROSTER_INVALID';

/** What a schema library says about one value; zod's issues have this shape. */
export interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly issues?: readonly unknown[];
  readonly params?: Record<string, unknown> | undefined;
}

/** Returns the fault for one refusal: `policy.yaml:3:7: compliance[0].cosign: …`. The cause is its {@link Refusal}. */
export function refuse(code: TrustFault, reason: Reason, place: Place, keys: KeyPath, what: string, hint?: string): Fault {
  const file = code === 'POLICY_INVALID' ? 'policy.yaml' : 'roster.yaml';
  const path = printPath(keys);
  const cause: Refusal = { reason, ...place, path };
  const message = `${file}:${place.line}:${place.column}: ${path === '' ? '' : `${path}: `}${what}`;
  return new Fault(code, message, { cause, ...(hint === undefined ? {} : { hint }) });
}

/** Returns the fault for a key file: `roster.yaml: people.alice.keys[0]: keys/alice.asc is missing`. The cause is its {@link FileRefusal}. */
export function refuseFile(reason: Reason, keys: KeyPath, file: string, what: string, hint?: string): Fault {
  const cause: FileRefusal = { reason, path: printPath(keys), file };
  const where = [cause.path, file === '' ? '' : `${printable(file)} `].filter((part) => part !== '').join(': ');
  return new Fault('ROSTER_INVALID', `roster.yaml: ${where}${file === '' ? ': ' : ''}${quote(what)}`, { cause, ...(hint === undefined ? {} : { hint }) });
}

/** Returns the fault for what a schema refused. `schema` is its JSON Schema, which knows the keys that would be right. */
export function refuseIssues(code: TrustFault, issues: readonly Issue[], locate: (keys: KeyPath) => Place, schema: unknown): Fault {
  // A misspelt key is also a missing one; the spelling is what helps.
  const issue = issues.find((each) => each.code === 'unrecognized_keys') ?? issues[0]!;
  const at = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  const stranger = issue.keys?.[0];
  if (issue.code === 'unrecognized_keys' && stranger !== undefined) {
    const keys = [...at, stranger];
    const meant = nearest(stranger, knownKeys(schema, at));
    return refuse(code, 'unknown-key', locate(keys), keys, meant === undefined ? 'unknown key' : `unknown key, the nearest known one is ${meant}`);
  }
  return refuse(code, reasonOf(issue), locate(at), at, quote(sentence(issue)));
}

/** Returns what an issue says; one about a record's key says it in an issue inside. */
function sentence({ code, message, issues }: Issue): string {
  const inner = code === 'invalid_key' ? (issues?.[0] as Issue | undefined) : undefined;
  return inner?.message ?? message;
}

/** Returns text of a file, or of a library that quotes it, fit for a message. */
export function quote(text: string): string {
  return printable(clip(text.split('\n', 1)[0]!, 160));
}

function reasonOf(issue: Issue): Reason {
  const named = issue.params?.['reason'];
  if (typeof named === 'string') return named as Reason;
  if (issue.code !== 'invalid_type') return 'invalid-value';
  return issue.message.endsWith('received undefined') ? 'missing-key' : 'wrong-type';
}

function printPath(keys: KeyPath): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    const name = printable(clip(key, 80));
    return path === '' ? name : `${path}.${name}`;
  }, '');
}

/** Returns the keys that a JSON Schema knows at a path. */
function knownKeys(schema: unknown, path: KeyPath): string[] {
  let here = schema as Record<string, unknown> | undefined;
  for (const key of path) {
    const properties = here?.['properties'] as Record<string, unknown> | undefined;
    const next = typeof key === 'number' ? here?.['items'] : (properties?.[key] ?? here?.['additionalProperties']);
    here = next as Record<string, unknown> | undefined;
  }
  return Object.keys((here?.['properties'] as object | undefined) ?? {});
}
