// SPDX-License-Identifier: Apache-2.0
// Certification authorities that the roster trusts to name people (S/MIME, smart cards).
import { latin1 } from '../../bytes.ts';
import { Fault } from '../../fault.ts';
import { decodeArmor } from './armor.ts';
import { decodeCertificate, type X509Certificate } from './certificate.ts';
import { hasUnknownCritical } from './extension.ts';
import { isAuthority } from './path.ts';
import { publicKeyOf } from './public-key.ts';

/** A CA certificate of the roster. */
export interface Authority {
  /** SHA-256 of the DER certificate, lower-case hex. */
  fingerprint: string;
  /** The DER certificate. */
  der: Uint8Array;
}

const decoded = new WeakMap<Authority, X509Certificate>();

/** Reads one CA certificate, PEM or DER. @throws Fault KEY_INVALID */
export async function readAuthority(bytes: Uint8Array): Promise<Authority> {
  const der = latin1(bytes.subarray(0, 5)) === '-----' ? decodeArmor(bytes, 'CERTIFICATE') : bytes;
  const certificate = der && decodeCertificate(der);
  if (certificate === undefined) throw new Fault('KEY_INVALID', 'not one X.509 certificate, PEM or DER, and nothing else');
  if (!isAuthority(certificate, 0) || hasUnknownCritical(certificate)) {
    throw new Fault('KEY_INVALID', 'the certificate is not that of a certification authority', { hint: 'basicConstraints must say CA, and keyUsage must allow to sign certificates' });
  }
  const key = publicKeyOf(certificate.publicKey);
  if (typeof key === 'string') throw new Fault('KEY_INVALID', `the certification authority's public key is ${key}`);
  return { fingerprint: certificate.fingerprint, der: certificate.der };
}

/** Returns the certificate of an authority that {@link readAuthority} returned. */
export function certificateOf(authority: Authority): X509Certificate {
  const certificate = decoded.get(authority) ?? decodeCertificate(authority.der);
  if (certificate === undefined) throw new Fault('KEY_INVALID', 'an authority holds no certificate');
  decoded.set(authority, certificate);
  return certificate;
}
