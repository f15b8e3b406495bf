// SPDX-License-Identifier: Apache-2.0
// Object ids, paths and tree changes: the words in which every room speaks of a Git repository.
import { createHash } from 'node:crypto';
import { fromLatin1, fromUtf8, latin1, utf8 } from './bytes.ts';

/** A full lower-case hex object id: 40 digits for sha1, 64 for sha256. */
export type Oid = string & { readonly __oid: unique symbol };
export type ObjectFormat = 'sha1' | 'sha256';
export type ObjectKind = 'commit' | 'tree' | 'blob' | 'tag';

/** A repository path as Git stores it: a byte string, one character per byte, compared bytewise by `<`. */
export type Path = string & { readonly __path: unique symbol };

/** Six octal digits; `000000` where the path does not exist on that side. */
export type Mode = '000000' | '040000' | '100644' | '100755' | '120000' | '160000';

/** One path that differs between two trees. An absent side has mode `000000` and an all-zero id. */
export interface Change {
  path: Path;
  oldMode: Mode;
  newMode: Mode;
  oldOid: Oid;
  newOid: Oid;
}

export const ZERO: Record<ObjectFormat, Oid> = {
  sha1: '0'.repeat(40) as Oid,
  sha256: '0'.repeat(64) as Oid,
};

export const EMPTY_TREE: Record<ObjectFormat, Oid> = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904' as Oid,
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321' as Oid,
};

export function isOid(text: string, format: ObjectFormat): text is Oid {
  return text.length === ZERO[format].length && /^[0-9a-f]+$/.test(text);
}

/** Returns the id that Git gives an object of this kind and content. */
export function hashObject(format: ObjectFormat, kind: ObjectKind, bytes: Uint8Array): Oid {
  return createHash(format).update(utf8(`${kind} ${bytes.length}\0`)).update(bytes).digest('hex') as Oid;
}

export function pathOf(text: string): Path {
  return latin1(utf8(text)) as Path;
}

export function pathFromBytes(bytes: Uint8Array): Path {
  return latin1(bytes) as Path;
}

/** Returns the path as text, or undefined where its bytes are not UTF-8. */
export function pathText(path: Path): string | undefined {
  return fromUtf8(fromLatin1(path));
}

/** Orders paths bytewise, as digests need them. */
export function byPath(a: { path: Path }, b: { path: Path }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
