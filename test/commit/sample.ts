// SPDX-License-Identifier: Apache-2.0
// Commit objects as text, one byte a character, for tests that need one with exactly this or that in it.
import { fromLatin1 } from '../../src/bytes.ts';

export const TREE = 'tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n';
export const PARENT = `parent ${'1'.repeat(40)}\n`;
export const AUTHOR = 'author Alice Example <alice@example.com> 1767323045 +0100\n';
export const COMMITTER = 'committer Forge <forge@example.com> 1767323105 -0030\n';
export const HEAD = `${TREE}${PARENT}${AUTHOR}${COMMITTER}`;

export const PGP = '-----BEGIN PGP SIGNATURE-----\n\niQEzBAABCAAdFiEE\n=abcd\n-----END PGP SIGNATURE-----';
export const SSH = '-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----';
export const X509 = '-----BEGIN SIGNED MESSAGE-----\nMIIEBgYJKoZIhvcN\n-----END SIGNED MESSAGE-----';

/** Returns a header with its continuation lines, as git writes it. */
export function header(name: string, value: string): string {
  return `${name} ${value.replaceAll('\n', '\n ')}\n`;
}

/** Returns a commit with further headers and a message, as bytes. */
export function commitOf(more = '', message = 'subject\n'): Uint8Array {
  return fromLatin1(`${HEAD}${more}\n${message}`);
}
