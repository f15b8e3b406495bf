// SPDX-License-Identifier: Apache-2.0
// Signature packets (RFC 9580 §5.2), read without a judgement. Read here and not by openpgp.js, because what is judged
// hangs on what that reader drops: whether a subpacket was signed along, stood there twice, or was critical and unknown.
import { concat, hex } from '../../bytes.ts';
import { readWire, wireUint32, type WireReader } from '../wire.ts';

/** The fields of a version 4 or 6 signature. Times are in seconds, since the epoch or as a span; a span of 0 is none. */
export interface Signature {
  version: 4 | 6;
  /** 0x00 binary document, 0x10 to 0x13 certification, 0x18 subkey binding, and so on (§5.2.1). */
  type: number;
  algorithm: number;
  digest: number;
  createdAt: number;
  expiresIn: number;
  keyExpiresIn: number | undefined;
  /** First octet of the key flags: 0x02 may sign data. */
  keyFlags: number | undefined;
  /** Reason for a revocation, where exactly one is told. */
  reason: number | undefined;
  /** Key ids and fingerprints in upper-case hex that were signed along. */
  issuers: string[];
  /** The same from the part that was not signed: good for looking a key up, for nothing else. */
  hints: string[];
  /** Bodies of embedded signatures; they prove themselves, so that it doesn't matter whether they were signed along. */
  embedded: Uint8Array[];
  /** What makes it worthless as a permission: a critical subpacket that we don't know, or one field with two values. */
  flaw: 'critical' | 'ambiguous' | undefined;
  /** Hashed before (version 6 only) and after what is signed (§5.2.4). */
  salt: Uint8Array;
  trailer: Uint8Array;
  /** The algorithm's own numbers, not read yet. */
  numbers: Uint8Array;
}

interface Subpacket {
  type: number;
  critical: boolean;
  body: Uint8Array;
}

const CREATED = 2;
const EXPIRES = 3;
const KEY_EXPIRES = 9;
const ISSUER = 16;
const KEY_FLAGS = 27;
const REASON = 29;
const EMBEDDED = 32;
const FINGERPRINT = 33;

/** Fields that mean something once; which of two counts, implementations differ. */
const SINGLE = [CREATED, EXPIRES, KEY_EXPIRES, KEY_FLAGS, REASON];

/**
 * What may be critical (§5.2.3.7): the above, and what asks nothing of a verifier of documents. Not notations (20), regular
 * expressions (6), signature targets (31) and intended recipients (35): they narrow what the signature says.
 */
const KNOWN = new Set([...SINGLE, ISSUER, EMBEDDED, FINGERPRINT, 4, 5, 7, 11, 12, 21, 22, 23, 24, 25, 26, 28, 30, 34, 39]);

/** More backsigs than this nobody makes, and each costs a verification. */
const MAX_EMBEDDED = 4;

/** Returns the fields of a packet's body; `version` for 3, 5 and what is yet to come. Reads hostile bytes; never throws. */
export function readSignature(body: Uint8Array): Signature | 'malformed' | 'version' {
  const version = body[0];
  if (version !== 4 && version !== 6) return 'version';
  return readWire(body, (wire) => readFields(wire, body, version)) ?? 'malformed';
}

function readFields(wire: WireReader, body: Uint8Array, version: 4 | 6): Signature {
  const area = (): Uint8Array => wire.take(version === 6 ? wire.uint32() : wire.uint16());
  const [, type, algorithm, digest] = [...wire.take(4)] as [number, number, number, number];
  const signed = area();
  const head = body.subarray(0, 4 + (version === 6 ? 4 : 2) + signed.length);
  const hashed = readSubpackets(signed) ?? wire.refuse();
  const unhashed = readSubpackets(area()) ?? wire.refuse();
  // The left 16 bits of the digest: a hint against decryption errors that some signers get wrong. gpg passes over it, too.
  wire.take(2);
  const salt = version === 6 ? wire.take(wire.byte()) : new Uint8Array();
  return {
    version, type, algorithm, digest, salt,
    createdAt: readSeconds(wire, hashed, CREATED) ?? wire.refuse(),
    expiresIn: readSeconds(wire, hashed, EXPIRES) ?? 0,
    keyExpiresIn: readSeconds(wire, hashed, KEY_EXPIRES),
    keyFlags: hashed.some((each) => each.type === KEY_FLAGS) ? (bodies(hashed, KEY_FLAGS)[0]?.[0] ?? 0) : undefined,
    reason: bodies(hashed, REASON).length === 1 ? bodies(hashed, REASON)[0]![0] : undefined,
    issuers: issuersOf(hashed) ?? wire.refuse(),
    hints: issuersOf(unhashed) ?? [],
    embedded: [...bodies(hashed, EMBEDDED), ...bodies(unhashed, EMBEDDED)].slice(0, MAX_EMBEDDED),
    flaw: flawOf(hashed),
    trailer: concat(head, Uint8Array.of(version, 0xff), wireUint32(head.length)),
    numbers: wire.rest(),
  };
}

/** Returns an area's subpackets (§5.2.3.7), or undefined where their lengths don't add up. */
function readSubpackets(area: Uint8Array): Subpacket[] | undefined {
  return readWire(area, (wire) => {
    const found: Subpacket[] = [];
    for (let left = area.length; left > 0; ) {
      const first = wire.byte();
      const [size, length] = first < 192 ? [1, first] : first < 255 ? [2, ((first - 192) << 8) + wire.byte() + 192] : [5, wire.uint32()];
      if (length === 0) wire.refuse();
      const type = wire.byte();
      found.push({ type: type & 0x7f, critical: type > 0x7f, body: wire.take(length - 1) });
      left -= size + length;
    }
    return found;
  });
}

function bodies(area: readonly Subpacket[], type: number): Uint8Array[] {
  return area.filter((each) => each.type === type).map(({ body }) => body);
}

/** Returns the first time or span of this type, or undefined where there is none. */
function readSeconds(wire: WireReader, area: readonly Subpacket[], type: number): number | undefined {
  const body = area.find((each) => each.type === type)?.body;
  if (body === undefined) return undefined;
  return readWire(body, (inner) => inner.uint32()) ?? wire.refuse();
}

/** Returns the ids in an area, or undefined where one has no id's length. Of a fingerprint the first octet is its key's version (§5.2.3.35). */
function issuersOf(area: readonly Subpacket[]): string[] | undefined {
  const ids = [...bodies(area, FINGERPRINT).map((body) => body.subarray(1)), ...bodies(area, ISSUER)];
  return ids.every(({ length }) => length === 8 || length === 20 || length === 32) ? ids.map((id) => hex(id).toUpperCase()) : undefined;
}

function flawOf(hashed: readonly Subpacket[]): Signature['flaw'] {
  if (hashed.some(({ critical, type }) => critical && !KNOWN.has(type))) return 'critical';
  return SINGLE.some((type) => bodies(hashed, type).length > 1) ? 'ambiguous' : undefined;
}
