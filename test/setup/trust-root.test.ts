// SPDX-License-Identifier: Apache-2.0
// Pinning Sigstore's root: what the package carries, what a file holds, what is none, and a renewal that is not to be had.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { readRoster } from '../../src/setup/people.ts';
import { pinRoot, publicRoot, renewedRoot, ROOT_PATH } from '../../src/setup/trust-root.ts';
import { parsePolicy } from '../../src/trust/policy.ts';
import { adoptedRepo } from '../kit/adopted.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { rootJson } from '../signature/sigstore/instance.ts';

const test = suite('trust root');

async function desk() {
  const { scratch } = await adoptedRepo();
  return { toplevel: scratch.dir, committed: 1 };
}

test('the public root is in the package, and becomes part of the roster with the next serial', async () => {
  const place = await desk();
  const { anchors, dropped, edited } = await pinRoot(place, await publicRoot());
  const named = (kind: string): string[] => anchors.filter((anchor) => anchor.kind === kind).map(({ name }) => name);
  assert.ok(named('certificates').includes('https://fulcio.sigstore.dev'));
  assert.ok(named('signature log').includes('https://rekor.sigstore.dev'));
  assert.is(named('certificate log').length > 0 && named('timestamps').length > 0, true);
  assert.equal(dropped, []);
  assert.is(edited?.serial, 2);
  assert.is(parsePolicy(readFileSync(join(place.toplevel, '.countersign/policy.yaml'))).serial, 2);
  assert.equal(readFileSync(join(place.toplevel, ROOT_PATH)), await publicRoot());
  assert.ok((await readRoster(place)).trustedRoot);
});

test('the same root again changes nothing; another one says what it drops', async () => {
  const place = await desk();
  await pinRoot(place, rootJson());
  assert.is((await pinRoot({ ...place, committed: 5 }, rootJson())).edited, undefined);
  assert.equal((await pinRoot(place, rootJson({ timestampAuthorities: [] }))).dropped.map(({ kind }) => kind), ['timestamps']);
  assert.is((await pinRoot(place, await publicRoot())).dropped.length, 3);
});

test('what is no root is refused and written nowhere', async () => {
  const place = await desk();
  for (const text of ['', '{}', '[]', 'null', rootJson({ certificateAuthorities: [] }).toString(), rootJson({ mediaType: 'x' }).toString()]) {
    await rejectsWith('KEY_INVALID', pinRoot(place, utf8(text)));
  }
  assert.not.ok(existsSync(join(place.toplevel, ROOT_PATH)));
  assert.is(parsePolicy(readFileSync(join(place.toplevel, '.countersign/policy.yaml'))).serial, 1);
});

test('a mirror that nobody vouches for, or that is not there, renews nothing and leaves nothing', async () => {
  const before = readdirSync(tmpdir());
  await rejectsWith('SIGNER_UNAVAILABLE', renewedRoot('http://127.0.0.1:9'));
  assert.equal(readdirSync(tmpdir()), before);
});

test.run();
