// SPDX-License-Identifier: Apache-2.0
// New keys on disk: for their owner alone, never over another file, and no half ones.
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { keyGroup } from '../../src/cli/commands/key.ts';
import { openTerminal } from '../../src/cli/terminal.ts';
import { keyPath, makeKey } from '../../src/signer/new-key.ts';
import { inspectKeyFile, openpgpSigner } from '../../src/signer/openpgp.ts';
import type { AskPassphrase } from '../../src/signer/passphrase.ts';
import { adoptedRepo } from '../kit/adopted.ts';
import { cleanEnvironment } from '../kit/environment.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('new key');

const answers = (...texts: string[]): AskPassphrase => () => Promise.resolve(utf8(texts.shift()!));
const make = (path: string, ask?: AskPassphrase) => makeKey(path, 'Alice Example', 'alice@example.com', ask);

test('written for its owner alone, with its folders; it signs', async () => {
  const path = join(tempDir(), 'config/countersign/keys/alice.asc');
  const { fingerprint } = await make(path, answers('a secret', 'a secret'));
  assert.is(lstatSync(path).mode & 0o777, 0o600);
  assert.is(lstatSync(join(path, '..')).mode & 0o777, 0o700);
  assert.equal(readdirSync(join(path, '..')), ['alice.asc']);
  assert.is((await inspectKeyFile(path)).secret, 'locked');
  const signer = openpgpSigner({ path, spec: 'x', ask: answers('a secret') });
  assert.is((await signer.sign(utf8('x'))).keyid, `openpgp:${fingerprint}`);
});

test('passphrases that differ, or are none', async () => {
  const folder = tempDir();
  for (const [first, second] of [['a', 'b'], ['', '']] as const) await rejectsWith('KEY_INVALID', make(join(folder, 'k'), answers(first, second)));
  assert.equal(readdirSync(folder), []);
});

test('never in place of what is there, be it a link to nowhere', async () => {
  const folder = tempDir();
  writeFileSync(join(folder, 'taken'), 'mine');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
  for (const name of ['taken', 'link']) await rejectsWith('FILE_FAILED', make(join(folder, name)));
  assert.equal(readdirSync(folder).sort(), ['link', 'taken']);
  assert.is(readFileSync(join(folder, 'taken'), 'utf8'), 'mine');
  await rejectsWith('FILE_FAILED', make(join(folder, 'taken', 'below')));
});

test('its place: XDG, else below the home folder', () => {
  assert.is(keyPath('a', { HOME: '/h' }), '/h/.config/countersign/keys/a.asc');
  assert.is(keyPath('a', { HOME: '/h', XDG_CONFIG_HOME: '/x' }), '/x/countersign/keys/a.asc');
  assert.is(keyPath('a', { HOME: '/h', XDG_CONFIG_HOME: 'relative' }), '/h/.config/countersign/keys/a.asc');
});

test('the command: names from the roster, or from flags', async () => {
  const [newKey] = keyGroup.commands;
  const { scratch } = await adoptedRepo();
  const run = (dir: string, args: Record<string, unknown>) => {
    const env = { ...scratch.env, XDG_CONFIG_HOME: join(dir, 'config') };
    return newKey!.run({ openpgp: true, 'no-passphrase': true, ...args }, { terminal: openTerminal({ quiet: true, env: cleanEnvironment() }), dir, env, format: 'text', now: Date.now });
  };
  assert.is(await run(scratch.dir, { id: 'alice' }), 0);
  assert.ok(readFileSync(join(scratch.dir, 'config/countersign/keys/alice.asc'), 'utf8').startsWith('-----BEGIN PGP PRIVATE KEY BLOCK-----\n'));
  await rejectsWith('FILE_FAILED', run(scratch.dir, { id: 'alice' }));
  await rejectsWith('PERSON_UNKNOWN', run(scratch.dir, { id: 'carol' }));
  await rejectsWith('PERSON_UNKNOWN', run(scratch.dir, { id: 'carol', name: 'Carol' }));
  const outside = tempDir();
  mkdirSync(join(outside, 'sub'));
  assert.is(await run(outside, { id: 'carol', name: 'Carol', email: 'carol@example.com', out: 'sub/k.asc' }), 0);
  assert.equal(readdirSync(join(outside, 'sub')), ['k.asc']);
  await rejectsWith('PERSON_UNKNOWN', run(outside, { id: 'carol' }));
  for (const id of ['../alice', 'Al ice', '']) await rejectsWith('USAGE', run(outside, { id, name: 'C', email: 'c@example.com' }));
  await rejectsWith('USAGE', run(outside, { id: 'carol', openpgp: false }));
});

test.run();
