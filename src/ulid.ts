// SPDX-License-Identifier: Apache-2.0
// ULIDs (github.com/ulid/spec): the names of sessions and of evidence. They become file names, so they are checked
// before every use as one.
import { randomBytes } from 'node:crypto';

export type Ulid = string & { readonly __ulid: unique symbol };

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function isUlid(text: string): text is Ulid {
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);
}

/** Returns a new ULID for a time in milliseconds since the epoch. */
export function newUlid(milliseconds: number): Ulid {
  let time = '';
  for (let i = 0, rest = milliseconds; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET.charAt(rest % 32) + time;
  return (time + Array.from(randomBytes(16), (byte) => ALPHABET.charAt(byte & 31)).join('')) as Ulid;
}
