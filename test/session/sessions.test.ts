// SPDX-License-Identifier: Apache-2.0
// Sessions on disk: what is listed, and that an ended one can't sign.
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sessionsFolder, writeSessionState, type SessionState } from '../../src/agents/session-state.ts';
import { endSession, findSession, listSessions } from '../../src/session/sessions.ts';
import { newUlid, type Ulid } from '../../src/ulid.ts';
import { NOW } from '../kit/adopted.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('sessions');
const LIMITS = { files: 1, additions: 1, deletions: 1 };

async function add(dir: string, from: number, to: number): Promise<Ulid> {
  const id = newUlid(from);
  const folder = join(sessionsFolder(dir), id);
  mkdirSync(folder, { recursive: true });
  const state: SessionState = {
    version: 1, id, agent: 'a', model: 'm', sponsor: 'alice', sponsorEmails: [], agentEmails: [], repository: 'r', allow: ['**'], deny: [],
    limits: { commit: LIMITS, range: LIMITS }, notBefore: new Date(from).toISOString(), notAfter: new Date(to).toISOString(), compliance: [], protected: [],
  };
  await writeSessionState(folder, state);
  writeFileSync(join(folder, 'key.pem'), 'secret');
  return id;
}

test('listed oldest first, by what they are now', async () => {
  const dir = tempDir();
  assert.equal(await listSessions(dir, NOW), []);
  const early = await add(dir, NOW + 2000, NOW + 9000);
  const expired = await add(dir, NOW - 9000, NOW - 1);
  const open = await add(dir, NOW - 1000, NOW + 1000);
  writeFileSync(join(sessionsFolder(dir), early, 'session.json'), '{}');
  mkdirSync(join(sessionsFolder(dir), '.01JDQ3M8Z0W6T3E9Q8C6T4XK2N.tmp'));
  const listed = await listSessions(dir, NOW);
  assert.equal(listed.map(({ kind, id }) => [kind, id]), [['expired', expired], ['open', open], ['damaged', early]]);
  assert.is((await findSession(dir, open, NOW - 2000)).kind, 'early');
});

test('the end overwrites the key where it lies, whatever the session\'s state', async () => {
  const dir = tempDir();
  const id = await add(dir, NOW - 9000, NOW - 1);
  const folder = join(sessionsFolder(dir), id);
  const witness = join(dir, 'witness');
  linkSync(join(folder, 'key.pem'), witness);
  writeFileSync(join(folder, 'session.json'), 'damaged');
  await endSession(dir, id);
  assert.not.ok(existsSync(folder));
  assert.is(readFileSync(witness, 'latin1'), '\0'.repeat('secret'.length));
  await rejectsWith('SESSION_UNKNOWN', endSession(dir, id));
});

test('neither a name nor a link leads out of the folder', async () => {
  const dir = tempDir();
  const victim = tempDir();
  writeFileSync(join(victim, 'key.pem'), 'precious');
  const id = newUlid(NOW);
  mkdirSync(sessionsFolder(dir), { recursive: true });
  symlinkSync(victim, join(sessionsFolder(dir), id));
  await rejectsWith('SESSION_UNKNOWN', endSession(dir, id));
  const other = await add(dir, NOW, NOW + 1);
  symlinkSync(join(victim, 'key.pem'), join(sessionsFolder(dir), other, 'more'));
  await endSession(dir, other);
  for (const name of ['..', '../..', '', '.', 'x/y', victim]) await rejectsWith('SESSION_UNKNOWN', endSession(dir, name));
  assert.equal(readdirSync(victim), ['key.pem']);
  assert.is(readFileSync(join(victim, 'key.pem'), 'utf8'), 'precious');
});

test.run();
