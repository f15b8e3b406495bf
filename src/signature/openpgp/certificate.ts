// SPDX-License-Identifier: Apache-2.0
// OpenPGP certificates (transferable public keys) as the roster's key files hold them.

/** One certificate: a primary key with its subkeys, identities and self-signatures. */
export interface Certificate {
  /** Of the primary key: 40 (v4) or 64 (v6) upper-case hex digits. */
  fingerprint: string;
  /** Fingerprints of the primary key and of every subkey, as above. */
  fingerprints: readonly string[];
  /** SHA-256 over each key's own numbers, hex: one key in two wrappings is one key. */
  materials: readonly string[];
}

/** Reads the certificates of a key file, armored or binary. @throws Fault KEY_INVALID */
export async function readCertificates(_bytes: Uint8Array): Promise<Certificate[]> {
  return [];
}
