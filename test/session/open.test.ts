// SPDX-License-Identifier: Apache-2.0
// Opening a session: who may, what ends up on disk, and that what was signed proves itself.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readSessionState, sessionsFolder } from '../../src/agents/session-state.ts';
import { sessionSigner } from '../../src/signer/session.ts';
import { checkEd25519 } from '../../src/signature/ed25519.ts';
import { fromBase64, utf8 } from '../../src/bytes.ts';
import type { Oid } from '../../src/oid.ts';
import { addGrant } from '../../src/session/grant-file.ts';
import type { Wish } from '../../src/session/grant.ts';
import { openSession, proposeSession } from '../../src/session/open.ts';
import type { Wanted } from '../../src/signer/acting.ts';
import { parseEvidence } from '../../src/statement/evidence.ts';
import { proveEvidence } from '../../src/verifier/evidence.ts';
import { adoptedRepo, nobodyThere, NOW, withGit } from '../kit/adopted.ts';
import { ScratchRepo } from '../kit/git.ts';
import { sshKey } from '../kit/keys.ts';
import { rejectsWith } from '../kit/rejects.ts';

const test = suite('open');

interface Attempt {
  wish?: Partial<Wish>;
  wanted?: Wanted;
  env?: Record<string, string>;
  hasTerminal?: () => boolean;
}

const place = (dir: string) => ({ dir, home: undefined });

async function open(scratch: ScratchRepo, { wish = {}, wanted = {}, env = {}, hasTerminal = nobodyThere }: Attempt = {}) {
  return withGit(scratch, async (repo) => {
    const asker = { repo, place: place(scratch.dir), env: { ...scratch.env, ...env }, hasTerminal, now: NOW };
    const proposal = await proposeSession({ agent: 'test-agent/1.0', model: 'm', ...wish }, wanted, asker);
    return { proposal, opened: await openSession(repo.layout, proposal, asker.env) };
  });
}

test('the grant is signed by the sponsor, names the adoption, and proves itself', async () => {
  const { scratch, adoption } = await adoptedRepo();
  scratch.commit('later', { files: { 'src/a': '1' } });
  const { proposal, opened } = await open(scratch);
  const folder = join(sessionsFolder(join(scratch.dir, '.git')), opened.grant.id);
  const bytes = readFileSync(join(folder, 'grant.json'));
  const evidence = parseEvidence(bytes, opened.path);
  assert.is((await proveEvidence(evidence, proposal.state)).kind, 'good');
  assert.is(opened.grant.adoption, adoption);
  assert.is(opened.grant.sponsor, 'alice');
  const oid = readFileSync(join(folder, 'grant.oid'), 'utf8').trim();
  assert.equal(scratch.bytes(['cat-file', 'blob', oid]), bytes);
});

test('the key on disk is the granted one, and nobody else may read it', async () => {
  const { scratch } = await adoptedRepo();
  const { opened } = await open(scratch);
  const folder = join(sessionsFolder(join(scratch.dir, '.git')), opened.grant.id);
  const signed = await sessionSigner(opened.grant.id, readFileSync(join(folder, 'key.pem'), 'utf8')).sign(utf8('x'));
  assert.ok(checkEd25519(fromBase64(opened.grant.publicKey)!, utf8('x'), signed.bytes));
  assert.is(statSync(folder).mode & 0o777, 0o700);
  for (const name of readdirSync(folder)) assert.is(statSync(join(folder, name)).mode & 0o777, 0o600);
});

test('the hook reads the state that is written', async () => {
  const { scratch } = await adoptedRepo();
  const { opened } = await open(scratch, { wish: { allow: ['docs/**'], hours: 1 } });
  const state = await readSessionState(join(scratch.dir, '.git'), opened.grant.id);
  assert.equal(state.allow, ['docs/**']);
  assert.equal(state.sponsorEmails, ['alice@example.com']);
  assert.is(state.notAfter, opened.grant.notAfter);
  assert.ok(state.compliance.includes('post-mortems/**') && state.protected.includes('infra/**'));
});

test('nothing is left where signing fails', async () => {
  const { scratch } = await adoptedRepo();
  scratch.git(['config', 'gpg.ssh.program', '/bin/false']);
  await rejectsWith('SIGNING_FAILED', open(scratch));
  assert.equal(await withGit(scratch, async ({ layout }) => readdirSync(layout.commonDir).filter((name) => name === 'countersign')), []);
});

test('an agent opens none', async () => {
  const { scratch } = await adoptedRepo();
  await rejectsWith('SESSION_REFUSED', open(scratch, { env: { COUNTERSIGN_SESSION: 'anything' } }));
  await rejectsWith('SESSION_REFUSED', open(scratch, { env: { CODEX_SANDBOX: 'seatbelt' } }));
  await rejectsWith('SESSION_REFUSED', open(scratch, { env: { CLAUDECODE: '1' } }));
  // the terminal inside an editor has the variable too, and a person sits at it
  await open(scratch, { env: { CLAUDECODE: '1' }, hasTerminal: () => true });
});

test('only a person of the roster, with a key that counts', async () => {
  const { scratch } = await adoptedRepo();
  const key = (name: string): string => `ssh:${sshKey(name).file}`;
  assert.is((await open(scratch, { wanted: { person: 'bob', signer: key('bob') } })).opened.grant.sponsor, 'bob');
  await rejectsWith('PERSON_UNKNOWN', open(scratch, { wanted: { person: 'carol', signer: key('carol') } }));
  await rejectsWith('PERSON_UNKNOWN', open(scratch, { wanted: { person: 'constructor' } }));
  await rejectsWith('KEY_NOT_FOUND', open(scratch, { wanted: { person: 'bob' } }));
  await rejectsWith('KEY_NOT_FOUND', open(scratch, { wanted: { signer: key('carol') } }));
  await rejectsWith('KEY_INVALID', open(scratch, { wanted: { signer: 'gpg:ABCD' } }));
  const roster = scratch.git(['show', 'HEAD:.countersign/roster.yaml']).replace(/(- ssh: .*)/, '$1\n        revoked: { at: 2020-01-01T00:00:00Z, reason: retired }');
  scratch.commit('revoke', { files: { '.countersign/roster.yaml': `${roster}\n` } });
  await rejectsWith('KEY_INVALID', open(scratch));
});

test('where presence is required a software key is refused before it signs', async () => {
  const { scratch } = await adoptedRepo();
  const policy = scratch.git(['show', 'HEAD:.countersign/policy.yaml']).replace('presence: auto', 'presence: required');
  scratch.commit('presence', { files: { '.countersign/policy.yaml': `${policy}\n` } });
  await rejectsWith('KEY_INVALID', open(scratch));
});

test('what is committed counts, not what lies about', async () => {
  const bare = new ScratchRepo();
  await rejectsWith('ADOPTION_MISSING', open(bare));
  bare.commit('base');
  await rejectsWith('ADOPTION_MISSING', open(bare));
  const { scratch } = await adoptedRepo();
  scratch.write('.countersign/policy.yaml', scratch.git(['show', 'HEAD:.countersign/policy.yaml']).replace('sessionHours: 12', 'sessionHours: 100'));
  await rejectsWith('GRANT_TOO_WIDE', open(scratch, { wish: { hours: 50 } }));
});

test('a history begun anew, and one that is cut, have other adoptions or none', async () => {
  const { scratch, adoption } = await adoptedRepo();
  const policy = scratch.git(['show', 'HEAD:.countersign/policy.yaml']).replace(/repository: \S+/, 'repository: 0192f6c4-7d5e-7a3b-8c1d-2e3f4a5b6c7d');
  const renewed = scratch.commit('new id', { files: { '.countersign/policy.yaml': `${policy}\n` } });
  assert.is((await open(scratch)).opened.grant.adoption, renewed);
  scratch.git(['checkout', '-q', '-b', 'old', adoption]);
  const side = scratch.commit('later', { files: { '.countersign/policy.yaml': `${scratch.git(['show', 'HEAD:.countersign/policy.yaml'])}\n# more\n` } });
  assert.is.not(side, adoption);
  assert.is((await open(scratch)).opened.grant.adoption, adoption);
});

test('in a clone that is cut short the first commit at hand is not taken for the adoption', async () => {
  const { scratch } = await adoptedRepo();
  scratch.commit('later', { files: { 'src/a': '1' } });
  scratch.git(['clone', '-q', '--no-local', '--depth', '1', scratch.dir, join(scratch.dir, '../shallow')]);
  const wanted = { person: 'alice', signer: `ssh:${sshKey('alice').file}` };
  await rejectsWith('REPO_OBJECT_MISSING', withGit({ dir: join(scratch.dir, '../shallow'), env: scratch.env }, async (repo) => {
    await proposeSession({ agent: 'a' }, wanted, { repo, place: place(scratch.dir), env: scratch.env, hasTerminal: nobodyThere, now: NOW });
  }));
});

test('session add stages the grant, and never through a link', async () => {
  const { scratch } = await adoptedRepo();
  const { opened } = await open(scratch);
  const { layout } = await withGit(scratch, async (repo) => repo);
  assert.is(await addGrant(layout, opened.grant.id, scratch.env), opened.path);
  assert.is(scratch.git(['diff', '--cached', '--name-only']), opened.path);
  assert.is(scratch.git(['status', '--porcelain']), `A  ${opened.path}`);
  await rejectsWith('SESSION_UNKNOWN', addGrant(layout, '../../config', scratch.env));
  await rejectsWith('SESSION_UNKNOWN', addGrant(layout, '01JDQ3M8Z0W6T3E9Q8C6T4XK2N', scratch.env));
  assert.is(typeof (opened.grant.adoption satisfies Oid), 'string');
});

test.run();
