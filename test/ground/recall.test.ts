// SPDX-License-Identifier: Apache-2.0
// What is kept, for how long, and what is not.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Recall } from '../../src/recall.ts';

const test = suite('recall');

/** A recall of so many answers, and how it was asked to make them. */
function counted(capacity: number): { ask: (id: string) => string; made: string[] } {
  const made: string[] = [];
  const recall = new Recall<string>(capacity);
  return { made, ask: (id) => recall.get(id, () => `${id}${made.push(id)}`) };
}

test('an answer is made once', () => {
  const { ask, made } = counted(2);
  assert.equal(['a', 'b', 'a', 'b'].map(ask), ['a1', 'b2', 'a1', 'b2']);
  assert.equal(made, ['a', 'b']);
});

test('what was not used for longest goes first', () => {
  const { ask, made } = counted(2);
  ['a', 'b', 'a', 'c', 'a', 'b'].forEach(ask);
  assert.equal(made, ['a', 'b', 'c', 'b']);
});

test('what is thrown is passed on and not kept', () => {
  const recall = new Recall<string>(2);
  assert.throws(() => recall.get('a', () => { throw new Error('no'); }), /^no$/);
  assert.is(recall.get('a', () => 'yes'), 'yes');
});

test('a promise is shared while it is under way', async () => {
  const recall = new Recall<Promise<object>>(2);
  const [first, second] = ['a', 'a'].map((id) => recall.get(id, async () => ({})));
  assert.is(await first, await second);
});

test.run();
