// SPDX-License-Identifier: Apache-2.0
// A session on disk: read back as written, and nothing that is only nearly one.
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readSessionKey, readSessionState, sessionFolder, stampedAgent, writeSessionState, type SessionState } from '../../src/agents/session-state.ts';
import type { Ulid } from '../../src/ulid.ts';
import { rejectsWith, throwsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('session state');

const ID = '01JDQ3M8Z0W6T3E9Q8C6T4XK2N' as Ulid;
const LIMITS = { files: 1, additions: 2, deletions: 3 };
const STATE: SessionState = {
  version: 1, id: ID, agent: 'claude-code/2.1.4', model: 'claude-opus-5', sponsor: 'alice', sponsorEmails: ['a@b'], agentEmails: [], repository: 'r',
  allow: ['src/**'], deny: [], limits: { commit: LIMITS, range: LIMITS }, notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-01-02T00:00:00Z', compliance: [], protected: ['infra'],
};

async function written(state: SessionState = STATE): Promise<{ common: string; file: string }> {
  const common = tempDir();
  const folder = sessionFolder(common, ID);
  mkdirSync(folder, { recursive: true });
  await writeSessionState(folder, state);
  return { common, file: join(folder, 'session.json') };
}

test('read back as written, private', async () => {
  const { common, file } = await written();
  assert.equal(await readSessionState(common, ID), STATE);
  if (process.platform !== 'win32') assert.is(statSync(file).mode & 0o777, 0o600);
  assert.is(stampedAgent(STATE), 'claude-code/2.1.4 (claude-opus-5)');
  await rejectsWith('FILE_FAILED', writeSessionState(join(file, '..'), STATE));
});

test('names that are no ULIDs never become a path', () => {
  for (const name of ['', '.', '..', '../x', `${ID}/`, ID.toLowerCase(), `${ID}\n`]) throwsWith('SESSION_UNKNOWN', () => sessionFolder('/x', name));
});

test('missing, closed, damaged', async () => {
  const { common, file } = await written();
  await rejectsWith('SESSION_UNKNOWN', readSessionState(common, '01JDQ3M8Z0W6T3E9Q8C6T4XK2P'));
  await rejectsWith('SESSION_CLOSED', readSessionKey(common, ID));
  const text = readFileSync(file, 'utf8');
  const edits: Record<string, (state: Record<string, unknown>) => unknown> = {
    'no field': (state) => delete state.deny,
    'an unknown field': (state) => (state.extra = 1),
    'an inherited field': (state) => delete state.agent && (state['__proto__'] = { agent: 'x' }),
    version: (state) => (state.version = 2),
    'another id': (state) => (state.id = '01JDQ3M8Z0W6T3E9Q8C6T4XK2P'),
    'a bad glob': (state) => (state.allow = ['/etc']),
    'a glob alone': (state) => (state.allow = 'src/**'),
    'a negative limit': (state) => (state.limits = { commit: LIMITS, range: { ...LIMITS, files: -1 } }),
    'an unknown limit': (state) => (state.limits = { commit: LIMITS, range: { ...LIMITS, lines: 1 } }),
    'no time': (state) => (state.notAfter = 'soon'),
    'a control character': (state) => (state.agent = 'a\u001b'),
    'no text': (state) => (state.sponsor = 1),
  };
  for (const [name, edit] of Object.entries(edits)) {
    const state = JSON.parse(text) as Record<string, unknown>;
    edit(state);
    writeFileSync(file, JSON.stringify(state));
    await rejectsWith('SESSION_CLOSED', readSessionState(common, ID)).catch(() => assert.unreachable(name));
  }
  for (const junk of ['', '[]', 'null', '1', '{', Buffer.from([0xff, 0xfe]), ' '.repeat(300_000)]) {
    writeFileSync(file, junk);
    await rejectsWith('SESSION_CLOSED', readSessionState(common, ID));
  }
});

test('a link in place of a file is not followed', async () => {
  const { common, file } = await written();
  const elsewhere = join(tempDir(), 'x');
  writeFileSync(elsewhere, readFileSync(file));
  rmSync(file);
  symlinkSync(elsewhere, file);
  await rejectsWith('SESSION_CLOSED', readSessionState(common, ID));
});

test.run();
