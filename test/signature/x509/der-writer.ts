// SPDX-License-Identifier: Apache-2.0
// DER as tests need it: written from parts, with no check, so that broken things can be made too.

/** Returns one value: tag, definite length in its shortest form, content. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const digits = length.toString(16);
  const octets = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return Buffer.concat([Buffer.of(0x80 | octets.length), octets]);
}

export const seq = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
/** A SET OF, sorted as DER wants it. */
export const setOf = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...[...parts].sort(Buffer.compare));
export const octets = (bytes: Uint8Array): Buffer => der(0x04, bytes);
export const bits = (bytes: Uint8Array, unused = 0): Buffer => der(0x03, Buffer.of(unused), bytes);
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));
export const bool = (value: boolean): Buffer => der(0x01, Buffer.of(value ? 0xff : 0));
export const NULL = der(0x05);

export function int(value: number | bigint): Buffer {
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return der(0x02, bytes[0]! > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

export function oid(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(BigInt);
  const arcs = [first! * 40n + second!, ...rest];
  return der(0x06, Buffer.from(arcs.flatMap((arc) => {
    const digits = [Number(arc % 128n)];
    for (let left = arc / 128n; left > 0n; left /= 128n) digits.unshift(128 + Number(left % 128n));
    return digits;
  })));
}

/** A UTCTime. @param seconds since the epoch */
export function utcTime(seconds: number): Buffer {
  const text = new Date(seconds * 1000).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(text.slice(2)));
}

export function generalizedTime(seconds: number): Buffer {
  return der(0x18, Buffer.from(new Date(seconds * 1000).toISOString().replace(/[-:T]|\.\d+/g, '')));
}
