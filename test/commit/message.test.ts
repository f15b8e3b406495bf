// SPDX-License-Identifier: Apache-2.0
// The message as a stamp binds it: what mail, editors and forges change makes no difference, every other change makes one,
// and no message makes it slow.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLatin1, latin1, sha256, utf8 } from '../../src/bytes.ts';
import { canonicalMessage, hasForgeNumber, messageText, readText } from '../../src/commit/message.ts';
import type { Ident } from '../../src/commit/raw.ts';

const test = suite('message');
const RUNS = { numRuns: process.env['SLOW'] ? 10_000 : 200 };

const ALICE: Ident = { name: 'Alice', email: 'alice@example.com', date: 1, zone: '+0000' };

/** Lines of what matters to the canonical form. */
const hostileText = fc
  .array(fc.oneof(fc.constantFrom(' ', '\t', '\r', '\n', '\n\n', '\r\n', '(#1)', ' (#12)', ' (!3)', '(', '#', '\ufeff', '\u00a0', '\v', '\f'), fc.string({ maxLength: 6 })), { maxLength: 20 })
  .map((parts) => parts.join(''));

test('canonical: examples', () => {
  const same: [text: string, canonical: string][] = [
    ['', ''],
    [' \t\r\n\n', ''],
    ['subject', 'subject\n'],
    ['\n\n  subject \t\r\n\n\n \nbody\r\n\n\n', '  subject\n\nbody\n'],
    ['a\n\n\n\nb\nc', 'a\n\nb\nc\n'],
    ['a\rb\n', 'a\rb\n'],
    ['a\v\n\f\nb', 'a\v\n\f\nb\n'],
  ];
  for (const [text, canonical] of same) assert.is(canonicalMessage(text), canonical);
});

test('canonical: only numbers that a forge adds are left out, and only at the end of the subject', () => {
  const same: [text: string, canonical: string][] = [
    ['fix (#12)', 'fix\n'],
    ['fix (!12)\n', 'fix\n'],
    ['fix (#1) (!2)  (#3) \r\n', 'fix\n'],
    ['fix (#1234567890)', 'fix\n'],
    ['fix (#12345678901)', 'fix (#12345678901)\n'],
    ['fix (#12).', 'fix (#12).\n'],
    ['fix (#12) more', 'fix (#12) more\n'],
    ['fix(#12)', 'fix(#12)\n'],
    ['fix\t(#12)', 'fix\t(#12)\n'],
    ['fix (#)', 'fix (#)\n'],
    ['fix (#-1)', 'fix (#-1)\n'],
    ['fix (#１)', 'fix (#１)\n'],
    ['fix (x) (#1)', 'fix (x)\n'],
    ['fix\n\nbody (#12)\n', 'fix\n\nbody (#12)\n'],
    ['fix\nbody (#12)\n', 'fix\nbody (#12)\n'],
    ['(#12)', '(#12)\n'],
    // a subject must not vanish: the next paragraph would become one
    [' (#12)\n\nfix (#1)\n', ' (#12)\n\nfix (#1)\n'],
    [' (#1) (#2)', ' (#1)\n'],
  ];
  for (const [text, canonical] of same) assert.is(canonicalMessage(text), canonical);
});

test('canonical: what is canonical stays as it is', () => {
  fc.assert(fc.property(hostileText, (text) => {
    const canonical = canonicalMessage(text);
    assert.is(canonicalMessage(canonical), canonical);
    assert.ok(canonical === '' || /^[^\n][^]*[^\n]\n$|^[^\n]\n$/.test(canonical));
    assert.not.match(canonical, /[ \t\r]\n|\n\n\n/);
  }), RUNS);
});

test('canonical: trailing space, line ends, blank lines and a number make no difference; a visible character does', () => {
  const line = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => /[^\s]$/.test(text) && !/[\r\n]/.test(text));
  fc.assert(fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), fc.constantFrom(' ', '\t', '\r', ' \r'), fc.nat({ max: 9_999_999_999 }), (lines, space, number) => {
    const canonical = canonicalMessage(lines.join('\n\n'));
    assert.is(canonicalMessage(`\n${space}\n${lines.map((text) => text + space).join('\n\n \n')}\n\n`), canonical);
    assert.is(canonicalMessage([`${lines[0]!} (#${number})`, ...lines.slice(1)].join('\n\n')), canonical);
    assert.is.not(canonicalMessage(lines.map((text, i) => (i === lines.length - 1 ? `${text}.` : text)).join('\n\n')), canonical);
  }), RUNS);
});

test('forge numbers are seen exactly where the canonical form leaves them out', () => {
  assert.ok(hasForgeNumber('\n \nfix (#12)\n\nbody'));
  assert.not.ok(hasForgeNumber('fix\n\nbody (#12)'));
  assert.not.ok(hasForgeNumber(''));
  fc.assert(fc.property(hostileText, (text) => {
    const subject = canonicalMessage(text).split('\n')[0]!;
    const without = text.split('\n').map((line) => line.replace(/[ \t\r]+$/, '')).find((line) => line !== '') ?? '';
    assert.is(hasForgeNumber(text), subject !== without);
  }), RUNS);
});

test('a megabyte of anything is read in linear time', () => {
  const million = 1 << 20;
  const started = performance.now();
  for (const piece of [' ', '\t', '\r', '\n', '\r\n', ' (#1)', ' (', '(#', ' (#1', 'a ', ' \n', 'a\n\n\n']) {
    const text = piece.repeat(million / piece.length);
    canonicalMessage(text);
    canonicalMessage(`fix${text}`);
    hasForgeNumber(`fix${text}`);
  }
  assert.is(canonicalMessage(`fix${' (#1)'.repeat(200_000)}`), 'fix\n');
  // seconds where a quadratic reader needs hours
  assert.ok(performance.now() - started < 20_000);
});

test('encoding: UTF-8 and ISO-8859-1 of one text have one digest', () => {
  const name = 'Zoë Grüße';
  const message = 'Käse\n\nfür alle\n';
  const unicode = readText({ ...ALICE, name: latin1(utf8(name)) }, utf8(message), undefined);
  assert.equal(unicode, { text: 'utf-8', author: { ...ALICE, name }, message: `sha256:${sha256(utf8(message))}` });
  for (const encoding of ['ISO-8859-1', 'iso8859-1', 'latin1', 'LATIN-1', 'iso_8859-1']) {
    assert.equal(readText({ ...ALICE, name }, fromLatin1(message), encoding), unicode, encoding);
  }
  for (const encoding of ['UTF-8', 'utf8', 'Utf-8']) {
    assert.equal(readText({ ...ALICE, name: latin1(utf8(name)) }, utf8(message), encoding), unicode, encoding);
  }
});

test('encoding: what every reader does not read alike stands for its bytes', () => {
  const raw = (text: string): string => `sha256:${sha256(fromLatin1(text))}`;
  assert.equal(readText(ALICE, fromLatin1('Gr\xfc\xdfe'), undefined), { text: 'raw', author: ALICE, message: raw('Gr\xfc\xdfe\n') });
  // windows-1252 for a browser, and for some versions of Node: ISO-8859-1 for Git
  assert.is(readText(ALICE, fromLatin1('\x93a\x94'), 'ISO-8859-1').message, `sha256:${sha256(utf8('\x93a\x94\n'))}`);
  for (const encoding of ['windows-1252', 'Shift_JIS', 'UTF-16', 'utf-16le', 'ISO-2022-JP', 'UTF-7', 'no-such-encoding', '', ' UTF-8', 'UTF-8\n', '__proto__']) {
    assert.equal(readText(ALICE, utf8('plain\n'), encoding), { text: 'raw', author: ALICE, message: raw('plain\n') }, encoding);
  }
});

test('encoding: one undecodable byte, in author or message, makes both raw', () => {
  const inName = readText({ ...ALICE, name: 'Al\xff' }, utf8('Käse'), undefined);
  assert.equal([inName.text, inName.author.name, inName.message], ['raw', 'Al\xff', `sha256:${sha256(utf8('Käse\n'))}`]);
  assert.is(readText({ ...ALICE, email: '\xc3' }, utf8('x'), undefined).text, 'raw');
  assert.is(readText({ ...ALICE, name: latin1(utf8('Zoë')) }, fromLatin1('\xff'), undefined).author.name, latin1(utf8('Zoë')));
});

test('encoding: overlong forms, surrogates and what is beyond Unicode are not UTF-8; a byte order mark is kept', () => {
  for (const bytes of ['\xc0\xaf', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\xe2\x82', '\x80']) assert.is(readText(ALICE, fromLatin1(bytes), 'UTF-8').text, 'raw');
  assert.is(readText(ALICE, utf8('\ufeffx'), undefined).message, `sha256:${sha256(utf8('\ufeffx\n'))}`);
});

test('text for people: decoded where it can be, never thrown', () => {
  assert.is(messageText(fromLatin1('\x93\xfa\x96\x7b'), 'Shift_JIS'), '日本');
  assert.is(messageText(fromLatin1('Gr\xfc\xdfe'), undefined), 'Grüße');
  assert.is(messageText(fromLatin1('\xfc'), 'no-such-encoding'), 'ü');
  fc.assert(fc.property(fc.uint8Array(), fc.oneof(fc.string(), fc.constantFrom('UTF-16', 'gb18030')), (bytes, encoding) => assert.type(messageText(bytes, encoding), 'string')), RUNS);
});

test.run();
