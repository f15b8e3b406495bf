// SPDX-License-Identifier: Apache-2.0
// The armors of sshsig.json: one blob in texts that differ in one thing each.
import { base64, fromUtf8, utf8 } from '../../src/bytes.ts';
import { encodeArmor } from '../../src/signature/ssh/sshsig.ts';
import type { Vector } from './vector.ts';

/** Returns the tests for a good blob. */
export function armorVectors(blob: Uint8Array): Vector[] {
  const armor = fromUtf8(encodeArmor(blob))!;
  const body = armor.split('\n').slice(1, -2);
  return [
    good('armor', 'as ssh-keygen writes it', armor),
    good('armor-no-newline', 'without the final line break, as a commit header holds it', armor.trimEnd()),
    good('armor-long-line', 'all base64 in one line', armor.replaceAll(body.join('\n'), body.join(''))),
    bad('armor-empty', 'nothing at all', ''),
    bad('armor-crlf', 'CRLF line ends', armor.replaceAll('\n', '\r\n')),
    bad('armor-cr-inside', 'one CR', armor.replace(`${body[0]}\n`, `${body[0]}\r\n`)),
    bad('armor-before', 'a line before it', `x\n${armor}`),
    bad('armor-after', 'a line after it', `${armor}x\n`),
    bad('armor-two-newlines', 'an empty line after it', `${armor}\n`),
    bad('armor-twice', 'two armors', `${armor}${armor}`),
    bad('armor-blank-line', 'an empty line inside', armor.replace('\n', '\n\n')),
    bad('armor-space', 'a space at the end of a line', armor.replace(`${body[0]}\n`, `${body[0]} \n`)),
    bad('armor-header', 'a header line, as OpenPGP armor may have', armor.replace('\n', '\nComment: x\n')),
    bad('armor-label', 'the label of OpenPGP', armor.replaceAll('SSH SIGNATURE', 'PGP SIGNATURE')),
    bad('armor-case', 'a label in lower case', armor.replaceAll('SSH SIGNATURE', 'ssh signature')),
    bad('armor-no-end', 'without its last line', armor.replace(/-----END.*\n$/, '')),
    bad('armor-no-body', 'first and last line only', armor.replace(`${body.join('\n')}\n`, '')),
    bad('armor-no-padding', 'base64 without its padding', armor.replaceAll('=', '')),
    bad('armor-url', 'base64 of the URL alphabet', armor.replaceAll('/', '_').replaceAll('+', '-')),
    bad('armor-bits', 'padding bits that are not zero', armor.replace(/.(=+\n)/, (_, end: string) => `${end.length === 2 ? 'B' : 'R'}${end}`)),
  ];
}

function good(id: string, comment: string, text: string): Vector {
  return { id, comment, flags: [], input: base64(utf8(text)), expect: { status: 'good' } };
}

function bad(id: string, comment: string, text: string): Vector {
  return { id, comment, flags: [], input: base64(utf8(text)), expect: { status: 'bad', reason: 'armor' } };
}
