// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat } from '../../../src/bytes.ts';
import { readSshIdentity } from '../../../src/signature/ssh/identity.ts';
import type { SshIdentity } from '../../../src/signature/ssh/identity.ts';
import { certify } from '../../kit/authority.ts';
import { ed25519Key } from '../../vectors/fixed-keys.ts';

const test = suite('ssh identity');
const [key, authority] = [ed25519Key(), ed25519Key(1)];

function certificate(serial: number): Uint8Array {
  return certify(authority, key.blob, { serial: BigInt(serial) });
}

test('a plain key, and the same key under a certificate', () => {
  const plain = readSshIdentity(key.blob) as SshIdentity;
  const certified = readSshIdentity(certificate(1)) as SshIdentity;
  assert.is(plain.certificate, undefined);
  assert.is(certified.certificate?.serial, '1');
  assert.is(certified.key.fingerprint, plain.key.fingerprint);
});

test('what was read is kept by every one of its bytes, and only so much of it', () => {
  const first = readSshIdentity(certificate(2));
  assert.is(readSshIdentity(Uint8Array.from(certificate(2))), first);
  const changed = Uint8Array.from(certificate(2), (byte, i) => (i === 40 ? byte ^ 1 : byte));
  assert.is(readSshIdentity(changed), 'certificate-signature');
  for (let i = 0; i < 256; i++) readSshIdentity(certificate(1000 + i));
  assert.is.not(readSshIdentity(certificate(2)), first);
});

test('what is kept does not change with the bytes it was read from', () => {
  const bytes = Uint8Array.from(concat(certificate(3)));
  const identity = readSshIdentity(bytes) as SshIdentity;
  bytes.fill(0);
  assert.is((readSshIdentity(certificate(3)) as SshIdentity).key.fingerprint, identity.key.fingerprint);
  assert.is.not(identity.key.blob.at(-1), 0);
});

test('what has no identity is refused every time', () => {
  for (const blob of [new Uint8Array(), certificate(4).subarray(0, -1)]) {
    assert.type(readSshIdentity(blob), 'string');
    assert.is(readSshIdentity(blob), readSshIdentity(blob));
  }
});

test.run();
