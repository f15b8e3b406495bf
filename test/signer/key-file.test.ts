// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { base64, concat, utf8 } from '../../src/bytes.ts';
import { parseSshPublicKey } from '../../src/signature/ssh/key.ts';
import { wireString, wireUint32 } from '../../src/signature/wire.ts';
import { describeKey } from '../../src/signer/key-file.ts';
import { softAuthenticator } from '../kit/authenticator.ts';
import { cleanEnvironment } from '../kit/environment.ts';
import { sshKey } from '../kit/keys.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('key file');
const dir = tempDir();

function write(name: string, text: string): string {
  const file = join(dir, name);
  writeFileSync(file, text);
  return file;
}

/** Returns the key file that ssh-keygen writes for a security key, as far as its header goes. */
function privateFile(publicKey: Uint8Array, cipher: string, keys = 1): string {
  const header = [wireString(cipher), wireString('none'), wireString(''), wireUint32(keys), wireString(publicKey), wireString('sealed')];
  const body = base64(concat(utf8('openssh-key-v1\0'), ...header)).replace(/.{70}/g, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

test('files that ssh-keygen wrote', async () => {
  const [open, locked] = [sshKey('open').file, sshKey('sealed', 'a passphrase').file];
  assert.is(await describeKey(open), 'unlocked');
  assert.is(await describeKey(`${open}.pub`), 'unlocked');
  assert.is(await describeKey(locked), 'passphrase');
  copyFileSync(`${open}.pub`, join(dir, 'public.pub'));
  assert.is(await describeKey(join(dir, 'public.pub')), 'agent');
  assert.is(await describeKey(join(dir, 'public')), 'agent');
});

for (const format of ['PEM', 'PKCS8']) {
  for (const [passphrase, expected] of [['', 'unlocked'], ['a passphrase', 'passphrase']] as const) {
    test(`the older form ${format}: ${expected}`, async () => {
      const file = join(dir, `${format}-${expected}`);
      spawnSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-m', format, '-N', passphrase, '-f', file], { env: cleanEnvironment({ HOME: dir }) });
      assert.is(await describeKey(file), expected);
    });
  }
}

test('security keys are hardware, whether their file is encrypted or only the public half is here', async () => {
  const line = softAuthenticator().publicLine;
  const { blob } = parseSshPublicKey(line);
  assert.is(await describeKey(write('sk', privateFile(blob, 'none'))), 'hardware');
  assert.is(await describeKey(write('sk-locked', privateFile(blob, 'aes256-ctr'))), 'hardware');
  assert.is(await describeKey(write('sk-crlf', privateFile(blob, 'none').replaceAll('\n', '\r\n'))), 'hardware');
  assert.is(await describeKey(write('sk-public.pub', `${line}\n`)), 'hardware');
});

test('a key type that we do not know is as safe as its cipher', async () => {
  const blob = wireString('ssh-mldsa44-ed25519@openssh.com');
  assert.is(await describeKey(write('new', privateFile(blob, 'none'))), 'unlocked');
  assert.is(await describeKey(write('new-locked', privateFile(blob, 'aes256-ctr'))), 'passphrase');
});

test('what is no key is not described', async () => {
  await rejectsWith('SIGNER_UNAVAILABLE', describeKey(join(dir, 'absent')));
  await rejectsWith('SIGNER_UNAVAILABLE', describeKey(join(dir, 'a\0b')));
  await rejectsWith('KEY_INVALID', describeKey(write('empty', '')));
  await rejectsWith('KEY_INVALID', describeKey(write('text', 'ssh-ed25519 AAAA\n')));
  await rejectsWith('KEY_INVALID', describeKey(write('two-keys', privateFile(new Uint8Array(), 'none', 2))));
  await rejectsWith('KEY_INVALID', describeKey(write('large', 'x'.repeat(70_000))));
  await rejectsWith('KEY_INVALID', describeKey(write('truncated', privateFile(new Uint8Array(), 'none').slice(0, 60))));
  await rejectsWith('KEY_INVALID', describeKey(write('bad.pub', 'not a key\n')));
  mkdirSync(join(dir, 'folder'));
  await rejectsWith('KEY_INVALID', describeKey(join(dir, 'folder')));
});

test.run();
