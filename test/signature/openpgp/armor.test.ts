// SPDX-License-Identifier: Apache-2.0
// Armor: what is read, what is refused, and what gpg makes of the same bytes.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as fc from 'fast-check';
import { armorHeaders, decodeKeyBlocks, decodePgpArmor, encodePgpArmor } from '../../../src/signature/openpgp/armor.ts';
import { readCertificates } from '../../../src/signature/openpgp/certificate.ts';
import { checkArmored } from '../../../src/signature/openpgp/openpgp.ts';
import { T0, mintKey, publicKey, sign, user } from './mint.ts';
import { Gpg, ask, hasGpg, type Letter } from './oracle.ts';

const test = suite('openpgp armor');

const PAYLOAD = Buffer.from('payload\n');
const key = mintKey('eddsa');
const certificate = Buffer.concat([publicKey(key), user(key)]);
const certificates = await readCertificates(certificate);
const signature = sign(key, PAYLOAD, T0 + 9);
const armor = encodePgpArmor(signature, 'SIGNATURE');
const lines = armor.split('\n');
const checksum = lines.findIndex((line) => line.startsWith('='));

interface Case {
  text: string;
  ours: 'good' | 'armor' | 'malformed' | 'too-large';
  gpg: Letter;
  why?: string;
}

const ALONE = 'a signature has no company: it would be read by one program and not by the next';
const ONE_FORM = 'what nobody writes only gives one signature many forms';

const CASES: Record<string, Case> = {
  'as gpg writes it': { text: armor, ours: 'good', gpg: 'G' },
  'without the last line break': { text: armor.trimEnd(), ours: 'good', gpg: 'G' },
  'with CRLF': { text: armor.replaceAll('\n', '\r\n'), ours: 'good', gpg: 'G' },
  'without checksum': { text: lines.toSpliced(checksum, 1).join('\n'), ours: 'good', gpg: 'G' },
  'with a wrong checksum': { text: lines.with(checksum, '=AAAA').join('\n'), ours: 'armor', gpg: 'E' },
  'with headers': { text: lines.toSpliced(1, 0, 'Version: GnuPG v2', 'Comment: https://example.org/é').join('\n'), ours: 'good', gpg: 'G' },
  'with an unknown header': { text: lines.toSpliced(1, 0, 'Evil: yes').join('\n'), ours: 'good', gpg: 'G' },
  'with a header that is none': { text: lines.toSpliced(1, 0, 'evil').join('\n'), ours: 'armor', gpg: 'E' },
  'with an escape sequence in a header': { text: lines.toSpliced(1, 0, 'Comment: \x1b[2K').join('\n'), ours: 'armor', gpg: 'G', why: 'it is made for a terminal' },
  'on one long line': { text: `${lines[0]}\n\n${signature.toString('base64')}\n${lines.at(-2)}\n`, ours: 'armor', gpg: 'G', why: ONE_FORM },
  'on short lines': { text: `${lines[0]}\n\n${signature.toString('base64').match(/.{1,20}/g)!.join('\n')}\n${lines.at(-2)}\n`, ours: 'good', gpg: 'G' },
  'with space behind a line': { text: lines.with(2, `${lines[2]} `).join('\n'), ours: 'armor', gpg: 'G', why: ONE_FORM },
  'with a blank line in the middle': { text: lines.toSpliced(3, 0, '').join('\n'), ours: 'armor', gpg: 'G', why: ONE_FORM },
  'with text before': { text: `see here:\n${armor}`, ours: 'armor', gpg: 'G', why: ALONE },
  'with text behind': { text: `${armor}see there\n`, ours: 'armor', gpg: 'G', why: ALONE },
  'twice': { text: armor + armor, ours: 'armor', gpg: 'E' },
  'as a message': { text: armor.replaceAll('SIGNATURE', 'MESSAGE'), ours: 'armor', gpg: 'G', why: 'nobody writes it, and it could hold anything' },
  'with escaped dashes': { text: armor.replaceAll('-----BEGIN', '- -----BEGIN'), ours: 'armor', gpg: 'E' },
  'as a cleartext message': { text: `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\npayload\n${armor}`, ours: 'armor', gpg: 'E' },
  'without an end': { text: lines.slice(0, -2).join('\n'), ours: 'armor', gpg: 'E' },
  'cut in the middle': { text: armor.slice(0, 120), ours: 'armor', gpg: 'E' },
  'without data': { text: [lines[0], '', lines.at(-2), ''].join('\n'), ours: 'armor', gpg: 'E' },
  'with a NUL': { text: lines.with(2, `${lines[2]!.slice(0, 5)}\0${lines[2]!.slice(5)}`).join('\n'), ours: 'armor', gpg: 'G', why: ONE_FORM },
  'two signatures in one': { text: encodePgpArmor(Buffer.concat([signature, signature]), 'SIGNATURE'), ours: 'malformed', gpg: 'E' },
  'none at all': { text: '', ours: 'armor', gpg: 'E' },
};

for (const [name, { text, ours, gpg, why }] of Object.entries(CASES)) {
  test(name, async () => {
    const bytes = Buffer.from(text, 'utf8');
    const check = await checkArmored(bytes, PAYLOAD, certificates);
    assert.is('reason' in check ? check.reason : check.kind, ours);
    if (hasGpg) assert.is(ask(certificate, bytes, PAYLOAD), gpg);
    assert.is((ours === 'good') === (gpg === 'G'), why === undefined, 'a difference has a reason, an agreement has none');
  });
}

test('headers are told, as anybody could have put them there', () => {
  assert.equal(armorHeaders(Buffer.from(armor)), []);
  assert.equal(armorHeaders(Buffer.from(CASES['with headers']!.text, 'latin1')), ['Version: GnuPG v2', 'Comment: https://example.org/é']);
  assert.equal(armorHeaders(Buffer.from('-----BEGIN')), []);
});

test('reading and writing are one', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (bytes) => {
    const decoded = decodePgpArmor(Buffer.from(encodePgpArmor(bytes, 'SIGNATURE')), 'SIGNATURE')!;
    assert.equal([...decoded.bytes], [...bytes]);
    assert.is(decodePgpArmor(Buffer.from(encodePgpArmor(bytes, 'SIGNATURE')), 'PUBLIC KEY BLOCK'), undefined);
  }), { numRuns: 100 });
});

test('what is too large is refused at once', async () => {
  const start = performance.now();
  const many = Buffer.from(encodePgpArmor(Buffer.concat(Array.from({ length: 10_000 }, () => signature)), 'SIGNATURE'));
  assert.equal(await checkArmored(many, PAYLOAD, certificates), { kind: 'bad', reason: 'too-large' });
  assert.equal(await checkArmored(Buffer.from(armor.repeat(10_000)), PAYLOAD, certificates), { kind: 'bad', reason: 'too-large' });
  const small = Buffer.from(encodePgpArmor(Buffer.concat(Array.from({ length: 400 }, () => signature)), 'SIGNATURE'));
  assert.is((await checkArmored(small, PAYLOAD, certificates)).kind, 'bad');
  for (const filler of ['\n', '=\n', 'A: b\n', 'AAAA\n', '-----', '\r']) {
    assert.is((await checkArmored(Buffer.from(`${lines[0]}\n${filler.repeat(20_000)}${lines.at(-2)}`), PAYLOAD, certificates)).kind, 'bad');
  }
  assert.ok(performance.now() - start < 1000);
});

test('key blocks: several, with listings between them, nothing lost', async () => {
  const block = encodePgpArmor(certificate, 'PUBLIC KEY BLOCK');
  const second = mintKey('rsa2048');
  const other = encodePgpArmor(Buffer.concat([publicKey(second), user(second)]), 'PUBLIC KEY BLOCK').replaceAll('\n', '\r\n');
  const file = `pub   ed25519 2020-01-01\n\n${block}\nuid: another\n${other}`;
  assert.equal((await readCertificates(Buffer.from(file))).map(({ fingerprint }) => fingerprint), [key.fingerprint, second.fingerprint]);
  for (const broken of [
    '', 'no key', block.replace('=', '=A'), block.slice(0, -10), `${block}-----BEGIN PGP PUBLIC KEY BLOCK-----\n`,
    `${block}${other.replace('KEY BLOCK-----', 'KEY BLOCK----- ')}`, `${block}${armor}`, block.replaceAll('PUBLIC', 'PRIVATE'),
  ]) assert.is(decodeKeyBlocks(broken), undefined, broken);
});

if (hasGpg) {
  test('gpg reads what we write, and we what gpg writes', async () => {
    const gpg = new Gpg();
    const fingerprint = gpg.make('ed25519', 'sign,cert', { now: T0 });
    const made = gpg.sign(fingerprint, PAYLOAD, T0 + 9, '--armor', '--comment', 'a comment');
    assert.is(gpg.judge(Buffer.of(), Buffer.from(armorAgain(made)), PAYLOAD), 'G');
    assert.equal(armorHeaders(made), ['Comment: a comment']);
    const exported = await readCertificates(gpg.run(['--armor', '--export', fingerprint]));
    assert.is((await checkArmored(made, PAYLOAD, exported)).kind, 'good');
    gpg.close();
  });
}

/** The same without its headers. */
function armorAgain(made: Uint8Array): string {
  return encodePgpArmor(decodePgpArmor(made, 'SIGNATURE')!.bytes, 'SIGNATURE');
}

test.run();
