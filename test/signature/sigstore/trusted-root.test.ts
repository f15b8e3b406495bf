// SPDX-License-Identifier: Apache-2.0
// A trusted root is read once, when the repository's keys are; what is none of one is a fault, whatever the packages throw.
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { materialOf, readTrustedRoot } from '../../../src/signature/sigstore/trusted-root.ts';
import { rejectsWith } from '../../kit/rejects.ts';
import { rootJson } from './instance.ts';

const test = suite('trusted root');

test('the public-good root and our own are read', async () => {
  const publicGood = await readTrustedRoot(readFileSync(new URL('public-good.json', import.meta.url)));
  const { trust } = await materialOf(publicGood);
  assert.ok(trust.certificateAuthorities.length > 0 && trust.tlogs.length > 0 && trust.ctlogs.length > 0);
  assert.is(await materialOf(publicGood), await materialOf(publicGood));
  assert.is((await materialOf(await readTrustedRoot(rootJson()))).trust.timestampAuthorities.length, 1);
});

const NONE: Record<string, Uint8Array> = {
  nothing: Buffer.alloc(0),
  'no JSON': Buffer.from('{'),
  null: Buffer.from('null'),
  'a list': Buffer.from('[]'),
  'an empty object': Buffer.from('{}'),
  'another media type': rootJson({ mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' }),
  'no authority': rootJson({ certificateAuthorities: [] }),
  'an authority without certificate': rootJson({ certificateAuthorities: [{ certChain: { certificates: [] } }] }),
  'an authority without chain': rootJson({ certificateAuthorities: [{}] }),
  'a certificate that is none': rootJson({ certificateAuthorities: [{ certChain: { certificates: [{ rawBytes: 'MAA=' }] } }] }),
  'a log without key': rootJson({ tlogs: [{}] }),
  'text that is no UTF-8': Buffer.from([0xff, 0xfe]),
  'a megabyte': Buffer.concat([rootJson(), Buffer.alloc(1_000_000, 0x20)]),
  'a hundred thousand brackets': Buffer.alloc(100_000, 0x5b),
};
for (const [title, bytes] of Object.entries(NONE)) {
  test(`no root: ${title}`, async () => void (await rejectsWith('KEY_INVALID', readTrustedRoot(bytes))));
}

test.run();
