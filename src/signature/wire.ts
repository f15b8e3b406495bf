// SPDX-License-Identifier: Apache-2.0
// Big-endian wire types, as SSH (RFC 4251 §5, both directions) and OpenPGP have them. Reading is strict: a length beyond the
// end, a non-minimal number or a byte left over makes the whole structure malformed, so that one key and one signature have
// one encoding each.
import { concat, latin1, utf8 } from '../bytes.ts';

/** Thrown by the reader and always caught by {@link readWire}; it never leaves this file. */
class Malformed extends Error {}

/** Reads one field after the other; a field that isn't there ends the reading. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Returns the next bytes as they are. */
  take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new Malformed();
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  uint16(): number {
    return this.byte() * 256 + this.byte();
  }

  uint32(): number {
    return this.take(4).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  uint64(): bigint {
    return (BigInt(this.uint32()) << 32n) | BigInt(this.uint32());
  }

  string(): Uint8Array {
    return this.take(this.uint32());
  }

  /** Returns the strings that follow to the end of the structure; more than `most` are malformed. */
  strings(most: number): Uint8Array[] {
    const strings: Uint8Array[] = [];
    while (this.#offset < this.#bytes.length && strings.length < most) strings.push(this.string());
    return strings;
  }

  /** Returns an algorithm name: printable US-ASCII, 1 to 64 characters (RFC 4251 §6). */
  name(): string {
    const text = latin1(this.string());
    if (!/^[\x21-\x7e]{1,64}$/.test(text)) throw new Malformed();
    return text;
  }

  /** Returns the magnitude of a positive mpint without its sign byte. Zero, negative and padded numbers are malformed. */
  mpint(): Uint8Array {
    const bytes = this.string();
    const first = bytes[0];
    if (first === undefined || first > 0x7f) throw new Malformed();
    if (first > 0) return bytes;
    if ((bytes[1] ?? 0) < 0x80) throw new Malformed();
    return bytes.subarray(1);
  }

  /** Returns everything that is left. */
  rest(): Uint8Array {
    return this.take(this.#bytes.length - this.#offset);
  }

  /** Refuses the structure as malformed. */
  refuse(): never {
    throw new Malformed();
  }

  /** Refuses bytes that nobody read. */
  end(): void {
    if (this.#offset !== this.#bytes.length) throw new Malformed();
  }
}

/** Returns what `read` makes of the bytes, or undefined where they are malformed or not read to their end. */
export function readWire<T>(bytes: Uint8Array, read: (wire: WireReader) => T): T | undefined {
  const wire = new WireReader(bytes);
  try {
    const value = read(wire);
    wire.end();
    return value;
  } catch (thrown) {
    if (thrown instanceof Malformed) return undefined;
    throw thrown;
  }
}

export function wireUint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function wireUint64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

export function wireString(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? utf8(value) : value;
  return concat(wireUint32(bytes.length), bytes);
}

/** Returns the mpint of an unsigned big-endian number. */
export function wireMpint(magnitude: Uint8Array): Uint8Array {
  const start = magnitude.findIndex((byte) => byte !== 0);
  const minimal = start < 0 ? new Uint8Array() : magnitude.subarray(start);
  return wireString((minimal[0] ?? 0) > 0x7f ? concat(Uint8Array.of(0), minimal) : minimal);
}
