// SPDX-License-Identifier: Apache-2.0
// The hand: whatever can sign. Callers hold this interface and never learn which key or program is behind it.
import type { Scheme } from '../signature/signature.ts';

export interface Signed {
  scheme: Scheme;
  /** `ssh:SHA256:…`, `openpgp:<fingerprint>`, `sigstore:<issuer>#<identity>`, `session:<ulid>`. */
  keyid: string;
  /** The scheme's own bytes: an SSHSIG blob, an OpenPGP packet, a raw Ed25519 signature. */
  bytes: Uint8Array;
}

export interface Signer {
  /** How this signer is written in settings: `ssh:/home/alice/.ssh/id_ed25519`. */
  readonly spec: string;

  /**
   * Signs exactly these bytes. May ask the person (passphrase, touch) on the terminal, never on stdout.
   * @throws Fault SIGNER_UNAVAILABLE (no program, no key, no agent), SIGNING_FAILED (refused, cancelled, timed out)
   */
  sign(payload: Uint8Array): Promise<Signed>;
}
