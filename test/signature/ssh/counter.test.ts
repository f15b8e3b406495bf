// SPDX-License-Identifier: Apache-2.0
// Counters against the rule as it is said, pair by pair.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Counters } from '../../../src/signature/ssh/counter.ts';
import type { Observation } from '../../../src/signature/ssh/counter.ts';

const test = suite('counters');
const RUNS = process.env['SLOW'] === '1' ? 10_000 : 200;

function contradict(a: Observation, b: Observation): boolean {
  if (a.keyid !== b.keyid || a.id === b.id) return false;
  const isBackward = (first: Observation, second: Observation): boolean => first.until + 120 < second.from && first.counter > second.counter;
  return isBackward(a, b) || isBackward(b, a) || (a.counter === b.counter && a.counter !== 0);
}

/** A moment of one key. */
function at(time: number, counter: number, id = `${time}-${counter}`, keyid = 'ssh:a'): Observation {
  return { keyid, counter, from: time, until: time, id };
}

function answers(...observations: Observation[]): (string | undefined)[] {
  const counters = new Counters();
  return observations.map((observation) => counters.add(observation));
}

test('counting up is right, in whatever order it is seen', () => {
  assert.equal(answers(at(0, 1), at(1000, 2), at(2000, 9)), [undefined, undefined, undefined]);
  assert.equal(answers(at(2000, 9), at(0, 1), at(1000, 2)), [undefined, undefined, undefined]);
});

test('a counter that goes back, whichever is seen first', () => {
  assert.equal(answers(at(0, 5), at(1000, 4)), [undefined, '0-5']);
  assert.equal(answers(at(1000, 4), at(0, 5)), [undefined, '1000-4']);
});

test('two minutes are no order; one second more is', () => {
  assert.equal(answers(at(0, 5), at(120, 4)), [undefined, undefined]);
  assert.equal(answers(at(0, 5), at(121, 4)), [undefined, '0-5']);
});

test('what overlaps has no order; inverted times are the same span', () => {
  const wide = { ...at(0, 5), until: 5000 };
  assert.equal(answers(wide, at(1000, 4)), [undefined, undefined]);
  assert.equal(answers({ ...wide, from: 5000, until: 0 }, at(1000, 4)), [undefined, undefined]);
  assert.equal(answers(wide, at(5121, 4)), [undefined, wide.id]);
});

test('one counter in two signatures; the same signature twice is one', () => {
  assert.equal(answers(at(0, 5, 'a'), at(0, 5, 'b'), at(0, 5, 'a'), at(9, 5, 'b')), [undefined, 'a', 'b', 'a']);
  assert.equal(answers(at(0, 5, 'a'), at(9000, 5, 'a')), [undefined, undefined]);
});

test('zero on both sides says nothing; going back to zero does', () => {
  assert.equal(answers(at(0, 0, 'a'), at(1000, 0, 'b'), at(2000, 0, 'c')), [undefined, undefined, undefined]);
  assert.equal(answers(at(0, 3), at(1000, 0)), [undefined, '0-3']);
});

test('keys count by themselves', () => {
  assert.equal(answers(at(0, 5), at(1000, 4, 'x', 'ssh:b')), [undefined, undefined]);
});

test('property: as pair by pair', () => {
  const span = fc.record({
    keyid: fc.constantFrom('ssh:a', 'ssh:b'), counter: fc.oneof(fc.constant(0), fc.nat(12)), from: fc.nat(3000), length: fc.oneof(fc.constant(0), fc.nat(600)),
  });
  // A signature is in several commits: it has one key and counter, and several spans.
  const signatures = fc.array(fc.tuple(fc.nat(20), span), { maxLength: 40 }).map((list) => {
    const first = new Map<number, { keyid: string; counter: number }>();
    return list.map(([id, { keyid, counter, from, length }]): Observation => {
      if (!first.has(id)) first.set(id, { keyid, counter });
      return { ...first.get(id)!, from, until: from + length, id: String(id) };
    });
  });
  fc.assert(fc.property(signatures, (list) => {
    const counters = new Counters();
    for (const [i, observation] of list.entries()) {
      const rivals = list.slice(0, i).filter((other) => contradict(other, observation)).map(({ id }) => id);
      const answer = counters.add(observation);
      assert.is(answer !== undefined, rivals.length > 0);
      if (answer !== undefined) assert.ok(rivals.includes(answer));
    }
  }), { numRuns: RUNS });
});

test('property: with little memory it says less, never what is wrong', () => {
  const moments = fc.array(fc.tuple(fc.nat(100_000), fc.nat(500)), { maxLength: 200 });
  fc.assert(fc.property(moments, (list) => {
    const counters = new Counters(8);
    const all = list.map(([time, counter], i) => at(time, counter, String(i)));
    for (const observation of all) {
      const answer = counters.add(observation);
      if (answer !== undefined) assert.ok(contradict(all[Number(answer)]!, observation));
    }
  }), { numRuns: RUNS });
});

test('with little memory the highest counter is remembered', () => {
  const counters = new Counters(8);
  for (let i = 1; i <= 1000; i++) assert.is(counters.add(at(i * 1000, i)), undefined);
  assert.is(counters.add(at(2_000_000, 999, 'late')), '1000000-1000');
});

test('a hundred thousand signatures of one key, newest first', () => {
  const counters = new Counters();
  for (let i = 100_000; i > 0; i--) counters.add(at(i * 1000, i));
  assert.is(counters.add(at(100_001_000, 1, 'late')), '100000000-100000');
});

test.run();
