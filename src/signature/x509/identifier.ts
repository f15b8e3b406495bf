// SPDX-License-Identifier: Apache-2.0
// Object identifiers (X.690 §8.19). Readers compare them by the hex of their content octets; people write them with dots.
import { hex } from '../../bytes.ts';

/** Returns the content octets of an object identifier in hex, by which readers compare it. @param dotted `1.2.840.113549.1.7.2` */
export function identifier(dotted: string): string {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const arcs = [first! * 40 + second!, ...rest];
  return hex(Uint8Array.from(arcs.flatMap((arc) => base128(arc))));
}

/** Returns an object identifier as it is written, from what {@link identifier} returned. */
export function dottedOf(id: string): string {
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of Buffer.from(id, 'hex')) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if (byte > 0x7f) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [head = 0n, ...rest] = arcs;
  const first = head < 80n ? head / 40n : 2n;
  return [first, head - first * 40n, ...rest].join('.');
}

function base128(arc: number): number[] {
  const digits = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(128 + (rest % 128));
  return digits;
}
