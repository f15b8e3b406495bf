// SPDX-License-Identifier: Apache-2.0
// Attack: a copied hardware key. Two that share a key count each for itself, so that the counter goes back in time or stands
// in two signatures. What is picked, rebased or amended honestly goes together.
import { generateKeyPairSync } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Oid } from '../../src/oid.ts';
import { gitSigned, stolenFrom } from '../kit/attempt.ts';
import { History, rosterText } from '../kit/history.ts';
import { hardwareHand } from '../kit/person.ts';

const test = suite("case: a hardware key's counter");
const key = generateKeyPairSync('ed25519').privateKey;
/** The same key with a counter of its own. */
const hand = (counter: number) => hardwareHand(1, { key, counter });
const hands = { alice: hand(0) };
const policy = 'gitSignature: any\nrules: { contradiction: error }\n';
const history = await History.make({ hands, roster: rosterText(hands), policy });
test.after(() => history.close());

/** Makes commits in a row, `at` seconds after the adoption, stamped with these counters, and judges them. */
async function errors(...steps: { at: number; counter: number }[]): Promise<string[]> {
  let tip = history.adoption;
  for (const [i, { at, counter }] of steps.entries()) {
    tip = await history.commit({ parents: [tip], at, hand: hand(counter), files: { 'src/b.ts': `${i}\n` } });
  }
  return (await history.verify(history.adoption, tip)).errors;
}

test('that counts up', async () => {
  assert.equal(await errors({ at: 1000, counter: 5 }, { at: 2000, counter: 6 }, { at: 3000, counter: 90 }), []);
});

test('that goes back', async () => {
  assert.equal(await errors({ at: 1000, counter: 90 }, { at: 2000, counter: 6 }), ['contradiction']);
});

test('that stands in two signatures', async () => {
  assert.equal(await errors({ at: 1000, counter: 6 }, { at: 2000, counter: 6 }), ['contradiction']);
});

test('that is always 0, as that of authenticators without one', async () => {
  assert.equal(await errors({ at: 1000, counter: 0 }, { at: 2000, counter: 0 }), []);
});

test('that goes back where the order is not known', async () => {
  assert.equal(await errors({ at: 1000, counter: 90 }, { at: 1100, counter: 6 }), []);
});

test('of one signature in two commits', async () => {
  const first = await history.commit({ parents: [history.adoption], at: 1000, hand: hand(7), files: { 'src/b.ts': 'b\n' } });
  const between = await history.commit({ parents: [first], at: 2000, hand: hand(8), files: { 'src/b.ts': null } });
  const again = await history.commit({ parents: [between], ...stolenFrom(history, first), files: { 'src/b.ts': 'b\n' } });
  assert.not.ok((await history.verify(history.adoption, again)).errors.includes('contradiction'));
});

test("of git's signatures", async () => {
  const claim = (parent: Oid, at: number): Promise<Oid> => history.commit({ parents: [parent], by: null, at, files: { 'src/b.ts': `${at}\n` }, message: 'a change\n\nProvenance: human' });
  const first = gitSigned(history, await claim(history.adoption, 1000), hand(50));
  assert.equal((await history.verify(history.adoption, gitSigned(history, await claim(first, 2000), hand(51)))).errors, []);
  assert.equal((await history.verify(history.adoption, gitSigned(history, await claim(first, 2000), hand(49)))).errors, ['contradiction']);
});

test.run();
