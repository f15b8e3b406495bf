// SPDX-License-Identifier: Apache-2.0
// The forms in which people have their keys, recognised by content; and what is refused before it is read.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromUtf8 } from '../../src/bytes.ts';
import { readCertificates } from '../../src/signature/openpgp/certificate.ts';
import { readKeySource, type Owner } from '../../src/setup/key-source.ts';
import { openCorpus } from '../kit/corpus.ts';
import { Keyring } from '../kit/gpg.ts';
import { sshKey } from '../kit/keys.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('key source');
const dir = tempDir();
const place = { dir, home: dir };
const alice: Owner = { id: 'alice', emails: ['alice@x.example', 'a@y.example'] };
const { line, fingerprint } = sshKey('alice');
const other = sshKey('bob');

const gpg = new Keyring();
const fingerprints = [gpg.make('Alice <alice@x.example>'), gpg.make('Other <other@x.example>', 'rsa2048')];
const armored = fingerprints.map((each) => gpg.export(each));
const secret = gpg.run(['--armor', '--export-secret-keys', fingerprints[0]!]);
gpg.close();

function source(content: string | Uint8Array, name = 'file'): Promise<Awaited<ReturnType<typeof readKeySource>>> {
  writeFileSync(join(dir, name), content);
  return readKeySource(name, alice, place);
}

async function texts(content: string): Promise<object[]> {
  return (await source(content)).map(({ text }) => text);
}

test('a line, a .pub file and a key list are ssh keys without their comments', async () => {
  const plain = [{ keyid: `ssh:${fingerprint}`, text: { ssh: line } }];
  const brief = (found: Awaited<ReturnType<typeof readKeySource>>) => found.map(({ keyid, text }) => ({ keyid, text }));
  assert.equal(brief(await readKeySource(line, alice, place)), plain);
  assert.equal(brief(await source(`${line} alice@laptop\r\n`)), plain);
  assert.equal(await texts(`# keys\n\n${line}\n${other.line} b\n`), [{ ssh: line }, { ssh: other.line }]);
  assert.equal(brief(await readKeySource(`ssh:${sshKey('alice').file}`, alice, place)), plain);
});

test('of an allowed_signers file the lines of the person count, with what limits them', async () => {
  assert.equal(await texts(`Alice@X.example,other@x.example namespaces="git",valid-after="20260101Z" ${line}\nother@x.example ${other.line}\n`), [{ ssh: line, namespaces: ['git'], validAfter: '2026-01-01T00:00:00Z' }]);
  assert.equal(await texts(`alice namespaces="git,countersign,file" ${line}\n`), [{ ssh: line }]);
  assert.equal(await texts(`alice namespaces="*" ${line}\n`), [{ ssh: line }]);
  assert.equal(await texts(`*@x.example cert-authority ${line}\n`), [{ ssh: line, certAuthority: ['alice@x.example'] }]);
  assert.equal(await texts(`*@x.example,!alice@*,a@y.example cert-authority ${line}\n`), [{ ssh: line, certAuthority: ['a@y.example'] }]);
  assert.equal((await readKeySource(`a@y.example ${line}`, alice, place))[0]!.text, { ssh: line });
});

test('a line for everybody, or for somebody else, is nobody\'s', async () => {
  for (const principals of ['*', '*@x.example', 'bob@x.example', 'alice@x.example.org', '!alice@x.example']) {
    const { message } = await rejectsWith('KEY_INVALID', source(`${principals} ${line}\n`));
    assert.ok(message.includes(principals), message);
  }
  await rejectsWith('KEY_INVALID', source(`alice namespaces="file" ${line}\n`));
  const many = Array.from({ length: 200 }, (_, i) => `p${i}@x.example ${line}\n`).join('');
  const { message } = await rejectsWith('KEY_INVALID', source(many));
  assert.match(message, /p9@x\.example and 190 more/);
});

test('an OpenPGP file is taken apart, and each certificate kept alone under its fingerprint', async () => {
  for (const content of [armored.join(''), `listing\n${armored.join('\n')}`]) {
    const found = await source(content);
    assert.equal(found.map(({ keyid, text }) => [keyid, text]), fingerprints.map((each) => [`openpgp:${each}`, { openpgp: `keys/${each}.asc` }]));
    for (const [i, { file }] of found.entries()) {
      assert.is(file!.path, `.countersign/keys/${fingerprints[i]}.asc`);
      const text = fromUtf8(file!.bytes)!;
      assert.match(text, /^-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n/, 'no foreign headers');
      assert.equal((await readCertificates(file!.bytes)).map((each) => each.fingerprint), [fingerprints[i]]);
    }
  }
  assert.is((await readKeySource(armored[0]!, alice, place))[0]!.keyid, `openpgp:${fingerprints[0]}`);
});

const corpus = openCorpus('real key files');
if (corpus !== undefined) {
  test("a forge's key file and a project's allowed_signers are taken as they are", async () => {
    const forge = await readKeySource(corpus.path('keys/web-flow.asc'), { id: 'github', emails: [] }, place);
    assert.equal(forge.map(({ keyid }) => keyid).sort(), ['openpgp:5DE3E0509C47EA3CF04A42D34AEE18F83AFDEB23', 'openpgp:968479A1AFF927E37D1A566BB5690EEEBB952194']);
    const dtucker = await readKeySource(corpus.path('keys/openssh.allowed_signers'), { id: 'darren', emails: ['dtucker@dtucker.net'] }, place);
    assert.equal(dtucker.map(({ text }) => ('validBefore' in text ? text.validBefore : undefined)).slice(0, 2), ['2024-12-06T00:00:00Z', undefined]);
    await rejectsWith('KEY_INVALID', readKeySource(corpus.path('keys/openssh.allowed_signers'), alice, place));
  });
}

test('identities are read to the letter', async () => {
  assert.equal((await readKeySource('sigstore:https://a.example#b#c', alice, place))[0]!.text, { sigstore: { issuer: 'https://a.example', identity: 'b#c' } });
  for (const bad of ['sigstore:https://a.example', 'sigstore:http://a.example#b', 'sigstore:https://a.example#', 'x509:ca.pem', 'x509:#a@x.example', 'x509:ca.pem#alice']) await rejectsWith('KEY_INVALID', readKeySource(bad, alice, place));
});

test('private keys are refused, whatever their form', async () => {
  for (const content of [secret, readFileSync(sshKey('alice').file), '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', `${line}\n-----BEGIN RSA PRIVATE KEY-----\n`]) {
    const { message, hint } = await rejectsWith('KEY_INVALID', source(content));
    assert.match(message, /private key/);
    assert.match(hint!, /public half/);
  }
});

test('what is no key is refused with what it is', async () => {
  const bad = ['', '# nothing\n', 'hello\n', '<html>', '-----BEGIN CERTIFICATE-----\n', '---- BEGIN SSH2 PUBLIC KEY ----\n', '-----BEGIN PGP SIGNATURE-----\n\nAAAA\n', `${line}\nhello\n`, 'alice ssh-ed25519 AAAAnonsense\n', armored[0]!.slice(0, 200), Uint8Array.of(0x99, 0, 1, 2)];
  for (const content of bad) await rejectsWith('KEY_INVALID', source(content));
  await rejectsWith('KEY_INVALID', source('A'.repeat(2 * 1024 * 1024)));
  await rejectsWith('KEY_NOT_FOUND', readKeySource('no-such-file', alice, place));
  await rejectsWith('KEY_INVALID', readKeySource('.', alice, place));
  await rejectsWith('KEY_INVALID', readKeySource('/dev/zero', alice, place));
  const { message } = await rejectsWith('KEY_INVALID', readKeySource('a\u001b[2Jb\n', alice, place));
  assert.not.match(message, /\p{Cc}/u);
});

test('a name of stars is matched in time', async () => {
  const start = performance.now();
  await rejectsWith('KEY_INVALID', source(`${'*a'.repeat(400)}b cert-authority ${line}\n`));
  assert.ok(performance.now() - start < 1000);
});

test.run();
