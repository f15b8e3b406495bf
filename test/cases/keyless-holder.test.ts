// SPDX-License-Identifier: Apache-2.0
// Attack: evidence by a genuine Sigstore certificate that is somebody's in the roster, but was issued to a build, or comes of a
// sign-in where nobody had to be present. By a Sigstore of our own, at the history's own time.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { attempt } from '../kit/attempt.ts';
import { DEMANDS, History, rosterText, type Files } from '../kit/history.ts';
import { softwareHand, type Hand } from '../kit/person.ts';
import { bundle, type BundleMaking } from '../signature/sigstore/bundles.ts';
import { ALICE, ISSUER, rootJson } from '../signature/sigstore/instance.ts';
import { extension, uri } from '../signature/x509/certificates.ts';
import { utf8 as utf8String } from '../signature/x509/der-writer.ts';

const test = suite('case: whose a keyless certificate is');

const AMR = '1.3.6.1.4.1.99999.1';
const BUILD = 'https://ci.example.com/build';
const hands = { bob: softwareHand() };
const keys = `keys:\n      - sigstore: { issuer: "${ISSUER}", identity: alice@example.com }\n      - sigstore: { issuer: "${ISSUER}", identity: "${BUILD}" }\n`;
const roster = rosterText(hands, `  alice:\n    name: Alice Example\n    emails: [alice@example.com]\n    roles: [owner]\n    ${keys}`);
const asking = `presence: required\nkeylessPresence: [{ issuer: "${ISSUER}", claims: { ${AMR}: hwk } }]\n${DEMANDS}`;
const files: Files = { '.countersign/keys/trusted-root.json': rootJson() };
const [plain, strict] = [await History.make({ hands, roster, files }), await History.make({ hands, roster, files, policy: asking })];
test.after(async () => {
  await Promise.all([plain.close(), strict.close()]);
});

/** Places a grant of alice's that such a certificate signed. */
async function placed(history: History, identity: BundleMaking['identity'] = {}, keyid = ALICE): Promise<string[]> {
  const at = history.now;
  const sign = (payload: Uint8Array): Uint8Array => bundle({ payload, identity: { notBefore: at - 10, notAfter: at + 590, ...identity }, entries: [{ at }] });
  const hand: Hand = { publicLine: '', keyid, sign };
  const { errors, unknowns } = await attempt(history, { by: null, files: history.session({ hand }).file });
  return [...errors, ...unknowns];
}

test('a person signed in', async () => assert.equal(await placed(plain), []));

test('her address, in a certificate that a build got', async () => {
  assert.equal(await placed(plain, { more: [extension('1.3.6.1.4.1.57264.1.11', utf8String('self-hosted'))] }), ['bad-evidence']);
});

test('a build that the roster takes for a person', async () => {
  assert.equal(await placed(plain, { names: [uri(BUILD)] }, `sigstore:${ISSUER}#${BUILD}`), ['bad-evidence']);
});

test('where presence is asked for, only a sign-in that proves it counts', async () => {
  assert.equal(await placed(strict), ['bad-evidence']);
  assert.equal(await placed(strict, { more: [extension(AMR, utf8('hwk'))] }), ['bad-evidence']);
  assert.equal(await placed(strict, { more: [extension(AMR, utf8String('hwk'))] }), []);
});

test.run();
