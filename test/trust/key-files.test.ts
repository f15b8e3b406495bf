// SPDX-License-Identifier: Apache-2.0
// The files beside a roster, with keys that gpg and openssl made; and what somebody may have put there instead.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, fromLatin1, latin1, utf8 } from '../../src/bytes.ts';
import { Fault } from '../../src/fault.ts';
import { decodeKeyBlocks, encodePgpArmor } from '../../src/signature/openpgp/armor.ts';
import { wireString } from '../../src/signature/wire.ts';
import { anchorsOf } from '../../src/trust/anchors.ts';
import { completeRoster } from '../../src/trust/key-files.ts';
import type { FileRefusal } from '../../src/trust/refusal.ts';
import { parseRoster, type Roster } from '../../src/trust/roster.ts';
import { agentBehind, holderOf, keyHolder } from '../../src/trust/holder.ts';
import { refusalOf } from '../../src/trust/standing.ts';
import { cleanEnvironment } from '../kit/environment.ts';
import { Keyring } from '../kit/gpg.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';
import { DAY, T0, bind, flags, mintKey, packet as framed, publicKey, reason as because, subkey, user, wrap } from '../signature/openpgp/mint.ts';
import { LINES } from '../vectors/policy-vectors.ts';

const test = suite('key files');

const gpg = new Keyring();
const [alice, bob] = [gpg.make('Alice <alice@x.example>', 'ed25519'), gpg.make('Bob <bob@x.example>', 'rsa2048')];
gpg.run(['--quick-gen-key', 'Carol <carol@x.example>', 'ed25519', 'sign,auth', 'never']);
const carol = /fpr:+([0-9A-F]{40}):/.exec(gpg.run(['--list-keys', '--with-colons', 'carol@x.example']))![1]!;
const carolAsSsh = gpg.run(['--export-ssh-key', `${carol}!`]).trim();
const armored = (...fingerprints: string[]): Uint8Array => utf8(gpg.export(fingerprints[0]!) + fingerprints.slice(1).map((each) => gpg.export(each)).join(''));
const ca = certificate(['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign']);
gpg.close();

function certificate(extensions: string[]): Uint8Array {
  const dir = tempDir();
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(dir, 'key.pem'), '-out', join(dir, 'ca.pem'), '-subj', '/CN=CA', '-days', '30', ...extensions];
  const done = spawnSync('openssl', args, { env: cleanEnvironment(), encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return readFileSync(join(dir, 'ca.pem'));
}

function complete(entries: string, files: Record<string, Uint8Array>): Promise<Roster> {
  return completeRoster(parseRoster(utf8(`version: 1\n${entries}`)), async (name) => files[name]);
}

const person = (id: string, ...keys: string[]): string => `  ${id}: { name: ${id}, emails: [${id}@x.example], keys: [${keys.map((key) => `{ ${key} }`).join(', ')}] }\n`;
const file = (name: string): string => `openpgp: keys/${name}.asc`;

test('whoever a certificate is for is found by its fingerprint; one file may hold several', async () => {
  const roster = await complete(`people:\n${person('alice', file('a'))}${person('bob', file('b'))}`, { 'keys/a.asc': armored(alice, carol), 'keys/b.asc': armored(bob) });
  assert.is(keyHolder(roster, `openpgp:${alice}`)!.id, 'alice');
  assert.is(keyHolder(roster, `openpgp:${carol}`)!.id, 'alice');
  assert.is(keyHolder(roster, `openpgp:${bob}`)!.id, 'bob');
  for (const name of [`openpgp:${alice.toLowerCase()}`, `openpgp:${alice.slice(-16)}`, 'openpgp:keys/a.asc', 'openpgp:']) assert.is(keyHolder(roster, name), undefined, name);
});

test('all files together hold no more keys than can be read in seconds', async () => {
  const raw = mintKey('eddsa').body.subarray(-32);
  const keys = (at: number, count: number): Buffer => Buffer.concat(Array.from({ length: count }, (_, i) => framed(i % 60 === 0 ? 6 : 14, wrap(4, at + i, 27, raw).body)));
  const files = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`keys/${i}.asc`, keys(T0 + i * 1000, 480)]));
  const start = performance.now();
  const fault = await complete(`people:\n${Object.keys(files).map((_, i) => person(`p${i}`, file(`${i}`))).join('')}`, files).catch((thrown: unknown) => thrown);
  assert.is(((fault as Fault).cause as FileRefusal).reason, 'too-large');
  assert.ok(performance.now() - start < 5000);
});

test('an agent shares the certificate of its forge, from one file, and has to have an address', async () => {
  const files = { 'keys/web.asc': armored(bob), 'keys/copy.asc': armored(bob) };
  const roster = await complete(`people: {}\nagents:\n  bot: { emails: [bot@x.example], keys: [{ ${file('web')} }] }\nforges:\n  hub: { keys: [{ ${file('web')} }] }\n`, files);
  assert.is(keyHolder(roster, `openpgp:${bob}`)!.role, 'forge');
  assert.is(agentBehind(roster, `openpgp:${bob}`, 'BOT@x.example')!.id, 'bot');
  assert.is(agentBehind(roster, `openpgp:${bob}`, 'alice@x.example'), undefined);
  assert.is(anchorsOf(roster, { keylessTime: 'proven' }).certificates.length, 1);
  assert.is(anchorsOf(roster, { keylessTime: 'proven' }), anchorsOf(roster, { keylessTime: 'proven' }));
  await refused('shared-key', 'agents.bot.keys[0]', `people: {}\nagents:\n  bot: { emails: [bot@x.example], keys: [{ ${file('copy')} }] }\nforges:\n  hub: { keys: [{ ${file('web')} }] }\n`, files);
  await rejectsWith('ROSTER_INVALID', () => complete(`people: {}\nagents:\n  bot: { keys: [{ ${file('web')} }] }\nforges:\n  hub: { keys: [{ ${file('web')} }] }\n`, files));
});

test('an address that a CA certifies is found in any case, and none that only looks like it', async () => {
  const key = 'x509: { ca: keys/corp.pem, identity: Kim@X.example }';
  const roster = await complete(`people:\n${person('kim', key)}${person('bob', 'x509: { ca: keys/corp.pem, identity: bob@x.example }')}`, { 'keys/corp.pem': ca });
  const { authorities } = anchorsOf(roster, { keylessTime: 'certificate' });
  assert.is(authorities.length, 1);
  const name = `x509:${authorities[0]!.fingerprint}`;
  assert.is(keyHolder(roster, `${name}#kim@x.example`)!.id, 'kim');
  assert.is(keyHolder(roster, `${name}#KIM@X.EXAMPLE`)!.id, 'kim');
  assert.is(keyHolder(roster, `${name}#\u212aim@x.example`), undefined, 'the Kelvin sign is a small k in lower case');
  assert.is(keyHolder(roster, `${name}#${'kim@x.example '}`), undefined);
  assert.is(holderOf(roster, { keyid: `${name}#KIM@x.example`, keyids: [`${name}#KIM@x.example`, `${name}#other@x.example`] })!.id, 'kim');
  assert.is(holderOf(roster, { keyid: `${name}#kim@x.example`, keyids: [`${name}#kim@x.example`, `${name}#bob@x.example`] }), undefined, 'two people');
});

test('a roster that names no file stays the object it is, and reads the trusted root only', async () => {
  const roster = parseRoster(utf8(`version: 1\npeople:\n${person('alice', `ssh: ${LINES.first}`)}`));
  const asked: string[] = [];
  assert.is(await completeRoster(roster, async (name) => void asked.push(name)), roster);
  assert.equal(asked, ['keys/trusted-root.json']);
});

async function refused(reason: string, path: string, entries: string, files: Record<string, Uint8Array>): Promise<void> {
  const { cause, message } = await rejectsWith('ROSTER_INVALID', complete(entries, files));
  assert.equal([(cause as FileRefusal).reason, (cause as FileRefusal).path], [reason, path], message);
  assert.not.match(message, /\p{Cc}/u);
}

const secret = utf8(gpg.run(['--armor', '--export-secret-keys', alice]));
gpg.close();
const publicBinary = decodeKeyBlocks(latin1(armored(alice)))!;
const secretBinary = Buffer.from(latin1(secret).replace(/^[^]*?\n\n|\n=[^]*$/g, ''), 'base64');
const disguised = utf8(encodePgpArmor(concat(publicBinary, secretBinary), 'PUBLIC KEY BLOCK'));

const FILES: [name: string, reason: string, bytes: Uint8Array | undefined][] = [
  ['missing', 'missing-file', undefined],
  ['empty', 'bad-key', new Uint8Array()],
  ['text', 'bad-key', utf8('hello\u001b[2J\n')],
  ['cut', 'bad-key', armored(alice).subarray(0, 300)],
  ['a private key', 'private-key', secret],
  ['a private key without armor', 'private-key', secretBinary],
  ['a private key of ssh', 'private-key', utf8('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n')],
  ['a private key behind a public one', 'private-key', concat(armored(alice), secret)],
  ['a private key in the armor of a public one', 'bad-key', disguised],
  ['one certificate twice, of which one may know less', 'shared-key', armored(alice, alice)],
  ['a 10 MB file', 'too-large', fromLatin1('-----BEGIN PGP PUBLIC KEY BLOCK-----\n'.padEnd(10_000_000, 'A'))],
  ['10,000 certificates', 'bad-key', concat(...Array.from({ length: 10_000 }, () => packet(6, Uint8Array.of(4, 0, 0, 0, 0, 22))))],
  ['10,000 user ids', 'bad-key', concat(publicBinary, ...Array.from({ length: 10_000 }, (_, i) => packet(13, utf8(`user ${i}`))))],
];

function packet(tag: number, body: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0xc0 | tag, body.length), body);
}

for (const [name, reason, bytes] of FILES) {
  test(`${name} is refused within a second`, async () => {
    const start = performance.now();
    await refused(reason, 'people.alice.keys[0]', `people:\n${person('alice', file('a'))}`, bytes === undefined ? {} : { 'keys/a.asc': bytes });
    assert.ok(performance.now() - start < 1000, `${Math.round(performance.now() - start)} ms`);
  });
}

test('a file with any bytes changed is read or refused, and never anything else', async () => {
  const entries = `people:\n${person('alice', file('a'))}${person('bob', 'x509: { ca: keys/corp.pem, identity: bob@x.example }')}`;
  const asc = decodeKeyBlocks(latin1(armored(bob)))!;
  const edits = fc.array(fc.record({ at: fc.nat(asc.length - 1), to: fc.nat(255) }), { minLength: 1, maxLength: 4 });
  await fc.assert(fc.asyncProperty(edits, fc.boolean(), async (changes, isCa) => {
    const bytes = Uint8Array.from(isCa ? ca : asc);
    for (const { at, to } of changes) bytes[at % bytes.length] = to;
    const files = isCa ? { 'keys/a.asc': asc, 'keys/corp.pem': bytes } : { 'keys/a.asc': bytes, 'keys/corp.pem': ca };
    const thrown = await complete(entries, files).then(() => undefined, (reason: unknown) => reason);
    assert.ok(thrown === undefined || (thrown instanceof Fault && thrown.code === 'ROSTER_INVALID'), String(thrown));
  }), { numRuns: process.env['SLOW'] === '1' ? 10_000 : 150 });
});

test('files are small together, too', async () => {
  const people = Array.from({ length: 40 }, (_, i) => person(`p${i}`, file(`p${i}`))).join('');
  await rejectsWith('ROSTER_INVALID', complete(`people:\n${people}`, new Proxy({}, { get: () => fromLatin1('A'.repeat(1_000_000)) })));
});

test('a CA file holds one CA, and the trusted root is one', async () => {
  const corp = `people:\n${person('alice', 'x509: { ca: keys/corp.pem, identity: alice@x.example }')}`;
  await refused('bad-key', 'people.alice.keys[0]', corp, { 'keys/corp.pem': certificate(['-addext', 'basicConstraints=critical,CA:FALSE']) });
  await refused('bad-key', 'people.alice.keys[0]', corp, { 'keys/corp.pem': concat(ca, ca) });
  await refused('missing-file', 'people.alice.keys[0]', corp, {});
  await refused('bad-key', '', `people: {}\n`, { 'keys/trusted-root.json': utf8('{}') });
});

test('one key never stands for two, in whatever wrapping', async () => {
  const files = { 'keys/a.asc': armored(carol), 'keys/b.asc': armored(carol) };
  await refused('shared-key', 'people.bob.keys[0]', `people:\n${person('alice', file('a'))}${person('bob', file('b'))}`, files);
  await refused('shared-key', 'people.bob.keys[0]', `people:\n${person('alice', file('a'))}${person('bob', `ssh: ${carolAsSsh}`)}`, files);
  await refused('shared-key', 'people.bob.keys[0]', `people:\n${person('alice', `ssh: ${carolAsSsh}`)}${person('bob', file('b'))}`, files);
  await refused('shared-key', 'people.alice.keys[0]', `people:\n${person('alice', file('a'))}forges:\n  hub: { keys: [{ ssh: ${carolAsSsh} }] }\n`, files);
  await refused('shared-key', 'people.bob.keys[0]', `people:\n${person('alice', file('a'))}${person('bob', `ssh: ${carolAsSsh}, certAuthority: [bob]`)}`, files);
  await refused('shared-key', 'people.alice.keys[1]', `people:\n${person('alice', file('a'), file('b'))}`, files);
});

test("one's own key in two wrappings is compromised in both", async () => {
  const revoked = 'revoked: { at: 2026-01-31T12:00:00Z, reason: compromised }';
  const roster = await complete(`people:\n${person('alice', file('a'), `ssh: ${carolAsSsh}, ${revoked}`)}`, { 'keys/a.asc': armored(carol) });
  assert.is(refusalOf(keyHolder(roster, `openpgp:${carol}`)!.key, { at: 0 }), 'compromised');
  const retired = await complete(`people:\n${person('alice', file('a'), `ssh: ${carolAsSsh}, ${revoked.replace('compromised', 'retired')}`)}`, { 'keys/a.asc': armored(carol) });
  assert.is(refusalOf(keyHolder(retired, `openpgp:${carol}`)!.key, { at: 4e9 }), undefined);
});

test('an SSH key is void once its own certificate says that it was stolen', async () => {
  const [primary, auth] = [mintKey('eddsa'), mintKey('eddsa', { at: T0 + 1 })];
  const line = (key: typeof auth): string => `ssh-ed25519 ${Buffer.from(concat(wireString('ssh-ed25519'), wireString(key.body.subarray(-32)))).toString('base64')}`;
  const revocations = { stolen: bind(primary, auth, { type: 0x28, at: T0 + DAY, hashed: [because(2)] }), unexplained: bind(primary, auth, { type: 0x28, at: T0 + DAY, hashed: [] }), superseded: bind(primary, auth, { type: 0x28, at: T0 + DAY, hashed: [because(1)] }), none: Buffer.of() };
  const forged = bind(auth, auth, { type: 0x28, at: T0 + DAY, hashed: [because(2)] });
  for (const [name, revocation] of Object.entries({ ...revocations, forged })) {
    const files = { 'keys/a.asc': concat(publicKey(primary), user(primary), subkey(auth), bind(primary, auth, { hashed: [flags(0x20)] }), revocation) };
    const { people } = await complete(`people:\n${person('alice', file('a'), `ssh: ${line(auth)}`, `ssh: ${line(primary)}`)}`, files);
    const isVoid = ['stolen', 'unexplained'].includes(name);
    assert.equal(people['alice']!.keys.map((key) => refusalOf(key, { at: T0 })), [undefined, isVoid ? 'compromised' : undefined, undefined], name);
  }
});

test.run();
