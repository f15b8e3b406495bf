// SPDX-License-Identifier: Apache-2.0
// A FIDO2 authenticator without hardware: sk-ssh-ed25519 and sk-ecdsa keys that sign SSHSIG blobs with whatever flags and
// counter a test wants, so that the difference between touched and not touched can be tested anywhere. It also signs as a
// browser makes one sign (WebAuthn), and shows a certificate in place of its key.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { concat, utf8 } from '../../src/bytes.ts';
import { decodeSshPublicKey, printSshPublicKey } from '../../src/signature/ssh/key.ts';
import { authenticatorData } from '../../src/signature/ssh/signature.ts';
import { encodeSshsig, signedData } from '../../src/signature/ssh/sshsig.ts';
import { WEBAUTHN } from '../../src/signature/ssh/webauthn.ts';
import { wireMpint, wireString, wireUint32 } from '../../src/signature/wire.ts';

export type AuthenticatorKind = 'sk-ssh-ed25519@openssh.com' | 'sk-ecdsa-sha2-nistp256@openssh.com';

export interface AuthenticatorOptions {
  kind?: AuthenticatorKind;
  /** `ssh:` if not given. */
  application?: string;
  /** What each signature says: bit 0 user presence, bit 2 user verification. Touched if not given. */
  flags?: number;
  /** The counter of the first signature; each further one counts up. */
  counter?: number;
  hash?: 'sha256' | 'sha512';
  /** A private key of the kind's algorithm; a new one if not given. */
  key?: KeyObject;
  /** The origin of a web page: signatures are WebAuthn assertions, of sk-ecdsa keys only. */
  origin?: string;
  /** Returns the certificate that signatures bear in place of the public key. */
  certify?: (publicKey: Uint8Array) => Uint8Array;
}

export interface Authenticator {
  /** The line of a `.pub` file, without comment. */
  publicLine: string;
  /** Returns an SSHSIG blob. */
  sign(payload: Uint8Array, namespace: string): Uint8Array;
}

/** Returns an authenticator that holds one key. */
export function softAuthenticator(options: AuthenticatorOptions = {}): Authenticator {
  const { kind = 'sk-ssh-ed25519@openssh.com', application = 'ssh:', flags = 1, hash = 'sha512', key = newKey(kind) } = options;
  let counter = options.counter ?? 0;
  const publicKey = skPublicKey(kind, key, application);
  const decoded = decodeSshPublicKey(publicKey);
  if (typeof decoded === 'string') throw new Error(`a key of ${kind} is ${decoded}`);
  const shown = options.certify?.(publicKey) ?? publicKey;
  return {
    publicLine: printSshPublicKey(decoded),
    sign(payload, namespace) {
      const signed = signedData(hash, namespace, payload);
      const said = options.origin === undefined ? signed : clientData(signed, options.origin);
      const value = rawSignature(kind, key, authenticatorData(utf8(application), { flags, counter }, said));
      const trailer = concat(Uint8Array.of(flags), wireUint32(counter));
      counter++;
      const signature = options.origin === undefined
        ? concat(wireString(kind), wireString(value), trailer)
        : concat(wireString(WEBAUTHN), wireString(value), trailer, wireString(options.origin), wireString(said), wireString(''));
      return encodeSshsig({ publicKey: shown, namespace: utf8(namespace), reserved: new Uint8Array(), hash, signature });
    },
  };
}

/** Returns what a browser has signed in place of some bytes (WebAuthn §5.8.1). */
export function clientData(signed: Uint8Array, origin: string, rest = ',"crossOrigin":false}'): Uint8Array {
  return utf8(`{"type":"webauthn.get","challenge":"${Buffer.from(signed).toString('base64url')}","origin":"${origin}"${rest}`);
}

/** Returns the Ed25519 private key of a 32-byte seed (RFC 8032 §5.1.5). */
export function ed25519FromSeed(seed: Uint8Array): KeyObject {
  // The fixed start of every PKCS #8 Ed25519 key (RFC 8410 §7).
  const der = concat(Buffer.from('302e020100300506032b657004220420', 'hex'), seed);
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
}

function newKey(kind: AuthenticatorKind): KeyObject {
  if (kind === 'sk-ssh-ed25519@openssh.com') return generateKeyPairSync('ed25519').privateKey;
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

function skPublicKey(kind: AuthenticatorKind, key: KeyObject, application: string): Uint8Array {
  const jwk: JsonWebKey = createPublicKey(key).export({ format: 'jwk' });
  const [x, y] = [Buffer.from(jwk.x!, 'base64url'), Buffer.from(jwk.y ?? '', 'base64url')];
  const point = kind === 'sk-ssh-ed25519@openssh.com' ? [wireString(x)] : [wireString('nistp256'), wireString(concat(Uint8Array.of(4), x, y))];
  return concat(wireString(kind), ...point, wireString(application));
}

function rawSignature(kind: AuthenticatorKind, key: KeyObject, data: Uint8Array): Uint8Array {
  if (kind === 'sk-ssh-ed25519@openssh.com') return sign(null, data, key);
  const pair = sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
  return concat(wireMpint(pair.subarray(0, 32)), wireMpint(pair.subarray(32)));
}
