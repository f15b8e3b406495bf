// SPDX-License-Identifier: Apache-2.0
// WebAuthn assertions as SSH signatures (OpenSSH's PROTOCOL.u2f, "webauthn signatures"): a browser had the security key sign.
// The key signs a hash of the browser's client data, and the client data holds what was to be signed. A touch proves that
// somebody touched, not that the page in the browser had said for what.
import { equal, fromUtf8, utf8 } from '../../bytes.ts';

export interface Assertion {
  /** The web page's origin, as the signature tells it. */
  origin: Uint8Array;
  /** The JSON that the browser wrote (WebAuthn §5.8.1), byte for byte. */
  clientData: Uint8Array;
  /** What the authenticator put behind its counter (CBOR); nobody reads it. */
  extensions: Uint8Array;
}

export const WEBAUTHN = 'webauthn-sk-ecdsa-sha2-nistp256@openssh.com';

const ATTESTED = 0x40;
const EXTENDED = 0x80;

/**
 * Tells whether the client data asks for a signature of exactly these bytes, and the flags fit what is there. The browser's
 * serialization is fixed, so its beginning is compared, and no JSON is read (WebAuthn §5.8.1.2, as OpenSSH does).
 */
export function isAssertionOf({ origin, clientData, extensions }: Assertion, flags: number, signed: Uint8Array): boolean {
  // A quote or backslash would end the origin early, or be written otherwise than it stands here.
  const text = fromUtf8(origin);
  if (text === undefined || /["\\\p{Cc}]/u.test(text)) return false;
  // An assertion attests no new key, and has extensions exactly where it says so.
  if ((flags & ATTESTED) !== 0 || ((flags & EXTENDED) !== 0) !== extensions.length > 0) return false;
  const challenge = Buffer.from(signed).toString('base64url');
  const expected = utf8(`{"type":"webauthn.get","challenge":"${challenge}","origin":"${text}"`);
  const next = clientData[expected.length];
  return equal(clientData.subarray(0, expected.length), expected) && (next === COMMA || next === BRACE);
}

const COMMA = 0x2c;
const BRACE = 0x7d;
