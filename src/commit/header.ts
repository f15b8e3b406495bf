// SPDX-License-Identifier: Apache-2.0
// The headers that begin a commit or tag object: bytes, taken apart without changing one of them. Whatever does not stand
// in the form that git's fsck asks for is refused, never guessed.
import { fromLatin1, latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { isOid, type ObjectFormat, type Oid } from '../oid.ts';

/** An author, committer or tagger line. Name and e-mail are byte strings (one character per byte), undecoded. */
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

/** Git's own signature on a commit or tag: its armor, and the exact bytes it covers. */
export interface GitSignature {
  armor: Uint8Array;
  payload: Uint8Array;
}

/** The header that bears git's signature of a commit, by the format of the object it stands in. */
export const SIGNATURE: Readonly<Record<ObjectFormat, string>> = { sha1: 'gpgsig', sha256: 'gpgsig-sha256' };

const IDENT = /^([^<>\n\0]*) <([^<>\n\0]*)> (-?[0-9]{1,15}) ([+-][0-9]{4})$/;
/** No honest message comes near it; one of nothing but line ends has more lines than fit into memory. */
const MAX_OBJECT = 4 * 1024 * 1024;
const LF = 0x0a;
const SPACE = 0x20;

/** Refuses what is too large to be taken apart. @throws Fault COMMIT_MALFORMED */
export function checkSize(bytes: Uint8Array): void {
  if (bytes.length > MAX_OBJECT) throw malformed('larger than 4 MiB');
}

/** The headers of an object, and what is left of it without some of them. */
export interface Split {
  headers: Header[];
  /** Every byte but the headers that were to be left out. */
  covered: Uint8Array;
  /** What follows the first blank line. */
  message: Uint8Array;
}

/** Splits an object at its first blank line; `omitted` tells which headers its signature does not cover. @throws Fault COMMIT_MALFORMED */
export function splitHeaders(bytes: Uint8Array, omitted: (name: string) => boolean): Split {
  const headers: Header[] = [];
  const covered: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length && bytes[start] !== LF) {
    const end = headerEnd(bytes, start);
    const header = readHeader(bytes.subarray(start, end - 1));
    headers.push(header);
    if (!omitted(header.name)) covered.push(bytes.subarray(start, end));
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

/** Returns the object id that a header of this name holds. @throws Fault COMMIT_MALFORMED */
export function takeOid(header: Header | undefined, name: string, format: ObjectFormat): Oid {
  const value = header?.name === name ? latin1(header.value) : undefined;
  if (value === undefined || !isOid(value, format)) throw malformed(`no ${name} where it belongs`);
  return value;
}

/** Returns the person and time that a header of this name holds. @throws Fault COMMIT_MALFORMED */
export function takeIdent(header: Header | undefined, name: string): Ident {
  const match = header?.name === name ? IDENT.exec(latin1(header.value)) : null;
  if (!match) throw malformed(`no well-formed ${name} where it belongs`);
  return { name: match[1]!, email: match[2]!, date: Number(match[3]), zone: match[4]! };
}

/** Returns the fault for an object that is no commit or tag; `what` is a few fixed words. */
export function malformed(what: string): Fault {
  return new Fault('COMMIT_MALFORMED', `malformed object: ${what}`, { hint: 'see what "git fsck" says of it', cause: what });
}
