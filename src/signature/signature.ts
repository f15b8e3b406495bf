// SPDX-License-Identifier: Apache-2.0
// The words of this room: bytes in, who and whether out. It does no I/O, knows no roster and no time.

/**
 * What a signature proved. `bad` is an arithmetic or format failure with a reason code. `stranger`: made by a key that is not
 * at hand, so that its arithmetic is not known. `undecided`: this version, or what is at hand, cannot decide, which is
 * never the same as good.
 */
export type Check =
  | { kind: 'good'; keyid: string; strength: Strength }
  | { kind: 'bad'; keyid?: string; reason: string }
  | { kind: 'stranger'; keyid: string }
  | { kind: 'undecided'; keyid?: string; reason: string };

/** `presence`: the signed bytes carry a FIDO2 user-presence flag. Everything else is `software`. */
export type Strength = 'presence' | 'software';

/** The schemes of signatures; a stamp or an envelope can name each but `x509`, which only git's own header carries. */
export type Scheme = 'ed25519' | 'ssh' | 'openpgp' | 'sigstore' | 'x509';
