// SPDX-License-Identifier: Apache-2.0
// One way to write a time, and no day that no calendar has.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseTime, printTime } from '../../src/time.ts';

const test = suite('time');

test('what is printed is read again', () => {
  for (const seconds of [0, 951782400, 1767323165, 253402300799, -1, -62167219200]) assert.is(parseTime(printTime(seconds)), seconds);
  assert.is(printTime(1769860800), '2026-01-31T12:00:00Z');
  assert.is(printTime(1769860800.9), '2026-01-31T12:00:00Z');
});

test('beyond the years of four digits nothing is read again', () => {
  for (const seconds of [253402300800, -62167219201, 8.64e12, 8.65e12, Infinity, NaN]) assert.is(parseTime(printTime(seconds)), undefined, String(seconds));
});

test('another way to write a time is none', () => {
  for (const text of ['2026-01-31T12:00:00+00:00', '2026-01-31T12:00:00.000Z', '2026-01-31 12:00:00Z', '2026-01-31T12:00:00z', '2026-01-31', '', ' 2026-01-31T12:00:00Z', '2026-01-31T12:00:00Z\n', '+002026-01-31T12:00:00Z', '٢٠٢٦-01-31T12:00:00Z']) {
    assert.is(parseTime(text), undefined, text);
  }
});

test('a time that no clock shows is none', () => {
  for (const text of ['2026-02-30T12:00:00Z', '2025-02-29T12:00:00Z', '2026-13-01T12:00:00Z', '2026-00-01T12:00:00Z', '2026-01-31T24:00:00Z', '2026-01-31T12:60:00Z', '2026-12-31T23:59:60Z']) {
    assert.is(parseTime(text), undefined, text);
  }
  assert.is(parseTime('2024-02-29T12:00:00Z'), 1709208000);
});

test.run();
