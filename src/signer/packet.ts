// SPDX-License-Identifier: Apache-2.0
// An OpenPGP signature that was just made, checked against its key before anybody sees it: what our own verifier would
// refuse must not get into a commit. Loads the OpenPGP reader only when there is something to check.
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import type { Signed } from './signer.ts';

/**
 * Returns the signature of this packet.
 * @param certificate the public half of the key that was asked to sign, armored or binary
 * @param maker what made it, for people
 * @throws Fault SIGNING_FAILED where it is not one good signature of that key over the payload
 */
export async function signedPacket(packet: Uint8Array, payload: Uint8Array, certificate: Uint8Array, maker: string): Promise<Signed> {
  const { readCertificates } = await import('../signature/openpgp/certificate.ts');
  const { checkOpenpgp } = await import('../signature/openpgp/openpgp.ts');
  const check = await checkOpenpgp(packet, payload, await readCertificates(certificate));
  if (check.kind === 'good') return { scheme: 'openpgp', keyid: check.keyid, bytes: packet };
  const why = check.kind === 'stranger' ? `of ${check.keyid}, another key` : `that is ${check.kind}: ${check.reason}`;
  throw new Fault('SIGNING_FAILED', `${printable(maker)} made a signature ${printable(clip(why, 200))}`, {
    hint: 'sign with a plain OpenPGP key: ed25519, ecdsa, or rsa of 2048 bits or more, with SHA-256 or SHA-512',
  });
}
