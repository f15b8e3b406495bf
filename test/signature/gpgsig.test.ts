// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { gpgsigKind } from '../../src/signature/gpgsig.ts';

const test = suite('gpgsig');

for (const [first, kind] of [
  ['-----BEGIN SSH SIGNATURE-----', 'ssh'],
  ['-----BEGIN PGP SIGNATURE-----', 'openpgp'],
  ['-----BEGIN PGP MESSAGE-----', 'openpgp'],
  ['-----BEGIN SIGNED MESSAGE-----', 'x509'],
  ['-----BEGIN SSH SIGNATURE----- ', 'unknown'],
  [' -----BEGIN SSH SIGNATURE-----', 'unknown'],
  ['-----BEGIN SSH SIGNATURE', 'unknown'],
  ['-----begin ssh signature-----', 'unknown'],
  ['', 'unknown'],
] as const) {
  test(`${JSON.stringify(first)} is ${kind}`, () => {
    for (const rest of ['', '\n', '\nAAAA\n', '\r\nAAAA\r\n']) assert.is(gpgsigKind(utf8(first + rest)), kind);
  });
}

test('only the first line counts, however long it is', () => {
  assert.is(gpgsigKind(utf8('\n-----BEGIN SSH SIGNATURE-----\n')), 'unknown');
  assert.is(gpgsigKind(utf8('x'.repeat(1_000_000))), 'unknown');
  assert.is(gpgsigKind(utf8(`-----BEGIN SSH SIGNATURE-----${' '.repeat(100)}\n`)), 'unknown');
});

test.run();
