// SPDX-License-Identifier: Apache-2.0
// The words of this room: bytes in, who and whether out. It does no I/O, knows no roster and no time.

/**
 * What a signature proved. `bad` is an arithmetic or format failure with a reason code. `stranger`: made by a key that is not
 * at hand, so that its arithmetic is not known. `undecided`: this version, or what is at hand, cannot decide, which is
 * never the same as good.
 */
export type Check =
  | Good
  | { kind: 'bad'; keyid?: string; reason: string }
  | { kind: 'stranger'; keyid: string }
  | { kind: 'undecided'; keyid?: string; reason: string };

export interface Good {
  kind: 'good';
  /** `ssh:SHA256:…`, `openpgp:<fingerprint>`, `sigstore:<issuer>#<identity>`, `x509:<CA fingerprint>#<e-mail>`. */
  keyid: string;
  /** All names of the signer, where a certificate has several. */
  keyids?: readonly string[];
  strength: Strength;
  /** When it was made by its own word, or by a log's or authority's; seconds since the epoch. */
  signedAt?: number;
  /** The FIDO2 authenticator's counter. */
  counter?: number;
  /** What an SSH certificate says of the key. */
  certificate?: SshCertificate;
  /** Of keyless ones: whether Sigstore's certificate names a workload, a build or service, and no person. */
  workload?: boolean;
  /** Of keyless ones: what else the certificate says in words, by object identifier. */
  claims?: Readonly<Record<string, string>>;
}

/** What a certification authority says of an SSH key (OpenSSH's PROTOCOL.certkeys). */
export interface SshCertificate {
  /** `ssh:SHA256:…` of the authority's key. */
  authority: string;
  principals: readonly string[];
  /** Seconds since the epoch; it holds from `validAfter` until before `validBefore`. */
  validAfter: number;
  validBefore: number;
}

/** `presence`: the signed bytes carry a FIDO2 user-presence flag. Everything else is `software`. */
export type Strength = 'presence' | 'software';

/** The schemes of signatures; a stamp or an envelope can name each but `x509`, which only git's own header carries. */
export type Scheme = 'ed25519' | 'ssh' | 'openpgp' | 'sigstore' | 'x509';
