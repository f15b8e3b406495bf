// SPDX-License-Identifier: Apache-2.0
// Edits of the roster, and the one serial that goes with them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parsePolicy } from '../../src/trust/policy.ts';
import { enrol, findKeys, readRoster, revoke } from '../../src/setup/people.ts';
import { adoptedRepo } from '../kit/adopted.ts';
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

test.run();
