// SPDX-License-Identifier: Apache-2.0
// What the look at an own stamp finds wrong with an OpenPGP signature: that it is over something else, and nothing more.
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { signsSomethingElse } from '../../src/hook/certificates.ts';
import { ScratchRepo } from '../kit/git.ts';
import { DAY, T0, direct, flags, mintKey, publicKey, reason, seconds, sign, user } from '../signature/openpgp/mint.ts';

const test = suite('hook certificates');

const [key, expired, revoked, stranger] = [mintKey('ed25519'), mintKey('ed25519'), mintKey('ed25519'), mintKey('ed25519')];
const repo = new ScratchRepo();
const commit = repo.commit('keys', {
  files: {
    '.countersign/keys/good.asc': Buffer.concat([publicKey(key), user(key)]),
    '.countersign/keys/expired.asc': Buffer.concat([publicKey(expired), user(expired, { hashed: [flags(3), seconds(9, DAY)] })]),
    '.countersign/keys/revoked.asc': Buffer.concat([publicKey(revoked), direct(revoked, 0x20, T0, [reason(2)]), user(revoked)]),
    '.countersign/keys/broken.asc': 'no key at all',
  },
});
const payload = Buffer.from('what was signed');

function isBad(signer: typeof key, over = payload): Promise<boolean> {
  return signsSomethingElse(sign(signer, payload, T0 + 2 * DAY), over, commit, { ...repo.env, GIT_DIR: join(repo.dir, '.git') });
}

test('a signature over something else is bad', async () => {
  assert.is(await isBad(key), false);
  assert.is(await isBad(key, Buffer.from('something else')), true);
});

test('a key that had expired or is revoked made no stamp for another message: the verifier says what is wrong', async () => {
  assert.is(await isBad(expired), false);
  assert.is(await isBad(revoked), false);
});

test("what can't be told is not bad", async () => {
  assert.is(await isBad(stranger), false);
  assert.is(await isBad(stranger, Buffer.from('something else')), false);
});

test.run();
