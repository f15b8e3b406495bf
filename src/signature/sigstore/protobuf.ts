// SPDX-License-Identifier: Apache-2.0
// The wire format of protocol buffers, as much of it as a log entry needs. The packages at hand read Sigstore's messages from
// JSON only. A field stands once unless the caller asks for a list; unknown fields are passed over, as the format wants it.

/** Thrown by the reader and always caught by {@link readMessage}; it never leaves this file. */
class Malformed extends Error {}

/** More than a log entry with the longest inclusion proof has. */
const MAX_FIELDS = 256;

/** The fields of one message, by number. */
export class Message {
  readonly #fields = new Map<number, (bigint | Uint8Array)[]>();

  constructor(bytes: Uint8Array) {
    const cursor = { bytes, at: 0 };
    for (let count = 0; cursor.at < bytes.length; count++) {
      if (count === MAX_FIELDS) throw new Malformed();
      const key = Number(takeVarint(cursor));
      const number = Math.floor(key / 8);
      const values = this.#fields.get(number) ?? [];
      values.push(takeValue(cursor, key % 8));
      this.#fields.set(number, values);
    }
  }

  /** Returns a whole number that JavaScript holds exactly, 0 where the field is absent (proto3's default). */
  integer(field: number): number {
    const value = this.#one(field) ?? 0n;
    if (typeof value !== 'bigint' || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Malformed();
    return Number(value);
  }

  /** Returns octets, empty where the field is absent. */
  bytes(field: number): Uint8Array {
    const value = this.#one(field) ?? new Uint8Array();
    if (typeof value === 'bigint') throw new Malformed();
    return value;
  }

  /** Returns what `read` makes of an embedded message, or undefined where the field is absent. */
  message<T>(field: number, read: (message: Message) => T): T | undefined {
    return this.#fields.has(field) ? read(new Message(this.bytes(field))) : undefined;
  }

  /** Returns the octets of a repeated field. */
  list(field: number): Uint8Array[] {
    return (this.#fields.get(field) ?? []).map((value) => {
      if (typeof value === 'bigint') throw new Malformed();
      return value;
    });
  }

  #one(field: number): bigint | Uint8Array | undefined {
    const values = this.#fields.get(field) ?? [];
    if (values.length > 1) throw new Malformed();
    return values[0];
  }
}

interface Cursor {
  bytes: Uint8Array;
  at: number;
}

/** Returns what `read` makes of a message, or undefined where the bytes are none. */
export function readMessage<T>(bytes: Uint8Array, read: (message: Message) => T): T | undefined {
  try {
    return read(new Message(bytes));
  } catch (thrown) {
    if (thrown instanceof Malformed) return undefined;
    throw thrown;
  }
}

function takeValue(cursor: Cursor, wireType: number): bigint | Uint8Array {
  if (wireType === 0) return takeVarint(cursor);
  if (wireType === 1) return take(cursor, 8);
  if (wireType === 5) return take(cursor, 4);
  if (wireType === 2) return take(cursor, Number(takeVarint(cursor)));
  throw new Malformed();
}

function takeVarint(cursor: Cursor): bigint {
  let value = 0n;
  for (let i = 0n; i < 10n; i++) {
    const byte = take(cursor, 1)[0]!;
    value |= BigInt(byte & 0x7f) << (7n * i);
    if (byte < 0x80) return value;
  }
  throw new Malformed();
}

function take(cursor: Cursor, length: number): Uint8Array {
  const taken = cursor.bytes.subarray(cursor.at, cursor.at + length);
  if (taken.length !== length) throw new Malformed();
  cursor.at += length;
  return taken;
}
