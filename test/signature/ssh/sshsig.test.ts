// SPDX-License-Identifier: Apache-2.0
// SSHSIG against ssh-keygen, in both directions, and against everything that can happen to one byte.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, equal, utf8 } from '../../../src/bytes.ts';
import { parseSshPublicKey, printSshPublicKey } from '../../../src/signature/ssh/key.ts';
import { checkSshsig, decodeArmor, decodeSshsig, encodeArmor, encodeSshsig, signedData } from '../../../src/signature/ssh/sshsig.ts';
import { wireString } from '../../../src/signature/wire.ts';
import { softAuthenticator } from '../../kit/authenticator.ts';
import { certify } from '../../kit/authority.ts';
import { cleanEnvironment } from '../../kit/environment.ts';
import { tempDir } from '../../kit/temp.ts';
import { ecdsaKey, ed25519Key, rsaKey } from '../../vectors/fixed-keys.ts';
import type { FixedKey } from '../../vectors/fixed-keys.ts';

const test = suite('sshsig');
const dir = tempDir();
const env = cleanEnvironment({ HOME: dir });
const PAYLOAD = utf8('a payload\nof two lines');
const SLOW = process.env['SLOW'] === '1';

function keygen(args: string[], input: Uint8Array = new Uint8Array()): { status: number | null; stdout: Buffer } {
  return spawnSync('ssh-keygen', args, { env, input });
}

/** What ssh-keygen says of a blob under a public key. */
function oracle(publicLine: string, blob: Uint8Array, namespace: string): boolean {
  const [signers, signature] = [join(dir, 'signers'), join(dir, 'signature')];
  writeFileSync(signers, `somebody ${publicLine}\n`);
  writeFileSync(signature, encodeArmor(blob));
  return keygen(['-Y', 'verify', '-f', signers, '-I', 'somebody', '-n', namespace, '-s', signature], PAYLOAD).status === 0;
}

function blobOf(key: FixedKey, hash: 'sha256' | 'sha512' = 'sha512'): Uint8Array {
  const signature = key.sign(signedData(hash, 'file', PAYLOAD));
  return encodeSshsig({ publicKey: key.blob, namespace: utf8('file'), reserved: new Uint8Array(), hash, signature });
}

for (const [type, bits] of [['ed25519', '256'], ['ecdsa', '256'], ['ecdsa', '384'], ['ecdsa', '521'], ['rsa', '2048']] as const) {
  test(`ssh-keygen signs, we check: ${type} ${bits}`, () => {
    const file = join(dir, `${type}-${bits}`);
    keygen(['-q', '-t', type, '-b', bits, '-N', '', '-f', file]);
    for (const hash of ['sha256', 'sha512']) {
      const armor = keygen(['-Y', 'sign', '-n', 'file', '-O', `hashalg=${hash}`, '-f', file], PAYLOAD).stdout;
      const blob = decodeArmor(armor)!;
      const check = checkSshsig(blob, PAYLOAD, 'file');
      assert.is(check.kind, 'good');
      assert.is(check.keyid, `ssh:${parseSshPublicKey(readFileSync(`${file}.pub`, 'utf8')).fingerprint}`);
      assert.ok(equal(encodeArmor(blob), armor));
      assert.equal(checkSshsig(blob, PAYLOAD, 'git').kind, 'bad');
    }
  });
}

for (const [name, key] of Object.entries({ ed25519: ed25519Key(), ecdsa256: ecdsaKey(256), ecdsa384: ecdsaKey(384), ecdsa521: ecdsaKey(521), rsa: rsaKey() })) {
  test(`we write, ssh-keygen checks: ${name}`, () => {
    const check = checkSshsig(blobOf(key), PAYLOAD, 'file');
    assert.is(check.kind, 'good');
    assert.ok(check.kind === 'good' && oracle(printSshPublicKey(check.key), blobOf(key), 'file'));
  });
}

for (const kind of ['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'] as const) {
  for (const [flags, strength] of [[0, 'software'], [1, 'presence'], [4, 'software'], [5, 'presence']] as const) {
    test(`${kind} with flags ${flags} is ${strength}; ssh-keygen takes it as well`, () => {
      const authenticator = softAuthenticator({ kind, flags, counter: 41 });
      const blob = authenticator.sign(PAYLOAD, 'file');
      const { key: _, ...check } = checkSshsig(blob, PAYLOAD, 'file');
      const { fingerprint } = parseSshPublicKey(authenticator.publicLine);
      assert.equal(check, { kind: 'good', keyid: `ssh:${fingerprint}`, strength, flags, counter: 41 });
      assert.ok(oracle(authenticator.publicLine, blob, 'file'));
      const next = checkSshsig(authenticator.sign(PAYLOAD, 'file'), PAYLOAD, 'file');
      assert.is(next.kind === 'good' && next.counter, 42);
    });
  }
}

test('an RSA signature without its leading zeros is good, as ssh-keygen says too', () => {
  // About one payload in 256 has such a signature.
  const key = rsaKey();
  const sign = (payload: Uint8Array): Uint8Array => key.sign(signedData('sha512', 'file', payload)).subarray(-256);
  const payload = Array.from({ length: 5000 }, (_, i) => utf8(`payload ${i}`)).find((candidate) => sign(candidate)[0] === 0)!;
  const signature = concat(wireString('rsa-sha2-512'), wireString(sign(payload).subarray(1)));
  const blob = encodeSshsig({ publicKey: key.blob, namespace: utf8('file'), reserved: new Uint8Array(), hash: 'sha512', signature });
  assert.is(checkSshsig(blob, payload, 'file').kind, 'good');
});

const blobs = {
  ed25519: blobOf(ed25519Key()),
  'ecdsa 256': blobOf(ecdsaKey(256)),
  'ecdsa 521': blobOf(ecdsaKey(521), 'sha256'),
  rsa: blobOf(rsaKey()),
  'sk-ed25519': softAuthenticator().sign(PAYLOAD, 'file'),
  'sk-ecdsa': softAuthenticator({ kind: 'sk-ecdsa-sha2-nistp256@openssh.com' }).sign(PAYLOAD, 'file'),
  webauthn: softAuthenticator({ kind: 'sk-ecdsa-sha2-nistp256@openssh.com', origin: 'https://example.com' }).sign(PAYLOAD, 'file'),
  certificate: softAuthenticator({ certify: (publicKey) => certify(ed25519Key(1), publicKey) }).sign(PAYLOAD, 'file'),
};

for (const [name, blob] of Object.entries(blobs)) {
  test(`${name}: no flipped byte is good`, () => {
    assert.is(checkSshsig(blob, PAYLOAD, 'file').kind, 'good');
    // Every byte, by one flip of it in normal mode and by all 255 in slow mode.
    for (let index = 0; index < blob.length; index++) {
      const flips = SLOW ? Array.from({ length: 255 }, (_, i) => i + 1) : [1 << (index & 7)];
      for (const flip of flips) {
        const changed = Uint8Array.from(blob, (byte, at) => (at === index ? byte ^ flip : byte));
        assert.is.not(checkSshsig(changed, PAYLOAD, 'file').kind, 'good', `byte ${index} ^ ${flip}`);
      }
    }
  });

  test(`${name}: no truncation and no extension is good`, () => {
    for (let length = 0; length < blob.length; length++) assert.is(checkSshsig(blob.subarray(0, length), PAYLOAD, 'file').kind, 'bad');
    assert.equal(checkSshsig(concat(blob, Uint8Array.of(0)), PAYLOAD, 'file'), { kind: 'bad', reason: 'malformed' });
  });

  test(`${name}: a lie in any length is not good`, () => {
    for (let index = 10; index + 4 <= blob.length; index++) {
      for (const lie of ['ffffffff', '7fffffff', '00000000', '00010000']) {
        const changed = concat(blob.subarray(0, index), Buffer.from(lie, 'hex'), blob.subarray(index + 4));
        if (!equal(changed, blob)) assert.is.not(checkSshsig(changed, PAYLOAD, 'file').kind, 'good');
      }
    }
  });
}

test('a blob of more than 64 KiB is not looked at; an empty namespace asks for nothing', () => {
  assert.equal(checkSshsig(new Uint8Array(65537), PAYLOAD, 'file'), { kind: 'bad', reason: 'too-large' });
  assert.equal(checkSshsig(blobs.ed25519, PAYLOAD, ''), { kind: 'bad', reason: 'namespace' });
  assert.is(decodeArmor(new Uint8Array(131_073).fill(0x41)), undefined);
});

test('property: random fields are answered, and a blob reads back as it was written', () => {
  const field = fc.uint8Array({ maxLength: 80 });
  fc.assert(fc.property(field, field, field, fc.constantFrom('sha256', 'sha512', 'md5'), field, (publicKey, namespace, reserved, hash, signature) => {
    const blob = encodeSshsig({ publicKey, namespace, reserved, hash, signature });
    const decoded = decodeSshsig(blob);
    assert.ok(typeof decoded !== 'string' && equal(encodeSshsig(decoded), blob));
    assert.is.not(checkSshsig(blob, PAYLOAD, Buffer.from(namespace).toString()).kind, 'good');
  }));
});

test('property: random bytes are neither blob nor armor', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
    assert.equal(checkSshsig(bytes, PAYLOAD, 'file'), { kind: 'bad', reason: 'malformed' });
    assert.is(decodeArmor(bytes), undefined);
    assert.ok(equal(decodeArmor(encodeArmor(concat(bytes, Uint8Array.of(1))))!, concat(bytes, Uint8Array.of(1))));
  }));
});

test.run();
