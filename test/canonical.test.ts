// SPDX-License-Identifier: Apache-2.0
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { canonical, parseCanonical } from '../src/canonical.ts';
import type { Json } from '../src/canonical.ts';
import { Fault } from '../src/fault.ts';
import { throwsWith } from './kit/rejects.ts';

const test = suite('canonical');

function reason(act: () => unknown): unknown {
  return throwsWith('STATEMENT_INVALID', act).cause;
}

test('keys are sorted by UTF-16 code units: the example of RFC 8785 §3.2.3', () => {
  const value = {
    '\u20ac': 'Euro Sign', '\r': 'Carriage Return', '\ufb33': 'Hebrew Letter Dalet With Dagesh', 1: 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face', '\u0080': 'Control', '\u00f6': 'Latin Small Letter O With Diaeresis',
  };
  const names = [...canonical(value).matchAll(/:"(\w+)/g)].map((match) => match[1]);
  assert.equal(names, ['Carriage', 'One', 'Control', 'Latin', 'Euro', 'Emoji', 'Hebrew']);
});

test('strings and literals as RFC 8785 §3.2.2 writes them', () => {
  assert.is(canonical('\u20ac$\u000f\nA\'B"\\\\"/\u007f\u2028'), '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f\u2028"');
  assert.is(canonical([null, true, false, 0, -0, -1, 2 ** 53 - 1]), '[null,true,false,0,0,-1,9007199254740991]');
  assert.is(canonical({ b: [], a: {} }), '{"a":{},"b":[]}');
});

test('what has no one text is refused', () => {
  for (const value of [1.5, NaN, Infinity, 2 ** 53, -(2 ** 53)]) assert.is(reason(() => canonical({ value })), 'number');
  for (const value of [undefined, 1n, Symbol('x'), () => 1, new Date(0), new Map(), new Uint8Array(1), Object('x')]) {
    assert.is(reason(() => canonical([value])), 'value');
  }
  for (const value of ['\ud800', 'a\udc00b', { '\udfff': 1 }]) assert.is(reason(() => canonical(value)), 'surrogate');
  // An absent element is not null.
  assert.is(reason(() => canonical(Array(1))), 'value');
});

test('depth is bounded: a cycle and a hundred thousand brackets end', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  assert.is(reason(() => canonical(cycle)), 'depth');
  assert.is(reason(() => parseCanonical('['.repeat(100_000) + ']'.repeat(100_000))), 'depth');
  const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)]);
  assert.is(canonical(nested(32)), `${'['.repeat(32)}1${']'.repeat(32)}`);
  assert.is(reason(() => canonical(nested(33))), 'depth');
});

test('a member named __proto__ is a member like any other', () => {
  const value = parseCanonical('{"__proto__":{"a":1}}');
  assert.is(canonical(value), '{"__proto__":{"a":1}}');
  assert.is((value as { a?: unknown }).a, undefined);
});

test('property: parsing gives the value back, printing it the text', () => {
  const integer = fc.maxSafeInteger();
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof({ maxDepth: 5 }, fc.constant(null), fc.boolean(), integer, fc.string({ unit: 'binary' }), fc.array(tie('value')),
      fc.dictionary(fc.string({ unit: 'binary' }), tie('value'))),
  }));
  fc.assert(fc.property(value, (json) => {
    const text = canonical(json);
    assert.is(canonical(parseCanonical(text)), text);
    assert.equal(JSON.parse(text), JSON.parse(JSON.stringify(json)));
  }));
});

test('property: every other text of a value is refused, and nothing but a fault is thrown', () => {
  fc.assert(fc.property(fc.json(), fc.string({ unit: 'binary' }), (json, junk) => {
    for (const text of [json, junk, ` ${json}`, `${json}\n`]) {
      try {
        assert.is(canonical(parseCanonical(text)), text);
      } catch (thrown) {
        if (!(thrown instanceof Fault)) throw thrown;
      }
    }
  }));
});

test.run();
