// SPDX-License-Identifier: Apache-2.0
// The key of one session of an agent: made when the session opens, kept on disk by the session room, gone when it ends.
// It signs without asking anybody; what it may sign is bounded by the grant that names its public half.
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Fault } from '../fault.ts';
import { ed25519PublicKey } from '../signature/ed25519.ts';
import type { Ulid } from '../ulid.ts';
import type { Signer } from './signer.ts';

export interface SessionKey {
  /** PKCS #8 in PEM, unencrypted: a secret. */
  privatePem: string;
  /** 32 bytes, as a grant names it. */
  publicKey: Uint8Array;
}

/** Returns a new Ed25519 key. */
export function newSessionKey(): SessionKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const privatePem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  return { privatePem, publicKey: ed25519PublicKey(privateKey) };
}

/**
 * Returns a signer that makes raw Ed25519 signatures (scheme `ed25519`, keyid `session:<ulid>`).
 * @throws Fault SIGNER_UNAVAILABLE where the text is not the PEM of an unencrypted Ed25519 private key
 */
export function sessionSigner(session: Ulid, privateKeyPem: string): Signer {
  const key = readPrivateKey(session, privateKeyPem);
  const spec = `session:${session}`;
  return {
    spec,
    sign: async (payload) => ({ scheme: 'ed25519', keyid: spec, bytes: sign(null, payload, key) }),
  };
}

function readPrivateKey(session: Ulid, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Nothing of the cause is passed on: it could quote the key.
  }
  throw new Fault('SIGNER_UNAVAILABLE', `the key of session ${session} is not an ed25519 private key`, {
    hint: 'open a new session with "countersign session start"',
  });
}
