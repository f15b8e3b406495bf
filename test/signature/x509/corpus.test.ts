// SPDX-License-Identifier: Apache-2.0
// Real commits signed by gitsign, held against Sigstore's real trusted root as of 2025 (public-good.json).
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_ANCHORS } from '../../../src/signature/anchors.ts';
import { readTrustedRoot } from '../../../src/signature/sigstore/trusted-root.ts';
import { checkSignedMessage } from '../../../src/signature/signed-message.ts';
import { checkBinding } from '../../../src/signature/x509/cms.ts';
import { openCorpus } from '../../kit/corpus.ts';

const test = suite('x509 corpus');
const publicGood = readFileSync(new URL('../sigstore/public-good.json', import.meta.url));

test('the public-good root is read', async () => assert.is((await readTrustedRoot(publicGood)).json, publicGood));

for (const { oid, signature: { armor, payload }, expect, note } of openCorpus('real X.509 signatures')?.commits('x509') ?? []) {
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
