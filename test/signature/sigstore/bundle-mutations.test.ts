// SPDX-License-Identifier: Apache-2.0
// Bundles changed at random, as bytes and inside what their base64 holds. Each is answered within a second, nothing is thrown,
// and what is still good says the same.
import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkBundle } from '../../../src/signature/sigstore/bundle.ts';
import { readTrustedRoot } from '../../../src/signature/sigstore/trusted-root.ts';
import { mutate, mutation, type Mutation } from '../../kit/mutation.ts';
import { PAYLOAD } from '../x509/messages.ts';
import { bundle, type BundleMaking } from './bundles.ts';
import { rootJson } from './instance.ts';

const test = suite('bundle mutations');
const numRuns = process.env['SLOW'] ? 10_000 : 200;
const anchors = { trustedRoot: await readTrustedRoot(rootJson()), keylessTime: 'proven' } as const;

/** Changes one of the texts in the bundle, as what it decodes to where it is base64. */
function applyInside(bytes: Buffer, which: number, how: Mutation): Buffer {
  const texts = [...bytes.toString().matchAll(/(?<=":")[^"]+(?=")/g)];
  const { 0: old, index } = texts[which % texts.length]!;
  const decoded = Buffer.from(old, 'base64');
  const changed = decoded.toString('base64') === old ? mutate(decoded, how).toString('base64') : JSON.stringify(mutate(Buffer.from(old), how).toString()).slice(1, -1);
  return Buffer.from(bytes.toString().slice(0, index) + changed + bytes.toString().slice(index + old.length));
}

const SAMPLES: Record<string, BundleMaking> = {
  'the first version of the log': {},
  'the second, and a timestamp': { entries: [{ version: '0.0.2' }], timestamps: [{}] },
};

for (const [title, making] of Object.entries(SAMPLES)) {
  const original = bundle(making);
  const good = await checkBundle(original, PAYLOAD, anchors);

  const judge = async (bytes: Buffer): Promise<string> => {
    const start = performance.now();
    const check = await checkBundle(bytes, PAYLOAD, anchors);
    assert.ok(performance.now() - start < 1000);
    if (check.kind === 'good') assert.equal(check, good);
    return check.kind;
  };

  test(`${title}: no other spelling is good`, async () => {
    assert.is(good.kind, 'good');
    await fc.assert(fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 2 }), async (changes) => {
      await judge(changes.reduce(mutate, original));
    }), { numRuns });
  });

  test(`${title}: what is inside`, async () => {
    await fc.assert(fc.asyncProperty(fc.nat({ max: 50 }), mutation, async (which, how) => void (await judge(applyInside(original, which, how)))), { numRuns });
  });

  test(`${title}: no part can be left out`, async () => {
    const text = original.toString();
    for (const { 0: part, index } of text.matchAll(/"[A-Za-z0-9]+":(?:"[^"]*"|\{[^{}]*\}|\[[^[\]]*\]),?/g)) {
      const without = (text.slice(0, index) + text.slice(index + part.length)).replaceAll(/,(?=[}\]])/g, '');
      if (part.startsWith('"timestampVerificationData":{}')) continue;
      assert.is.not(await judge(Buffer.from(without)), 'good', part.slice(0, 40));
    }
  });
}

test.run();
