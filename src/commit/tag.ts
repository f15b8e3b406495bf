// SPDX-License-Identifier: Apache-2.0
// An annotated tag as the bytes that were hashed, taken apart without changing one of them. Its signature stands at the
// end of its message, in either object format, and covers every byte before it.
import { latin1 } from '../bytes.ts';
import type { ObjectFormat, ObjectKind, Oid } from '../oid.ts';
import { armorJunk, armorStarts } from './armor.ts';
import { SIGNATURE, checkSize, malformed, splitHeaders, takeIdent, takeOid, type GitSignature, type Header, type Ident } from './header.ts';

export interface RawTag {
  object: Oid;
  /** What `object` is said to be. */
  type: ObjectKind;
  /** A byte string: the name that the tagger gave it, whatever ref it stands under. */
  name: string;
  /** Tags of 2005 have none. */
  tagger: Ident | undefined;
  headers: Header[];
  /** Without the signature. */
  message: Uint8Array;
  signature: GitSignature | undefined;
  /** Why somebody else could change this object, or what readers see in it, without invalidating git's signature on it. */
  malleable: string | undefined;
}

const KINDS: readonly string[] = ['commit', 'tree', 'blob', 'tag'] satisfies ObjectKind[];
/** Headers that git leaves out of what a tag's signature covers; each signs the form that the tag has in another object format. */
const FOREIGN: readonly string[] = Object.values(SIGNATURE);

/**
 * Takes a tag apart.
 * @throws Fault COMMIT_MALFORMED where object, type and name don't come first, once, in this order, a tagger is not in the form
 *   that git's fsck asks for, or a signature begins among the headers. `cause` says what is wrong in a few fixed words
 */
export function parseTag(bytes: Uint8Array, format: ObjectFormat): RawTag {
  checkSize(bytes);
  const starts = armorStarts(bytes);
  const end = starts.at(-1) ?? bytes.length;
  const { headers, covered, message } = splitHeaders(bytes.subarray(0, end), (name) => FOREIGN.includes(name));
  const object = takeOid(headers[0], 'object', format);
  const type = takeText(headers[1], 'type');
  if (!isKind(type)) throw malformed('an object of no known type');
  const name = takeText(headers[2], 'tag');
  const tagger = headers[3]?.name === 'tagger' ? takeIdent(headers[3], 'tagger') : undefined;
  // without a blank line before it, git's readers disagree about where the headers end
  if (starts.length > 0 && !latin1(bytes.subarray(0, starts[0])).includes('\n\n')) throw malformed('a signature where headers belong');
  const signature = starts.length > 0 ? { armor: bytes.subarray(end), payload: covered } : undefined;
  const rest = headers.slice(tagger ? 4 : 3);
  return { object, type, name, tagger, headers, message, signature, malleable: malleability(rest, starts.length, signature) };
}

function isKind(type: string): type is ObjectKind {
  return KINDS.includes(type);
}

function takeText(header: Header | undefined, name: string): string {
  const value = header?.name === name ? latin1(header.value) : '';
  if (value === '' || value.includes('\n')) throw malformed(`no ${name} where it belongs`);
  return value;
}

function malleability(rest: readonly Header[], signatures: number, signature: GitSignature | undefined): string | undefined {
  // fsck knows no further header, and what a reader makes of one is its own affair
  if (rest.length > 0) return rest.every(({ name }) => FOREIGN.includes(name)) ? 'signature for another object format' : 'unknown header';
  if (!signature) return undefined;
  // git took the first of them before 2.18, and takes the last since
  if (signatures > 1) return 'two signatures';
  const armor = latin1(signature.armor);
  return armorJunk(armor) ?? (hasArmorHeaders(armor) ? 'text in the armor' : undefined);
}

/** Tells whether lines such as `Comment:` stand between the first line of the armor and its content (RFC 9580 §6.2.2). */
function hasArmorHeaders(armor: string): boolean {
  return /^-----BEGIN PGP [^\n]*\n[ \t\r]*[^ \t\r\n]/.test(armor);
}
