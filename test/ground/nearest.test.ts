// SPDX-License-Identifier: Apache-2.0
// What was probably meant.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nearest } from '../../src/nearest.ts';

const test = suite('nearest');

test('the word with the fewest changes, case aside; the first of several', () => {
  assert.is(nearest('verfiy', ['init', 'verify', 'run']), 'verify');
  assert.is(nearest('RUN', ['init', 'run']), 'run');
  assert.is(nearest('ab', ['ac', 'ad']), 'ac');
  assert.is(nearest('x', []), undefined);
});

test('a word of any length costs no more than forty characters do', () => {
  assert.is(nearest('verify'.padEnd(10_000_000, 'x'), ['verify']), 'verify');
});

test.run();
