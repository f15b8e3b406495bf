// SPDX-License-Identifier: Apache-2.0
// Whom the public key of a signature names: a plain key, or a key with a certificate. A history is signed by few keys, so
// the last ones are kept as they were read; a certificate's own signature is then checked once, not once a commit.
import { latin1 } from '../../bytes.ts';
import { Recall } from '../../recall.ts';
import { decodeSshCertificate } from './certificate.ts';
import type { Certificate, CertificateProblem } from './certificate.ts';
import { decodeSshPublicKey } from './key.ts';
import type { SshPublicKey } from './key.ts';

export interface SshIdentity {
  key: SshPublicKey;
  certificate?: Certificate;
  /** Only signatures with the authenticator's user-verification flag count. */
  verifyRequired: boolean;
}

/** What is larger is read anew each time: the cache holds at most 2 MiB, whoever makes the signatures. */
const LARGEST = 4096;
const cache = new Recall<SshIdentity | CertificateProblem>(256);

/** Returns the identity in a public key's blob, or why it has none. Reads hostile bytes; never throws. */
export function readSshIdentity(blob: Uint8Array): SshIdentity | CertificateProblem {
  if (blob.length > LARGEST) return decode(blob);
  // A copy, so that the cache keeps no whole signature or commit alive.
  return cache.get(latin1(blob), () => decode(Uint8Array.from(blob)));
}

function decode(blob: Uint8Array): SshIdentity | CertificateProblem {
  const key = decodeSshPublicKey(blob);
  if (key === 'unsupported') return decodeSshCertificate(blob);
  return typeof key === 'string' ? key : { key, verifyRequired: false };
}
