// SPDX-License-Identifier: Apache-2.0
// The gpg signer with real gpg, its agent and pinentries that answer, refuse or are missing; and with programs that
// misbehave. gpg itself is the oracle of what comes out.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import type { Fault, FaultCode } from '../../src/fault.ts';
import { readListing, signingKey } from '../../src/signer/gpg-status.ts';
import { exportCertificate, findKeyPair, gpgSigner, type GpgSignerOptions } from '../../src/signer/gpg.ts';
import { cleanEnvironment } from '../kit/environment.ts';
import { Keyring } from '../kit/gpg.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('gpg signer');
if (spawnSync('gpg', ['--version']).status !== 0) {
  console.error('SKIPPED: NO GPG TO SIGN WITH');
  process.exit(0);
}
const PAYLOAD = Uint8Array.from({ length: 100_000 }, (_, index) => index & 0xff);
const dir = tempDir();
const keyring = new Keyring();
const env = { ...cleanEnvironment(), GNUPGHOME: keyring.home };
const alice = keyring.make('Alice Example <alice@example.com>');

function signer(options: Partial<GpgSignerOptions> = {}): ReturnType<typeof gpgSigner> {
  return gpgSigner({ key: alice, spec: 'gpg:test', env, ...options });
}

async function fails(code: FaultCode, options: Partial<GpgSignerOptions>): Promise<Fault> {
  return rejectsWith(code, signer(options).sign(PAYLOAD));
}

/** Makes a program of one sh script. */
function program(name: string, script: string): string {
  const file = join(dir, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

/** Tells what gpg says of a signature over the payload: the fingerprint of its primary key. */
function oracle(signature: Uint8Array, payload: Uint8Array = PAYLOAD): string | undefined {
  const [file, content] = [join(dir, 'packet.sig'), join(dir, 'content')];
  writeFileSync(file, signature);
  writeFileSync(content, payload);
  const { stdout } = spawnSync('gpg', ['--batch', '--status-fd=1', '--verify', file, content], { env, encoding: 'utf8' });
  return /^\[GNUPG:\] VALIDSIG .* ([0-9A-F]{40})$/m.exec(stdout)?.[1];
}

/** Puts a pinentry before the agent: it says this where it is asked for a passphrase. */
function pinentry(answer: string): void {
  const script = `echo OK\nwhile read -r verb rest; do case $verb in GETPIN) ${answer};; BYE) echo OK; exit;; *) echo OK;; esac; done`;
  writeFileSync(join(keyring.home, 'gpg-agent.conf'), `pinentry-program ${program('pinentry', script)}\nmax-cache-ttl 0\n`);
  keyring.close();
}

test('signs as the key, and gpg says so too', async () => {
  const signed = await signer().sign(PAYLOAD);
  assert.equal([signed.scheme, signed.keyid, signer().spec], ['openpgp', `openpgp:${alice}`, 'gpg:test']);
  assert.is(oracle(signed.bytes), alice);
  assert.is(oracle(signed.bytes, utf8('other')), undefined);
  assert.is((await signer().sign(new Uint8Array())).keyid, `openpgp:${alice}`);
});

test('by subkey: the newest unless one is named; the keyid is the primary key', async () => {
  const fingerprint = keyring.make('Sub Example <sub@example.com>');
  keyring.run(['--quick-add-key', fingerprint, 'ed25519', 'sign', 'never']);
  const [primary, subkey] = (await findKeyPair(fingerprint, { env })).fingerprints;
  assert.is(primary, fingerprint);
  for (const key of [fingerprint, `${subkey}!`, fingerprint.slice(-16), `${fingerprint}!`]) {
    const { keyid, bytes } = await signer({ key }).sign(PAYLOAD);
    assert.is(keyid, `openpgp:${fingerprint}`);
    assert.is(oracle(bytes), fingerprint);
    assert.is(Buffer.from(bytes).includes(Buffer.from(key === `${primary}!` ? primary! : subkey!, 'hex')), true, key);
  }
});

test("by a user id, as git's own setting may have it", async () => {
  for (const key of ['alice@example.com', 'Alice Example <alice@example.com>']) assert.is((await signer({ key }).sign(PAYLOAD)).keyid, `openpgp:${alice}`);
  await fails('SIGNER_UNAVAILABLE', { key: 'nobody@example.com' });
  await fails('SIGNER_UNAVAILABLE', { key: '--version' });
});

test('no such key, revoked, expired: not at hand', async () => {
  await fails('SIGNER_UNAVAILABLE', { key: 'F'.repeat(40) });
  const revoked = keyring.make('Revoked <revoked@example.com>');
  const file = join(keyring.home, 'openpgp-revocs.d', `${revoked}.rev`);
  keyring.run(['--import'], readFileSync(file, 'utf8').replace(/^:/m, ''));
  await fails('SIGNER_UNAVAILABLE', { key: revoked });
  await fails('SIGNER_UNAVAILABLE', { key: 'revoked@example.com' });
  keyring.run(['--faked-system-time', '20200101T000000', '--quick-gen-key', 'Expired <expired@example.com>', 'ed25519', 'sign', '1d']);
  await fails('SIGNER_UNAVAILABLE', { key: 'expired@example.com' });
});

test('a passphrase is asked for by pinentry: given, wrong, cancelled, nobody to ask', async () => {
  keyring.run(['--passphrase', 'a secret', '--quick-gen-key', 'Locked <locked@example.com>', 'ed25519', 'sign', 'never']);
  const { fingerprint: key } = await findKeyPair('locked@example.com', { env });
  pinentry('echo "D a secret"; echo OK');
  assert.is((await signer({ key }).sign(PAYLOAD)).keyid, `openpgp:${key}`);
  pinentry('echo "D not it"; echo OK');
  await fails('SIGNING_FAILED', { key });
  pinentry('echo "ERR 83886179 Operation cancelled <Pinentry>"');
  await fails('SIGNING_FAILED', { key });
  pinentry('echo "ERR 83918950 Inappropriate ioctl for device <Pinentry>"');
  assert.match((await fails('SIGNER_UNAVAILABLE', { key })).hint!, 'pinentry');
  writeFileSync(join(keyring.home, 'gpg-agent.conf'), 'pinentry-program /no/such/pinentry\n');
  keyring.close();
  assert.match((await fails('SIGNER_UNAVAILABLE', { key })).hint!, 'pinentry');
});

test('the environment reaches gpg, and another home holds other keys', async () => {
  const seen = join(dir, 'seen');
  await signer({ program: program('env', `env >>'${seen}'; exec gpg "$@"`), env: { ...env, GPG_TTY: '/dev/pts/77', EXTRA: 'x' } }).sign(PAYLOAD);
  for (const line of [`GNUPGHOME=${keyring.home}`, 'GPG_TTY=/dev/pts/77', 'EXTRA=x']) assert.ok(readFileSync(seen, 'utf8').split('\n').includes(line), line);
  await fails('SIGNER_UNAVAILABLE', { env: { ...env, GNUPGHOME: tempDir() } });
});

test('no program, a broken one, one that lies', async () => {
  await fails('SIGNER_UNAVAILABLE', { program: join(dir, 'none') });
  await fails('SIGNER_UNAVAILABLE', { program: '' });
  const { message } = await fails('SIGNING_FAILED', { program: program('escapes', `printf '\\033[2Jrefused \\342\\200\\256\\n' >&2; exit 3`) });
  assert.not.match(message, /[\p{Cc}\p{Cf}]/u);
  const created = `[GNUPG:] SIG_CREATED D 22 8 00 1 ${alice}`;
  const lies: Record<string, string> = {
    mute: 'cat >/dev/null',
    junk: 'cat >/dev/null; echo junk',
    'no-status': `gpg "$@" 2>/dev/null`,
    'junk-with-status': `cat >/dev/null; case "$*" in *--export*) exec gpg "$@";; esac; echo junk; echo '${created}' >&2`,
    'other-payload': `case "$*" in *--export*) exec gpg "$@";; esac; echo other | gpg "$@"`,
    'other-class': `case "$*" in *--export*) exec gpg "$@";; esac; gpg --textmode --status-fd=2 -u ${alice} -b; cat >/dev/null`,
    'armored': `case "$*" in *--export*) exec gpg "$@";; esac; gpg "$@" --armor`,
    'two-signatures': `case "$*" in *--export*) exec gpg "$@";; esac; cat >'${dir}/in'; gpg "$@" <'${dir}/in'; gpg "$@" <'${dir}/in'`,
    'trailing-junk': `case "$*" in *--export*) exec gpg "$@";; esac; gpg "$@"; printf x`,
    'good-but-failed': `case "$*" in *--export*) exec gpg "$@";; esac; gpg "$@"; exit 1`,
  };
  for (const [name, script] of Object.entries(lies)) {
    await fails('SIGNING_FAILED', { program: program(name, script) }).catch((thrown: unknown) => assert.unreachable(`${name}: ${String(thrown)}`));
  }
});

test('a program that never ends, or never stops talking, is let go', async () => {
  const started = Date.now();
  await fails('SIGNING_FAILED', { program: program('asleep', 'exec sleep 20'), patience: 200 });
  await fails('SIGNING_FAILED', { program: program('endless', 'exec yes') });
  await fails('SIGNING_FAILED', { program: program('endless-status', 'exec yes "[GNUPG:] SIG_CREATED D" >&2') });
  assert.ok(Date.now() - started < 5000);
});

test('a public key is exported as it is, minimal and without its secret', async () => {
  const certificate = await exportCertificate(alice, { env });
  assert.ok(Buffer.from(certificate).equals(Buffer.from(keyring.run(['--export-options', 'export-minimal', '--armor', '--export', alice]).split('\n\n')[1]!.split('\n=')[0]!, 'base64')));
  await rejectsWith('KEY_NOT_FOUND', exportCertificate('F'.repeat(40), { env }));
});

test('status and listings: only whole lines of the right kind count', () => {
  const good = `[GNUPG:] SIG_CREATED D 22 8 00 1795375134 ${alice}`;
  assert.is(signingKey(`gpg: hello\n${good}\n`), alice);
  for (const text of ['', `gpg: ${good}`, `${good}\n${good}`, good.toLowerCase(), good.replace(' D ', ' S '), good.replace(' 00 ', ' 01 '), `${good}0`, good.slice(0, -1)]) assert.is(signingKey(text), undefined, text);
  const listing = (sec: string, ssb = ''): string => `sec:${sec}\nfpr:::::::::${alice}:\n${ssb && `ssb:${ssb}\nfpr:::::::::${'A'.repeat(40)}:\n`}`;
  const [own] = readListing(listing('u:255:22:X:1:::u:::scSC:::+::ed25519:::0:'));
  assert.equal(own, { fingerprint: alice, fingerprints: [alice], usable: true, card: false });
  assert.is(readListing(listing('u:255:22:X:1:::u:::scSC:::#::ed25519:', 'u:255:22:X:1::::::s:::D2760001240100000006123456780000::ed25519::'))[0]!.card, true);
  assert.is(readListing(listing('u:255:22:X:1:::u:::scSC:::+::ed25519:', 'u:255:18:X:1::::::e:::D2760001240100000006123456780000::cv25519::'))[0]!.card, false);
  for (const sec of ['r:255:22:X:1:::u:::sc:::+', 'e:255:22:X:1:::u:::sc:::+', 'u:255:22:X:1:::u:::scSCD:::+', 'u:255:22:X:1:::u:::cC:::+', '']) assert.is(readListing(listing(sec))[0]!.usable, false);
  assert.equal(readListing('fpr:::::::::x\nssb:\nsec:\n::::\n\0'), []);
});

test.run();
