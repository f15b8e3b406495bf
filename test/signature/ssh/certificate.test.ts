// SPDX-License-Identifier: Apache-2.0
// Certificates against ssh-keygen: it makes them, signs under them and checks them with `cert-authority` lines; so do we.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromBase64, utf8 } from '../../../src/bytes.ts';
import { parseAllowedSigners } from '../../../src/signature/ssh/allowed-signers.ts';
import { decodeSshCertificate } from '../../../src/signature/ssh/certificate.ts';
import { materialOf, parseSshPublicKey } from '../../../src/signature/ssh/key.ts';
import { checkSshsig, decodeArmor, encodeArmor, encodeSshsig, signedData } from '../../../src/signature/ssh/sshsig.ts';
import { certify, optionText, type CertificateFields } from '../../kit/authority.ts';
import { softAuthenticator } from '../../kit/authenticator.ts';
import { cleanEnvironment } from '../../kit/environment.ts';
import { tempDir } from '../../kit/temp.ts';
import { ecdsaKey, ed25519Key, ed25519Private, rsaKey } from '../../vectors/fixed-keys.ts';

const test = suite('ssh certificate');
const dir = tempDir();
const env = cleanEnvironment({ HOME: dir, TZ: 'UTC' });
const PAYLOAD = utf8('a payload');
const YEAR = [Date.UTC(2024, 0, 1) / 1000, Date.UTC(2025, 0, 1) / 1000] as const;

function keygen(args: string[]): Buffer {
  const done = spawnSync('ssh-keygen', args, { env, input: PAYLOAD });
  if (done.status !== 0) throw new Error(`ssh-keygen ${args.join(' ')}: ${done.stderr.toString()}`);
  return done.stdout;
}

/** Returns the private key file of a type, made at first use. */
const files = new Map<string, string>();
function keyFile(type: string, bits: string, name = 'user'): string {
  const file = join(dir, `${name}-${type}-${bits}`);
  if (!files.has(file)) keygen(['-q', '-t', type, '-b', bits, '-N', '', '-f', file]);
  return files.set(file, file).get(file)!;
}

/** Has ssh-keygen certify a public key file; returns the file of the certificate. */
function issue(authority: string, publicFile: string, ...more: string[]): string {
  keygen(['-q', '-s', authority, '-I', 'key of alice', '-n', 'alice,alice@example.com', '-V', '20240101000000Z:20250101000000Z', '-z', '42', ...more, publicFile]);
  return publicFile.replace(/\.pub$/, '-cert.pub');
}

function blobOf(certificateFile: string): Uint8Array {
  return fromBase64(readFileSync(certificateFile, 'utf8').split(' ')[1]!)!;
}

/** What ssh-keygen says of a blob by a certificate of this authority. */
function oracle(authorityLine: string, blob: Uint8Array, { identity = 'alice', time = '20240601Z' } = {}): boolean {
  const [signers, signature] = [join(dir, 'signers'), join(dir, 'signature')];
  const line = `* cert-authority ${authorityLine}`;
  assert.is(parseAllowedSigners(utf8(line))[0]!.isAuthority, true);
  writeFileSync(signers, `${line}\n`);
  writeFileSync(signature, encodeArmor(blob));
  const args = ['-Y', 'verify', '-f', signers, '-I', identity, '-n', 'file', '-s', signature, `-Overify-time=${time}`];
  return spawnSync('ssh-keygen', args, { env, input: PAYLOAD }).status === 0;
}

const TYPES = [['ed25519', '256'], ['ecdsa', '256'], ['ecdsa', '384'], ['ecdsa', '521'], ['rsa', '2048']] as const;

for (const [i, [type, bits]] of TYPES.entries()) {
  const [caType, caBits] = TYPES[(i + 2) % TYPES.length]!;
  test(`made and signed by ssh-keygen: ${type} ${bits}, by ${caType} ${caBits}`, () => {
    const [authority, user] = [keyFile(caType, caBits, 'ca'), keyFile(type, bits)];
    const certificateFile = issue(authority, `${user}.pub`);
    const blob = decodeArmor(keygen(['-Y', 'sign', '-n', 'file', '-f', certificateFile]))!;
    const check = checkSshsig(blob, PAYLOAD, 'file');
    const [authorityLine, userLine] = [authority, user].map((file) => readFileSync(`${file}.pub`, 'utf8').trim());
    assert.is(check.kind, 'good');
    assert.is(check.keyid, `ssh:${parseSshPublicKey(userLine!).fingerprint}`);
    assert.equal(check.certificate, {
      authority: `ssh:${parseSshPublicKey(authorityLine!).fingerprint}`, principals: ['alice', 'alice@example.com'],
      validAfter: YEAR[0], validBefore: YEAR[1], keyId: 'key of alice', serial: '42',
    });
    assert.ok(oracle(authorityLine!, blob));
    assert.not(oracle(authorityLine!, blob, { identity: 'bob' }));
    for (const time of ['20231231235959Z', '20240101000000Z', '20241231235959Z', '20250101000000Z']) {
      const at = parseAllowedSigners(utf8(`a valid-after="${time}" ${userLine}`))[0]!.validAfter!;
      assert.is(oracle(authorityLine!, blob, { time }), check.certificate!.validAfter <= at && at < check.certificate!.validBefore, time);
    }
  });
}

for (const kind of ['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'] as const) {
  for (const origin of kind.startsWith('sk-ecdsa') ? [undefined, 'https://example.com'] : [undefined]) {
    test(`made by ssh-keygen for a security key: ${kind}${origin ? ', signing in a browser' : ''}`, () => {
      const authority = keyFile('ed25519', '256', 'ca');
      let flags = 1;
      const make = (...more: string[]): Uint8Array => softAuthenticator({
        kind, flags, ...(origin ? { origin } : {}),
        certify: (publicKey) => {
          const file = join(dir, 'sk.pub');
          writeFileSync(file, `${kind} ${Buffer.from(publicKey).toString('base64')}\n`);
          return blobOf(issue(authority, file, ...more));
        },
      }).sign(PAYLOAD, 'file');
      const check = checkSshsig(make(), PAYLOAD, 'file');
      assert.is(check.kind === 'good' && check.strength, 'presence');
      assert.is(check.certificate!.serial, '42');
      const authorityLine = readFileSync(`${authority}.pub`, 'utf8').trim();
      assert.ok(oracle(authorityLine, make()));
      // The demand for user verification, which ssh-keygen -Y verify passes over.
      assert.is(checkSshsig(make('-O', 'verify-required'), PAYLOAD, 'file').kind, 'bad');
      assert.ok(oracle(authorityLine, make('-O', 'verify-required')));
      flags = 5;
      assert.is(checkSshsig(make('-O', 'verify-required'), PAYLOAD, 'file').kind, 'good');
    });
  }
}

/** Returns a blob by the fixed Ed25519 key under a certificate of our own making. */
function ours(fields: CertificateFields, authority = ed25519Key(1)): Uint8Array {
  const key = ed25519Key();
  const signature = key.sign(signedData('sha512', 'file', PAYLOAD));
  return encodeSshsig({ publicKey: certify(authority, key.blob, fields), namespace: utf8('file'), reserved: new Uint8Array(), hash: 'sha512', signature });
}

const lineOf = ({ blob }: { blob: Uint8Array }, type = 'ssh-ed25519'): string => `${type} ${Buffer.from(blob).toString('base64')}`;

test('we write, ssh-keygen checks: for all time', () => {
  const check = checkSshsig(ours({}), PAYLOAD, 'file');
  assert.is(check.certificate!.validBefore, Infinity);
  assert.ok(oracle(lineOf(ed25519Key(1)), ours({})));
});

for (const [what, fields] of Object.entries<CertificateFields>({
  'a host': { role: 2 }, 'no such role': { role: 3 }, 'nobody': { principals: [] }, 'a NUL in a name': { principals: ['a\0b'] },
  '257 names': { principals: ['alice', ...Array.from({ length: 256 }, (_, i) => `p${i}`)] },
  'another authority': { authority: ecdsaKey(256).blob }, 'a chain': { authority: certify(ed25519Key(1), ed25519Key(1).blob) },
})) {
  test(`refused here and by ssh-keygen: ${what}`, () => {
    assert.is(checkSshsig(ours(fields), PAYLOAD, 'file').kind, 'bad');
    assert.not(oracle(lineOf(ed25519Key(1)), ours(fields)));
  });
}

// What a certificate says against its use for anything but a login, and what one reader may read otherwise than another.
for (const [what, fields, reason] of [
  ['force-command', { options: [['force-command', optionText('true')]] }, 'certificate-option'],
  ['source-address', { options: [['source-address', optionText('10.0.0.0/8')]] }, 'certificate-option'],
  ['an unknown critical option', { options: [['x@example.com', optionText('')]] }, 'certificate-option'],
  ['verify-required of a plain key', { options: [['verify-required', new Uint8Array()]] }, 'user-verification'],
  ['options out of order', { extensions: [['b', new Uint8Array()], ['a', new Uint8Array()]] }, 'certificate-malformed'],
  ['an escape sequence in the key id', { keyId: '\u001b[2J' }, 'certificate-malformed'],
] as const) {
  test(`refused here, passed over by ssh-keygen: ${what}`, () => {
    const check = checkSshsig(ours(fields), PAYLOAD, 'file');
    assert.is(check.kind === 'bad' && check.reason, reason);
    assert.ok(oracle(lineOf(ed25519Key(1)), ours(fields)));
  });
}

test('one certified key is one key, with and without its certificate, and with and without an authenticator', () => {
  for (const key of [ed25519Key(), ecdsaKey(521), rsaKey()]) {
    const certified = decodeSshCertificate(certify(ed25519Key(1), key.blob));
    assert.ok(typeof certified !== 'string');
    const plain = parseSshPublicKey(lineOf(key, certified.key.type));
    assert.is(certified.key.fingerprint, plain.fingerprint);
    assert.is(materialOf(certified.key), materialOf(plain));
  }
  const [plain, other] = [0, 1].map((index) => parseSshPublicKey(lineOf(ed25519Key(index as 0 | 1))));
  const hardware = parseSshPublicKey(softAuthenticator({ key: ed25519Private(0), application: 'ssh:work' }).publicLine);
  assert.is(materialOf(hardware), materialOf(plain!));
  assert.is.not(hardware.fingerprint, plain!.fingerprint);
  assert.is.not(materialOf(plain!), materialOf(other!));
});

test('the material of a key is the SHA-256 of what openssl knows it by', () => {
  const file = keyFile('ecdsa', '384');
  const pem = keygen(['-e', '-m', 'PKCS8', '-f', `${file}.pub`]);
  const der = spawnSync('openssl', ['pkey', '-pubin', '-outform', 'DER'], { env, input: pem }).stdout;
  const digest = spawnSync('openssl', ['dgst', '-sha256', '-r'], { env, input: der }).stdout.toString().split(' ')[0];
  assert.is(materialOf(parseSshPublicKey(readFileSync(`${file}.pub`, 'utf8'))), digest);
});

test.run();
