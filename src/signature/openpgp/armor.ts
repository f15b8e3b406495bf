// SPDX-License-Identifier: Apache-2.0
// ASCII armor (RFC 9580 §6.2), strictly: what git's header holds is one block and nothing else. Anybody can add header
// lines such as `Comment:` without breaking the signature, so they are told; text around, dash escapes, broken base64 and a
// wrong checksum are refused. Line ends may be CRLF, as gpg has it.
import { base64, base64Lines, concat, equal, fromBase64, latin1 } from '../../bytes.ts';

/** What a block says it is. */
export type ArmorType = 'SIGNATURE' | 'PUBLIC KEY BLOCK';

export interface Armor {
  bytes: Uint8Array;
  /** The header lines, as they stand there: `Version: GnuPG v2`. Not signed; not fit for a terminal. */
  headers: string[];
}

const HEADER = /^[A-Za-z][A-Za-z0-9-]{0,63}: [^\x00-\x08\x0a-\x1f\x7f]{0,1024}$/;
const DATA = /^[A-Za-z0-9+/]{1,128}={0,2}$/;
const CHECKSUM = /^=([A-Za-z0-9+/]{4})$/;

/** Returns what exactly one block holds, or undefined where it isn't one. Reads hostile bytes; never throws. */
export function decodePgpArmor(armor: Uint8Array, type: ArmorType): Armor | undefined {
  const lines = latin1(armor).split(/\r?\n/);
  // git keeps the line break after the last line, other writers don't
  while (lines.at(-1) === '') lines.pop();
  return readBlock(lines, type);
}

/** Returns the header lines of a signature's armor, which anybody can add or change; none where it is not readable. */
export function armorHeaders(armor: Uint8Array): string[] {
  return decodePgpArmor(armor, 'SIGNATURE')?.headers ?? [];
}

/** Returns a block as gpg writes it: 64 characters a line, checksum included, with a line break at the end. */
export function encodePgpArmor(bytes: Uint8Array, type: ArmorType): string {
  return [`-----BEGIN PGP ${type}-----`, '', ...base64Lines(bytes, 64), `=${base64(crc24(bytes))}`, `-----END PGP ${type}-----`, ''].join('\n');
}

/**
 * Returns the bytes of all blocks of a key file one after the other, or undefined where one is broken. Text between them is
 * passed over, as people keep listings there; a line of dashes that is no block's is refused, so that no key gets lost.
 */
export function decodeKeyBlocks(text: string): Uint8Array | undefined {
  const [begin, end] = ['-----BEGIN PGP PUBLIC KEY BLOCK-----', '-----END PGP PUBLIC KEY BLOCK-----'];
  const lines = text.split(/\r?\n/);
  const found: Uint8Array[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (!lines[at]!.startsWith('-----')) continue;
    const last = lines[at] === begin ? lines.indexOf(end, at) : -1;
    const block = last < 0 ? undefined : readBlock(lines.slice(at, last + 1), 'PUBLIC KEY BLOCK');
    if (!block) return undefined;
    found.push(block.bytes);
    at = last;
  }
  return found.length > 0 ? concat(...found) : undefined;
}

function readBlock(lines: readonly string[], type: ArmorType): Armor | undefined {
  if (lines[0] !== `-----BEGIN PGP ${type}-----` || lines.at(-1) !== `-----END PGP ${type}-----`) return undefined;
  const blank = lines.indexOf('');
  if (blank < 0) return undefined;
  const headers = lines.slice(1, blank);
  const data = lines.slice(blank + 1, -1);
  const checksum = CHECKSUM.exec(data.at(-1) ?? '')?.[1];
  if (checksum !== undefined) data.pop();
  if (!headers.every((line) => HEADER.test(line)) || !data.every((line) => DATA.test(line))) return undefined;
  const bytes = fromBase64(data.join(''));
  if (bytes === undefined || bytes.length === 0) return undefined;
  const holds = checksum === undefined || equal(crc24(bytes), Buffer.from(checksum, 'base64'));
  return holds ? { bytes, headers } : undefined;
}

/** The checksum of RFC 9580 §6.1: it finds slips, not attacks. */
function crc24(bytes: Uint8Array): Uint8Array {
  let crc = 0xb704ce;
  for (const byte of bytes) crc = ((crc << 8) ^ CRC_STEPS[((crc >> 16) ^ byte) & 0xff]!) & 0xffffff;
  return Uint8Array.of(crc >> 16, (crc >> 8) & 0xff, crc & 0xff);
}

/** What a byte that leaves the register does to the rest of it. */
const CRC_STEPS = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 16;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x800000 ? (crc << 1) ^ 0x1864cfb : crc << 1;
  return crc;
});
