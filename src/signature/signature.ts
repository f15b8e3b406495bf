// SPDX-License-Identifier: Apache-2.0
// The words of this room: bytes in, who and whether out. It does no I/O, knows no roster and no time.

/**
 * What a signature proved. `bad` is an arithmetic or format failure with a reason code; `unsupported` means that this
 * version cannot decide, which is never the same as good.
 */
export type Check =
  | { kind: 'good'; keyid: string; strength: Strength }
  | { kind: 'bad'; keyid?: string; reason: string }
  | { kind: 'unsupported'; keyid?: string; reason: string };

/** `presence`: the signed bytes carry a FIDO2 user-presence flag. Everything else is `software`. */
export type Strength = 'presence' | 'software';

/** The schemes a stamp or an envelope can name. */
export type Scheme = 'ed25519' | 'ssh' | 'openpgp' | 'sigstore';
