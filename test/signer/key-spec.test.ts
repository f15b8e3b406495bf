// SPDX-License-Identifier: Apache-2.0
// What people name as their key, and what it is in the roster; how git would sign, held against git itself.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { latin1, utf8 } from '../../src/bytes.ts';
import type { FaultCode } from '../../src/fault.ts';
import { gitSigning, gitSource, NO_SETTINGS, parseConfig, readGitSigning } from '../../src/signer/git-settings.ts';
import { readPublicKey, settleSpec } from '../../src/signer/key-spec.ts';
import { newOpenpgpKey } from '../../src/signer/openpgp.ts';
import { describeSigner } from '../../src/signer/protection.ts';
import { parseSpec } from '../../src/signer/spec.ts';
import { ScratchRepo } from '../kit/git.ts';
import { Keyring } from '../kit/gpg.ts';
import { sshKey } from '../kit/keys.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('key spec');
const PLACE = { dir: '/place', home: '/home/alice' };
const FPR = '0123456789ABCDEF0123456789ABCDEF01234567';
const keyring = spawnSync('gpg', ['--version']).status === 0 ? new Keyring() : undefined;
if (!keyring) console.error('SKIPPED IN PART: NO GPG');

function place(scratch: ScratchRepo) {
  return { dir: scratch.dir, home: scratch.env['HOME'], env: { ...scratch.env, ...(keyring && { GNUPGHOME: keyring.home }) } };
}

test('specs, to the letter', () => {
  assert.equal(parseSpec('ssh:~/.ssh/id', PLACE), { kind: 'ssh', path: '/home/alice/.ssh/id' });
  assert.equal(parseSpec('ssh:a b', PLACE), { kind: 'ssh', path: '/place/a b' });
  assert.equal(parseSpec('openpgp:-rf', PLACE), { kind: 'openpgp', path: '/place/-rf' });
  for (const text of [FPR, FPR.toLowerCase(), `0x${FPR}`, FPR.replaceAll(/.{4}/g, '$& ').trim()]) assert.equal(parseSpec(`gpg:${text}`, PLACE), { kind: 'gpg', key: FPR });
  assert.equal(parseSpec(`gpg:${FPR}!`, PLACE), { kind: 'gpg', key: `${FPR}!` });
  for (const text of ['', 'git', 'ssh:', 'gpg:', 'gpg:alice@example.com', 'gpg:01234567', `gpg:${FPR}!!`, `gpg:--${FPR}`, 'openpgp:a\nb', 'ssh:\u001b[2J', 'x509:a', '/a', FPR]) assert.is(parseSpec(text, PLACE), undefined, text);
});

test('the public half of every kind', async () => {
  const dir = tempDir();
  const scratch = new ScratchRepo();
  const { file, line, fingerprint } = sshKey('alice');
  for (const spec of [`ssh:${file}`, `ssh:${file}.pub`, line, `${line} a comment`]) {
    assert.equal(await readPublicKey(spec, place(scratch)), { keyid: `ssh:${fingerprint}`, hardware: false, text: { ssh: line }, line });
  }
  const made = await newOpenpgpKey('Alice', 'alice@example.com', 'a secret');
  writeFileSync(join(dir, 'a.asc'), made.armor);
  const key = await readPublicKey(`openpgp:${join(dir, 'a.asc')}`, place(scratch));
  assert.equal([key.keyid, key.hardware, key.text, key.file?.path, key.line], [`openpgp:${made.fingerprint}`, false, { openpgp: `keys/${made.fingerprint}.asc` }, `.countersign/keys/${made.fingerprint}.asc`, undefined]);
  assert.match(latin1(key.file!.bytes), /^-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n[^:]+-----\n$/);
  assert.is(settleSpec('openpgp:a.asc', key, { dir, home: undefined }), `openpgp:${join(dir, 'a.asc')}`);
  if (!keyring) return;
  const gpg = keyring.make('Alice Example <alice@example.com>');
  for (const spec of [`gpg:${gpg}`, `gpg:${gpg.slice(-16)}`, `gpg:${gpg}!`]) {
    const exported = await readPublicKey(spec, place(scratch));
    assert.is(exported.keyid, `openpgp:${gpg}`);
    assert.is(settleSpec(spec, exported, PLACE), spec.endsWith('!') ? spec : `gpg:${gpg}`);
  }
  assert.is((await readPublicKey('git', place(scratch))).keyid, `openpgp:${gpg}`);
});

test('what names no key', async () => {
  const scratch = new ScratchRepo();
  const dir = tempDir();
  writeFileSync(join(dir, 'two.pub'), `${sshKey('alice').line}\n${sshKey('bob').line}\n`);
  const bad: [FaultCode, string][] = [['KEY_INVALID', 'alice'], ['KEY_INVALID', 'gpg:ABCD'], ['KEY_INVALID', `ssh:${join(dir, 'two.pub')}`], ['KEY_NOT_FOUND', 'ssh:none'], ['KEY_NOT_FOUND', 'openpgp:none'], ['KEY_INVALID', `openpgp:${join(dir, 'two.pub')}`]];
  mkdirSync(join(dir, 'folder.pub'));
  writeFileSync(join(dir, 'huge.pub'), 'x'.repeat(2 ** 20 + 1));
  bad.push(['KEY_INVALID', `ssh:${join(dir, 'folder')}`], ['KEY_INVALID', `ssh:${join(dir, 'huge.pub')}`]);
  if (keyring) bad.push(['KEY_NOT_FOUND', `gpg:${FPR}`]);
  for (const [code, spec] of bad) await rejectsWith(code, readPublicKey(spec, place(scratch)));
  scratch.git(['config', 'gpg.program', '/no/such/program']);
  await rejectsWith('SIGNER_UNAVAILABLE', readPublicKey(`gpg:${FPR}`, place(scratch)));
});

test("git's settings are read as git reads them", async () => {
  const scratch = new ScratchRepo();
  assert.equal(await readGitSigning(place(scratch)), NO_SETTINGS);
  assert.equal(await readGitSigning({ ...place(scratch), dir: tempDir() }), NO_SETTINGS);
  for (const [key, value] of [['gpg.format', 'ssh'], ['user.signingKey', '~/key'], ['gpg.openpgp.program', 'a'], ['gpg.program', 'b'], ['gpg.ssh.program', 'c'], ['commit.gpgSign', 'yes']] as const) scratch.git(['config', key, value]);
  assert.equal(await readGitSigning(place(scratch)), { format: 'ssh', key: '~/key', gpgProgram: 'a', sshProgram: 'c', keyCommand: false, always: true }, 'git writes the longer name below the other');
  const parse = (...entries: string[]) => gitSigning(parseConfig(utf8(entries.map((entry) => `${entry}\0`).join(''))));
  assert.is(parse('gpg.program\nb', 'gpg.openpgp.program\na').gpgProgram, 'a');
  assert.is(parse('gpg.program\nb', 'gpg.openpgp.program\na', 'gpg.program\nc').gpgProgram, 'c');
  assert.is(parse('commit.gpgsign').always, true);
  for (const no of ['commit.gpgsign\n', 'commit.gpgsign\nfalse', 'commit.gpgsign\n0', 'commit.gpgsign\nOff']) assert.is(parse(no).always, false, no);
});

test('what git would sign with', async () => {
  const scratch = new ScratchRepo();
  const source = (more: Partial<typeof NO_SETTINGS>) => gitSource({ ...NO_SETTINGS, ...more }, { ...place(scratch), dir: '/place', home: '/home/alice', env: { ...scratch.env, GIT_DIR: join(scratch.dir, '.git') } });
  assert.equal(await source({ format: 'ssh', key: '~/k' }), { kind: 'ssh', path: '/home/alice/k' });
  assert.equal(await source({ format: 'ssh', key: 'key::sk-ssh-x AAAA' }), { kind: 'ssh-line', line: 'sk-ssh-x AAAA' });
  assert.equal(await source({ format: 'ssh', key: 'ssh-ed25519 AAAA' }), { kind: 'ssh-line', line: 'ssh-ed25519 AAAA' });
  assert.equal(await source({ key: 'Alice' }), { kind: 'gpg', key: 'Alice' });
  assert.equal(await source({ key: `0x${FPR.toLowerCase()}!` }), { kind: 'gpg', key: `${FPR}!` });
  assert.equal(await gitSource(NO_SETTINGS, place(scratch)), { kind: 'gpg', key: 'Alice Example <alice@example.com>' });
  for (const refused of [{ format: 'x509' }, { format: 'x509', key: 'a' }, { format: '\u001b[2J' }, { format: 'ssh' }, { format: 'ssh', keyCommand: true }, { format: 'ssh', key: 'ssh-ed25519 A\nb' }]) {
    await rejectsWith('SIGNER_UNAVAILABLE', source(refused));
  }
});

test('how well each is kept', async () => {
  const scratch = new ScratchRepo();
  const dir = tempDir();
  const file = async (name: string, passphrase: string | undefined): Promise<string> => {
    writeFileSync(join(dir, name), (await newOpenpgpKey('A', 'a@example.com', passphrase)).armor);
    chmodSync(join(dir, name), 0o600);
    return `openpgp:${join(dir, name)}`;
  };
  assert.is(await describeSigner(await file('locked', 'x'), place(scratch)), 'asked');
  assert.is(await describeSigner(await file('open', undefined), place(scratch)), 'unlocked');
  const { file: half } = await readPublicKey(await file('half', undefined), place(scratch));
  writeFileSync(join(dir, 'public.asc'), half!.bytes);
  await rejectsWith('SIGNER_UNAVAILABLE', describeSigner(`openpgp:${join(dir, 'public.asc')}`, place(scratch)));
  assert.is(await describeSigner(`ssh:${sshKey('alice').file}`, place(scratch)), 'unlocked');
  if (keyring) assert.is(await describeSigner(`gpg:${keyring.make('B <b@example.com>')}`, place(scratch)), 'gpg-agent');
  scratch.git(['config', 'gpg.format', 'ssh']);
  scratch.git(['config', 'user.signingKey', `key::${sshKey('alice').line}`]);
  assert.is(await describeSigner('git', place(scratch)), 'agent');
  mkdirSync(join(dir, 'card'));
  const listing = `sec:u:255:22:X:1:::u:::scSC:::D2760001240100000006123456780000::ed25519:::0:\nfpr:::::::::${FPR}:\n`;
  writeFileSync(join(dir, 'card/gpg'), `#!/bin/sh\nprintf '${listing.replaceAll('\n', '\\n')}'\n`, { mode: 0o755 });
  scratch.git(['config', 'gpg.program', join(dir, 'card/gpg')]);
  assert.is(await describeSigner(`gpg:${FPR}`, place(scratch)), 'card');
});

test.run();
