// SPDX-License-Identifier: Apache-2.0
// The armor of git's own signature as it stands in an object: where it begins, and what stands around it that nobody
// signed. What is inside is for the reader of its format.
import { latin1 } from '../bytes.ts';

const ARMOR = /^-----BEGIN ((?:PGP|SSH) SIGNATURE|SIGNED MESSAGE)-----$/;
/** How the lines begin by which git knows a signature (gpg-interface.c); what follows on the line does not matter to it. */
const BEGIN = /(?<=^|\n)-----BEGIN (?:PGP (?:SIGNATURE|MESSAGE)|SIGNED MESSAGE|SSH SIGNATURE)-----/g;

/** Returns the offsets at which git sees a signature begin; of several, it takes the last. */
export function armorStarts(bytes: Uint8Array): number[] {
  return Array.from(latin1(bytes).matchAll(BEGIN), (match) => match.index);
}

/** Returns what is wrong around the armor: bytes before it, after it, or a second one. */
export function armorJunk(armor: string): string | undefined {
  const lines = armor.split('\n');
  const begin = ARMOR.exec((lines[0] ?? '').replace(/\r$/, ''));
  if (!begin) return 'text before the armor';
  const end = lines.findIndex((line) => line.replace(/\r$/, '') === `-----END ${begin[1]}-----`);
  if (end < 0) return 'armor without an end';
  const [rest = '', ...more] = lines.slice(end + 1);
  // Forges write one line break more than git does. If any number would do, there would be any number of such commits.
  return rest !== '' || more.length > 0 ? 'text after the armor' : undefined;
}
