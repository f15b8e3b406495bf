// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { base64, concat } from '../../../src/bytes.ts';
import { decodeSshPublicKey, parseSshPublicKey, printSshPublicKey, toKeyObject } from '../../../src/signature/ssh/key.ts';
import type { SshPublicKey } from '../../../src/signature/ssh/key.ts';
import { wireString } from '../../../src/signature/wire.ts';
import { softAuthenticator } from '../../kit/authenticator.ts';
import { cleanEnvironment } from '../../kit/environment.ts';
import { throwsWith } from '../../kit/rejects.ts';
import { tempDir } from '../../kit/temp.ts';
import { ed25519Blob, ed25519Key, rsaKey } from '../../vectors/fixed-keys.ts';

const test = suite('ssh key');
const dir = tempDir();
const line = `ssh-ed25519 ${base64(ed25519Key().blob)}`;

/** Returns the .pub line that ssh-keygen makes, and the fingerprint that it prints. */
function keygen(type: string, bits: string): { text: string; fingerprint: string } {
  const file = join(dir, `${type}-${bits}`);
  const env = cleanEnvironment({ HOME: dir });
  spawnSync('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-C', 'a comment', '-f', file], { env });
  const shown = spawnSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { env, encoding: 'utf8' }).stdout;
  return { text: readFileSync(`${file}.pub`, 'utf8'), fingerprint: shown.split(' ')[1]! };
}

for (const [type, bits, kind] of [
  ['ed25519', '256', 'ed25519'], ['ecdsa', '256', 'ec'], ['ecdsa', '384', 'ec'], ['ecdsa', '521', 'ec'], ['rsa', '2048', 'rsa'],
] as const) {
  test(`${type} ${bits}: read as ssh-keygen wrote it, printed as it was`, () => {
    const { text, fingerprint } = keygen(type, bits);
    const key = parseSshPublicKey(text);
    assert.is(key.fingerprint, fingerprint);
    assert.is(key.comment, 'a comment');
    assert.is(key.hardware, false);
    assert.is(`${printSshPublicKey(key)}\n`, text);
    assert.is(toKeyObject(key).asymmetricKeyType, kind);
  });
}

for (const kind of ['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'] as const) {
  test(`${kind} is hardware and knows its application`, () => {
    const key = parseSshPublicKey(softAuthenticator({ kind, application: 'ssh:work' }).publicLine);
    assert.is(key.type, kind);
    assert.is(key.hardware, true);
    assert.is(Buffer.from(key.application!).toString(), 'ssh:work');
  });
}

test('key objects are kept, and only so many', () => {
  const key = parseSshPublicKey(line);
  const object = toKeyObject(key);
  assert.is(toKeyObject(parseSshPublicKey(`${line} another comment`)), object);
  for (let i = 0; i < 256; i++) {
    const x = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x!;
    toKeyObject(decodeSshPublicKey(ed25519Blob(Buffer.from(x, 'base64url'))) as SshPublicKey);
  }
  assert.is.not(toKeyObject(key), object);
});

test('an RSA key of 1024 bits is refused', () => {
  throwsWith('KEY_INVALID', () => parseSshPublicKey(keygen('rsa', '1024').text));
});

test('what is around the key: blanks, comment, line end', () => {
  for (const text of [line, `${line}\n`, `${line}\r\n`, `${line} `, line.replace(' ', '  \t')]) assert.is(parseSshPublicKey(text).comment, '');
  assert.is(parseSshPublicKey(`${line}   zoë  at work \n`).comment, 'zoë  at work');
});

for (const [what, text] of Object.entries({
  nothing: '',
  'a type alone': 'ssh-ed25519',
  'two lines': `${line}\n${line}\n`,
  'an empty line before': `\n${line}`,
  'a blank before': ` ${line}`,
  'options before': `restrict,command="true" ${line}`,
  'another type': line.replace('ssh-ed25519', 'ssh-rsa'),
  'an unknown type': line.replace('ssh-ed25519', 'ssh-ed448'),
  'a certificate': `ssh-ed25519-cert-v01@openssh.com ${base64(wireString('ssh-ed25519-cert-v01@openssh.com'))}`,
  'a type that is a member of every object': 'constructor AAAA',
  'no padding': line.replace(/=+$/, '').slice(0, -1),
  'white space in the base64': `${line.slice(0, 30)} ${line.slice(30)}`,
  'an escape sequence in the comment': `${line} \u001b[2J`,
  'a NUL in the comment': `${line} a\0b`,
  'a byte after the key': `ssh-ed25519 ${base64(concat(ed25519Key().blob, Uint8Array.of(0)))}`,
  'a private key': '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n',
  'a very long line': `${line} ${'x'.repeat(20_000)}`,
  'a very long key': `ssh-rsa ${'A'.repeat(16_000)}`,
  'many blanks': `${line}${' '.repeat(16_000)}\u0001`,
})) {
  test(`refused: ${what}`, () => void throwsWith('KEY_INVALID', () => parseSshPublicKey(text)));
}

test('a fault names no control character of the line', () => {
  const { message } = throwsWith('KEY_INVALID', () => parseSshPublicKey(`${'x'.repeat(5000)} AAAA`));
  assert.ok(message.length < 200);
});

test('property: every truncation and every other length is malformed', () => {
  const { blob } = ed25519Key();
  for (let length = 0; length < blob.length; length++) assert.is(decodeSshPublicKey(blob.subarray(0, length)), 'malformed');
  fc.assert(fc.property(fc.nat(200), (length) => length === 32 || decodeSshPublicKey(ed25519Blob(new Uint8Array(length).fill(9))) === 'malformed'));
});

test('property: hostile bytes are a key or a problem, never a crash', () => {
  const good = rsaKey().blob;
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
    const bytes = Uint8Array.from(good);
    for (const [index, byte] of changes) bytes[index] = byte;
    const key = decodeSshPublicKey(bytes);
    if (typeof key !== 'string') assert.equal(parseSshPublicKey(printSshPublicKey(key)).fingerprint, key.fingerprint);
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => typeof decodeSshPublicKey(bytes) === 'string'));
});

test.run();
