// SPDX-License-Identifier: Apache-2.0
// Files made to exhaust or to crash whoever reads them. Which YAML is refused for which reason stands in policy.json.
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { Fault } from '../../src/fault.ts';
import type { Refusal } from '../../src/trust/refusal.ts';
import { readYaml } from '../../src/trust/yaml.ts';
import { throwsWith } from '../kit/rejects.ts';

const test = suite('yaml');
const numRuns = process.env['SLOW'] === '1' ? 10_000 : 200;
const SIZE = 256 * 1024;

function fill(part: string, head = '', tail = ''): string {
  return head + part.repeat(Math.floor((SIZE - head.length - tail.length) / part.length)) + tail;
}

function reasonOf(text: string | Uint8Array): string {
  const bytes = typeof text === 'string' ? utf8(text) : text;
  return (throwsWith('POLICY_INVALID', () => readYaml(bytes, 'POLICY_INVALID')).cause as Refusal).reason;
}

const laughs = Array.from({ length: 20 }, (_, i) => `l${i}: &l${i} [${i === 0 ? 'x' : Array(9).fill(`*l${i - 1}`).join(', ')}]`).join('\n');

/** A file of the largest size for each way to ask for much, and why it is refused. */
const BOMBS: Record<string, [text: string, reason: string]> = {
  'a billion laughs': [laughs, 'anchor'],
  'lists in lists': [fill('['), 'too-deep'],
  'mappings in mappings': [fill('{a: '), 'too-deep'],
  'block lists in block lists': [fill('- '), 'too-deep'],
  'explicit keys in explicit keys': [fill('? '), 'too-deep'],
  'values of nothing': [fill(': '), 'too-deep'],
  'keys on one line': [fill('a: '), 'too-deep'],
  'indentation': [Array.from({ length: 700 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'too-deep'],
  'commas': [fill(',', '['), 'syntax'],
  'brackets that close nothing': [fill(']'), 'syntax'],
  'items without commas': [fill('"" ', '[', ']'), 'syntax'],
  'bad escapes': [fill('\\x', 'a: "', '"'), 'syntax'],
  'documents': [fill('---\n'), 'several-documents'],
  'directives': [fill('%A\n'), 'directive'],
  'anchors': [fill('&a '), 'anchor'],
  'tags': [fill('!a '), 'tag'],
};

for (const [name, [text, reason]] of Object.entries(BOMBS)) {
  test(`${name}: refused in bounded time`, () => {
    const start = performance.now();
    assert.is(reasonOf(text), reason);
    assert.ok(performance.now() - start < 10_000, `${Math.round(performance.now() - start)} ms`);
  });
}

test('30,000 keys are compared in bounded time', () => {
  const start = performance.now();
  const keys = Array.from({ length: 30_000 }, (_, i) => `${i.toString(36)}:\n`).join('');
  assert.is(Object.keys(readYaml(utf8(keys), 'POLICY_INVALID').value as object).length, 30_000);
  assert.is(reasonOf(`${keys}a:\n`), 'duplicate-key');
  assert.ok(performance.now() - start < 10_000);
});

test('one byte more than the largest file is too large', () => {
  assert.is(readYaml(utf8('#'.repeat(SIZE)), 'POLICY_INVALID').value, null);
  assert.is(reasonOf('#'.repeat(SIZE + 1)), 'too-large');
});

test('what looks like an anchor, alias, tag or directive in a text is text', () => {
  const { value } = readYaml(utf8('a: "&x *y !z"\nb: x&y*z!\nc: |\n  *a\n  &b\n  %c\n  !d\nd: \'*a\'\ne: >-\n  &a\n'), 'POLICY_INVALID');
  assert.equal(value, { a: '&x *y !z', b: 'x&y*z!', c: '*a\n&b\n%c\n!d\n', d: '*a', e: '&a' });
});

test('the core schema of 1.2: no yes, no octal zero, no time, no merge', () => {
  const { value } = readYaml(utf8('a: yes\nb: 2026-01-31T12:00:00Z\nc: 1_000\nd: true\n1: x\n"<<": y\n'), 'POLICY_INVALID');
  assert.equal(value, { 'a': 'yes', 'b': '2026-01-31T12:00:00Z', 'c': '1_000', 'd': true, '1': 'x', '<<': 'y' });
});

test('the prototype is no key, wherever it stands', () => {
  for (const text of ['__proto__: 1', 'a: { __proto__: 1 }', 'a:\n  - "__proto__": { b: 1 }', '"__pro\\x74o__": 1']) assert.is(reasonOf(text), 'unknown-key');
  assert.is(({} as Record<string, unknown>)['b'], undefined);
});

test('the code is the caller\'s', () => {
  throwsWith('ROSTER_INVALID', () => readYaml(utf8('['), 'ROSTER_INVALID'));
});

test('stack traces are as before', () => {
  const before = Error.stackTraceLimit;
  reasonOf('a: [');
  assert.is(Error.stackTraceLimit, before);
});

/** Text that is often almost YAML. */
const token = fc.constantFrom('a', 'b: ', '- ', '\n', '  ', '[', ']', '{', '}', ',', '"', '\'', '|\n', '>', '? ', ': ', '#', '&a', '*a', '!t', '---\n', '...\n', '%', '\t', '\r\n', '\ufeff', '1', 'null', '\\');

test('any bytes are read or refused, and nothing else is thrown', () => {
  const texts = fc.oneof(fc.array(token, { maxLength: 40 }).map((tokens) => utf8(tokens.join(''))), fc.uint8Array({ maxLength: 60 }));
  fc.assert(fc.property(texts, (bytes) => {
    try {
      readYaml(bytes, 'POLICY_INVALID');
    } catch (thrown) {
      assert.ok(thrown instanceof Fault && thrown.code === 'POLICY_INVALID', String(thrown));
    }
  }), { numRuns: numRuns * 5 });
});

test.run();
