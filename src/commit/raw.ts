// SPDX-License-Identifier: Apache-2.0
// A commit object as the bytes that were hashed, taken apart without changing one of them. A signature covers bytes:
// a reader that normalises before it verifies, verifies something else.
import { fromLatin1, latin1 } from '../bytes.ts';
import type { ObjectFormat, Oid } from '../oid.ts';
import { armorJunk } from './armor.ts';
import { SIGNATURE, checkSize, malformed, splitHeaders, takeIdent, takeOid, type GitSignature, type Header, type Ident } from './header.ts';

export type { Ident };

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

const MAX_PARENTS = 1024;

/**
 * Takes a commit apart.
 * @throws Fault COMMIT_MALFORMED where tree, parents, author and committer don't come first, once, in this order and in the
 *   form that git's fsck asks for. `cause` says what is wrong in a few fixed words
 */
export function parseCommit(bytes: Uint8Array, format: ObjectFormat): RawCommit {
  checkSize(bytes);
  // git leaves out every header that begins with "gpgsig" when it rebuilds what was signed
  const { headers, covered, message } = splitHeaders(bytes, (name) => name.startsWith('gpgsig'));
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
