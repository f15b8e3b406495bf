// SPDX-License-Identifier: Apache-2.0
// The armors that X.509 comes in: git's SIGNED MESSAGE, and the PEM certificate (RFC 7468). Nothing may stand around either,
// and the base64 is exact; a CR before a line break is passed over, as gpgsm, gitsign and openssl pass over it.
import { base64Lines, fromBase64, latin1 } from '../../bytes.ts';

/** Longer than any armor that could hold a message of the largest size. */
const MAX_ARMOR = 131072;

export type ArmorLabel = 'SIGNED MESSAGE' | 'CERTIFICATE';

/** Returns the bytes inside an armor, or undefined. Lines may be of any length, but none is empty; one final line break is allowed. */
export function decodeArmor(armor: Uint8Array, label: ArmorLabel): Uint8Array | undefined {
  if (armor.length > MAX_ARMOR) return undefined;
  const lines = latin1(armor).replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n');
  if (lines.length < 3 || lines.shift() !== `-----BEGIN ${label}-----` || lines.pop() !== `-----END ${label}-----`) return undefined;
  return lines.includes('') ? undefined : fromBase64(lines.join(''));
}

/** Returns the armor with 64 characters a line and a final line break. */
export function encodeArmor(bytes: Uint8Array, label: ArmorLabel): string {
  return `-----BEGIN ${label}-----\n${base64Lines(bytes, 64).join('\n')}\n-----END ${label}-----\n`;
}
