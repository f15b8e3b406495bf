// SPDX-License-Identifier: Apache-2.0
// Signatures made by the programs that people sign with: openssl, and gpgsm, which git calls for X.509 and which stands
// before smart cards.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_ANCHORS } from '../../../src/signature/anchors.ts';
import type { Check } from '../../../src/signature/signature.ts';
import { readAuthority } from '../../../src/signature/x509/authority.ts';
import { checkSignedMessage } from '../../../src/signature/signed-message.ts';
import { cleanEnvironment } from '../../kit/environment.ts';
import { tempDir } from '../../kit/temp.ts';
import { PAYLOAD, armored } from './messages.ts';

const test = suite('x509 programs');
const dir = tempDir();
const home = join(dir, 'gpg');

function run(program: string, args: readonly string[], input?: string): SpawnSyncReturns<Buffer> {
  return spawnSync(program, args, { cwd: dir, env: cleanEnvironment({ HOME: dir, GNUPGHOME: home }), ...(input === undefined ? {} : { input }), timeout: 60_000 });
}

function need(program: string, args: readonly string[], input?: string): Buffer {
  const { status, stdout, stderr } = run(program, args, input);
  assert.is(status, 0, `${program} ${args.join(' ')}: ${stderr.toString()}`);
  return stdout;
}

const made = new Set<string>();

/** Makes an authority and a certificate below it with openssl, once. */
function makeKeys(kind: readonly string[], name: string): void {
  if (made.has(name)) return;
  made.add(name);
  const subject = ['-nodes', '-newkey', ...kind];
  need('openssl', ['req', '-x509', ...subject, '-keyout', `${name}-ca.key`, '-out', `${name}-ca.pem`, '-days', '30', '-subj', `/CN=${name} CA`, '-addext', 'keyUsage=critical,keyCertSign,cRLSign']);
  need('openssl', ['req', ...subject, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', '/CN=Alice']);
  writeFileSync(join(dir, 'extensions'), 'basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection\nsubjectAltName=email:alice@example.com\n');
  need('openssl', ['x509', '-req', '-in', `${name}.csr`, '-CA', `${name}-ca.pem`, '-CAkey', `${name}-ca.key`, '-CAcreateserial', '-days', '20', '-extfile', 'extensions', '-out', `${name}.pem`]);
}

async function check(armor: Uint8Array, name: string, payload: Uint8Array = PAYLOAD): Promise<Check> {
  const authorities = [await readAuthority(readFileSync(join(dir, `${name}-ca.pem`)))];
  return checkSignedMessage(armor, payload, { ...NO_ANCHORS, authorities });
}

async function holds(armor: Uint8Array, name: string): Promise<void> {
  const result = await check(armor, name);
  assert.is(result.kind, 'good', 'reason' in result ? result.reason : '');
  assert.match('keyid' in result ? (result.keyid ?? '') : '', /^x509:[0-9a-f]{64}#alice@example\.com$/);
  const other = await check(armor, name, Buffer.from('other'));
  assert.is(other.kind === 'bad' && other.reason, 'binding');
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const hasGpgsm = spawnSync('gpgsm', ['--version']).status === 0;
writeFileSync(join(dir, 'payload'), PAYLOAD);

if (!hasOpenssl) console.error('skipped: NO OPENSSL, its signatures are not tested');
else {
  const KINDS: Record<string, readonly string[]> = { rsa: ['rsa:2048'], p256: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], p384: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'] };
  const WAYS: readonly [kind: string, ...options: string[]][] = [
    ['rsa', '-md', 'sha256'], ['rsa', '-md', 'sha512'], ['rsa', '-md', 'sha256', '-keyopt', 'rsa_padding_mode:pss'], ['rsa', '-md', 'sha256', '-cades'], ['rsa', '-md', 'sha256', '-nosmimecap'],
    ['p256', '-md', 'sha256'], ['p384', '-md', 'sha384'], ['p384', '-md', 'sha512', '-cades'],
  ];
  for (const [kind, ...options] of WAYS) {
    test(`openssl cms ${kind} ${options.join(' ')}`, async () => {
      makeKeys(KINDS[kind]!, kind);
      const message = need('openssl', ['cms', '-sign', '-binary', '-in', 'payload', '-signer', `${kind}.pem`, '-inkey', `${kind}.key`, '-outform', 'DER', ...options]);
      await holds(armored(message), kind);
    });
  }
  const REFUSED: readonly [says: string, ...options: string[]][] = [
    ['bad digest-weak', '-md', 'sha1'], ['bad signed-attributes', '-noattr'], ['bad content', '-nodetach'], ['bad certificate', '-nocerts'], ['undecided version', '-keyid'],
    ['undecided version', '-econtent_type', '1.2.3.4'],
  ];
  for (const [says, ...options] of REFUSED) {
    test(`${says}: openssl cms ${options.join(' ')}`, async () => {
      makeKeys(KINDS['p256']!, 'p256');
      const message = need('openssl', ['cms', '-sign', '-binary', '-in', 'payload', '-signer', 'p256.pem', '-inkey', 'p256.key', '-outform', 'DER', ...options]);
      const result = await check(armored(message), 'p256');
      assert.is([result.kind, 'reason' in result && result.reason].join(' '), says);
    });
  }
}

if (!hasGpgsm || !hasOpenssl) console.error('skipped: NO GPGSM, its signatures are not tested');
else {
  test('gpgsm, armored, as git calls it', async () => {
    makeKeys(['rsa:2048'], 'gpgsm');
    mkdirSync(home, { mode: 0o700 });
    writeFileSync(join(home, 'gpg-agent.conf'), 'allow-loopback-pinentry\n');
    const fingerprint = need('openssl', ['x509', '-in', 'gpgsm-ca.pem', '-fingerprint', '-sha1', '-noout']).toString().split('=')[1]!.trim();
    writeFileSync(join(home, 'trustlist.txt'), `${fingerprint} S relax\n`);
    need('openssl', ['pkcs12', '-export', '-legacy', '-inkey', 'gpgsm.key', '-in', 'gpgsm.pem', '-certfile', 'gpgsm-ca.pem', '-passout', 'pass:x', '-out', 'gpgsm.p12']);
    const quiet = ['--batch', '--pinentry-mode', 'loopback', '--passphrase-fd', '0', '--disable-crl-checks'];
    run('gpgsm', [...quiet, '--import', 'gpgsm.p12'], 'x\n');
    try {
      const { status, stdout, stderr } = run('gpgsm', [...quiet, '-bsau', 'alice@example.com', 'payload'], 'x\n');
      if (status !== 0) return console.error(`skipped: GPGSM DOES NOT SIGN HERE: ${stderr.toString().slice(0, 200)}`);
      assert.match(stdout.toString(), /\nMIAG/, 'its shells are of indefinite length');
      await holds(stdout, 'gpgsm');
    } finally {
      run('gpgconf', ['--kill', 'all']);
    }
  });
}

test.run();
