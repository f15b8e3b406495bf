// SPDX-License-Identifier: Apache-2.0
// Edits of the roster, and the one serial that goes with them.
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pathOf } from '../../src/oid.ts';
import { readKeySource } from '../../src/setup/key-source.ts';
import { parsePolicy } from '../../src/trust/policy.ts';
import { enrol, extend, findKeys, readRoster, revoke, type Gains } from '../../src/setup/people.ts';
import { keyHolder } from '../../src/trust/holder.ts';
import { adoptedRepo } from '../kit/adopted.ts';
import { Keyring } from '../kit/gpg.ts';
import { sshKey } from '../kit/keys.ts';
import { rejectsWith, throwsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('people');
const carol = () => ({ id: 'carol', name: 'Carol', emails: ['carol@example.com'], roles: [], keys: [{ ssh: sshKey('carol').line }] });
const person = (id: string) => ({ section: 'people' as const, id });
const policyOf = (dir: string) => parsePolicy(readFileSync(join(dir, '.countersign/policy.yaml')));

test('until it is committed the first policy keeps serial 1; the second person raises the exclusion', async () => {
  const { scratch } = await adoptedRepo();
  const policy = policyOf(scratch.dir);
  assert.is(policy.serial, 1);
  assert.ok(policy.squash.excludeSponsor);
  assert.ok(policy.compliance.every(({ cosign }) => cosign.excludeSponsor));
});

test('after that the serial is one above the committed one, however many edits there are', async () => {
  const { scratch } = await adoptedRepo();
  const desk = { toplevel: scratch.dir, committed: 1 };
  assert.is((await enrol(desk, carol(), false)).serial, 2);
  assert.is((await revoke(desk, person('bob'), [0], { at: 1_700_000_000, reason: 'compromised' })).serial, 2);
  assert.is(policyOf(scratch.dir).serial, 2);
  const { people } = await readRoster(desk);
  assert.is(people['bob']?.keys[0]?.revoked?.reason, 'compromised');
  assert.equal(Object.keys(people), ['alice', 'bob', 'carol']);
  // somebody else's change came in meanwhile
  assert.is((await revoke({ ...desk, committed: 6 }, person('carol'), [0], { at: 1_700_000_000, reason: 'retired' })).serial, 7);
});

test('what is refused changes no file', async () => {
  const { scratch } = await adoptedRepo();
  const desk = { toplevel: scratch.dir, committed: 1 };
  const read = () => ['policy', 'roster'].map((name) => readFileSync(join(scratch.dir, `.countersign/${name}.yaml`), 'utf8'));
  const before = read();
  const roster = await readRoster(desk);
  await rejectsWith('PERSON_EXISTS', enrol(desk, { ...carol(), id: 'bob' }, false));
  await rejectsWith('ROSTER_INVALID', enrol(desk, { ...carol(), keys: [{ ssh: sshKey('bob').line }] }, false));
  await rejectsWith('ROSTER_INVALID', enrol(desk, { ...carol(), emails: ['BOB@example.com'] }, false));
  await rejectsWith('ROSTER_INVALID', enrol(desk, { ...carol(), id: '../../x' }, false));
  await rejectsWith('PERSON_UNKNOWN', revoke(desk, person('constructor'), [0], { at: 0, reason: 'retired' }));
  throwsWith('KEY_NOT_FOUND', () => findKeys(roster, person('bob'), 'ssh:SHA256:x'));
  await rejectsWith('ADOPTION_MISSING', readRoster({ toplevel: tempDir(), committed: undefined }));
  assert.equal(read(), before);
});

const gains = (...keys: Gains['keys']): Gains => ({ emails: [], roles: [], keys });
const bob = person('bob');

/** Returns what is in .countersign, by name. */
function contents(dir: string): Record<string, string> {
  const names = readdirSync(join(dir, '.countersign'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(name, 'utf8')]));
}

test('a copy from before a subkey was revoked takes no place of a newer one', async () => {
  const { scratch } = await adoptedRepo();
  const [desk, gpg] = [{ toplevel: scratch.dir, committed: 1 }, new Keyring()];
  const fingerprint = gpg.make('Bob <bob@example.com>');
  gpg.run(['--quick-add-key', fingerprint, 'ed25519', 'sign', 'never']);
  const old = gpg.export(fingerprint);
  gpg.run(['--no-batch', '--command-fd', '0', '--edit-key', fingerprint], 'key 1\nrevkey\ny\n1\nstolen\n\ny\nsave\n');
  const keys = (armor: string) => readKeySource(armor, { id: 'bob', emails: [] }, { dir: scratch.dir, home: undefined });
  await extend(desk, bob, gains(...(await keys(old))));
  await extend(desk, bob, gains(...(await keys(gpg.export(fingerprint)))));
  const before = contents(scratch.dir);
  await rejectsWith('KEY_INVALID', keys(old).then((found) => extend(desk, bob, gains(...found))));
  assert.equal(contents(scratch.dir), before);
  gpg.close();
});

test('an OpenPGP certificate comes with its file, and a renewed one takes its place', async () => {
  const { scratch } = await adoptedRepo();
  const desk = { toplevel: scratch.dir, committed: 1 };
  const gpg = new Keyring();
  const fingerprint = gpg.make('Bob <bob@example.com>', 'ed25519', '20300101T000000');
  const other = gpg.make('Bob too <bob@example.com>');
  const keys = (armor: string) => readKeySource(armor, { id: 'bob', emails: [] }, { dir: scratch.dir, home: undefined });
  const [first, both] = [await keys(gpg.export(fingerprint)), gpg.export(fingerprint) + gpg.export(other)];
  const { roster } = await extend(desk, bob, gains(...first));
  assert.is(keyHolder(roster, `openpgp:${fingerprint}`)!.id, 'bob');
  const file = join(scratch.dir, `.countersign/keys/${fingerprint}.asc`);
  assert.is(readFileSync(file, 'utf8'), new TextDecoder().decode(first[0]!.file!.bytes));
  await rejectsWith('USAGE', extend(desk, bob, gains(...first)));
  await rejectsWith('ROSTER_INVALID', extend(desk, person('alice'), gains(...first)));

  gpg.run(['--quick-set-expire', fingerprint, '20350101T000000']);
  const renewed = await keys(gpg.export(fingerprint));
  assert.equal((await extend(desk, bob, gains(...renewed))).roster.people['bob']!.keys.length, 2);
  assert.is(readFileSync(file, 'utf8'), new TextDecoder().decode(renewed[0]!.file!.bytes));

  // in a file that people made by hand, under another name and with other keys in it
  const roster2 = join(scratch.dir, '.countersign/roster.yaml');
  writeFileSync(roster2, readFileSync(roster2, 'utf8').replace(`keys/${fingerprint}.asc`, 'keys/bob.asc'));
  writeFileSync(join(scratch.dir, '.countersign/keys/bob.asc'), both);
  await extend(desk, bob, gains(...(await keys(gpg.export(fingerprint)))));
  const found = (await readRoster(desk)).people['bob']!.keys.flatMap((key) => (key.scheme === 'openpgp' ? key.certificates.map((each) => each.fingerprint) : []));
  assert.equal(found.sort(), [fingerprint, other].sort());

  // a copy from before the key was revoked
  const old = gpg.export(fingerprint);
  const revocation = readFileSync(join(gpg.home, `openpgp-revocs.d/${fingerprint}.rev`), 'utf8').replace(':-----BEGIN', '-----BEGIN');
  gpg.run(['--import'], revocation);
  await extend(desk, bob, gains(...(await keys(gpg.export(fingerprint)))));
  await rejectsWith('KEY_INVALID', keys(old).then((stale) => extend(desk, bob, gains(...stale))));
  gpg.close();
});

test("an agent is given its forge's certificates by the file that holds them", async () => {
  const { scratch } = await adoptedRepo();
  const desk = { toplevel: scratch.dir, committed: 1 };
  const gpg = new Keyring();
  const armor = gpg.export(gpg.make('Hub <hub@x.example>')) + gpg.export(gpg.make('Hub <old@x.example>'));
  gpg.close();
  mkdirSync(join(scratch.dir, '.countersign/keys'));
  writeFileSync(join(scratch.dir, '.countersign/keys/web.asc'), armor);
  const keys = await readKeySource(armor, { id: 'hub', emails: [] }, { dir: scratch.dir, home: undefined });
  await extend(desk, { section: 'forges', id: 'hub' }, gains({ keyid: 'openpgp:web', text: { openpgp: 'keys/web.asc' } }));
  const { roster } = await extend(desk, { section: 'agents', id: 'bot' }, { emails: ['bot@x.example'], roles: [], keys });
  assert.equal(roster.agents['bot']!.keys.map(({ keyid }) => keyid), ['openpgp:keys/web.asc']);
  assert.equal(readdirSync(join(scratch.dir, '.countersign/keys')), ['web.asc']);
});

test('a part of a fingerprint names a key, if it is long enough and of one only', async () => {
  const { scratch } = await adoptedRepo();
  const desk = { toplevel: scratch.dir, committed: 1 };
  const gpg = new Keyring();
  const [fingerprint, second] = [gpg.make('Bob <bob@example.com>'), gpg.make('Bob too <bob@example.com>')];
  const keys = await readKeySource(gpg.export(fingerprint) + gpg.export(second), { id: 'bob', emails: [] }, { dir: scratch.dir, home: undefined });
  gpg.close();
  const { roster } = await extend(desk, bob, gains(...keys));
  for (const name of [fingerprint, `openpgp:${fingerprint}`, fingerprint.slice(-16), `0x${fingerprint.slice(-16).toLowerCase()}`, fingerprint.replace(/(.{4})/g, '$1 ')]) assert.equal(findKeys(roster, bob, name), [1], name);
  assert.equal(findKeys(roster, bob, sshKey('bob').fingerprint), [0]);
  for (const name of ['', fingerprint.slice(-15), 'openpgp:', `${fingerprint}0`, sshKey('alice').fingerprint]) throwsWith('KEY_NOT_FOUND', () => findKeys(roster, bob, name));
  throwsWith('KEY_NOT_FOUND', () => findKeys(roster, person('constructor'), fingerprint));
  const { roster: after } = await revoke(desk, bob, [2], { at: 0, reason: 'compromised' });
  assert.is(keyHolder(after, `openpgp:${second}`)!.key.revoked?.reason, 'compromised');
  await rejectsWith('KEY_INVALID', extend(desk, bob, gains(...keys)));
});

test("the key with which a vendor's agents sign is nobody's but an agent's", async () => {
  const { scratch } = await adoptedRepo();
  const desk = { toplevel: scratch.dir, committed: 1 };
  const vendor = { keyid: 'ssh:SHA256:32dP45eSMmVSt/G/CGvcxl/P+MO3Nwj9xeTh/GSA2wc', text: { ssh: sshKey('vendor').line } };
  assert.match((await rejectsWith('KEY_INVALID', extend(desk, bob, gains(vendor)))).hint!, /--agent/);
  await rejectsWith('KEY_INVALID', enrol(desk, { ...carol(), keys: [] }, false, [vendor]));
  await extend(desk, { section: 'agents', id: 'claude' }, { emails: ['noreply@anthropic.com'], roles: [], keys: [vendor] });
  assert.equal(Object.keys((await readRoster(desk)).agents), ['claude']);
});

test('a write that fails in the middle leaves all as it was', async () => {
  const { scratch } = await adoptedRepo();
  const desk = { toplevel: scratch.dir, committed: 1 };
  const before = contents(scratch.dir);
  const first = { keyid: 'ssh:a', text: { ssh: sshKey('carol').line }, file: { path: pathOf('.countersign/keys/a.pem'), bytes: new Uint8Array(1) } };
  // Its own name is just short enough for a file system, that of the temporary one beside it is not.
  const second = { keyid: 'ssh:b', text: { ssh: sshKey('dave').line }, file: { path: pathOf(`.countersign/keys/${'b'.repeat(250)}`), bytes: new Uint8Array(1) } };
  await rejectsWith('FILE_FAILED', extend(desk, bob, gains(first, second)));
  assert.equal(contents(scratch.dir), before);
  assert.not(existsSync(join(scratch.dir, '.countersign/keys')));
});

test('a key file or folder that is a link is neither read nor written through', async () => {
  const { scratch } = await adoptedRepo();
  const desk = { toplevel: scratch.dir, committed: 1 };
  const outside = tempDir();
  writeFileSync(join(outside, 'a.pem'), 'outside');
  const key = (name: string) => ({ keyid: 'ssh:a', text: { ssh: sshKey('carol').line }, file: { path: pathOf(`.countersign/keys/${name}`), bytes: new Uint8Array(1) } });
  symlinkSync(outside, join(scratch.dir, '.countersign/keys'));
  await rejectsWith('FILE_FAILED', extend(desk, bob, gains(key('b.pem'))));
  assert.equal(readdirSync(outside), ['a.pem']);
  const { scratch: second } = await adoptedRepo();
  mkdirSync(join(second.dir, '.countersign/keys'));
  symlinkSync(join(outside, 'a.pem'), join(second.dir, '.countersign/keys/a.pem'));
  await rejectsWith('FILE_FAILED', extend({ toplevel: second.dir, committed: 1 }, bob, gains(key('a.pem'))));
  assert.is(readFileSync(join(outside, 'a.pem'), 'utf8'), 'outside');
});

test('one CA certifies several principals, which come one after the other', async () => {
  const { scratch } = await adoptedRepo();
  const desk = { toplevel: scratch.dir, committed: 1 };
  const { line, fingerprint } = sshKey('ca');
  const authority = (...principals: string[]) => gains({ keyid: `ssh-ca:${fingerprint}`, text: { ssh: line, certAuthority: principals } });
  await extend(desk, bob, authority('bob'));
  await rejectsWith('USAGE', extend(desk, bob, authority('bob')));
  await rejectsWith('ROSTER_INVALID', extend(desk, person('alice'), authority('bob')));
  await extend(desk, person('alice'), authority('alice'));
  const { roster } = await extend(desk, bob, authority('bob', 'bob@example.com'));
  assert.equal(roster.people['bob']!.keys.flatMap((key) => (key.scheme === 'ssh' ? (key.authority?.principals ?? []) : [])), ['bob', 'bob@example.com']);
});

test.run();
