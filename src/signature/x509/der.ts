// SPDX-License-Identifier: Apache-2.0
// DER (X.690 §10), read by asking: every caller says which tag comes next, and what it didn't ask for is refused. Nothing
// recurses on its own and nothing is copied, so that neither depth nor a lying length costs anything. Only a CMS message's
// outer shells may be in the indefinite form of BER, because gpgsm, which git calls for X.509, writes them so.
import { hex, latin1 } from '../../bytes.ts';
import { parseTime } from '../../time.ts';

/** Identifier octets (X.690 §8.1.2); `0xa0` and `0x80` are the context tag 0, constructed and primitive. */
export const TAG = {
  boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, null: 0x05, identifier: 0x06, utf8: 0x0c, ia5: 0x16,
  utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31,
} as const;

export interface DerValue {
  tag: number;
  /** The whole encoding. */
  der: Uint8Array;
  content: Uint8Array;
}

/** Thrown by the reader and always caught by {@link readDer}; it never leaves this file. */
class Malformed extends Error {}

/** Reads the values inside a constructed one, in order. */
export class DerReader {
  readonly #bytes: Uint8Array;
  /** Inside a shell of indefinite length: it ends at two zero octets. */
  readonly #open: boolean;
  #at = 0;

  constructor(bytes: Uint8Array, open = false) {
    this.#bytes = bytes;
    this.#open = open;
  }

  /** Tells whether nothing is left. */
  get done(): boolean {
    return this.#open ? this.#bytes[this.#at] === 0 && this.#bytes[this.#at + 1] === 0 : this.#at === this.#bytes.length;
  }

  /** Returns the next value's tag, or undefined at the end. */
  get tag(): number | undefined {
    return this.done ? undefined : this.#bytes[this.#at];
  }

  /** Returns the next value, whatever it is, or refuses it where it has another tag. */
  next(tag = this.tag): DerValue {
    const start = this.#at;
    const length = this.#header(tag);
    if (length === undefined) throw new Malformed();
    const [from, end] = [this.#at, this.#at + length];
    if (end > this.#bytes.length) throw new Malformed();
    this.#at = end;
    return { tag: tag!, der: this.#bytes.subarray(start, end), content: this.#bytes.subarray(from, end) };
  }

  /** Returns what `read` makes of the values inside the next one, and refuses any that it leaves. */
  inside<T>(tag: number, read: (inner: DerReader) => T): T {
    return readAll(new DerReader(this.next(tag).content), read);
  }

  /** The same where the next value may also be of indefinite length. */
  insideShell<T>(tag: number, read: (inner: DerReader) => T): T {
    if (this.#bytes[this.#at + 1] !== 0x80) return this.inside(tag, read);
    this.#header(tag);
    const inner = new DerReader(this.#bytes.subarray(this.#at), true);
    const value = readAll(inner, read);
    this.#at += inner.#at + 2;
    return value;
  }

  /** Returns each of the values that follow, `max` of them at most. */
  each<T>(max: number, read: (reader: DerReader) => T): T[] {
    const values: T[] = [];
    while (!this.done) {
      if (values.length === max) throw new Malformed();
      values.push(read(this));
    }
    return values;
  }

  /** Returns what `read` makes of the next value if it has this tag. */
  optional<T>(tag: number, read: (reader: DerReader) => T): T | undefined {
    return this.tag === tag ? read(this) : undefined;
  }

  /** Returns an object identifier in the hex that identifier.ts speaks of. */
  identifier(): string {
    const { content } = this.next(TAG.identifier);
    // Each arc is minimal, and the last one ends.
    const padded = content.some((byte, i) => byte === 0x80 && (i === 0 || content[i - 1]! < 0x80));
    if (content.length === 0 || content.length > 64 || padded || content.at(-1)! > 0x7f) throw new Malformed();
    return hex(content);
  }

  /** Returns the two's complement octets of an integer, minimal as they must be. */
  integer(): Uint8Array {
    const { content } = this.next(TAG.integer);
    const [first, second] = content;
    const padded = second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
    if (first === undefined || padded) throw new Malformed();
    return content;
  }

  /** Returns a small non-negative integer. */
  count(): number {
    const content = this.integer();
    if (content.length > 4 || content[0]! > 0x7f) throw new Malformed();
    return content.reduce((sum, byte) => sum * 256 + byte, 0);
  }

  /** Returns a bit string of whole octets. */
  octetBits(): Uint8Array {
    const { content } = this.next(TAG.bits);
    if (content[0] !== 0) throw new Malformed();
    return content.subarray(1);
  }

  /** Tells of a named bit list (X.690 §11.2.2) which bits are set. */
  namedBits(): number[] {
    const [unused, ...octets] = this.next(TAG.bits).content;
    if (unused === undefined || unused > 7 || octets.length > 4 || (octets.length === 0 && unused > 0)) throw new Malformed();
    return octets.flatMap((octet, i) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (octet & (0x80 >> bit)) !== 0).map((bit) => 8 * i + bit));
  }

  boolean(): boolean {
    const { content } = this.next(TAG.boolean);
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw new Malformed();
    return content[0] === 0xff;
  }

  /** Returns a UTCTime or GeneralizedTime as RFC 5280 §4.1.2.5 has them (UTC, whole seconds), in seconds since the epoch. */
  time(): number {
    const [tag, form] = this.tag === TAG.generalizedTime ? [TAG.generalizedTime, /^\d{14}Z$/] : [TAG.utcTime, /^\d{12}Z$/];
    const text = latin1(this.next(tag).content.subarray(0, 16));
    const seconds = form.test(text) ? secondsOf(text) : undefined;
    if (seconds === undefined) throw new Malformed();
    return seconds;
  }

  refuse(): never {
    throw new Malformed();
  }

  /** Reads tag and length; returns the length, or undefined for the indefinite one. */
  #header(tag: number | undefined): number | undefined {
    const [found, first] = [this.#bytes[this.#at], this.#bytes[this.#at + 1]];
    // No tag number above 30 occurs in what is read here, and 0 is the end of a shell.
    if (found !== tag || tag === undefined || first === undefined || tag === 0 || (tag & 0x1f) === 0x1f) throw new Malformed();
    this.#at += 2;
    if (first < 0x80) return first;
    if (first === 0x80) return undefined;
    const octets = this.#bytes.subarray(this.#at, this.#at + (first & 0x7f));
    this.#at += first & 0x7f;
    const length = octets.length > 4 ? -1 : octets.reduce((sum, byte) => sum * 256 + byte, 0);
    if (length < 0x80 || octets[0] === 0 || this.#at > this.#bytes.length) throw new Malformed();
    return length;
  }
}

/** Returns what `read` makes of the bytes, or undefined where they are malformed or not read to their end. */
export function readDer<T>(bytes: Uint8Array, read: (reader: DerReader) => T): T | undefined {
  try {
    return readAll(new DerReader(bytes), read);
  } catch (thrown) {
    if (thrown instanceof Malformed) return undefined;
    throw thrown;
  }
}

function readAll<T>(reader: DerReader, read: (reader: DerReader) => T): T {
  const value = read(reader);
  if (!reader.done) throw new Malformed();
  return value;
}

function secondsOf(text: string): number | undefined {
  // Two digits of a year stand for 1950 to 2049.
  const full = text.length === 15 ? text : `${text < '5' ? '20' : '19'}${text}`;
  return parseTime(full.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
