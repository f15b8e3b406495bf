// SPDX-License-Identifier: Apache-2.0
// Real signatures, mutated: never a crash, and never good once what they say has changed. And what is only made to cost time.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, fromBase64, utf8 } from '../../../src/bytes.ts';
import { decodeSshCertificate } from '../../../src/signature/ssh/certificate.ts';
import { sshFingerprint } from '../../../src/signature/ssh/key.ts';
import { checkSshsig, decodeArmor, encodeSshsig, signedData } from '../../../src/signature/ssh/sshsig.ts';
import type { SshCheck } from '../../../src/signature/ssh/sshsig.ts';
import { WEBAUTHN } from '../../../src/signature/ssh/webauthn.ts';
import { wireString, wireUint32 } from '../../../src/signature/wire.ts';
import { openCorpus } from '../../kit/corpus.ts';
import { certify } from '../../kit/authority.ts';
import { clientData, softAuthenticator } from '../../kit/authenticator.ts';
import { ed25519Key, rsaBlob, rsaKey } from '../../vectors/fixed-keys.ts';
import { sshsigVectors } from '../../vectors/sshsig-vectors.ts';

const test = suite('hostile ssh signatures');
const RUNS = process.env['SLOW'] === '1' ? 10_000 : 200;
const PAYLOAD = utf8('x');

interface Sample {
  name: string;
  blob: Uint8Array;
  payload: Uint8Array;
  namespace: string;
}

function samples(): Sample[] {
  const groups = sshsigVectors.groups.filter(({ form }) => form === 'blob');
  const ours = groups.flatMap(({ tests, payload, namespace }) => tests.filter(({ expect }) => expect.status === 'good').map(({ id, input }) => (
    { name: id, blob: fromBase64(input)!, payload: fromBase64(payload as string)!, namespace: namespace as string }
  )));
  const corpus = openCorpus('mutations of real SSH signatures');
  if (corpus === undefined) return ours;
  const read = (name: string): Buffer => corpus.read(`sshsig/${name}`);
  return ours.concat(['ecdsa', 'ecdsa_sk', 'ecdsa_sk_webauthn', 'ed25519', 'ed25519_sk', 'rsa'].map((name) => (
    { name, blob: decodeArmor(read(`${name}.sig`))!, payload: read('signed-data'), namespace: read('namespace').toString() }
  )));
}

/** What a signature says, but for its bytes. */
function meaning(check: SshCheck): unknown {
  const { key, ...rest } = check;
  return { ...rest, key: key && sshFingerprint(key.blob) };
}

/** A change of some bytes: others in place of them, or more, or fewer. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  remove: fc.oneof(fc.constantFrom(0, 1, 4), fc.nat(80)),
  insert: fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.constantFrom('ffffffff', '00000000', '00000004', '7fffffff').map((text) => Buffer.from(text, 'hex'))),
});

for (const { name, blob, payload, namespace } of samples()) {
  test(`mutated: ${name}`, () => {
    const good = checkSshsig(blob, payload, namespace);
    assert.is(good.kind, 'good');
    fc.assert(fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      let bytes = blob;
      for (const { at, remove, insert } of edits) {
        const start = Math.floor(at * bytes.length);
        bytes = concat(bytes.subarray(0, start), insert, bytes.subarray(start + remove));
      }
      const check = checkSshsig(bytes, payload, namespace);
      if (check.kind === 'good') assert.equal(meaning(check), meaning(good));
      assert.is.not(checkSshsig(bytes, concat(payload, Uint8Array.of(0)), namespace).kind, 'good');
    }), { numRuns: RUNS });
  });
}

test('mutated: the certificate alone', () => {
  const certificate = certify(ed25519Key(1), rsaKey().blob, { principals: ['alice', 'bob'], validAfter: 5n, validBefore: 2n ** 40n });
  fc.assert(fc.property(edit, ({ at, remove, insert }) => {
    const start = Math.floor(at * certificate.length);
    const bytes = concat(certificate.subarray(0, start), insert, certificate.subarray(start + remove));
    if (!Buffer.from(bytes).equals(certificate)) assert.type(decodeSshCertificate(bytes), 'string');
  }), { numRuns: RUNS });
});

/** Returns a blob with a signature string of these bytes under a key. */
function blobOf(publicKey: Uint8Array, signature: Uint8Array): Uint8Array {
  return encodeSshsig({ publicKey, namespace: utf8('file'), reserved: new Uint8Array(), hash: 'sha512', signature });
}

/** Checks within a second of processor time, whatever else the machine does. */
function quickly(blob: Uint8Array): SshCheck {
  const before = process.cpuUsage();
  const check = checkSshsig(blob, PAYLOAD, 'file');
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 1_000_000, `${(user + system) / 1000} ms`);
  return check;
}

const large = Uint8Array.from({ length: 2048 }, (_, i) => (i % 251) | 0x81);

test('RSA of 16384 bits with an exponent of 64 bits, as key and as authority', () => {
  const key = rsaBlob(new Uint8Array(8).fill(0xff), large);
  const signature = concat(wireString('rsa-sha2-512'), wireString(large.map((byte) => byte >> 1)));
  assert.equal(quickly(blobOf(key, signature)).kind, 'bad');
  assert.equal(quickly(blobOf(certify({ blob: key, sign: () => signature }, key), signature)), { kind: 'bad', reason: 'certificate-signature' });
});

test('a modulus of 64 KiB', () => {
  assert.equal(quickly(blobOf(rsaBlob(Uint8Array.of(3), new Uint8Array(60_000).fill(0xff)), new Uint8Array())), { kind: 'bad', reason: 'key-malformed' });
});

test('10,000 principals, and 10,000 options', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => String(i).padStart(5));
  const [key, authority] = [ed25519Key(), ed25519Key(1)];
  assert.is(decodeSshCertificate(certify(authority, key.blob, { principals: many.slice(0, 3000) })), 'certificate-malformed');
  assert.is(decodeSshCertificate(certify(authority, key.blob, { extensions: many.slice(0, 2000).map((name) => [name, new Uint8Array()]) })), 'certificate-malformed');
  for (const fields of [{ principals: many }, { options: many.map((name) => [name, new Uint8Array()] as const) }, { keyId: 'x'.repeat(60_000) }]) {
    assert.is(quickly(blobOf(certify(authority, key.blob, fields), new Uint8Array())).kind, 'bad');
  }
});

test('client data, origin and extensions as large as they can be', () => {
  const publicKey = Buffer.from(softAuthenticator({ kind: 'sk-ecdsa-sha2-nistp256@openssh.com' }).publicLine.split(' ')[1]!, 'base64');
  const value = concat(wireString(Uint8Array.of(1)), wireString(Uint8Array.of(1)));
  const fields = (origin: string, data: Uint8Array, extensions: Uint8Array): Uint8Array => (
    concat(wireString(WEBAUTHN), wireString(value), Uint8Array.of(0x81), wireUint32(1), wireString(origin), wireString(data), wireString(extensions))
  );
  const signed = signedData('sha512', 'file', PAYLOAD);
  const wide = 60_000;
  for (const signature of [
    fields('https://a', clientData(signed, 'https://a', `,${'['.repeat(wide)}`), Uint8Array.of(0)),
    fields('a'.repeat(wide), clientData(signed, 'a'), Uint8Array.of(0)),
    fields('https://a', clientData(signed, 'https://a'), new Uint8Array(wide)),
  ]) {
    const { kind, reason } = quickly(blobOf(publicKey, signature)) as { kind: string; reason: string };
    assert.equal({ kind, reason }, { kind: 'bad', reason: 'signature' });
  }
});

test.run();
