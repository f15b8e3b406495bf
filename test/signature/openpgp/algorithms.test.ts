// SPDX-License-Identifier: Apache-2.0
// Algorithms and digests: keys and signatures that gpg made, version 6 ones that openpgp.js made, and those that neither
// makes from the mint. Each is also held against another payload and with a flipped bit.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as openpgp from 'openpgp';
import { concat } from '../../../src/bytes.ts';
import { readCertificates } from '../../../src/signature/openpgp/certificate.ts';
import { describeCertificate } from '../../../src/signature/openpgp/description.ts';
import { checkOpenpgp, issuerOf } from '../../../src/signature/openpgp/openpgp.ts';
import { DAY, T0, direct, flags, mintKey, packet, publicKey, sign, user, wrap, mpi } from './mint.ts';
import { Gpg, ask, hasGpg } from './oracle.ts';

const test = suite('openpgp algorithms');
const PAYLOAD = Buffer.from('tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n');
const at = T0 + DAY;

/** Returns the reason, or the kind where there is none. */
async function verdict(signature: Uint8Array, certificate: Uint8Array, payload: Uint8Array = PAYLOAD): Promise<string> {
  const check = await checkOpenpgp(signature, payload, await readCertificates(certificate));
  return 'reason' in check ? `${check.kind} ${check.reason}` : check.kind;
}

async function assertOnlyThis(signature: Uint8Array, certificate: Uint8Array): Promise<void> {
  assert.is(await verdict(signature, certificate, concat(PAYLOAD, Buffer.from('\n'))), 'bad signature');
  const spoilt = Buffer.from(signature);
  spoilt[spoilt.length - 3]! ^= 1;
  assert.is(await verdict(spoilt, certificate), 'bad signature');
}

if (hasGpg) {
  const gpg = new Gpg();
  /** What gpg makes, our word for it, our verdict where it isn't good. */
  const MADE: [algorithm: string, word: string, verdict?: string, why?: string][] = [
    ['ed25519', 'ed25519'],
    ['rsa2048', 'rsa2048'],
    ['rsa4096', 'rsa4096'],
    ['nistp256', 'nistp256'],
    ['nistp384', 'nistp384'],
    ['nistp521', 'nistp521'],
    ['brainpoolP256r1', 'brainpoolP256r1'],
    ['brainpoolP384r1', 'brainpoolP384r1'],
    ['brainpoolP512r1', 'brainpoolP512r1'],
    ['secp256k1', 'secp256k1'],
    ['rsa1024', 'rsa1024', 'bad key-weak', 'factored within reach of states'],
    ['dsa2048', 'unknown', 'undecided key-algorithm', 'given up by RFC 9580 §12.5, and nobody signs commits with it'],
  ];
  for (const [algorithm, word, ours = 'good', why] of MADE) {
    test(`gpg's ${algorithm}`, async () => {
      const fingerprint = gpg.make(algorithm, 'sign,cert', { now: T0 });
      const certificate = gpg.export(fingerprint);
      const signature = gpg.sign(fingerprint, PAYLOAD, at);
      assert.is(gpg.judge(Buffer.of(), signature, PAYLOAD), 'G');
      assert.is(await verdict(signature, certificate), ours);
      assert.is(ours === 'good', why === undefined);
      assert.is(issuerOf(signature), fingerprint);
      const [read] = await readCertificates(certificate);
      assert.is(read!.fingerprint, fingerprint);
      // a key that proves nothing cannot vouch for a name
      const userIds = ours === 'good' ? [`${algorithm} <a@example.org>`] : [];
      assert.equal(describeCertificate(read!), { algorithm: word, userIds, createdAt: T0, signs: ours === 'good' });
      if (ours === 'good') await assertOnlyThis(signature, certificate);
    });
  }

  test("gpg's digests", async () => {
    const fingerprint = gpg.make('rsa3072', 'sign,cert', { now: T0 });
    const certificate = gpg.export(fingerprint);
    for (const [name, ours] of [['SHA224', 'good'], ['SHA256', 'good'], ['SHA384', 'good'], ['SHA512', 'good'], ['SHA1', 'bad weak-digest'], ['RIPEMD160', 'bad weak-digest']] as const) {
      const signature = gpg.sign(fingerprint, PAYLOAD, at, '--digest-algo', name);
      assert.is(await verdict(signature, certificate), ours, name);
    }
  });

  test("gpg's signing subkey, prolonged, then taken back", async () => {
    const fingerprint = gpg.make('ed25519', 'cert', { now: T0, id: 'Sub <s@example.org>', expire: '30d' });
    gpg.run(['--quick-add-key', fingerprint, 'rsa2048', 'sign', '10d'], { now: T0 });
    gpg.run(['--quick-add-key', fingerprint, 'cv25519', 'encr', '10d'], { now: T0 });
    const young = gpg.export(fingerprint);
    const [signature, late] = [gpg.sign(fingerprint, PAYLOAD, at), gpg.sign(fingerprint, PAYLOAD, T0 + 9 * DAY)];
    assert.is(await verdict(signature, young), 'good');
    assert.is(ask(young, signature, PAYLOAD, at), 'G');
    assert.is(ask(young, signature, PAYLOAD), 'Y');
    const sub = issuerOf(signature)!;
    assert.is.not(sub, fingerprint);
    gpg.run(['--quick-set-expire', fingerprint, '90d', sub], { now: T0 + 8 * DAY });
    gpg.run(['--quick-set-expire', fingerprint, '90d'], { now: T0 + 8 * DAY });
    const prolonged = gpg.sign(fingerprint, PAYLOAD, T0 + 40 * DAY);
    assert.is(await verdict(prolonged, young), 'bad expired');
    const old = gpg.export(fingerprint);
    for (const each of [signature, late, prolonged]) assert.is(await verdict(each, old), 'good');
    const answers = ['key 1', 'revkey', 'y', '3', '', 'y', 'save'].join('\n');
    gpg.run(['--edit-key', fingerprint], { now: T0 + 20 * DAY, answers: `${answers}\n` });
    const retired = gpg.export(fingerprint);
    assert.is(await verdict(signature, retired), 'good');
    assert.is(await verdict(prolonged, retired), 'bad revoked');
    assert.is(ask(retired, prolonged, PAYLOAD, T0 + 50 * DAY), 'R');
    assert.equal((await readCertificates(retired))[0]!.materials.length, 2);
  });
  test.after(() => gpg.close());
}

test("openpgp.js' version 6, by a subkey too", async () => {
  const date = new Date(T0 * 1000);
  for (const type of ['curve25519', 'curve448'] as const) {
    const { privateKey } = await openpgp.generateKey({ type, userIDs: [{ name: 'Six' }], subkeys: [{ sign: true }], config: { v6Keys: true }, format: 'object', date });
    const certificate = privateKey.toPublic().write();
    const message = await openpgp.createMessage({ binary: PAYLOAD });
    const signature = await openpgp.sign({ message, signingKeys: privateKey, detached: true, format: 'binary', date: new Date(at * 1000) });
    assert.is(await verdict(signature, certificate), 'good', type);
    assert.is(issuerOf(signature)!.length, 64);
    const [read] = await readCertificates(certificate);
    assert.is(read!.fingerprint, privateKey.getFingerprint().toUpperCase());
    assert.is(issuerOf(signature), privateKey.subkeys[0]!.getFingerprint().toUpperCase());
    assert.equal(describeCertificate(read!).userIds, ['Six']);
    await assertOnlyThis(signature, certificate);
  }
});

for (const kind of ['ed25519', 'ed448', 'rsa2048', 'prime256v1', 'secp384r1', 'secp521r1', 'brainpoolP256r1', 'secp256k1']) {
  test(`version 6, ${kind}`, async () => {
    const key = mintKey(kind, { version: 6 });
    const certificate = Buffer.concat([publicKey(key), direct(key, 0x1f, T0, [flags(3)], { digest: 10 })]);
    const signature = sign(key, PAYLOAD, at, { digest: 10 });
    assert.is(await verdict(signature, certificate), 'good');
    await assertOnlyThis(signature, certificate);
  });
}

test('Ed25519 and Ed448 of RFC 9580 in version 4', async () => {
  for (const kind of ['ed25519', 'ed448']) {
    const key = mintKey(kind);
    assert.is(await verdict(sign(key, PAYLOAD, at, { digest: 10 }), Buffer.concat([publicKey(key), user(key, { digest: 10 })])), 'good');
  }
});

test('a digest shorter than the key asks for is weak, as for gpg', async () => {
  for (const [kind, digest, ours] of [
    ['secp384r1', 8, 'bad weak-digest'], ['secp521r1', 9, 'bad weak-digest'], ['secp521r1', 10, 'good'], ['prime256v1', 11, 'bad weak-digest'], ['ed448', 8, 'bad weak-digest'],
  ] as const) {
    const key = mintKey(kind);
    const certificate = Buffer.concat([publicKey(key), user(key, { digest: 10 })]);
    const signature = sign(key, PAYLOAD, at, { digest });
    assert.is(await verdict(signature, certificate), ours, kind);
    if (hasGpg && kind !== 'ed448') assert.is(ask(certificate, signature, PAYLOAD) === 'G', ours === 'good', kind);
  }
});

test('versions of key and signature must agree', async () => {
  for (const version of [4, 6] as const) {
    const key = mintKey('ed25519', { version });
    const certificate = Buffer.concat([publicKey(key), direct(key, 0x1f, T0, [flags(3)])]);
    assert.is(await verdict(sign(key, PAYLOAD, at, { version: 10 - version }), certificate), 'bad signature');
    assert.is(await verdict(sign(key, PAYLOAD, at, { algorithm: 22 }), certificate), 'bad signature');
  }
});

test('a version 6 signature has the salt that its digest asks for', async () => {
  const key = mintKey('ed25519', { version: 6 });
  const certificate = Buffer.concat([publicKey(key), direct(key, 0x1f, T0, [flags(3)])]);
  const whole = sign(key, PAYLOAD, at);
  const salt = Buffer.concat([Buffer.of(16), Buffer.alloc(16, 7)]);
  const i = whole.indexOf(salt);
  const shortened = Buffer.concat([whole.subarray(0, i), Buffer.of(15), whole.subarray(i + 2)]);
  // the packet is one octet shorter, and so is the length that says so
  assert.is(shortened[1]! < 192, true);
  shortened[1]! -= 1;
  assert.is(await verdict(shortened, certificate), 'bad signature');
});

test('weak and broken keys have no good signatures', async () => {
  const good = mintKey('ed25519');
  const numbers: [name: string, algorithm: number, numbers: Buffer, ours: string][] = [
    ['a point of small order', 27, Buffer.concat([Buffer.of(1), Buffer.alloc(31)]), 'bad key-weak'],
    ['a small order in Ed448', 28, Buffer.concat([Buffer.of(1), Buffer.alloc(56)]), 'bad key-weak'],
    ['RSA of 17 kbit', 1, Buffer.concat([mpi(Buffer.alloc(2125, 0xff)), mpi(Buffer.of(1, 0, 1))]), 'bad key-weak'],
    ['an even modulus', 1, Buffer.concat([mpi(Buffer.alloc(256, 0xfe)), mpi(Buffer.of(1, 0, 1))]), 'bad key-weak'],
    ['an exponent of 1', 1, Buffer.concat([mpi(Buffer.alloc(256, 0xff)), mpi(Buffer.of(1))]), 'bad key-weak'],
    ['an exponent of 2048 bits', 1, Buffer.concat([mpi(Buffer.alloc(256, 0xff)), mpi(Buffer.alloc(256, 0xff))]), 'bad key-weak'],
    ['a point off its curve', 19, Buffer.concat([Buffer.from('082a8648ce3d030107', 'hex'), mpi(Buffer.concat([Buffer.of(4), Buffer.alloc(64, 7)]))]), 'bad key-malformed'],
    ['a compressed point', 19, Buffer.concat([Buffer.from('082a8648ce3d030107', 'hex'), mpi(Buffer.concat([Buffer.of(2), Buffer.alloc(32, 7)]))]), 'bad key-malformed'],
  ];
  for (const [name, algorithm, bytes, ours] of numbers) {
    const key = { ...good, algorithm, ...wrap(4, T0, algorithm, bytes) };
    const certificate = Buffer.concat([packet(6, key.body), packet(13, Buffer.from('x'))]);
    const signature = sign({ ...good, fingerprint: key.fingerprint }, PAYLOAD, at);
    assert.is(await verdict(signature, certificate), ours, name);
    assert.is(describeCertificate((await readCertificates(certificate))[0]!).signs, false);
  }
});

test('RSA of 16 kbit is checked within a second', async () => {
  const good = mintKey('rsa2048');
  const key = { ...good, ...wrap(4, T0, 1, Buffer.concat([mpi(Buffer.alloc(2048, 0xff)), mpi(Buffer.of(1, 0, 1))])) };
  const certificate = Buffer.concat([packet(6, key.body), ...Array.from({ length: 100 }, () => user(key))]);
  const start = performance.now();
  assert.is(await verdict(sign(key, PAYLOAD, at), certificate), 'bad signature');
  describeCertificate((await readCertificates(certificate))[0]!);
  assert.ok(performance.now() - start < 1000);
});

test.run();
