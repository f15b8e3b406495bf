// SPDX-License-Identifier: Apache-2.0
// People who sign in process: an ed25519 SSH key and the SSHSIG blobs it makes, without a program for each signature.
import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { concat, utf8 } from '../../src/bytes.ts';
import { decodeSshPublicKey, printSshPublicKey } from '../../src/signature/ssh/key.ts';
import { encodeSshsig, signedData } from '../../src/signature/ssh/sshsig.ts';
import { wireString } from '../../src/signature/wire.ts';
import { softAuthenticator, type AuthenticatorOptions } from './authenticator.ts';

/** Somebody with a key: the line of its `.pub` file, its keyid, and its signatures. */
export interface Hand {
  publicLine: string;
  keyid: string;
  /** Returns an SSHSIG blob. */
  sign(payload: Uint8Array, namespace?: string): Uint8Array;
}

/** Returns a software key. */
export function softwareHand(key: KeyObject = generateKeyPairSync('ed25519').privateKey): Hand {
  const raw = Buffer.from(createPublicKey(key as never).export({ format: 'jwk' }).x!, 'base64url');
  const publicKey = concat(wireString('ssh-ed25519'), wireString(raw));
  const decoded = decodeSshPublicKey(publicKey);
  if (typeof decoded === 'string') throw new Error(decoded);
  return {
    publicLine: printSshPublicKey(decoded),
    keyid: `ssh:${decoded.fingerprint}`,
    sign(payload, namespace = 'countersign') {
      const signature = concat(wireString('ssh-ed25519'), wireString(sign(null, signedData('sha512', namespace, payload), key)));
      return encodeSshsig({ publicKey, namespace: utf8(namespace), reserved: new Uint8Array(), hash: 'sha512', signature });
    },
  };
}

/** Returns a hardware key that is touched, or not. */
export function hardwareHand(flags = 1, options: AuthenticatorOptions = {}): Hand {
  const authenticator = softAuthenticator({ flags, ...options });
  const decoded = decodeSshPublicKey(Buffer.from(authenticator.publicLine.split(' ')[1]!, 'base64'));
  if (typeof decoded === 'string') throw new Error(decoded);
  return { publicLine: authenticator.publicLine, keyid: `ssh:${decoded.fingerprint}`, sign: (payload, namespace = 'countersign') => authenticator.sign(payload, namespace) };
}
