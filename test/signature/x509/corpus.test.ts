// SPDX-License-Identifier: Apache-2.0
// Real commits signed by gitsign, held against Sigstore's real trusted root as of 2025 (public-good.json). The commits are
// not part of this repository; COUNTERSIGN_CORPUS names the folder that holds them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCommit } from '../../../src/commit/raw.ts';
import { NO_ANCHORS } from '../../../src/signature/anchors.ts';
import { readTrustedRoot } from '../../../src/signature/sigstore/trusted-root.ts';
import { checkSignedMessage } from '../../../src/signature/signed-message.ts';
import { checkBinding } from '../../../src/signature/x509/cms.ts';

const test = suite('x509 corpus');
const file = join(process.env['COUNTERSIGN_CORPUS'] ?? '', 'commits.ndjson');
const publicGood = readFileSync(new URL('../sigstore/public-good.json', import.meta.url));

interface CorpusCommit {
  oid: string;
  kind: string;
  raw: string;
  expect: 'good' | 'bad' | 'unknown';
  note: string;
}

const commits = process.env['COUNTERSIGN_CORPUS'] !== undefined && existsSync(file)
  ? readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as CorpusCommit).filter(({ kind }) => kind === 'x509')
  : [];
if (commits.length === 0) console.error('skipped: REAL X.509 SIGNATURES NOT TESTED, set COUNTERSIGN_CORPUS to the folder that holds commits.ndjson');

test('the public-good root is read', async () => assert.is((await readTrustedRoot(publicGood)).json, publicGood));

for (const { oid, raw, expect, note } of commits) {
  const { armor, payload } = parseCommit(Buffer.from(raw, 'base64'), 'sha1').signature!;
  test(`${oid.slice(0, 12)}: ${note}`, async () => {
    // What the corpus says, with openssl's word: signature and content.
    assert.is(checkBinding(armor, payload).kind === 'bound', expect === 'good');
    assert.is(checkBinding(armor, Buffer.concat([payload, Buffer.of(10)])).kind, 'bad');
    const anchors = { ...NO_ANCHORS, trustedRoot: await readTrustedRoot(publicGood) };
    const check = await checkSignedMessage(armor, payload, anchors);
    if (note.includes('offline proof')) assert.is(check.kind, 'good');
    else assert.is(check.kind === 'undecided' && check.reason, 'no-proof-of-time');
    // By the certificates' own minutes all of them hold.
    assert.is((await checkSignedMessage(armor, payload, { ...anchors, keylessTime: 'certificate' })).kind, 'good');
    assert.is((await checkSignedMessage(armor, payload, NO_ANCHORS)).kind, 'undecided');
  });
}

test.run();
