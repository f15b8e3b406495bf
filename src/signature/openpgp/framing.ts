// SPDX-License-Identifier: Apache-2.0
// The frame around a signature packet (RFC 9580 §4.2). A detached signature is one packet of tag 2 that ends where the
// bytes end: a second signature, a message around it, junk behind it would be read by one program and not by the next.
import { readWire, type WireReader } from '../ssh/wire.ts';

const SIGNATURE_TAG = 2;

/** Returns the body of the one signature packet, or undefined where the bytes are anything else. */
export function readSignatureFrame(packet: Uint8Array): Uint8Array | undefined {
  return readWire(packet, (wire) => {
    const first = wire.byte();
    const isNew = (first & 0x40) !== 0;
    const tag = isNew ? first & 0x3f : (first >> 2) & 0x0f;
    if (first < 0x80 || tag !== SIGNATURE_TAG) wire.refuse();
    return wire.take(isNew ? readLength(wire) : readOldLength(wire, first & 3));
  });
}

/** Partial lengths (224 to 254) are for data that is streamed, never for signatures (§4.2.1.4). */
function readLength(wire: WireReader): number {
  const first = wire.byte();
  if (first < 192) return first;
  if (first < 224) return ((first - 192) << 8) + wire.byte() + 192;
  return first === 255 ? wire.uint32() : wire.refuse();
}

/** Type 3 is "to the end of the file", which frames nothing. */
function readOldLength(wire: WireReader, type: number): number {
  if (type === 2) return wire.uint32();
  return type === 0 ? wire.byte() : type === 1 ? wire.byte() * 256 + wire.byte() : wire.refuse();
}
