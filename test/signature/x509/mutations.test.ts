// SPDX-License-Identifier: Apache-2.0
// Signatures with bytes changed at random: real ones, where the corpus is at hand, and our own. Each is answered within a
// second, nothing is thrown, and nobody becomes somebody else.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_ANCHORS, type Anchors } from '../../../src/signature/anchors.ts';
import { readTrustedRoot } from '../../../src/signature/sigstore/trusted-root.ts';
import { decodeArmor } from '../../../src/signature/x509/armor.ts';
import { readAuthority } from '../../../src/signature/x509/authority.ts';
import { decodeCertificate } from '../../../src/signature/x509/certificate.ts';
import { checkSignedMessage } from '../../../src/signature/signed-message.ts';
import { Fault } from '../../../src/fault.ts';
import { fulcioLeaf, gitsign, rootJson } from '../sigstore/instance.ts';
import { openCorpus } from '../../kit/corpus.ts';
import { mutate, mutation } from '../../kit/mutation.ts';
import { keyPair, makeIntermediate, makeLeaf, makeRoot } from './certificates.ts';
import { PAYLOAD, armored, write } from './messages.ts';

const test = suite('x509 mutations');
const numRuns = process.env['SLOW'] ? 10_000 : 200;

interface Sample {
  title: string;
  armor: Uint8Array;
  payload: Uint8Array;
  anchors: Anchors;
}

const root = makeRoot('CA');
const between = makeIntermediate('Between', 'CA', keyPair('CA'));
const samples: Sample[] = [
  { title: 'gitsign, logged', armor: gitsign(), payload: PAYLOAD, anchors: { ...NO_ANCHORS, trustedRoot: await readTrustedRoot(rootJson()) } },
  { title: 'gitsign, stamped', armor: gitsign({ entry: 'none', timestamp: {} }), payload: PAYLOAD, anchors: { ...NO_ANCHORS, trustedRoot: await readTrustedRoot(rootJson()) } },
  { title: 'gitsign, the certificate\'s time', armor: gitsign({ entry: 'none' }), payload: PAYLOAD, anchors: { ...NO_ANCHORS, trustedRoot: await readTrustedRoot(rootJson()), keylessTime: 'certificate' } },
  { title: 'a chain', armor: write({ leaf: makeLeaf('Between', keyPair('Between')), others: [between.der] }), payload: PAYLOAD, anchors: { ...NO_ANCHORS, authorities: [await readAuthority(root.der)] } },
  ...(await realSamples()),
];

/** The first commit of the corpus that has a log entry, with the real trusted root. */
async function realSamples(): Promise<Sample[]> {
  const corpus = openCorpus('mutations of real X.509 signatures');
  if (corpus === undefined) return [];
  const { signature } = corpus.commits('x509').find(({ note }) => note.includes('offline proof'))!;
  const trustedRoot = await readTrustedRoot(readFileSync(new URL('../sigstore/public-good.json', import.meta.url)));
  return [{ title: 'a real one', armor: Buffer.from(signature.armor), payload: Buffer.from(signature.payload), anchors: { ...NO_ANCHORS, trustedRoot } }];
}

for (const { title, armor, payload, anchors } of samples) {
  test(title, async () => {
    const good = await checkSignedMessage(armor, payload, anchors);
    assert.is(good.kind, 'good');
    const message = Buffer.from(decodeArmor(armor, 'SIGNED MESSAGE')!);
    const seen = new Map<string, number>();
    await fc.assert(fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 2 }), async (changes) => {
      const start = performance.now();
      const check = await checkSignedMessage(armored(changes.reduce(mutate, message)), payload, anchors);
      assert.ok(performance.now() - start < 1000);
      const says = [check.kind, ...('reason' in check ? [check.reason] : [])].join(' ');
      seen.set(says, (seen.get(says) ?? 0) + 1);
      // What is still good was changed where nobody signs, and is the same one's, at the same time.
      if (check.kind === 'good') assert.equal({ ...check, signedAt: 0 }, { ...good, signedAt: 0 });
    }), { numRuns });
    if (process.env['SLOW']) console.log(`${title}: ${[...seen].map(([says, count]) => `${says} ${count}`).join(', ')}`);
  });
}

test('where nothing stands unsigned, no bit can be turned', async () => {
  for (const { title, armor, payload, anchors } of samples.filter((each) => ['a chain', 'gitsign, the certificate\'s time'].includes(each.title))) {
    const message = Buffer.from(decodeArmor(armor, 'SIGNED MESSAGE')!);
    // Each bit in the slow mode, else every 17th: all eight of a byte come up.
    for (let bit = 0; bit < message.length * 8; bit += process.env['SLOW'] ? 1 : 17) {
      const turned = Buffer.from(message);
      turned[bit >> 3]! ^= 1 << (bit & 7);
      const { kind } = await checkSignedMessage(armored(turned), payload, anchors);
      assert.is.not(kind, 'good', `${title}: bit ${bit & 7} of octet ${bit >> 3}`);
    }
  }
});

test('the armor and the payload, too', async () => {
  const { armor, payload, anchors } = samples[0]!;
  await fc.assert(fc.asyncProperty(mutation, fc.boolean(), async (how, inArmor) => {
    const [changedArmor, changedPayload] = inArmor ? [mutate(Buffer.from(armor), how), payload] : [armor, mutate(Buffer.from(payload), how)];
    const check = await checkSignedMessage(changedArmor, changedPayload, anchors);
    if (Buffer.compare(changedPayload, payload) !== 0) assert.is(check.kind, 'bad');
  }), { numRuns });
});

test('certificates and trusted roots are read or refused', async () => {
  const leaf = fulcioLeaf().der;
  await fc.assert(fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (changes) => {
    decodeCertificate(changes.reduce(mutate, leaf));
    for (const read of [() => readAuthority(changes.reduce(mutate, root.der)), () => readTrustedRoot(changes.reduce(mutate, rootJson()))]) {
      await read().catch((thrown: unknown) => assert.ok(thrown instanceof Fault && thrown.code === 'KEY_INVALID', String(thrown)));
    }
  }), { numRuns });
});

test.run();
