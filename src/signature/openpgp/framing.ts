// SPDX-License-Identifier: Apache-2.0
// The frames around packets (RFC 9580 §4.2), old format and new. A detached signature is one packet of tag 2 that ends where
// the bytes end: a second signature, a message around it, junk behind it would be read by one program and not by the next.
import { readWire, type WireReader } from '../wire.ts';

/** The packet types (RFC 9580 §5) that key files and signatures are made of. */
export const TAG = { signature: 2, secretKey: 5, publicKey: 6, secretSubkey: 7, userId: 13, subkey: 14, userAttribute: 17 } as const;

export interface Packet {
  tag: number;
  body: Uint8Array;
}

/** Tells packets from their armor: every packet's first octet has its highest bit set, and no character of an armor has. */
export function isBinary(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) > 0x7f;
}

/** Returns the packets one after the other, at most so many, or undefined where the bytes are anything else. */
export function readPackets(bytes: Uint8Array, most: number): Packet[] | undefined {
  return readWire(bytes, (wire) => {
    const found: Packet[] = [];
    for (let left = bytes.length; left > 0; ) {
      if (found.length === most) wire.refuse();
      const first = wire.byte();
      if (first < 0x80) wire.refuse();
      const isNew = (first & 0x40) !== 0;
      const [size, length] = isNew ? readLength(wire) : readOldLength(wire, first & 3);
      found.push({ tag: isNew ? first & 0x3f : (first >> 2) & 0x0f, body: wire.take(length) });
      left -= 1 + size + length;
    }
    return found;
  });
}

/** Returns the body of the one signature packet, or undefined where the bytes are anything else. */
export function readSignatureFrame(packet: Uint8Array): Uint8Array | undefined {
  const [only] = readPackets(packet, 1) ?? [];
  return only?.tag === TAG.signature ? only.body : undefined;
}

/** Partial lengths (224 to 254) are for data that is streamed, never for keys and signatures (§4.2.1.4). */
function readLength(wire: WireReader): [size: number, length: number] {
  const first = wire.byte();
  if (first < 192) return [1, first];
  if (first < 224) return [2, ((first - 192) << 8) + wire.byte() + 192];
  return first === 255 ? [5, wire.uint32()] : wire.refuse();
}

/** Type 3 is "to the end of the file", which frames nothing. */
function readOldLength(wire: WireReader, type: number): [size: number, length: number] {
  if (type === 2) return [4, wire.uint32()];
  return type === 0 ? [1, wire.byte()] : type === 1 ? [2, wire.uint16()] : wire.refuse();
}
