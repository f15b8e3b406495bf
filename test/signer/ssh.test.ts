// SPDX-License-Identifier: Apache-2.0
// The ssh signer with real ssh-keygen and a real agent, and with programs that misbehave in every way a program can.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import type { Fault } from '../../src/fault.ts';
import { checkSshsig, encodeArmor } from '../../src/signature/ssh/sshsig.ts';
import { sshSigner } from '../../src/signer/ssh.ts';
import type { SshSignerOptions } from '../../src/signer/ssh.ts';
import { softAuthenticator } from '../kit/authenticator.ts';
import { sshKey } from '../kit/keys.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('ssh signer');
const dir = tempDir();
const PAYLOAD = Uint8Array.from({ length: 100_000 }, (_, index) => index & 0xff);

// Whoever runs the tests may have an agent and a terminal: neither may answer for them.
delete process.env['SSH_AUTH_SOCK'];
Object.assign(process.env, { SSH_ASKPASS: '/bin/false', SSH_ASKPASS_REQUIRE: 'force' });

function signer(options: Partial<SshSignerOptions> = {}): ReturnType<typeof sshSigner> {
  return sshSigner({ keyPath: sshKey('signer').file, namespace: 'countersign', spec: 'ssh:test', ...options });
}

/** Makes a program of one sh script. */
function program(name: string, script: string): string {
  const file = join(dir, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

async function fails(code: 'SIGNING_FAILED' | 'SIGNER_UNAVAILABLE', options: Partial<SshSignerOptions>): Promise<Fault> {
  return rejectsWith(code, signer(options).sign(PAYLOAD));
}

test('signs as the key, in its namespace', async () => {
  const signed = await signer().sign(PAYLOAD);
  assert.is(signed.scheme, 'ssh');
  assert.is(signed.keyid, `ssh:${sshKey('signer').fingerprint}`);
  assert.is(checkSshsig(signed.bytes, PAYLOAD, 'countersign').kind, 'good');
  assert.is(checkSshsig(signed.bytes, PAYLOAD, 'git').kind, 'bad');
  assert.is(signer().spec, 'ssh:test');
});

test('signs nothing at all as well', async () => {
  const { bytes } = await signer().sign(new Uint8Array());
  assert.is(checkSshsig(bytes, new Uint8Array(), 'countersign').kind, 'good');
});

test('a path that looks like an option is a path', async () => {
  const folder = join(dir, '-O');
  mkdirSync(folder);
  copyFileSync(sshKey('signer').file, join(folder, '-n'));
  copyFileSync(`${sshKey('signer').file}.pub`, join(folder, '-n.pub'));
  chmodSync(join(folder, '-n'), 0o600);
  const seen = join(dir, 'seen');
  const echo = program('echo-arguments', `printf '%s\\n' "$@" > '${seen}'; exec ssh-keygen "$@"`);
  const keyPath = relative(process.cwd(), join(folder, '-n'));
  assert.is((await signer({ keyPath, program: echo }).sign(PAYLOAD)).scheme, 'ssh');
  assert.equal(readFileSync(seen, 'utf8').trimEnd().split('\n'), ['-Y', 'sign', '-n', 'countersign', '-f', join(folder, '-n')]);
});

test('a .pub file whose private half is in the agent', async () => {
  const socket = join(dir, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => agent.stdout.once('data', resolve));
  process.env['SSH_AUTH_SOCK'] = socket;
  try {
    const { file, fingerprint } = sshKey('agent');
    assert.is(spawnSync('ssh-add', ['-q', file], { env: process.env }).status, 0);
    const keyPath = join(dir, 'held.pub');
    copyFileSync(`${file}.pub`, keyPath);
    assert.is((await signer({ keyPath }).sign(PAYLOAD)).keyid, `ssh:${fingerprint}`);
    spawnSync('ssh-add', ['-q', '-D'], { env: process.env });
    await fails('SIGNER_UNAVAILABLE', { keyPath });
  } finally {
    delete process.env['SSH_AUTH_SOCK'];
    agent.kill();
  }
});

test('no key, no agent, no passphrase, no program', async () => {
  await fails('SIGNER_UNAVAILABLE', { keyPath: join(dir, 'absent') });
  copyFileSync(`${sshKey('signer').file}.pub`, join(dir, 'alone.pub'));
  await fails('SIGNER_UNAVAILABLE', { keyPath: join(dir, 'alone.pub') });
  const locked = await fails('SIGNING_FAILED', { keyPath: sshKey('locked', 'a passphrase').file });
  assert.match(locked.hint ?? '', 'ssh-add');
  await fails('SIGNER_UNAVAILABLE', { program: join(dir, 'no-such-program') });
  writeFileSync(join(dir, 'not-executable'), '');
  await fails('SIGNER_UNAVAILABLE', { program: join(dir, 'not-executable') });
  await fails('SIGNER_UNAVAILABLE', { program: join(dir, 'not-executable', 'below') });
  await fails('SIGNER_UNAVAILABLE', { keyPath: join(dir, 'a\0b') });
  await fails('SIGNER_UNAVAILABLE', { program: '' });
});

test('what the program says reaches a person escaped, shortened, and only its last line', async () => {
  const script = program('escapes', `printf 'banner\\n\\033[2Jrefused \\342\\200\\256 %01000d\\n' 0 >&2; exit 3`);
  const { message } = await fails('SIGNING_FAILED', { program: script });
  assert.ok(message.includes('\\u{1b}[2Jrefused \\u{202e}'));
  assert.not.match(message, /[\p{Cc}\p{Cf}]|banner/u);
  assert.ok(message.length < 500);
});

test('silence and signals are failures too', async () => {
  assert.match((await fails('SIGNING_FAILED', { program: program('silent', 'exit 9') })).message, 'exit status 9');
  assert.match((await fails('SIGNING_FAILED', { program: program('killed', 'kill -9 $$') })).message, 'killed');
  await fails('SIGNING_FAILED', { program: program('mute', 'cat >/dev/null') });
});

test('output that is not one good signature is not passed on', async () => {
  const authenticator = softAuthenticator();
  const print = (name: string, armor: Uint8Array, suffix = ''): string => {
    writeFileSync(join(dir, `${name}.sig`), armor);
    return program(name, `cat >/dev/null; cat '${join(dir, name)}.sig'${suffix}`);
  };
  const good = encodeArmor(authenticator.sign(PAYLOAD, 'countersign'));
  assert.is((await signer({ program: print('good', good) }).sign(PAYLOAD)).scheme, 'ssh');
  await fails('SIGNING_FAILED', { program: print('other-payload', encodeArmor(authenticator.sign(utf8('other'), 'countersign'))) });
  await fails('SIGNING_FAILED', { program: print('other-namespace', encodeArmor(authenticator.sign(PAYLOAD, 'git'))) });
  await fails('SIGNING_FAILED', { program: print('twice', good, ` '${join(dir, 'twice')}.sig'`) });
  await fails('SIGNING_FAILED', { program: print('garbage', utf8('garbage')) });
  // A good signature of a program that says that it failed.
  await fails('SIGNING_FAILED', { program: print('contradiction', good, '; exit 1') });
});

test('line ends of Windows are taken, since only the blob is kept', async () => {
  const script = program('crlf', `ssh-keygen "$@" | sed 's/$/\\r/'`);
  const { bytes } = await signer({ program: script }).sign(PAYLOAD);
  assert.is(checkSshsig(bytes, PAYLOAD, 'countersign').kind, 'good');
});

test('a program that never ends is let go, with whatever it started', async () => {
  const started = Date.now();
  await fails('SIGNING_FAILED', { program: program('asleep', 'exec sleep 20'), patience: 200 });
  await fails('SIGNING_FAILED', { program: program('forked', 'sleep 5 & exec sleep 5'), patience: 200 });
  assert.ok(Date.now() - started < 5000);
});

test('endless output is cut off', async () => {
  await fails('SIGNING_FAILED', { program: program('endless', 'exec yes') });
  await fails('SIGNING_FAILED', { program: program('endless-stderr', 'exec yes >&2') });
});

test.run();
