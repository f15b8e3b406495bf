// SPDX-License-Identifier: Apache-2.0
// Mutations of real signatures and key files: 200 by default, 10,000 with SLOW=1. Nothing is ever thrown but a Fault, and
// nothing that was signed can change under a good verdict. What is not signed may change, and only that.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as fc from 'fast-check';
import { Fault } from '../../../src/fault.ts';
import { equal } from '../../../src/bytes.ts';
import { decodePgpArmor, encodePgpArmor } from '../../../src/signature/openpgp/armor.ts';
import { readCertificates } from '../../../src/signature/openpgp/certificate.ts';
import { describeCertificate } from '../../../src/signature/openpgp/description.ts';
import { readSignatureFrame } from '../../../src/signature/openpgp/framing.ts';
import { checkArmored, checkOpenpgp } from '../../../src/signature/openpgp/openpgp.ts';
import { readSignature } from '../../../src/signature/openpgp/signature-packet.ts';
import { openCorpus } from '../../kit/corpus.ts';
import { DAY, T0, bind, direct, flags, mintKey, publicKey, reason, sign, subkey, user } from './mint.ts';

const test = suite('openpgp fuzz');
const numRuns = process.env['SLOW'] === '1' ? 10_000 : 200;

interface Sample {
  packet: Buffer;
  payload: Buffer;
  file: Buffer;
}

const at = T0 + 10 * DAY;
const PAYLOAD = Buffer.from('tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@example.org> 1577836800 +0000\n\nmessage\n');
const [key, sub] = [mintKey('eddsa'), mintKey('rsa2048', { at: T0 + 1 })];
const six = mintKey('ed25519', { version: 6 });
const file = Buffer.concat([publicKey(key), direct(key, 0x20, at + DAY, [reason(3)]), user(key), subkey(sub), bind(key, sub)]);
const file6 = Buffer.concat([publicKey(six), direct(six, 0x1f, T0, [flags(3)])]);

/** Signatures of GitHub's where they are at hand, and our own. */
const samples: Sample[] = [
  { packet: sign(key, PAYLOAD, at), payload: PAYLOAD, file },
  { packet: sign(sub, PAYLOAD, at), payload: PAYLOAD, file },
  { packet: sign(six, PAYLOAD, at), payload: PAYLOAD, file: file6 },
  ...realOnes(),
];

function realOnes(): Sample[] {
  const corpus = openCorpus('mutations of real OpenPGP signatures');
  if (corpus === undefined) return [];
  const good = corpus.commits('pgp').filter(({ expect }) => expect === 'good').slice(0, 4);
  return good.map(({ signature: { armor, payload } }) => (
    { packet: Buffer.from(decodePgpArmor(armor, 'SIGNATURE')!.bytes), payload: Buffer.from(payload), file: corpus.read('keys/web-flow.asc') }
  ));
}

type Mutation = { kind: 'flip' | 'cut' | 'insert' | 'repeat' | 'swap'; from: number; length: number; value: number };
const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('flip', 'cut', 'insert', 'repeat', 'swap'), from: fc.nat(5000), length: fc.integer({ min: 1, max: 40 }), value: fc.integer({ min: 1, max: 255 }),
});

function mutate(bytes: Buffer, mutations: readonly Mutation[]): Buffer {
  let out = Buffer.from(bytes);
  for (const { kind, from: position, length, value } of mutations) {
    const from = out.length === 0 ? 0 : position % out.length;
    const [before, middle, after] = [out.subarray(0, from), out.subarray(from, from + length), out.subarray(from + length)];
    if (kind === 'flip' && out.length > 0) out[from]! ^= value;
    else if (kind === 'cut') out = Buffer.concat([before, after]);
    else if (kind === 'insert') out = Buffer.concat([before, Buffer.alloc(length, value), middle, after]);
    else if (kind === 'repeat') out = Buffer.concat([before, middle, middle, after]);
    else out = Buffer.concat([before, after.subarray(0, length), middle, after.subarray(length)]);
  }
  return out;
}

const cases = fc.tuple(fc.constantFrom(...samples), fc.array(mutation, { minLength: 1, maxLength: 4 }));

/** Returns all of a packet that its maker signed, and the numbers that prove it. */
function meaning(packet: Buffer): string {
  const signature = readSignature(readSignatureFrame(packet)!);
  if (typeof signature === 'string') return signature;
  const { algorithm, trailer, salt, numbers } = signature;
  return [trailer, salt, ...(algorithm < 27 ? mpis(numbers) : [numbers])].map((part) => Buffer.from(part).toString('hex')).join(' ');
}

/** The numbers alone: how many bits are said to be in the first octet, is not signed. */
function mpis(numbers: Uint8Array): Uint8Array[] {
  const length = (((numbers[0]! << 8) | numbers[1]!) + 7) >> 3;
  return numbers.length === 0 ? [] : [numbers.subarray(2, 2 + length), ...mpis(numbers.subarray(2 + length))];
}

test('the samples are good', async () => {
  for (const { packet, payload, file: bytes } of samples) assert.is((await checkOpenpgp(packet, payload, await readCertificates(bytes))).kind, 'good');
});

test(`${numRuns} mutated packets: never a crash, never good when what was signed has changed`, async () => {
  let [good, unlike] = [0, 0];
  const certificates = new Map(await Promise.all([...new Set(samples.map((sample) => sample.file))].map(async (bytes) => [bytes, await readCertificates(bytes)] as const)));
  await fc.assert(fc.asyncProperty(cases, async ([sample, mutations]) => {
    const packet = mutate(sample.packet, mutations);
    const check = await checkOpenpgp(packet, sample.payload, certificates.get(sample.file)!);
    if (!equal(packet, sample.packet)) unlike++;
    if (check.kind !== 'good' || equal(packet, sample.packet)) return;
    good++;
    assert.is(meaning(packet), meaning(sample.packet));
  }), { numRuns });
  if (numRuns > 200) console.error(`  ${unlike} packets changed, ${good} of them good (only what was not signed had changed)`);
});

test(`${numRuns} mutated payloads and armors`, async () => {
  const certificates = await readCertificates(Buffer.concat(samples.map((sample) => sample.file).filter((each, i, all) => each[0]! > 0x7f && all.indexOf(each) === i)));
  await fc.assert(fc.asyncProperty(fc.constantFrom(...samples.slice(0, 3)), fc.array(mutation, { minLength: 1, maxLength: 4 }), fc.boolean(), async ({ packet, payload }, mutations, ofPayload) => {
    const armor = Buffer.from(encodePgpArmor(packet, 'SIGNATURE'));
    const [changed, body] = ofPayload ? [armor, mutate(payload, mutations)] : [mutate(armor, mutations), payload];
    const check = await checkArmored(changed, body, certificates);
    if (check.kind !== 'good') return;
    assert.ok(equal(body, payload));
    assert.is(meaning(Buffer.from(decodePgpArmor(changed, 'SIGNATURE')!.bytes)), meaning(packet));
  }), { numRuns });
});

test(`${numRuns} mutated key files: a Fault or certificates, and nobody gets a key that signs in their name`, async () => {
  const known = new Set((await Promise.all(samples.map(async (sample) => (await readCertificates(sample.file)).flatMap(({ fingerprints }) => fingerprints)))).flat());
  await fc.assert(fc.asyncProperty(cases, async ([{ file: bytes }, mutations]) => {
    try {
      for (const certificate of await readCertificates(mutate(bytes, mutations))) {
        const { signs } = describeCertificate(certificate);
        assert.ok(!signs || known.has(certificate.fingerprint));
      }
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      assert.is(thrown.code, 'KEY_INVALID');
    }
  }), { numRuns });
});

test.run();
