// SPDX-License-Identifier: Apache-2.0
// What the tests of sshsig.json are made of: one payload, one namespace, one key, and the shape of a good, a bad and an undecided one.
import { base64, concat, utf8 } from '../../src/bytes.ts';
import { encodeSshsig, signedData } from '../../src/signature/ssh/sshsig.ts';
import type { Sshsig } from '../../src/signature/ssh/sshsig.ts';
import { wireString } from '../../src/signature/wire.ts';
import { ecdsaPoint, ed25519Key, ed25519Point } from './fixed-keys.ts';
import type { FixedKey } from './fixed-keys.ts';
import type { Vector } from './vector.ts';

export const NAMESPACE = 'countersign';
export const PAYLOAD = utf8('what is signed\n');
export const SK_ED25519 = 'sk-ssh-ed25519@openssh.com';
export const SK_ECDSA = 'sk-ecdsa-sha2-nistp256@openssh.com';
export const NONE = new Uint8Array();

export const key = ed25519Key();
export const signed = signedData('sha512', NAMESPACE, PAYLOAD);
export const skBlob = keyOf(SK_ED25519, ed25519Point(), utf8('ssh:'));
export const skEcdsaBlob = keyOf(SK_ECDSA, utf8('nistp256'), ecdsaPoint(256), utf8('ssh:'));

/** Returns a good blob of a key, with some of its fields replaced. */
export function blob(by: FixedKey = key, fields: Partial<Sshsig> = {}, hash: 'sha256' | 'sha512' = 'sha512'): Uint8Array {
  const signature = by.sign(signedData(hash, NAMESPACE, PAYLOAD));
  return encodeSshsig({ publicKey: by.blob, namespace: utf8(NAMESPACE), reserved: NONE, hash, signature, ...fields });
}

export function keyOf(type: string, ...fields: Uint8Array[]): Uint8Array {
  return concat(wireString(type), ...fields.map(wireString));
}

export function vector(id: string, comment: string, input: Uint8Array, status: string, detail: Vector['expect'] | object = {}, ...flags: string[]): Vector {
  return { id, comment, flags, input: base64(input), expect: { status, ...detail } };
}

export function bad(reason: string, id: string, comment: string, input: Uint8Array, ...flags: string[]): Vector {
  return vector(id, comment, input, 'bad', { reason }, ...flags);
}

export function undecided(reason: string, id: string, comment: string, input: Uint8Array): Vector {
  return vector(id, comment, input, 'undecided', { reason });
}
