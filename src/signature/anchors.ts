// SPDX-License-Identifier: Apache-2.0
// What signatures that do not bring their own key are held against: read from the repository's key files, handed in.
import type { Certificate } from './openpgp/certificate.ts';
import type { TrustedRoot } from './sigstore/trusted-root.ts';
import type { Authority } from './x509/authority.ts';

export interface Anchors {
  certificates: readonly Certificate[];
  authorities: readonly Authority[];
  trustedRoot: TrustedRoot | undefined;
  /** What proves when a keyless signature was made: a log entry or timestamp (`proven`), or the certificate's own minutes too. */
  keylessTime: 'proven' | 'certificate';
}

export const NO_ANCHORS: Anchors = { certificates: [], authorities: [], trustedRoot: undefined, keylessTime: 'proven' };
