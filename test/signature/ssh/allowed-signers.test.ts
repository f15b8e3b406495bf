// SPDX-License-Identifier: Apache-2.0
// allowed_signers files against ssh-keygen, which reads what we print and agrees on when a key counts.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { base64, fromUtf8, utf8 } from '../../../src/bytes.ts';
import { parseAllowedSigners, printAllowedSigner } from '../../../src/signature/ssh/allowed-signers.ts';
import type { AllowedSigner } from '../../../src/signature/ssh/allowed-signers.ts';
import { parseKeyList } from '../../../src/signature/ssh/key-list.ts';
import { parseSshPublicKey } from '../../../src/signature/ssh/key.ts';
import { encodeArmor, encodeSshsig, signedData } from '../../../src/signature/ssh/sshsig.ts';
import { openCorpus } from '../../kit/corpus.ts';
import { softAuthenticator } from '../../kit/authenticator.ts';
import { cleanEnvironment } from '../../kit/environment.ts';
import { throwsWith } from '../../kit/rejects.ts';
import { tempDir } from '../../kit/temp.ts';
import { ecdsaKey, ed25519Key, rsaKey } from '../../vectors/fixed-keys.ts';

const test = suite('allowed signers');
const dir = tempDir();
const env = cleanEnvironment({ HOME: dir, TZ: 'UTC' });
const RUNS = process.env['SLOW'] === '1' ? 10_000 : 200;
const KEY = `ssh-ed25519 ${base64(ed25519Key().blob)}`;
const key = parseSshPublicKey(KEY);
const corpus = openCorpus('real allowed signers');

function parse(text: string): AllowedSigner[] {
  return parseAllowedSigners(utf8(text));
}

/** What ssh-keygen says of the fixed key's signature in a namespace at a time, under the lines. */
function oracle(lines: string, namespace: string, time: string, identity = 'alice@example.com'): boolean {
  const [signers, signature] = [join(dir, 'signers'), join(dir, 'signature')];
  const blob = encodeSshsig({
    publicKey: key.blob, namespace: utf8(namespace), reserved: new Uint8Array(), hash: 'sha512', signature: ed25519Key().sign(signedData('sha512', namespace, utf8('x'))),
  });
  writeFileSync(signers, `${lines}\n`);
  writeFileSync(signature, encodeArmor(blob));
  const args = ['-Y', 'verify', '-f', signers, '-I', identity, '-n', namespace, '-s', signature, `-Overify-time=${time}`];
  return spawnSync('ssh-keygen', args, { env, input: 'x' }).status === 0;
}

test('the shapes of a line', () => {
  assert.equal(parse(`alice@example.com ${KEY}`), [{ principals: ['alice@example.com'], key, isAuthority: false }]);
  assert.equal(parse(`  *@a.org,!eve@a.org\tcert-authority\t${KEY} a comment\r\n`), [{
    principals: ['*@a.org', '!eve@a.org'], key: { ...key, comment: 'a comment' }, isAuthority: true,
  }]);
  assert.equal(parse(`"alice smith" Namespaces="git,file",VALID-AFTER="20240101",valid-before="202501010203Z" ${KEY}`), [{
    principals: ['alice smith'], key, isAuthority: false, namespaces: ['git', 'file'], validAfter: 1704067200, validBefore: 1735696980,
  }]);
  assert.equal(parse(`a namespaces="a\\"b\\c d" ${KEY}`)[0]!.namespaces, ['a"b\\c d']);
  assert.is(parse(`a valid-after="19700101000001Z" ${KEY}`)[0]!.validAfter, 1);
});

test('comments and blank lines are none', () => assert.equal(parse(`# a\n\n \t\n  # b\n\r\n`), []));

for (const [what, line] of Object.entries({
  'a key without principals': KEY,
  'principals alone': 'alice',
  'no key': 'alice cert-authority',
  'an empty pattern': `alice,,bob ${KEY}`,
  'a pattern of a negation alone': `! ${KEY}`,
  'a double negation': `!!a ${KEY}`,
  'a long pattern': `${'a'.repeat(1001)} ${KEY}`,
  'a control character': `a\u001bb ${KEY}`,
  'a zero-width space': `a\u200bb ${KEY}`,
  'a byte-order mark': `\ufeffa ${KEY}`,
  'a quote inside principals': `a"b" ${KEY}`,
  'quotes that do not end': `"alice ${KEY}`,
  'empty quotes': `"" ${KEY}`,
  'an unknown option': `a no-touch-required ${KEY}`,
  'an unknown option with a value': `a from="*" ${KEY}`,
  'an option that begins like another': `a cert-authority2 ${KEY}`,
  'an option twice': `a namespaces="git",namespaces="file" ${KEY}`,
  'an option without value': `a namespaces ${KEY}`,
  'a flag with a value': `a cert-authority="yes" ${KEY}`,
  'a value without quotes': `a namespaces=git ${KEY}`,
  'a value that does not end': `a namespaces="git ${KEY}`,
  'a value that ends in an escaped quote': `a namespaces="git\\" ${KEY}`,
  'a space between options': `a cert-authority, namespaces="git" ${KEY}`,
  'a comma at the end': `a cert-authority, ${KEY}`,
  'an empty option': `a cert-authority,,namespaces="git" ${KEY}`,
  'no namespaces': `a namespaces="" ${KEY}`,
  'no such day': `a valid-after="20240230" ${KEY}`,
  'no such hour': `a valid-after="202401012400" ${KEY}`,
  'a leap second': `a valid-after="20161231235960Z" ${KEY}`,
  'a time of other length': `a valid-after="2024" ${KEY}`,
  'a time with signs': `a valid-after="2024-01-01" ${KEY}`,
  'before 1970': `a valid-before="19691231Z" ${KEY}`,
  'the first second of 1970': `a valid-before="19700101Z" ${KEY}`,
  'an end before its beginning': `a valid-after="20250101",valid-before="20240101" ${KEY}`,
  'an unknown key type': `a ssh-dss AAAA`,
  'a broken key': `a ssh-ed25519 AAAA`,
  'a certificate': `a ssh-ed25519-cert-v01@openssh.com AAAA`,
  'a long line': `a ${KEY} ${'x'.repeat(40_000)}`,
  'a long value': `a namespaces="${'x'.repeat(30_000)}" ${KEY}`,
  'many quotes': `a ${'""'.repeat(15_000)} ${KEY}`,
  'many escapes': `a namespaces="${'\\"'.repeat(15_000)} ${KEY}`,
})) {
  test(`refused with its line: ${what}`, () => {
    const { message } = throwsWith('KEY_INVALID', () => parse(`# comment\nbob ${KEY}\n${line}\n`));
    assert.ok(message.startsWith('line 3: '), message);
    assert.ok(message.length < 300 && !/\p{Cc}/u.test(message));
  });
}

test('a file that is no text, or too large', () => {
  throwsWith('KEY_INVALID', () => parseAllowedSigners(Uint8Array.of(0xff, 0x0a)));
  throwsWith('KEY_INVALID', () => parseAllowedSigners(new Uint8Array((1 << 20) + 1)));
});

for (const [what, change] of Object.entries<Partial<AllowedSigner>>({
  'a comma': { principals: ['a,'] }, 'nobody': { principals: [] }, 'a quote': { principals: ['a"b'] }, 'a line break': { principals: ['a\nb'] },
  'a backslash at the end': { namespaces: ['git\\'] }, 'no namespaces': { namespaces: [] }, 'time zero': { validAfter: 0 },
  'half a second': { validAfter: 0.5 }, 'forever': { validBefore: Infinity }, 'the year 10000': { validBefore: 253402300800 },
})) {
  test(`not printed: ${what}`, () => void throwsWith('KEY_INVALID', () => printAllowedSigner({ principals: ['a'], key, isAuthority: false, ...change })));
}

const keys = [
  KEY, `ssh-rsa ${base64(rsaKey().blob)} a comment`, `ecdsa-sha2-nistp384 ${base64(ecdsaKey(384).blob)}`, softAuthenticator().publicLine,
].map(parseSshPublicKey);
const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '@', '.', '*', '?', '#', ' ', '\\', 'é', '-'), minLength: 1, maxLength: 12 });
const patterns = fc.array(fc.oneof(pattern, pattern.map((text) => `!${text}`)), { minLength: 1, maxLength: 5 });
const quoted = fc.array(fc.string({ unit: fc.constantFrom('a', '"', '\\', '*', ' '), maxLength: 8 }).map((text) => `${text}x`), { minLength: 1, maxLength: 3 });
const signer = fc.record({
  principals: patterns, key: fc.constantFrom(...keys), isAuthority: fc.boolean(), namespaces: quoted, validAfter: fc.integer({ min: 1, max: 2 ** 32 }),
}, { requiredKeys: ['principals', 'key', 'isAuthority'] });

test('property: what is printed reads back', () => {
  fc.assert(fc.property(signer, fc.option(fc.integer({ min: 1, max: 2 ** 32 }), { nil: undefined }), (one, length) => {
    const all = { ...one, ...(length === undefined ? {} : { validBefore: (one.validAfter ?? 0) + length }) } as AllowedSigner;
    const line = printAllowedSigner(all);
    assert.not.match(line, /\n/);
    assert.equal(parse(line), [all]);
  }), { numRuns: RUNS });
});

test('property: a mutated file is read or refused, and what is read prints and reads back the same', () => {
  const good = utf8(`# signers\n"a b",!c@d.org cert-authority,namespaces="git,f\\"g",valid-after="20240101Z" ${KEY} comment\nx valid-before="20300101" ${KEY}\n`);
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(127)), { minLength: 1, maxLength: 6 }), fc.nat(good.length), (changes, end) => {
    const bytes = Uint8Array.from(good);
    for (const [index, byte] of changes) bytes[index] = byte;
    for (const text of [bytes, bytes.subarray(0, end)]) {
      let signers: AllowedSigner[];
      try {
        signers = parseAllowedSigners(text);
      } catch (thrown) {
        throwsWith('KEY_INVALID', () => { throw thrown; });
        continue;
      }
      assert.equal(parse(signers.map(printAllowedSigner).join('\n')), signers);
    }
  }), { numRuns: RUNS });
});

test('ssh-keygen reads what we print: principals, options, and both ends of the time', () => {
  const line = (change: Partial<AllowedSigner>): string => printAllowedSigner({ principals: ['*@example.com', '!eve@example.com'], key, isAuthority: false, ...change });
  assert.ok(oracle(line({}), 'git', '20240101Z'));
  assert.not(oracle(line({}), 'git', '20240101Z', 'eve@example.com'));
  assert.not(oracle(line({ isAuthority: true }), 'git', '20240101Z'));
  assert.ok(oracle(line({ principals: ['alice smith'] }), 'git', '20240101Z', 'alice smith'));
  assert.ok(oracle(line({ principals: ['#alice'] }), 'git', '20240101Z', '#alice'));
  for (const [namespace, allowed] of [['git', true], ['file', false], ['a"b\\c', true]] as const) {
    assert.is(oracle(line({ namespaces: ['git', 'a"b\\c'] }), namespace, '20240101Z'), allowed, namespace);
  }
  const window = { validAfter: Date.UTC(2024, 0, 1) / 1000, validBefore: Date.UTC(2024, 5, 1) / 1000 };
  for (const time of ['20231231235959Z', '20240101000000Z', '20240315Z', '20240601000000Z', '20240601000001Z']) {
    const [at] = parse(`a valid-after="${time}" ${KEY}`).map(({ validAfter }) => validAfter!);
    assert.is(oracle(line(window), 'git', time), at! >= window.validAfter && at! <= window.validBefore, time);
  }
});

test('what ssh-keygen refuses of a file is refused here too', () => {
  for (const options of ['no-touch-required', 'namespaces=git', 'namespaces="git', 'cert-authority,', 'valid-after="2024"', 'valid-after="20250101",valid-before="20240101"']) {
    const line = `alice@example.com ${options} ${KEY}`;
    assert.not(oracle(line, 'git', '20240601Z'));
    throwsWith('KEY_INVALID', () => parse(line));
  }
});

test("a forge's key list", () => {
  const text = keys.map((each) => `${each.type} ${base64(each.blob)}`).join('\n');
  assert.equal(parseKeyList(utf8(text)).map(({ fingerprint }) => fingerprint), keys.map(({ fingerprint }) => fingerprint));
  assert.equal(parseKeyList(utf8('')), []);
  assert.is(throwsWith('KEY_INVALID', () => parseKeyList(utf8(`${text}\n\nssh-dss AAAA\n`))).message.slice(0, 8), 'line 6: ');
  throwsWith('KEY_INVALID', () => parseKeyList(utf8('<!DOCTYPE html>\n')));
});

if (corpus !== undefined) {
  test("OpenSSH's own file reads whole", () => {
    const bytes = corpus.read('keys/openssh.allowed_signers');
    const signers = parseAllowedSigners(bytes);
    assert.is(signers.length, fromUtf8(bytes)!.split('\n').filter((line) => /^[^#\s]/.test(line)).length);
    assert.equal(signers.map(({ validBefore }) => validBefore).filter(Boolean), [Date.UTC(2024, 11, 6) / 1000]);
  });
}

test.run();
