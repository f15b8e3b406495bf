// SPDX-License-Identifier: Apache-2.0
// DSSE envelopes (github.com/secure-systems-lab/dsse, envelope.md) in the one form that evidence files have: canonical JSON,
// one signature, one payload type. What DSSE leaves open is closed here, so that one statement has one file per signer.
import { base64, fromBase64, fromUtf8, utf8 } from '../bytes.ts';
import { canonical, parseCanonical } from '../canonical.ts';
import type { Json } from '../canonical.ts';
import { Fault } from '../fault.ts';

export { pae } from './pae.ts';

/** The only payload type: an in-toto statement. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

export interface Envelope {
  payloadType: typeof PAYLOAD_TYPE;
  payload: Uint8Array;
  /** Scheme and key: `ssh:SHA256:…`, `openpgp:<fingerprint>`, `sigstore:<issuer>#<identity>`. A claim until the signature is checked. */
  keyid: string;
  /** The scheme's own bytes. */
  sig: Uint8Array;
}

/** Bounds the work of reading; the rooms that use envelopes may ask for less. */
const MAX_ENVELOPE = 262_144;

/** Scheme, colon, and up to 1024 characters that are visible or a space. */
const KEYID = /^(?:ssh|openpgp|sigstore):[^\p{C}\p{Zl}\p{Zp}]{1,1024}$/u;

/** Returns the file: canonical JSON and one final line break. @throws Fault STATEMENT_INVALID where {@link parseEnvelope} would refuse it */
export function printEnvelope({ payloadType, payload, keyid, sig }: Envelope): Uint8Array {
  const text = canonical({ payload: base64(payload), payloadType, signatures: [{ keyid, sig: base64(sig) }] });
  const bytes = utf8(`${text}\n`);
  parseEnvelope(bytes);
  return bytes;
}

/**
 * Returns what an envelope file holds; printing it gives the same bytes again. Nothing is verified.
 * @throws Fault STATEMENT_INVALID. `cause` is the reason: `size`, `utf8`, `newline`, `fields`, `payload-type`, `signatures`, `payload`, `keyid`,
 *   `sig`, or one of `src/canonical.ts`
 */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > MAX_ENVELOPE) throw refusal('size', 'is too large');
  const text = fromUtf8(bytes);
  if (text === undefined) throw refusal('utf8', 'is not UTF-8');
  if (!text.endsWith('\n')) throw refusal('newline', 'does not end in a line break');
  const [payload, payloadType, signatures] = members(parseCanonical(text.slice(0, -1)), 'payload', 'payloadType', 'signatures');
  if (payloadType !== PAYLOAD_TYPE) throw refusal('payload-type', `does not have the payload type ${PAYLOAD_TYPE}`);
  if (!Array.isArray(signatures) || signatures.length !== 1) throw refusal('signatures', 'does not have exactly one signature');
  const [keyid, sig] = members(signatures[0], 'keyid', 'sig');
  if (typeof keyid !== 'string' || !KEYID.test(keyid)) throw refusal('keyid', 'has no keyid of a known scheme');
  return { payloadType, payload: decoded(payload, 'payload'), keyid, sig: decoded(sig, 'sig') };
}

/** Returns the values of exactly these keys. */
function members(value: Json | undefined, ...keys: string[]): Json[] {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord || Object.keys(value).join() !== keys.join()) throw refusal('fields', `does not have exactly the fields ${keys.join(', ')}`);
  return keys.map((key) => value[key]!);
}

function decoded(value: Json | undefined, field: 'payload' | 'sig'): Uint8Array {
  const bytes = typeof value === 'string' && value !== '' ? fromBase64(value) : undefined;
  if (bytes === undefined) throw refusal(field, `has no base64 in the field ${field}`);
  return bytes;
}

function refusal(reason: string, what: string): Fault {
  return new Fault('STATEMENT_INVALID', `an envelope ${what}`, { cause: reason });
}
