// SPDX-License-Identifier: Apache-2.0
// From a setting to a signer: ssh keys by path, and nothing else.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { NO_SETTINGS } from '../../src/signer/git-settings.ts';
import { openSigner } from '../../src/signer/open.ts';
import { sshKey } from '../kit/keys.ts';
import { rejectsWith, throwsWith } from '../kit/rejects.ts';

const test = suite('open');

test('ssh:PATH signs with that key', async () => {
  const key = sshKey('alice');
  const signer = openSigner(`ssh:${key.file}`);
  assert.is(signer.spec, `ssh:${key.file}`);
  assert.is((await signer.sign(utf8('x'))).keyid, `ssh:${key.fingerprint}`);
});

test('another program may be named', async () => {
  await rejectsWith('SIGNER_UNAVAILABLE', openSigner(`ssh:${sshKey('alice').file}`, { ...NO_SETTINGS, sshProgram: '/no/such/program' }).sign(utf8('x')));
});

test('other forms are refused before anything runs', () => {
  for (const spec of ['', 'ssh:', 'ssh', '/home/alice/.ssh/id_ed25519', 'gpg:ABCD', 'gpg:', 'openpgp:', 'openpgp:a\nb', 'git:', 'GIT', 'gpg:0123456789ABCDEF0123', 'gpg:-u', 'ssh:a\nb', 'ssh:\u001b[2J', 'SSH:/x']) {
    throwsWith('SIGNER_UNAVAILABLE', () => openSigner(spec));
  }
});

test.run();
