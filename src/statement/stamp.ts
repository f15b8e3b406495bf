// SPDX-License-Identifier: Apache-2.0
// The stamp's statement: the text that a person or a session signs about one commit. Every field is always there, in
// one order, so that there is one way to write it; print(parse(x)) is x. Light: the commit-msg hook loads it.
import { fromUtf8, utf8 } from '../bytes.ts';
import { changeDigest, isDigest, type Digest } from '../commit/change.ts';
import type { CommitText, TextKind } from '../commit/message.ts';
import { Fault } from '../fault.ts';
import { isOid, type ObjectFormat, type Oid } from '../oid.ts';
import { isUlid, type Ulid } from '../ulid.ts';

export type Provenance = 'human' | 'ai' | 'assisted';

/** The payload type that the DSSE pre-authentication encoding puts before the statement. */
export const STAMP_TYPE = 'application/vnd.countersign.stamp.v1';
/** The SSHSIG namespace of every signature this project makes. */
export const NAMESPACE = 'countersign';

export interface StampStatement extends CommitText {
  objectFormat: ObjectFormat;
  repository: string;
  provenance: Provenance;
  agent: string | undefined;
  session: Ulid | undefined;
  /** One change digest per parent; one, against the empty tree, for a root. */
  changes: Digest[];
  /** The edit digest; undefined for a merge, which is never carried. */
  edit: Digest | undefined;
  /** Where the commit changes nothing, its tree: otherwise all empty commits would be one. */
  tree: Oid | undefined;
}

const FIELDS = [
  'object-format', 'repository', 'provenance', 'agent', 'session', 'change', 'edit', 'tree',
  'author-name', 'author-email', 'author-date', 'author-zone', 'text', 'message',
] as const;
const FIRST_LINE = 'countersign stamp v1';
const NONE = '-';

/** Returns the change digest of a commit that changes nothing; its stamp names the tree instead. */
export function emptyChange(format: ObjectFormat): Digest {
  return changeDigest(format, []);
}

/** Tells whether a text can name an agent in a stamp: printable ASCII, 2 to 200 characters, no space at either end. */
export function isAgentName(text: string): boolean {
  return /^[\x21-\x7e][\x20-\x7e]{0,198}[\x21-\x7e]$/.test(text);
}

/** Returns the bytes of the statement (spec §5). @throws Fault STATEMENT_INVALID where a field holds a control character or half a surrogate pair */
export function printStamp(statement: StampStatement): Uint8Array {
  const { author } = statement;
  const values: Record<(typeof FIELDS)[number], string> = {
    'object-format': statement.objectFormat,
    repository: statement.repository,
    provenance: statement.provenance,
    agent: statement.agent ?? NONE,
    session: statement.session ?? NONE,
    change: statement.changes.join(' '),
    edit: statement.edit ?? NONE,
    tree: statement.tree ?? NONE,
    'author-name': author.name,
    'author-email': author.email,
    'author-date': String(author.date),
    'author-zone': author.zone,
    text: statement.text,
    message: statement.message,
  };
  const lines = FIELDS.map((field) => {
    // a lone surrogate has no UTF-8: it would be signed as another character
    if (/[\p{Cc}\p{Cs}]/u.test(values[field])) throw invalid(`a control character in ${field}`);
    return `${field}: ${values[field]}`;
  });
  return utf8(`${[FIRST_LINE, ...lines].join('\n')}\n`);
}

/** Reads a statement back. @throws Fault STATEMENT_INVALID where printing it would not give the same bytes; `cause` names the field or what is wrong */
export function parseStamp(bytes: Uint8Array): StampStatement {
  const text = fromUtf8(bytes);
  if (text === undefined) throw invalid('not UTF-8');
  const lines = text.split('\n');
  if (lines.shift() !== FIRST_LINE || lines.pop() !== '' || lines.length !== FIELDS.length) throw invalid('not this format');
  const value = Object.fromEntries(FIELDS.map((field, i) => {
    const line = lines[i]!;
    if (!line.startsWith(`${field}: `)) throw invalid(`no ${field} where it belongs`);
    return [field, line.slice(field.length + 2)];
  })) as Record<(typeof FIELDS)[number], string>;
  const statement = readFields(value);
  if (fromUtf8(printStamp(statement)) !== text) throw invalid('not canonical');
  return statement;
}

function readFields(value: Record<(typeof FIELDS)[number], string>): StampStatement {
  const format = oneOf(value['object-format'], ['sha1', 'sha256'] as const, 'object-format');
  const changes = value.change.split(' ');
  if (!changes.every(isDigest)) throw invalid('change');
  const session = optional(value.session, isUlid, 'session');
  const edit = optional(value.edit, isDigest, 'edit');
  const tree = optional(value.tree, (text): text is Oid => isOid(text, format), 'tree');
  const agent = optional(value.agent, (text): text is string => isAgentName(text), 'agent');
  if (!isDigest(value.message)) throw invalid('message');
  if (!/^-?(0|[1-9][0-9]{0,14})$/.test(value['author-date']) || !/^[+-][0-9]{4}$/.test(value['author-zone'])) throw invalid('author');
  return {
    objectFormat: format,
    repository: value.repository,
    provenance: oneOf(value.provenance, ['human', 'ai', 'assisted'] as const, 'provenance'),
    agent,
    session,
    changes,
    edit,
    tree,
    author: {
      name: value['author-name'],
      email: value['author-email'],
      date: Number(value['author-date']),
      zone: value['author-zone'],
    },
    text: oneOf<TextKind>(value.text, ['utf-8', 'raw'], 'text'),
    message: value.message,
  };
}

function oneOf<T extends string>(text: string, choices: readonly T[], field: string): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw invalid(field);
  return found;
}

function optional<T extends string>(text: string, is: (text: string) => text is T, field: string): T | undefined {
  if (text === NONE) return undefined;
  if (!is(text)) throw invalid(field);
  return text;
}

function invalid(what: string): Fault {
  return new Fault('STATEMENT_INVALID', `invalid stamp statement: ${what}`, { cause: what });
}
