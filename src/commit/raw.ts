// SPDX-License-Identifier: Apache-2.0
// A commit object as the bytes that were hashed, taken apart without changing one of them. A signature covers bytes:
// a reader that normalises before it verifies, verifies something else.
import { fromLatin1, latin1 } from '../bytes.ts';
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
/** No honest message comes near it; one of nothing but line ends has more lines than fit into memory. */
const MAX_COMMIT = 4 * 1024 * 1024;
/** The header that bears git's signature, by the format of the object it stands in. */
const SIGNATURE: Record<ObjectFormat, string> = { sha1: 'gpgsig', sha256: 'gpgsig-sha256' };
const LF = 0x0a;
const SPACE = 0x20;

/**
 * Takes a commit apart.
 * @throws Fault COMMIT_MALFORMED where tree, parents, author and committer don't come first, once, in this order and in the
 *   form that git's fsck asks for. `cause` says what is wrong in a few fixed words
 */
export function parseCommit(bytes: Uint8Array, format: ObjectFormat): RawCommit {
  if (bytes.length > MAX_COMMIT) throw malformed('larger than 4 MiB');
  const { headers, covered, message } = splitHeaders(bytes);
  let at = 0;
  const tree = takeOid(headers[at++], 'tree', format);
  const parents: Oid[] = [];
  while (headers[at]?.name === 'parent') parents.push(takeOid(headers[at++], 'parent', format));
  if (parents.length > MAX_PARENTS) throw malformed(`more than ${MAX_PARENTS} parents`);
  const author = takeIdent(headers[at++], 'author');
  const committer = takeIdent(headers[at++], 'committer');
  const rest = headers.slice(at);
  const signatures = rest.filter((header) => Object.values(SIGNATURE).includes(header.name));
  // Joined as git does: in 2011 it wrote the header's name before every line. The other header signs this commit's form in
  // the other object format: bytes that are not these.
  const armor = signatures.filter((header) => header.name === SIGNATURE[format]).map((header) => latin1(header.value));
  const encoding = rest.find((header) => header.name === 'encoding');
  return {
    tree,
    parents,
    author,
    committer,
    encoding: encoding && latin1(encoding.value),
    headers,
    signature: armor.length > 0 ? { armor: fromLatin1(armor.join('\n')), payload: covered } : undefined,
    malleable: malleability(rest, signatures, format),
    message,
  };
}

/** Splits into headers, the bytes that git's signature covers, and the message after the first blank line. */
function splitHeaders(bytes: Uint8Array): { headers: Header[]; covered: Uint8Array; message: Uint8Array } {
  const headers: Header[] = [];
  const covered: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length && bytes[start] !== LF) {
    const end = headerEnd(bytes, start);
    const header = readHeader(bytes.subarray(start, end - 1));
    headers.push(header);
    // git leaves out every header that begins with "gpgsig" when it rebuilds what was signed
    if (!header.name.startsWith('gpgsig')) covered.push(bytes.subarray(start, end));
    start = end;
  }
  covered.push(bytes.subarray(start));
  return { headers, covered: Buffer.concat(covered), message: bytes.subarray(start + 1) };
}

/** Returns the offset behind a header's last line: lines that begin with a space belong to the header before them. */
function headerEnd(bytes: Uint8Array, start: number): number {
  if (bytes[start] === SPACE) throw malformed('a continuation line comes first');
  let at = start;
  do {
    at = bytes.indexOf(LF, at) + 1;
    if (at === 0) throw malformed('a header line has no end');
  } while (bytes[at] === SPACE);
  return at;
}

function readHeader(lines: Uint8Array): Header {
  if (lines.includes(0)) throw malformed('NUL in a header');
  const text = latin1(lines);
  const space = text.search(/[ \n]/);
  if (space < 1 || text[space] !== ' ') throw malformed('a header without a value');
  return { name: text.slice(0, space), value: fromLatin1(text.slice(space + 1).replaceAll('\n ', '\n')) };
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
  if (signature.name !== SIGNATURE[format]) return 'signature for another object format';
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
  return new Fault('COMMIT_MALFORMED', `malformed commit: ${what}`, { hint: 'see what "git fsck" says of it', cause: what });
}
