// SPDX-License-Identifier: Apache-2.0
// What git does to a commit that claims to be UTF-8 and is not (commit.c, verify_utf8): each byte that begins no
// acceptable character is taken for Latin-1 and written anew. A stamp must bind what is stored, not what was typed.
import { concat } from '../bytes.ts';

/** The highest code point for one, two, three and four bytes. */
const HIGHEST = [0x7f, 0x7ff, 0xffff, 0x10ffff] as const;

/** Returns the bytes as git stores them under `i18n.commitEncoding` UTF-8. */
export function repairUtf8(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    const byte = bytes[at]!;
    parts.push(bytes.subarray(from, at), Uint8Array.of(0xc0 + (byte >> 6), 0x80 + (byte & 0x3f)));
    from = ++at;
  }
  return from === 0 ? bytes : concat(...parts, bytes.subarray(from));
}

/** Returns the length in bytes of the character that begins here, or 0 where git accepts none: also for non-characters. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const more = first >= 0xf8 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  if (more === 0 || at + more >= bytes.length) return 0;
  let point = first & (0x3f >> more);
  for (let i = 1; i <= more; i++) {
    const next = bytes[at + i]!;
    if ((next & 0xc0) !== 0x80) return 0;
    point = (point << 6) | (next & 0x3f);
  }
  const inRange = point > HIGHEST[more - 1]! && point <= HIGHEST[more]!;
  const isSurrogate = (point & 0x1ff800) === 0xd800;
  const isNonCharacter = (point & 0xfffe) === 0xfffe || (point >= 0xfdd0 && point <= 0xfdef);
  return inRange && !isSurrogate && !isNonCharacter ? more + 1 : 0;
}
