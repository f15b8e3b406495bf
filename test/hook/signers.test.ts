// SPDX-License-Identifier: Apache-2.0
// People commit with every signer there is, by real git and real hooks; the verifier, which knows nothing of how it was
// signed, judges what came of it.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { restamp } from '../../src/hook/restamp.ts';
import { openGit } from '../../src/repo/git.ts';
import { findLayout } from '../../src/repo/layout.ts';
import { adopt } from '../../src/setup/adopt.ts';
import { readPublicKey, settleSpec } from '../../src/signer/key-spec.ts';
import { newOpenpgpKey } from '../../src/signer/openpgp.ts';
import { verifyRange } from '../../src/verifier/verify.ts';
import { ScratchRepo, type Ran } from '../kit/git.ts';
import { Keyring } from '../kit/gpg.ts';
import { sshKey } from '../kit/keys.ts';
import { softAuthenticator } from '../kit/authenticator.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';
import { hookProgram } from './adopted.ts';

const test = suite('signers');
const hasGpg = spawnSync('gpg', ['--version']).status === 0;
const keyring = hasGpg ? new Keyring() : undefined;
const gpgKey = keyring?.make('Alice Example <alice@example.com>');
const dir = tempDir();

interface Signed {
  stamp: string[];
  /** Whether the commit bears git's own signature. */
  header: boolean;
  verdict: string;
  scheme: string | undefined;
  findings: string[];
}

/** A repository of alice's, adopted with the signer that the spec names. */
class Owned extends ScratchRepo {
  static async make(spec: string, settings: Record<string, string> = {}, policy = ''): Promise<Owned> {
    const repo = new Owned();
    const now = `${Math.floor(Date.now() / 1000)} +0000`;
    Object.assign(repo.env, { COUNTERSIGN_BIN: hookProgram(), ...(keyring && { GNUPGHOME: keyring.home }) });
    for (const [key, value] of Object.entries(settings)) repo.git(['config', key, value]);
    const place = { dir: repo.dir, home: repo.env['HOME'], env: repo.env };
    const key = await readPublicKey(spec, place);
    const founder = { id: 'alice', name: 'Alice Example', email: 'alice@example.com', key, signer: settleSpec(spec, key, place) };
    await adopt(await findLayout(repo.dir, repo.env), founder, hookProgram(), repo.env);
    if (policy !== '') repo.write('.countersign/policy.yaml', repo.bytes(['cat-file', 'blob', repo.git(['hash-object', '-w', '.countersign/policy.yaml'])]).toString().replace(/^gitSignature:.*$/m, policy));
    repo.git(['add', '-A']);
    repo.commit('adopt countersign', { env: { COUNTERSIGN: '0', GIT_AUTHOR_DATE: now, GIT_COMMITTER_DATE: now } });
    return repo;
  }

  /** Commits a change with these arguments; `ran` has what came of it. */
  make(...args: string[]): Ran {
    this.write('file.txt', String(Math.random()));
    this.git(['add', 'file.txt']);
    const now = `${Math.floor(Date.now() / 1000)} +0000`;
    return this.run(['commit', '-q', '-m', 'a change', ...args], { env: { GIT_AUTHOR_DATE: now, GIT_COMMITTER_DATE: now } });
  }

  async judge(): Promise<Signed> {
    const repo = await openGit(this.dir, { env: this.env });
    try {
      const question = { repo, base: this.oid('HEAD~1'), head: this.oid('HEAD'), now: Math.floor(Date.now() / 1000) + 5 };
      for await (const judged of verifyRange(question)) {
        if (judged.kind !== 'commit') continue;
        const { verdict, signer, findings } = judged.commit;
        const raw = this.git(['cat-file', 'commit', 'HEAD']);
        const stamp = raw.split('\n').flatMap((line) => /^(Provenance[A-Za-z-]*: \S+(?: \w+)?)/.exec(line)?.[1]!.replace(/sha256$/, '') ?? []);
        return { stamp, header: /^gpgsig /m.test(raw), verdict, scheme: signer?.scheme, findings: findings.map(({ rule, message }) => `${rule}: ${message}`) };
      }
      throw new Error('no verdict');
    } finally {
      await repo.close();
    }
  }

  /** Asserts that the last commit is good, signed by this scheme in the stamp or by git's own signature. */
  async holds(scheme: string, { bare = false, header = bare }: { bare?: boolean; header?: boolean } = {}): Promise<void> {
    const { stamp, ...found } = await this.judge();
    assert.equal(found, { header, verdict: 'good', scheme, findings: [] });
    assert.is(stamp.some((line) => line.startsWith('Provenance-Signature')), !bare, stamp.join('\n'));
    assert.ok(stamp.includes('Provenance: human'));
  }
}

/** Asserts that git committed and no hook complained. */
function done({ code, stderr }: Ran): void {
  assert.is(code, 0, stderr);
  assert.not.match(stderr, 'countersign:');
}

test('ssh', async () => {
  const repo = await Owned.make(`ssh:${sshKey('alice').file}`);
  done(repo.make());
  await repo.holds('ssh');
});

test('openpgp, in process, and gpg, the program', async () => {
  const path = join(dir, 'alice.asc');
  writeFileSync(path, (await newOpenpgpKey('Alice Example', 'alice@example.com', undefined)).armor, { mode: 0o600 });
  for (const spec of [`openpgp:${path}`, ...(gpgKey ? [`gpg:${gpgKey}`] : [])]) {
    const repo = await Owned.make(spec);
    done(repo.make());
    await repo.holds('openpgp');
    done(repo.make('--amend', '--no-edit'));
    await repo.holds('openpgp');
    const { provenance } = await restamp(repo.dir, 'HEAD', repo.env);
    assert.is(provenance, 'human');
    await repo.holds('openpgp');
  }
});

test('a stamp that fits no longer is told of after the commit, also where an OpenPGP key signed it', async () => {
  const path = join(dir, 'told.asc');
  writeFileSync(path, (await newOpenpgpKey('Alice Example', 'alice@example.com', undefined)).armor, { mode: 0o600 });
  const repo = await Owned.make(`openpgp:${path}`);
  const hook = join(repo.dir, '.git/hooks/commit-msg');
  copyFileSync(hook, `${hook}-ours`);
  writeFileSync(hook, `#!/bin/sh\n"$0-ours" "$@" && sed -i 's/^a change$/another change/' "$1"\n`, { mode: 0o755 });
  assert.match(repo.make().stderr, /warning: its stamp was made for another message/);
  assert.is((await repo.judge()).verdict, 'bad');
});

test("git's own key: the stamp is signed with it, whatever the form", async () => {
  const { file, line } = sshKey('alice');
  const forms: [scheme: string, settings: Record<string, string>][] = [
    ['ssh', { 'gpg.format': 'ssh', 'user.signingKey': file }],
    ['ssh', { 'gpg.format': 'ssh', 'user.signingKey': `${file}.pub` }],
    ...(gpgKey ? [
      ['openpgp', { 'user.signingKey': gpgKey }],
      ['openpgp', { 'gpg.format': 'openpgp', 'user.signingKey': 'alice@example.com' }],
      ['openpgp', {}],
    ] as [string, Record<string, string>][] : []),
  ];
  for (const [scheme, settings] of forms) {
    const repo = await Owned.make('git', settings);
    assert.is(repo.git(['config', 'countersign.signer']), 'git');
    done(repo.make());
    await repo.holds(scheme);
    // The policy wants presence, and no software key has it: the stamp is signed beside git's signature.
    done(repo.make('-S'));
    await repo.holds(scheme, { header: true });
  }
  const literal = await Owned.make('git', { 'gpg.format': 'ssh', 'user.signingKey': `key::${line}` });
  assert.match(literal.make().stderr, 'SIGNER_UNAVAILABLE');
});

test('a literal key in an agent', async () => {
  const { file, line } = sshKey('agent-held');
  const socket = join(dir, 's');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => agent.stdout.once('data', resolve));
  try {
    assert.is(spawnSync('ssh-add', ['-q', file], { env: { ...process.env, SSH_AUTH_SOCK: socket } }).status, 0);
    for (const key of [line, `key::${line}`]) {
      const repo = await Owned.make('git', { 'gpg.format': 'ssh', 'user.signingKey': key });
      repo.env['SSH_AUTH_SOCK'] = socket;
      done(repo.make());
      await repo.holds('ssh');
    }
  } finally {
    agent.kill();
  }
});

const ANY = 'gitSignature: any';

test("git signs the commit, and the policy takes any of git's signatures: the stamp stands alone", async () => {
  const settings = { 'gpg.format': 'ssh', 'user.signingKey': sshKey('alice').file };
  const kinds: [string, Record<string, string>][] = [['ssh', settings], ...(gpgKey ? [['openpgp', { 'user.signingKey': gpgKey }] as [string, Record<string, string>]] : [])];
  for (const [scheme, config] of kinds) {
    const repo = await Owned.make('git', config, ANY);
    done(repo.make('-S'));
    await repo.holds(scheme, { bare: true });
    done(repo.make());
    await repo.holds(scheme);
    repo.git(['config', 'commit.gpgSign', 'true']);
    done(repo.make());
    await repo.holds(scheme, { bare: true });
    done(repo.make('--amend', '-m', 'amended'));
    await repo.holds(scheme, { bare: true });
    done(repo.make('--no-gpg-sign'));
    await repo.holds(scheme);
    done(repo.make('--no-gpg-sign', '--gpg-sign'));
    await repo.holds(scheme, { bare: true });
  }
});

test('what leaves a doubt is signed: another key named, help declared, another signer set up', async () => {
  const { file } = sshKey('alice');
  const settings = { 'gpg.format': 'ssh', 'user.signingKey': file };
  const repo = await Owned.make('git', settings, ANY);
  done(repo.make(`-S${file}`));
  await repo.holds('ssh', { header: true });
  done(repo.make('-S', '--trailer', 'Provenance: assisted'));
  assert.ok((await repo.judge()).stamp.includes('Provenance-Signature: v1 ssh'));
  const other = await Owned.make(`ssh:${file}`, settings, ANY);
  done(other.make('-S'));
  await other.holds('ssh', { header: true });
});

test('a security key that git signs with proves that somebody was there: the stamp stands alone under the strict policy', async () => {
  const key = join(dir, 'sk.pub');
  writeFileSync(key, `${softAuthenticator().publicLine}\n`);
  const repo = await Owned.make('git', { 'gpg.format': 'ssh', 'user.signingKey': key });
  // Nobody here can touch it: what the hook wrote before git failed has to do.
  assert.is.not(repo.make('-S').code, 0);
  assert.match(readFileSync(join(repo.dir, '.git/COMMIT_EDITMSG'), 'utf8'), /^a change\n\nProvenance: human\n$/);
});

test("x509: nothing that a stamp could be signed with, but git's own signature where the policy takes it", async () => {
  const { file } = sshKey('alice');
  const repo = await Owned.make(`ssh:${file}`, {}, ANY);
  repo.git(['config', 'countersign.signer', 'git']);
  for (const [key, value] of Object.entries({ 'gpg.format': 'x509', 'gpg.x509.program': '/bin/false' })) repo.git(['config', key, value]);
  assert.match(repo.make().stderr, 'SIGNER_UNAVAILABLE');
  assert.not.match(repo.make('-S').stderr, 'countersign:');
  await rejectsWith('SIGNER_UNAVAILABLE', readPublicKey('git', { dir: repo.dir, home: undefined, env: repo.env }));
});

test('a bare stamp whose signature of git is lost is told of', async () => {
  const repo = await Owned.make('git', { 'gpg.format': 'ssh', 'user.signingKey': sshKey('alice').file }, ANY);
  done(repo.make('-S'));
  const bare = repo.git(['log', '-1', '--format=%B']);
  const ran = repo.run(['commit', '-q', '--no-verify', '--no-gpg-sign', '--amend', '-m', bare]);
  assert.match(ran.stderr, 'leans on a signature of git');
  await restamp(repo.dir, 'HEAD', repo.env);
  await repo.holds('ssh');
});

test('the setting that would start a program is not followed', async () => {
  const repo = await Owned.make(`ssh:${sshKey('alice').file}`);
  const touched = join(dir, 'touched');
  for (const [key, value] of Object.entries({ 'countersign.signer': 'git', 'gpg.format': 'ssh', 'gpg.ssh.defaultKeyCommand': `touch ${touched}` })) repo.git(['config', key, value]);
  assert.match(repo.make().stderr, 'defaultKeyCommand');
  assert.is(spawnSync('test', ['-e', touched]).status, 1);
});

if (process.platform === 'linux' && spawnSync('script', ['--version']).status === 0) {
  test('git commit at a terminal asks for the passphrase of a key file, three times at most', async () => {
    const path = join(dir, 'locked.asc');
    writeFileSync(path, (await newOpenpgpKey('Alice Example', 'alice@example.com', 'a secret')).armor, { mode: 0o600 });
    const repo = await Owned.make(`openpgp:${path}`);
    const commit = (answers: string[]) => new Promise<string>((resolve) => {
      const child = spawn('script', ['-qec', 'git commit -q --allow-empty -m typed; echo EXIT $?', '/dev/null'], { cwd: repo.dir, env: repo.env, stdio: ['pipe', 'pipe', 'inherit'] });
      let [shown, asked] = ['', 0];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        shown += text;
        while (shown.split('passphrase of ').length - 1 > asked) child.stdin.write(answers[asked++] ?? '\u0003');
      });
      child.on('close', () => resolve(shown));
    });
    const good = await commit(['wrong\n', 'a secret\n']);
    assert.match(good, 'EXIT 0');
    assert.not.match(good, 'a secret');
    await repo.holds('openpgp');
    for (const answers of [['x\n', 'y\n', 'z\n'], ['\u0003']]) assert.match(await commit(answers), /SIGNING_FAILED[^]*EXIT 1/);
    const alone = repo.make();
    assert.match(alone.stderr, 'SIGNER_UNAVAILABLE');
  });
} else console.error('SKIPPED: NO script(1) TO MAKE A TERMINAL');

if (!hasGpg) console.error('SKIPPED IN PART: NO GPG');
test.run();
