// SPDX-License-Identifier: Apache-2.0
// Checking a detached CMS signature (gitsign's, or a smart card's) over a payload. First what the bytes alone tell: the
// signed attributes bind the payload, and the certificate's key signed them. Then, apart from that, whether an authority of
// the roster vouches for the certificate.
import { createHash } from 'node:crypto';
import { equal } from '../../bytes.ts';
import { normalEmail } from '../../email.ts';
import type { Check } from '../signature.ts';
import { verifySignature } from './algorithm.ts';
import { decodeArmor } from './armor.ts';
import { certificateOf, type Authority } from './authority.ts';
import { ATTRIBUTE, namesSigner, readAttribute } from './attribute.ts';
import { TAG } from './der.ts';
import { emailAddresses, subjectAltNames } from './extension.ts';
import { findPath } from './path.ts';
import { publicKeyOf } from './public-key.ts';
import { DATA, decodeSignedData, type SignedData, type SignedDataProblem } from './signed-data.ts';

/** What the bytes alone tell. */
export type Binding = { kind: 'bound'; message: SignedData; signingTime: number } | Exclude<Check, { kind: 'good' } | { kind: 'stranger' }>;

/** What is wrong with these may be right for a later version. */
const UNDECIDED: ReadonlySet<string> = new Set<SignedDataProblem | 'key-type' | 'name-constraints'>([
  'version', 'digest-algorithm', 'signature-algorithm', 'key-type', 'name-constraints',
]);

/** Checks that the message's key signed this payload; whose key it is stays open. */
export function checkBinding(armor: Uint8Array, payload: Uint8Array): Binding {
  const bytes = decodeArmor(armor, 'SIGNED MESSAGE');
  const message = bytes === undefined ? 'malformed' : decodeSignedData(bytes);
  if (typeof message === 'string') return refusal(message);
  const signingTime = readAttribute(message, ATTRIBUTE.signingTime, (reader) => reader.time());
  const contentType = readAttribute(message, ATTRIBUTE.contentType, (reader) => reader.identifier());
  const digest = readAttribute(message, ATTRIBUTE.messageDigest, (reader) => reader.next(TAG.octets).content);
  if (signingTime === undefined || contentType !== DATA || digest === undefined) return refusal('signed-attributes');
  if (!equal(digest, createHash(message.digest).update(payload).digest())) return refusal('binding');
  if (!namesSigner(message)) return refusal('certificate');
  const key = publicKeyOf(message.signer.publicKey);
  if (typeof key === 'string') return refusal(key === 'unsupported' ? 'key-type' : `key-${key}`);
  const holds = verifySignature(key, message.scheme, message.signedBytes, message.signature);
  return holds ? { kind: 'bound', message, signingTime } : refusal('signature');
}

/** Checks the path to an authority of the roster, at the time that is claimed. */
export function checkChain(message: SignedData, claimed: number, authorities: readonly Authority[]): Check {
  const anchors = authorities.map(certificateOf);
  const path = findPath(message.signer, message.certificates, anchors, claimed);
  const self = `x509:${message.signer.fingerprint}`;
  if (path.kind === 'none') return { kind: 'stranger', keyid: self };
  if (path.kind === 'bad') return { ...refusal(path.reason), keyid: self };
  const names = subjectAltNames(message.signer);
  const emails = names === 'malformed' ? names : emailAddresses(names);
  if (emails === 'malformed') return { kind: 'bad', keyid: self, reason: 'identity' };
  const [keyid, ...others] = new Set(emails.map((email) => `x509:${path.anchor.fingerprint}#${normalEmail(email)}`));
  if (keyid === undefined) return { kind: 'bad', keyid: self, reason: 'identity' };
  return { kind: 'good', keyid, keyids: [keyid, ...others], strength: 'software', signedAt: claimed };
}

function refusal(reason: string): Exclude<Check, { kind: 'good' } | { kind: 'stranger' }> {
  return { kind: UNDECIDED.has(reason) ? 'undecided' : 'bad', reason };
}
