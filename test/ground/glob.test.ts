// SPDX-License-Identifier: Apache-2.0
// Patterns: the grammar stands in test/vectors/glob.json; here are its laws, a slow second opinion, and the attacks.
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { foldSegment, matchGlob, parseGlob, touches, type Glob } from '../../src/glob.ts';
import { pathFromBytes, pathOf } from '../../src/oid.ts';

const test = suite('glob');
const numRuns = process.env['SLOW'] === '1' ? 10_000 : 200;

function glob(text: string): Glob {
  const parsed = parseGlob(text);
  if (parsed.kind === 'bad') throw new Error(`${text}: ${parsed.reason}`);
  return parsed;
}

function isGood(text: string): boolean {
  return parseGlob(text).kind === 'glob';
}

/** Says by the grammar what a pattern takes, trying everything. Exponential; for short inputs. */
function takes(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return path.length === 0;
  if (first === '**') return path.some((_, i) => takes(rest, path.slice(i))) || takes(rest, []);
  return path.length > 0 && takesName([...first], [...path[0]!]) && takes(rest, path.slice(1));
}

function takesName(pattern: readonly string[], name: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return name.length === 0;
  if (first === '*') return takesName(rest, name) || (name.length > 0 && takesName(pattern, name.slice(1)));
  return name.length > 0 && (first === '?' || first === name[0]) && takesName(rest, name.slice(1));
}

function expected(text: string, path: string): boolean {
  const segments = text.replace(/\/$/, '').split('/');
  const deep = text.endsWith('/') || !/[*?]/.test(segments.at(-1)!);
  const end = deep ? ['**'] : text.endsWith('**') ? ['*'] : [];
  return takes([...segments, ...end], path.split('/'));
}

const name = fc.string({ unit: fc.constantFrom('a', 'b', '\u00e9'), minLength: 1, maxLength: 4 });
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const wild = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 5 });
const pattern = fc.array(fc.oneof(name, wild, fc.constant('**')), { minLength: 1, maxLength: 5 }).map((names) => names.join('/')).filter(isGood);

test('greedy matching agrees with trying everything', () => {
  fc.assert(fc.property(pattern, path, (text, where) => {
    assert.is(matchGlob(glob(text), pathOf(where), 'exact'), expected(text, where), `${text} ${where}`);
  }), { numRuns: numRuns * 5 });
});

test('what matches exactly matches folded, and what matches folded is touched', () => {
  const near = fc.array(fc.string({ unit: fc.constantFrom('a', 'A', 'e\u0301', '\u00e9', '\u00df', 's', '.', ' ', '\u200d'), minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 });
  fc.assert(fc.property(near.map((names) => names.join('/')).filter(isGood), near.map((names) => names.join('/')), (text, where) => {
    const parsed = glob(text);
    const exact = matchGlob(parsed, pathOf(where), 'exact');
    const folded = matchGlob(parsed, pathOf(where), 'folded');
    assert.ok(!exact || folded);
    assert.ok(!folded || touches(parsed, pathOf(where)));
  }), { numRuns });
});

test('any text is a pattern or has a reason, and any bytes are an answer', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (text, bytes) => {
    const parsed = parseGlob(text);
    if (parsed.kind === 'bad') return assert.type(parsed.reason, 'string');
    assert.type(matchGlob(parsed, pathFromBytes(bytes), 'exact'), 'boolean');
    assert.type(touches(parsed, pathFromBytes(bytes)), 'boolean');
  }), { numRuns });
});

test('a lone surrogate is no character', () => {
  assert.equal(parseGlob('a\ud800'), { kind: 'bad', reason: 'bad-character' });
});

test('no spelling of a protected name dodges its pattern', () => {
  const spellings = [
    'INFRA', 'Infra', 'infra.', 'infra ', 'infra. .', '\u0131nfra', '\u0130NFRA', '\u200cinfra', 'in\u200ffra', 'infr\ufeffa', '\u202ainfra', 'i\u206fnfra', 'infra\u200d.',
  ];
  for (const spelling of spellings) {
    assert.ok(touches(glob('infra/**'), pathOf(`${spelling}/main.tf`)), spelling);
    assert.ok(touches(glob('infra/**'), pathOf(spelling)), `${spelling} as a link`);
    assert.not(matchGlob(glob('infra/**'), pathOf(`${spelling}/main.tf`), 'exact'), `${spelling} exactly`);
  }
});

test('names fold as the least exact file system compares them', () => {
  assert.is(foldSegment('.CounterSign. '), '.countersign');
  assert.is(foldSegment('\u039f\u0394\u039f\u03a3'), foldSegment('\u03bf\u03b4\u03bf\u03c2'), 'a final sigma');
  assert.is(foldSegment('\u212a'), 'k', 'the Kelvin sign');
  assert.is.not(foldSegment('infr\u0430'), 'infra', 'a Cyrillic letter is another letter to every file system');
});

/** Runs within seconds or fails; what must not happen takes hours. */
function quickly(act: () => void): void {
  const start = performance.now();
  act();
  assert.ok(performance.now() - start < 5000, `${Math.round(performance.now() - start)} ms`);
}

test('stars that try again and again take bounded time', () => quickly(() => {
  assert.not(matchGlob(glob(`${'*a'.repeat(255)}b`), pathOf('a'.repeat(65_536)), 'folded'));
  assert.not(matchGlob(glob(`${'**/a/'.repeat(100)}b`), pathOf(`${'a/'.repeat(32_768)}a`), 'folded'));
  assert.not(matchGlob(glob(`${'**/*a*/'.repeat(73)}b`), pathOf(`${'aa/'.repeat(21_845)}a`), 'folded'));
}));

test('a name of nothing but accents takes bounded time', () => quickly(() => {
  assert.not(touches(glob('a'), pathOf('\u0315\u0300'.repeat(65_536))));
  assert.not(touches(glob('a'), pathOf(`${'\u0315\u0300'.repeat(500)}/`.repeat(60))));
}));

test.run();
