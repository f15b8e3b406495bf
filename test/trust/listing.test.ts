// SPDX-License-Identifier: Apache-2.0
// Who can do what until when, and the same for plain git: what git says of commits by our allowed_signers file is what we
// say of them by the roster.
import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { parseCommit } from '../../src/commit/raw.ts';
import { checkGitSignature } from '../../src/signature/check.ts';
import { anchorsOf } from '../../src/trust/anchors.ts';
import { completeRoster } from '../../src/trust/key-files.ts';
import { listRoster, printAllowedSigners, type ListedKey } from '../../src/trust/listing.ts';
import { parsePolicy } from '../../src/trust/policy.ts';
import { parseRoster } from '../../src/trust/roster.ts';
import { holderOf } from '../../src/trust/holder.ts';
import { refusalOf } from '../../src/trust/standing.ts';
import { cleanEnvironment } from '../kit/environment.ts';
import { ScratchRepo } from '../kit/git.ts';
import { Keyring } from '../kit/gpg.ts';
import { sshKey } from '../kit/keys.ts';
import { tempDir } from '../kit/temp.ts';
import { LINES } from '../vectors/policy-vectors.ts';

const test = suite('listing');
const POLICY = 'version: 1\nserial: 1\nrepository: 0192f6c4-7d1e-7b30-9f7a-3c5a1e0b2d44\n';
const policy = parsePolicy(utf8(`${POLICY}compliance:\n  - { paths: [a], cosign: { roles: [reviewer] } }\nsquash: { roles: [owner] }\n`));
const rosterOf = (text: string) => parseRoster(utf8(`version: 1\n${text}`));
const NOW = Date.UTC(2026, 5, 1) / 1000;

test('abilities follow roles, and end with the last key that counts', () => {
  const roster = rosterOf(`people:
  alice: { name: A, roles: [owner], keys: [{ ssh: ${LINES.hardware} }, { ssh: ${LINES.first} }] }
  bob: { name: B, roles: [reviewer], keys: [{ ssh: ${LINES.second}, validBefore: 2026-06-01T00:00:00Z }] }
agents:
  bot: { emails: [bot@x.example], keys: [{ sigstore: { issuer: https://a.example, identity: b } }] }
`);
  const at = (now: number) => listRoster(policy, roster, now).map(({ id, may }) => [id, ...may].join(' '));
  assert.equal(at(NOW), ['alice change-policy grant approve', 'bob grant cosign', 'bot']);
  assert.equal(at(NOW + 1), ['alice change-policy grant approve', 'bob', 'bot']);
  const [alice, bob, bot] = listRoster(policy, roster, NOW + 1);
  const brief = (keys: readonly ListedKey[]) => keys.map(({ algorithm, strength, counts, why }) => [algorithm, strength, counts, why]);
  assert.equal(brief(alice!.keys), [['sk-ed25519', 'presence', true, undefined], ['ed25519', 'software', false, 'presence']]);
  assert.equal(brief(bob!.keys), [['ed25519', 'software', false, 'expired']]);
  assert.equal(brief(bot!.keys), [[undefined, 'software', false, 'no-trusted-root']]);
});

test('an OpenPGP key ends by its own word or by the roster, whichever is sooner', async () => {
  const gpg = new Keyring();
  const fingerprints = [gpg.make('Alice <alice@x.example>', 'ed25519', '20280101T000000'), gpg.make('Other <other@x.example>', 'rsa2048', '20300101T000000')];
  const files: Record<string, Uint8Array> = { 'keys/a.asc': utf8(fingerprints.map((each) => gpg.export(each)).join('')), 'keys/first.asc': utf8(gpg.export(fingerprints[0]!)) };
  gpg.close();
  const roster = await completeRoster(rosterOf('people:\n  alice: { name: A, keys: [{ openpgp: keys/a.asc, validBefore: 2029-01-01T00:00:00Z }] }\n'), async (name) => files[name]);
  const { keys } = listRoster(policy, roster, Date.now() / 1000)[0]!;
  assert.equal(keys.map(({ keyid, algorithm, counts }) => [keyid, algorithm, counts]), [[`openpgp:${fingerprints[0]}`, 'ed25519', true], [`openpgp:${fingerprints[1]}`, 'rsa2048', true]]);
  assert.equal(keys.map(({ validUntil }) => validUntil), [Date.UTC(2028) / 1000, Date.UTC(2029) / 1000]);
  const { keys: later } = listRoster(policy, roster, Date.UTC(2028, 1) / 1000)[0]!;
  assert.equal(later.map(({ why }) => why), ['expired', undefined]);
  const lone = await completeRoster(rosterOf('people:\n  alice: { name: A, keys: [{ openpgp: keys/first.asc }] }\n'), async (name) => files[name]);
  const may = (now: number) => listRoster(policy, lone, now)[0]!.may;
  assert.equal([may(Date.now() / 1000), may(Date.UTC(2028, 1) / 1000)], [['grant'], []]);
});

test('an address that would be a pattern is in no allowed_signers file, nor is a compromised key', () => {
  const roster = rosterOf(`people:
  alice: { name: A, emails: ["*@x.example", "a,b@x.example", "!c@x.example", "é@x.example"], keys: [{ ssh: ${LINES.first} }] }
  bob: { name: B, emails: [bob@x.example], keys: [{ ssh: ${LINES.second}, revoked: { at: 2026-01-01T00:00:00Z, reason: compromised } }, { openpgp: keys/b.asc }] }
  carol: { name: C, emails: [carol@x.example], keys: [{ ssh: ${LINES.hardware}, validAfter: 2026-02-01T00:00:00Z, revoked: { at: 2026-01-01T00:00:00Z, reason: retired } }] }
`);
  assert.is(printAllowedSigners(roster), '');
});

/** What limits the key, where its commits are dated, and who signs. */
const CASES: [limits: string, date: string][] = [
  ['', '2026-01-01T00:00:00Z'],
  ['revoked: { at: 2026-01-01T00:00:00Z, reason: retired }', '2026-01-01T00:00:00Z'],
  ['revoked: { at: 2026-01-01T00:00:00Z, reason: retired }', '2026-01-01T00:00:01Z'],
  ['revoked: { at: 2026-01-01T00:00:00Z, reason: compromised }', '2025-01-01T00:00:00Z'],
  ['validAfter: 2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z'],
  ['validAfter: 2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['validBefore: 2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['validBefore: 2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'],
  ['namespaces: [git]', '2026-01-01T00:00:00Z'],
  ['namespaces: [countersign]', '2026-01-01T00:00:00Z'],
  ['certAuthority: [alice@example.com]', '2026-01-01T00:00:00Z'],
  ['certAuthority: [alice@example.com]', '2024-01-01T00:00:00Z'],
  ['certAuthority: [alice@example.com]', '2027-01-01T00:00:00Z'],
  ['certAuthority: [bob@example.com]', '2026-01-01T00:00:00Z'],
  ['certAuthority: [alice@example.com], validBefore: 2025-12-31T00:00:00Z', '2026-01-01T00:00:00Z'],
];

/** Returns a private key file with a certificate beside it: for alice, from 2025 until 2027. */
function certified(): string {
  const file = join(tempDir(), 'certified');
  for (const half of ['', '.pub']) copyFileSync(`${sshKey('certified').file}${half}`, `${file}${half}`);
  const done = spawnSync('ssh-keygen', ['-q', '-s', sshKey('alice').file, '-I', 'id', '-n', 'alice@example.com', '-V', '20250101000000Z:20270101000000Z', `${file}.pub`], { env: cleanEnvironment(), encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return `${file}-cert.pub`;
}

test('git verify-commit by our allowed_signers file agrees with the roster', async () => {
  const scratch = new ScratchRepo();
  const { line, file } = sshKey('alice');
  const certificate = certified();
  const signers = join(tempDir(), 'signers');
  let good = 0;
  for (const [limits, date] of CASES) {
    const roster = rosterOf(`people:\n  alice: { name: A, emails: [alice@example.com], keys: [{ ssh: ${line}${limits === '' ? '' : `, ${limits}`} }] }\n`);
    writeFileSync(signers, printAllowedSigners(roster));
    const signing = ['gpg.format=ssh', `user.signingKey=${limits.startsWith('certAuthority') ? certificate : file}`, `gpg.ssh.allowedSignersFile=${signers}`].flatMap((setting) => ['-c', setting]);
    const when = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    scratch.git([...signing, 'commit', '-q', '--allow-empty', '-S', '-m', 'signed'], { env: when });
    const git = scratch.run([...signing, 'verify-commit', 'HEAD']).code === 0;
    if (git) good++;
    const { signature, committer } = parseCommit(scratch.bytes(['cat-file', 'commit', 'HEAD']), 'sha1');
    const check = await checkGitSignature(signature!, anchorsOf(roster, policy));
    assert.is(check.kind, 'good', limits);
    const holder = check.kind === 'good' ? holderOf(roster, check) : undefined;
    const refusal = holder && check.kind === 'good' && refusalOf(holder.key, { at: committer.date, namespace: 'git', ...(check.certificate && { certificate: check.certificate }) });
    assert.is(holder !== undefined && refusal === undefined, git, `${limits} on ${date}: git says ${git}, the roster ${holder ? (refusal ?? 'good') : 'nobody'}`);
  }
  assert.is(good, 6, 'neither all nor none');
});

test.run();
