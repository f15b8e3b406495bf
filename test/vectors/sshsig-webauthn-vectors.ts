// SPDX-License-Identifier: Apache-2.0
// The WebAuthn assertions of sshsig.json: a browser's words around the bytes to be signed, and what can be wrong with them.
import { concat, fromUtf8, utf8 } from '../../src/bytes.ts';
import { sshFingerprint } from '../../src/signature/ssh/key.ts';
import { authenticatorData } from '../../src/signature/ssh/signature.ts';
import { encodeSshsig, signedData } from '../../src/signature/ssh/sshsig.ts';
import { WEBAUTHN } from '../../src/signature/ssh/webauthn.ts';
import { wireString, wireUint32 } from '../../src/signature/wire.ts';
import { clientData } from '../kit/authenticator.ts';
import { ecdsaKey, ecdsaPair } from './fixed-keys.ts';
import { bad, blob, key, keyOf, NAMESPACE, NONE, PAYLOAD, signed, skBlob, skEcdsaBlob, vector } from './sshsig-blob.ts';
import type { Vector } from './vector.ts';

const ORIGIN = 'https://example.com';
const EXTENSION = Buffer.from('a16a637265645072656669780a', 'hex');

interface Parts {
  flags?: number;
  origin?: string | Uint8Array;
  data?: Uint8Array;
  extensions?: Uint8Array;
  /** What the signature says, where that is not what the authenticator signed. */
  shown?: { flags?: number; data?: Uint8Array; extensions?: Uint8Array };
  publicKey?: Uint8Array;
}

/** Returns a blob whose arithmetic is right over whatever is in it, as if an authenticator had signed just that. */
function assertion({ flags = 1, origin = ORIGIN, data = clientData(signed, ORIGIN), extensions = NONE, shown = {}, publicKey = skEcdsaBlob }: Parts = {}): Uint8Array {
  const value = ecdsaPair(256, authenticatorData(utf8('ssh:'), { flags, counter: 7 }, data, extensions));
  const signature = concat(
    keyOf(WEBAUTHN, value), Uint8Array.of(shown.flags ?? flags), wireUint32(7),
    wireString(origin), wireString(shown.data ?? data), wireString(shown.extensions ?? extensions),
  );
  return encodeSshsig({ publicKey, namespace: utf8(NAMESPACE), reserved: NONE, hash: 'sha512', signature });
}

function good(id: string, comment: string, parts: Parts): Vector {
  const flags = parts.flags ?? 1;
  const detail = { keyid: `ssh:${sshFingerprint(skEcdsaBlob)}`, strength: flags & 1 ? 'presence' : 'software', flags, counter: 7 };
  return vector(id, comment, assertion(parts), 'good', detail, 'webauthn', 'user-presence');
}

function wrong(id: string, comment: string, parts: Parts): Vector {
  return bad('signature', `webauthn-${id}`, comment, assertion(parts), 'webauthn');
}

/** The client data of something else, or written otherwise. */
function said(change: (text: string) => string): Uint8Array {
  return utf8(change(fromUtf8(clientData(signed, ORIGIN))!));
}

const other = signedData('sha512', 'file', PAYLOAD);
const paddedSigned = Buffer.from(signed).toString('base64');

export const webauthnVectors: Vector[] = [
  good('webauthn', 'as a browser makes it', {}),
  good('webauthn-verified', 'with PIN or fingerprint', { flags: 5 }),
  good('webauthn-untouched', 'without a touch', { flags: 0 }),
  good('webauthn-extensions', 'with extensions, as the flags say', { flags: 0x81, extensions: EXTENSION }),
  good('webauthn-bare', 'no more than type, challenge and origin', { data: clientData(signed, ORIGIN, '}') }),
  wrong('other-challenge', 'a signature for another namespace', { data: clientData(other, ORIGIN) }),
  wrong('hashed-challenge', 'the challenge is the hash of the payload alone', { data: clientData(signed.subarray(-64), ORIGIN) }),
  wrong('padded-challenge', 'a challenge with padding', { data: said((text) => text.replace(/"challenge":"[^"]*"/, `"challenge":"${paddedSigned}"`)) }),
  wrong('create', 'a new key was made, nothing was signed', { data: said((text) => text.replace('webauthn.get', 'webauthn.create')) }),
  wrong('payment', 'a payment was confirmed', { data: said((text) => text.replace('webauthn.get', 'payment.get')) }),
  wrong('order', 'the same members in another order', { data: said((text) => `{"origin":"${ORIGIN}",${text.slice(1).replace(`,"origin":"${ORIGIN}"`, '')}`) }),
  wrong('space', 'the same JSON with a space', { data: said((text) => text.replace(',', ', ')) }),
  wrong('other-origin', 'the signature tells another origin than the browser did', { origin: 'https://example.org' }),
  wrong('origin-prefix', 'the origin ends early', { origin: 'https://example' }),
  wrong('origin-quote', 'an origin that goes on into the JSON', { origin: `${ORIGIN}","crossOrigin":false,"x":"` }),
  wrong('origin-nul', 'a C string would end where the origin does', { origin: `${ORIGIN}\0` }),
  wrong('origin-bytes', 'an origin that is not UTF-8', { origin: Uint8Array.of(0xff) }),
  wrong('truncated', 'client data that ends with the origin', { data: said((text) => text.slice(0, text.indexOf(',"crossOrigin"'))) }),
  wrong('no-json', 'something else than JSON behind the origin', { data: clientData(signed, ORIGIN, 'x') }),
  wrong('empty', 'no client data', { data: NONE }),
  wrong('data-changed', 'client data that was changed after signing', { shown: { data: clientData(signed, ORIGIN, ',"crossOrigin":true}') } }),
  wrong('flag-added', 'made without touch, presence claimed afterwards', { flags: 0, shown: { flags: 1 } }),
  wrong('attested', 'the flags say that a key is attested', { flags: 0x41 }),
  wrong('extensions-unsaid', 'extensions of which the flags say nothing', { extensions: EXTENSION }),
  wrong('extensions-missing', 'the flags say extensions, and there are none', { flags: 0x81 }),
  wrong('extensions-changed', 'extensions that were changed after signing', { flags: 0x81, extensions: EXTENSION, shown: { extensions: EXTENSION.subarray(1) } }),
  wrong('direct', 'the bytes were signed without a browser', { shown: { data: clientData(signed, ORIGIN) }, data: signed }),
  bad('malformed', 'webauthn-nothing', 'no more than its name', blob(key, { publicKey: skEcdsaBlob, signature: keyOf(WEBAUTHN, NONE) }), 'webauthn'),
  bad('signature-algorithm', 'webauthn-other-key', 'a WebAuthn assertion under a key that can make none', assertion({ publicKey: skBlob }), 'webauthn'),
  bad('signature-algorithm', 'webauthn-plain-key', 'a WebAuthn assertion under a plain key', assertion({ publicKey: ecdsaKey(256).blob }), 'webauthn'),
];
