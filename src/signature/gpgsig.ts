// SPDX-License-Identifier: Apache-2.0
// Which kind of signature a commit's `gpgsig` header holds. Only the first line is read; whether the rest is what that
// line says is for the reader of that format.
import { latin1 } from '../bytes.ts';

export type GpgsigKind = 'ssh' | 'openpgp' | 'x509' | 'unknown';

/** The first lines that git itself knows (gpg-interface.c). */
const FIRST_LINES = new Map<string, GpgsigKind>([
  ['-----BEGIN SSH SIGNATURE-----', 'ssh'],
  ['-----BEGIN PGP SIGNATURE-----', 'openpgp'],
  ['-----BEGIN PGP MESSAGE-----', 'openpgp'],
  ['-----BEGIN SIGNED MESSAGE-----', 'x509'],
]);

/** Returns the kind of an unfolded header value. A CR before the line break is passed over: whether it harms depends on the kind. */
export function gpgsigKind(value: Uint8Array): GpgsigKind {
  const line = latin1(value.subarray(0, 64)).split(/\r?\n/, 1)[0]!;
  return FIRST_LINES.get(line) ?? 'unknown';
}
