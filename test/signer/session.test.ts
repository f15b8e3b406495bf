// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { checkEd25519 } from '../../src/signature/ed25519.ts';
import { newSessionKey, sessionSigner } from '../../src/signer/session.ts';
import { newUlid } from '../../src/ulid.ts';
import { throwsWith } from '../kit/rejects.ts';

const test = suite('session signer');
const session = newUlid(0);

test('a new key signs, and its public half checks', async () => {
  const { privatePem, publicKey } = newSessionKey();
  const signer = sessionSigner(session, privatePem);
  const signed = await signer.sign(utf8('payload'));
  assert.is(publicKey.length, 32);
  assert.is(signer.spec, `session:${session}`);
  assert.is(signed.keyid, `session:${session}`);
  assert.is(signed.scheme, 'ed25519');
  assert.is(signed.bytes.length, 64);
  assert.ok(checkEd25519(publicKey, utf8('payload'), signed.bytes));
  assert.not.ok(checkEd25519(newSessionKey().publicKey, utf8('payload'), signed.bytes));
});

test('what is not an unencrypted ed25519 private key is no signer, and is not quoted', () => {
  const options = { privateKeyEncoding: { format: 'pem', type: 'pkcs8' }, publicKeyEncoding: { format: 'pem', type: 'spki' } } as const;
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256', ...options });
  const ed = generateKeyPairSync('ed25519', options);
  const locked = generateKeyPairSync('ed25519', { ...options, privateKeyEncoding: { ...options.privateKeyEncoding, cipher: 'aes-256-cbc', passphrase: 'x' } });
  for (const pem of ['', 'SECRET', ec.privateKey, ed.publicKey, locked.privateKey, ed.privateKey.toString().slice(0, 60)].map(String)) {
    const fault = throwsWith('SIGNER_UNAVAILABLE', () => sessionSigner(session, pem));
    assert.is(fault.cause, undefined);
    assert.not.match(fault.message, 'SECRET');
  }
});

test.run();
