// SPDX-License-Identifier: Apache-2.0
// A commit object as the bytes that were hashed, taken apart without changing one of them. A signature covers bytes:
// a reader that normalises before it verifies, verifies something else.
import { concat, fromLatin1, latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { isOid, type ObjectFormat, type Oid } from '../oid.ts';

/** An author or committer line. Name and e-mail are byte strings (one character per byte), undecoded. */
export interface Ident {
  name: string;
  email: string;
  /** Seconds since the epoch. */
  date: number;
  /** `+hhmm` or `-hhmm`, as written. */
  zone: string;
}

export interface Header {
  name: string;
  /** Continuation lines joined by LF, without their leading space. */
  value: Uint8Array;
}

/** Git's own signature on a commit: its armor, and the exact bytes it covers. */
export interface GitSignature {
  armor: Uint8Array;
  payload: Uint8Array;
}

export interface RawCommit {
  tree: Oid;
  parents: Oid[];
  author: Ident;
  committer: Ident;
  /** The value of the `encoding` header. */
  encoding: string | undefined;
  headers: Header[];
  signature: GitSignature | undefined;
  /** Why somebody else could change this object without invalidating git's signature on it, if so. */
  malleable: string | undefined;
  message: Uint8Array;
}

const IDENT = /^([^<>\n\0]*) <([^<>\n\0]*)> (-?[0-9]{1,15}) ([+-][0-9]{4})$/;
const MAX_PARENTS = 1024;

/**
 * Takes a commit apart.
 * @throws Fault COMMIT_MALFORMED where git's fsck would not accept the order or form of its headers
 */
export function parseCommit(bytes: Uint8Array, format: ObjectFormat): RawCommit {
  const { headers, covered, message } = splitHeaders(bytes);
  let at = 0;
  const tree = takeOid(headers[at++], 'tree', format);
  const parents: Oid[] = [];
  while (headers[at]?.name === 'parent') parents.push(takeOid(headers[at++], 'parent', format));
  if (parents.length > MAX_PARENTS) throw malformed(`more than ${MAX_PARENTS} parents`);
  const author = takeIdent(headers[at++], 'author');
  const committer = takeIdent(headers[at++], 'committer');
  const rest = headers.slice(at);
  const signatures = rest.filter((header) => header.name === 'gpgsig' || header.name === 'gpgsig-sha256');
  const armor = signatures[0]?.value;
  const encoding = rest.find((header) => header.name === 'encoding');
  return {
    tree,
    parents,
    author,
    committer,
    encoding: encoding && latin1(encoding.value),
    headers,
    signature: armor && { armor, payload: covered },
    malleable: malleability(rest, signatures, format),
    message,
  };
}

/** Splits into headers, the bytes that git's signature covers, and the message after the first blank line. */
function splitHeaders(bytes: Uint8Array): { headers: Header[]; covered: Uint8Array; message: Uint8Array } {
  const headers: { name: string; lines: Uint8Array[] }[] = [];
  const covered: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length && bytes[start] !== 0x0a) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) throw malformed('a header line has no end');
    const line = bytes.subarray(start, end);
    if (line.includes(0)) throw malformed('NUL in a header');
    const last = headers.at(-1);
    if (line[0] === 0x20) {
      if (!last) throw malformed('a continuation line comes first');
      last.lines.push(line.subarray(1));
    } else {
      const space = line.indexOf(0x20);
      if (space < 1) throw malformed('a header without a value');
      headers.push({ name: latin1(line.subarray(0, space)), lines: [line.subarray(space + 1)] });
    }
    // git leaves out every header that begins with "gpgsig" when it rebuilds what was signed
    if (!headers.at(-1)!.name.startsWith('gpgsig')) covered.push(bytes.subarray(start, end + 1));
    start = end + 1;
  }
  const tail = bytes.subarray(start);
  return {
    headers: headers.map(({ name, lines }) => ({ name, value: joinLines(lines) })),
    covered: concat(...covered, tail),
    message: tail.subarray(1),
  };
}

function joinLines(lines: Uint8Array[]): Uint8Array {
  return lines.length === 1 ? lines[0]! : concat(...lines.flatMap((line, i) => (i ? [fromLatin1('\n'), line] : [line])));
}

function takeOid(header: Header | undefined, name: string, format: ObjectFormat): Oid {
  const value = header && header.name === name ? latin1(header.value) : undefined;
  if (value === undefined || !isOid(value, format)) throw malformed(`no ${name} where it belongs`);
  return value;
}

function takeIdent(header: Header | undefined, name: string): Ident {
  const match = header?.name === name ? IDENT.exec(latin1(header.value)) : null;
  if (!match) throw malformed(`no well-formed ${name} where it belongs`);
  return { name: match[1]!, email: match[2]!, date: Number(match[3]), zone: match[4]! };
}

function malleability(rest: Header[], signatures: Header[], format: ObjectFormat): string | undefined {
  const seen = new Set<string>();
  for (const { name } of rest) {
    if (['tree', 'parent', 'author', 'committer'].includes(name)) return `misplaced ${name}`;
    if (name.startsWith('gpgsig') && !signatures.some((signature) => signature.name === name)) return 'unknown signature header';
    if (name !== 'mergetag' && seen.has(name)) return `doubled ${name.startsWith('gpgsig') ? 'signature' : 'header'}`;
    seen.add(name);
  }
  if (signatures.length > 1) return 'two signatures';
  const [signature] = signatures;
  if (!signature) return undefined;
  if (signature.name !== (format === 'sha1' ? 'gpgsig' : 'gpgsig-sha256')) return 'signature for another object format';
  return armorJunk(latin1(signature.value));
}

const ARMOR = /^-----BEGIN ((?:PGP|SSH) SIGNATURE|SIGNED MESSAGE)-----$/;

/** Returns what is wrong around the armor: bytes before it, after it, or a second one. */
function armorJunk(armor: string): string | undefined {
  const lines = armor.split('\n');
  const begin = ARMOR.exec((lines[0] ?? '').replace(/\r$/, ''));
  if (!begin) return 'text before the armor';
  const end = lines.findIndex((line) => line.replace(/\r$/, '') === `-----END ${begin[1]}-----`);
  if (end < 0) return 'armor without an end';
  return lines.slice(end + 1).some((line) => line !== '') ? 'text after the armor' : undefined;
}

function malformed(what: string): Fault {
  return new Fault('COMMIT_MALFORMED', `malformed commit: ${what}`, { hint: 'see what "git fsck" says of it' });
}
