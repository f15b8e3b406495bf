// SPDX-License-Identifier: Apache-2.0
// An identity token (OpenID Connect Core §2): proof of who signs in, and a secret as long as it lasts, since whoever has it
// can sign in that name. Here it is only looked into; its own signature is for the certificate authority to check.
import { fromUtf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';

export interface Claims {
  issuer: string;
  subject: string;
  /** An address that the issuer says it has verified. */
  email: string | undefined;
}

const LONGEST = 65536;
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** Returns what a token says. @throws Fault SIGNING_FAILED where it is none, or its address is not verified; nothing of it is told */
export function readClaims(token: string): Claims {
  const claims = parse(token);
  const { iss, sub, email, email_verified: verified } = claims ?? {};
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '') throw new Fault('SIGNING_FAILED', 'what the sign-in gave is no identity token', { hint: 'try again, or check countersign.sigstore.issuer' });
  if (email === undefined || email === '') return { issuer: iss, subject: sub, email: undefined };
  // Some issuers write the boolean as text.
  if (typeof email !== 'string' || (verified !== true && verified !== 'true')) throw new Fault('SIGNING_FAILED', 'the issuer has not verified the address of who signed in', { hint: 'have it verify the address, or sign in as somebody else' });
  return { issuer: iss, subject: sub, email };
}

function parse(token: string): Record<string, unknown> | undefined {
  if (token.length > LONGEST || !SHAPE.test(token)) return undefined;
  try {
    const value: unknown = JSON.parse(fromUtf8(Buffer.from(token.split('.')[1]!, 'base64url')) ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns a text without any part of a token, and without what looks like one: servers may quote what they were sent. */
export function withoutToken(text: string, token: string): string {
  const parts = [token, ...token.split('.')].filter((part) => part.length >= 8);
  return parts.reduce((rest, part) => rest.replaceAll(part, '[token]'), text).replace(/eyJ[\w-]{8,}(?:\.[\w-]*)*/g, '[token]');
}
