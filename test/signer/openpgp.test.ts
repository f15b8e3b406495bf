// SPDX-License-Identifier: Apache-2.0
// The openpgp signer: key files that gpg, openpgp.js and we made, passphrases right and wrong, and files that are no keys.
// gpg is the oracle of what comes out.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { armor as armorOf, enums, generateKey, readKey, readPrivateKey, revokeKey } from 'openpgp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import type { Fault } from '../../src/fault.ts';
import { inspectKey, inspectKeyFile, newOpenpgpKey, openpgpSigner } from '../../src/signer/openpgp.ts';
import type { AskPassphrase } from '../../src/signer/passphrase.ts';
import { Keyring } from '../kit/gpg.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('openpgp signer');
const dir = tempDir();
const PAYLOAD = Uint8Array.from({ length: 50_000 }, (_, index) => index & 0xff);
const hasGpg = spawnSync('gpg', ['--version']).status === 0;
const never: AskPassphrase = () => Promise.reject(new Error('nobody may be asked'));

function write(name: string, content: string | Uint8Array): string {
  const file = join(dir, name);
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

/** Answers with these, one after the other; keeps what it handed out. */
function answers(...passphrases: string[]): { ask: AskPassphrase; prompts: string[]; given: Uint8Array[] } {
  const [prompts, given]: [string[], Uint8Array[]] = [[], []];
  const ask: AskPassphrase = (prompt) => {
    prompts.push(prompt);
    given.push(utf8(passphrases[given.length]!));
    return Promise.resolve(given.at(-1)!);
  };
  return { ask, prompts, given };
}

const sign = (path: string, ask: AskPassphrase = never) => openpgpSigner({ path, spec: 'openpgp:test', ask }).sign(PAYLOAD);

/** Tells what gpg says of a signature: the fingerprint of its primary key. */
function oracle(keyring: Keyring, certificate: string | undefined, signature: Uint8Array, payload: Uint8Array = PAYLOAD): string | undefined {
  if (certificate !== undefined) keyring.run(['--import'], certificate);
  const [file, content] = [write('packet.sig', signature), write('content', payload)];
  return /^\[GNUPG:\] VALIDSIG .* ([0-9A-F]{40})$/m.exec(keyring.run(['--status-fd=1', '--verify', file, content]))?.[1];
}

test('a key that we made: signs, and gpg imports it, agrees and uses it', async () => {
  for (const passphrase of [undefined, 'pass phräse "\\']) {
    const made = await newOpenpgpKey('Alice Example', 'alice@example.com', passphrase);
    const path = write('made.asc', made.armor);
    const facts = await inspectKeyFile(path);
    assert.equal([facts.fingerprint, facts.secret], [made.fingerprint, passphrase === undefined ? 'unlocked' : 'locked']);
    const { scheme, keyid, bytes } = await sign(path, passphrase === undefined ? never : answers(passphrase).ask);
    assert.equal([scheme, keyid], ['openpgp', `openpgp:${made.fingerprint}`]);
    if (!hasGpg) continue;
    const keyring = new Keyring();
    assert.is(oracle(keyring, facts.certificate, bytes), made.fingerprint);
    keyring.run(['--passphrase', passphrase ?? '', '--import'], made.armor);
    keyring.run(['--passphrase', passphrase ?? '', '-u', made.fingerprint, '--detach-sign'], 'x');
    assert.match(keyring.run(['--with-colons', '--list-keys']), '::Alice Example <alice@example.com>:');
  }
});

test('passphrases: three tries, each wiped; asked for each time anew', async () => {
  const { armor } = await newOpenpgpKey('A', 'a@example.com', 'right');
  const path = write('locked.asc', armor);
  const third = answers('wrong', '', 'right');
  assert.is((await sign(path, third.ask)).scheme, 'openpgp');
  assert.is(third.prompts.length, 3);
  assert.ok(third.given.every((bytes) => bytes.every((byte) => byte === 0)), 'wiped');
  assert.match(third.prompts[0]!, path);
  const wrong = answers('wrong', 'right ', 'Right', 'right');
  await rejectsWith('SIGNING_FAILED', sign(path, wrong.ask));
  assert.is(wrong.prompts.length, 3);
  await rejectsWith('SIGNING_FAILED', sign(path, answers('wrong', 'wrong', 'wrong').ask));
});

test('the signing subkey signs where there is one; the keyid is the primary key', async () => {
  const { privateKey } = await generateKey({ type: 'ecc', curve: 'ed25519Legacy', userIDs: [{ name: 'S' }], subkeys: [{ sign: true }], format: 'object' });
  const path = write('subkey.asc', privateKey.armor());
  const { keyid, bytes } = await sign(path);
  assert.is(keyid, `openpgp:${privateKey.getFingerprint().toUpperCase()}`);
  assert.ok(Buffer.from(bytes).includes(Buffer.from(privateKey.subkeys[0]!.getFingerprint(), 'hex')));
});

test('other kinds: binary files, rsa, p256, version 6, CRLF', async () => {
  const kinds = { rsa: { type: 'rsa', rsaBits: 2048 }, p256: { type: 'ecc', curve: 'nistP256' }, v6: { type: 'curve25519', config: { v6Keys: true } } } as const;
  for (const [name, kind] of Object.entries(kinds)) {
    const { privateKey } = await generateKey({ ...kind, userIDs: [{ name }], format: 'object' } as never) as unknown as { privateKey: Awaited<ReturnType<typeof readPrivateKey>> };
    const keyid = `openpgp:${privateKey.getFingerprint().toUpperCase()}`;
    assert.is((await sign(write(`${name}.gpg`, privateKey.write()))).keyid, keyid, name);
    assert.is((await sign(write(`${name}.asc`, privateKey.armor().replaceAll(/\r?\n/g, '\r\n')))).keyid, keyid, name);
  }
});

test('keys that gpg exports: with a passphrase, and with an offline primary key', async () => {
  if (!hasGpg) return;
  const keyring = new Keyring();
  keyring.run(['--passphrase', 'a secret', '--quick-gen-key', 'Bob <bob@example.com>', 'ed25519', 'cert', 'never']);
  const fingerprint = /^fpr:+([0-9A-F]+):/m.exec(keyring.run(['--list-secret-keys', '--with-colons']))![1]!;
  keyring.run(['--passphrase', 'a secret', '--quick-add-key', fingerprint, 'ed25519', 'sign', 'never']);
  for (const command of ['--export-secret-keys', '--export-secret-subkeys']) {
    const path = write('exported.asc', keyring.run(['--passphrase', 'a secret', '--armor', command, fingerprint]));
    assert.is((await inspectKeyFile(path)).secret, 'locked');
    const { keyid, bytes } = await sign(path, answers('a secret').ask);
    assert.is(keyid, `openpgp:${fingerprint}`);
    assert.is(oracle(keyring, undefined, bytes), fingerprint);
  }
});

test('revoked, expired, unable to sign: not at hand', async () => {
  const userIDs = [{ name: 'X' }];
  const { privateKey } = await generateKey({ type: 'ecc', curve: 'ed25519Legacy', userIDs, format: 'object' });
  const revoked = await revokeKey({ key: privateKey, format: 'object' });
  await rejectsWith('SIGNER_UNAVAILABLE', sign(write('revoked.asc', revoked.privateKey.armor())));
  const expired = await generateKey({ type: 'ecc', curve: 'ed25519Legacy', userIDs, date: new Date('2020-01-01'), keyExpirationTime: 86_400 });
  await rejectsWith('SIGNER_UNAVAILABLE', sign(write('expired.asc', expired.privateKey)));
  await rejectsWith('SIGNER_UNAVAILABLE', sign(write('public.asc', privateKey.toPublic().armor())));
});

test('files that are no key', async () => {
  const { armor } = await newOpenpgpKey('A', 'a@example.com', undefined);
  await rejectsWith('SIGNER_UNAVAILABLE', sign(join(dir, 'none')));
  await rejectsWith('KEY_NOT_FOUND', inspectKeyFile(join(dir, 'none')));
  mkdirSync(join(dir, 'folder'));
  const bad: Record<string, string | Uint8Array> = {
    empty: '', text: 'hello', truncated: armor.slice(0, 200), 'two-keys': armor + (await newOpenpgpKey('B', 'b@example.com', undefined)).armor,
    'bad-checksum': armor.replace(/\n=[^]{4}\n/, '\n=AAAA\n').replace(/xV/, 'xW'), bytes: Uint8Array.from({ length: 500 }, (_, i) => 0x80 | i), large: 'x'.repeat(1_100_000), 'ssh-key': 'ssh-ed25519 AAAA\n',
  };
  for (const [name, content] of Object.entries(bad)) {
    const path = write(`bad-${name}`, content);
    await rejectsWith('KEY_INVALID', inspectKeyFile(path)).catch((thrown: unknown) => assert.unreachable(`${name}: ${String(thrown)}`));
    await rejectsWith('SIGNER_UNAVAILABLE', sign(path));
  }
  await rejectsWith('KEY_INVALID', inspectKeyFile(join(dir, 'folder')));
  await rejectsWith('KEY_INVALID', inspectKey(utf8('\u001b[2J'), '\u001b[2J'));
});

test('files made to keep the reader busy: refused at once', async () => {
  const empty = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i % 2 === 0 ? 0xcd : 0));
  const { armor } = await newOpenpgpKey('A', 'a@example.com', undefined);
  const certifications = armor.replace('\n\n', `\n${'Comment: x\n'.repeat(50_000)}\n`);
  const started = Date.now();
  await rejectsWith('KEY_INVALID', inspectKey(empty, 'empty packets'));
  await rejectsWith('KEY_INVALID', inspectKey(utf8(armorOf(enums.armor.privateKey, empty.slice(0, 700_000))), 'empty packets in armor'));
  await inspectKey(utf8(certifications), 'a novel of headers').catch((thrown: unknown) => assert.is((thrown as Fault).code, 'KEY_INVALID'));
  assert.ok(Date.now() - started < 2000, `${Date.now() - started} ms`);
});

test('any mutation of a key file is read, or refused by a fault', async () => {
  const original = Buffer.from((await readPrivateKey({ armoredKey: (await newOpenpgpKey('A', 'a@example.com', undefined)).armor })).write());
  const mutation = fc.record({ at: fc.nat(original.length - 1), byte: fc.nat(255), cut: fc.nat(original.length), again: fc.boolean() });
  const runs = process.env['SLOW'] === '1' ? 10_000 : 150;
  await fc.assert(fc.asyncProperty(mutation, async ({ at, byte, cut, again }) => {
    const bytes = Buffer.from(original);
    bytes[at] = byte;
    const given = again ? Buffer.concat([bytes, bytes.subarray(0, cut)]) : bytes.subarray(0, cut > original.length / 2 ? original.length : cut);
    const path = write('mutated', given);
    await inspectKeyFile(path).catch((thrown: unknown) => assert.is((thrown as Fault).code, 'KEY_INVALID', String((thrown as Error).stack)));
    await sign(path, answers(...Array.from({ length: 3 }, () => 'x')).ask).catch((thrown: unknown) => assert.ok(['SIGNER_UNAVAILABLE', 'SIGNING_FAILED'].includes((thrown as Fault).code), String((thrown as Error).stack)));
  }), { numRuns: runs });
});

test('the certificate is public, clean, and nobody else had a hand in it', async () => {
  const [a, b] = [await newOpenpgpKey('A', 'a@example.com', undefined), await newOpenpgpKey('B', 'b@example.com', undefined)];
  const signed = await (await readPrivateKey({ armoredKey: a.armor })).signAllUsers([await readPrivateKey({ armoredKey: b.armor })]);
  const armor = signed.armor().replace('\n', '\nComment: \u001b[2J hello\nVersion: 9\n');
  const { certificate, fingerprint } = await inspectKeyFile(write('endorsed.asc', armor));
  assert.is(fingerprint, a.fingerprint);
  assert.match(certificate, /^-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n[A-Za-z0-9+/=\n]+\n-----END PGP PUBLIC KEY BLOCK-----\n$/);
  const [user] = (await readKey({ armoredKey: certificate })).users;
  assert.equal([user!.selfCertifications.length, user!.otherCertifications.length], [1, 0]);
});

test('a name that no key can bear', async () => {
  await rejectsWith('KEY_INVALID', newOpenpgpKey('A', 'not an address', undefined));
});

test('a file that others can read is told of where somebody is, and signs', async () => {
  const path = write('open.asc', (await newOpenpgpKey('A', 'a@example.com', undefined)).armor);
  chmodSync(path, 0o644);
  assert.is((await sign(path)).scheme, 'openpgp');
  assert.ok(readFileSync(path, 'utf8').startsWith('-----BEGIN'), 'and stays as it was');
});

test.run();
