// SPDX-License-Identifier: Apache-2.0
// Tags that `git tag -s` makes with ssh-keygen and gpg, whole and altered: where our verdict and `git verify-tag` part, we are
// the stricter one, for a reason that stands here.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Oid } from '../../src/oid.ts';
import { verifyRelease } from '../../src/verifier/verify.ts';
import type { TagVerdict } from '../../src/verifier/verifier.ts';
import { cleanEnvironment } from '../kit/environment.ts';
import { Keyring } from '../kit/gpg.ts';
import { History } from '../kit/history.ts';
import { sshKey } from '../kit/keys.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('case: tags by git');
const open: History[] = [];
test.after(async () => {
  for (const history of open) await history.close();
});

/** Returns an adopted repository in which git signs for alice with this key, and knows it. */
async function make(key: string, config: Record<string, string>, more: Partial<Parameters<typeof History.make>[0]> = {}): Promise<History> {
  const roster = `version: 1\npeople:\n  alice:\n    name: Alice Example\n    emails: [alice@example.com]\n    roles: [owner]\n    keys:\n      - ${key}\n`;
  const history = await History.make({ policy: 'gitSignature: any\n', roster, ...more });
  open.push(history);
  history.tip = await history.commit({ by: null, files: { 'src/b.ts': 'b\n' } });
  for (const [name, value] of Object.entries(config)) history.scratch.git(['config', name, value]);
  return history;
}

const date = { GIT_COMMITTER_DATE: '1767330000 +0000' };

/** Signs a tag through git, alters it, and returns our verdict and git's. */
async function both(history: History, alter: (text: string) => string = (text) => text, as = 'v1'): Promise<{ ours: TagVerdict; git: 'good' | 'bad' }> {
  history.scratch.git(['tag', '-f', '-s', '-m', 'release', 'v1', history.tip], { env: date });
  const whole = history.scratch.bytes(['cat-file', 'tag', 'v1']).toString('latin1');
  const oid = history.scratch.git(['hash-object', '-t', 'tag', '-w', '--stdin', '--literally'], { input: Buffer.from(alter(whole), 'latin1') }) as Oid;
  history.scratch.git(['update-ref', `refs/tags/${as}`, oid]);
  const git = history.scratch.run(['verify-tag', as], { env: date }).code === 0 ? 'good' : 'bad';
  for await (const judged of verifyRelease({ repo: history.repo, base: history.adoption, head: history.tip, now: history.now, tag: { name: as, oid } })) {
    if (judged.kind === 'range') return { ours: judged.range.tag!, git };
  }
  throw new Error('no verdict');
}

const armored = (text: string, change: (armor: string) => string): string => text.replace(/-----BEGIN[^]*/, change);

/** What git takes for good and we don't. */
const STRICTER: [name: string, rule: string, alter: (text: string) => string, as?: string][] = [
  ['text after the armor, which is shown with the rest', 'malleable-commit', (text) => `${text}Approved.\n`],
  ['a second name for one release', 'stale-signature', (text) => text, 'v2'],
  ['a header that the signature leaves out', 'malleable-commit', (text) => text.replace('\n\n', '\ngpgsig-sha256 x\n\n')],
];

function agrees(kind: string, history: () => Promise<History>): void {
  test(`${kind}: good, and good`, async () => {
    const { ours, git } = await both(await history());
    assert.equal([git, ours.verdict, ours.signer?.id, ours.signer?.scheme, ours.findings], ['good', 'good', 'alice', kind, []]);
  });

  test(`${kind}: altered, and bad to both`, async () => {
    const alterations: ((text: string) => string)[] = [
      (text) => text.replace('release', 'Release'),
      (text) => text.replace('release\n', 'release\r\n'),
      (text) => text.replace('tagger Alice', 'tagger alice'),
      (text) => text.replace('\n\n', '\n\n\n'),
      (text) => armored(text, (armor) => armor.replace(/\n([A-Za-z0-9+/]{20})/g, (line) => line.replace(/[A-Z]/g, (c) => c.toLowerCase()))),
      (text) => armored(text, (armor) => armor.slice(0, armor.length / 2)),
    ];
    for (const alter of alterations) {
      const { ours, git } = await both(await history(), alter);
      assert.equal([git, ours.verdict], ['bad', 'bad'], alter.toString());
      assert.ok(ours.findings.some(({ rule }) => rule === 'bad-signature'), alter.toString());
    }
  });

  for (const [name, rule, alter, as] of STRICTER) {
    test(`${kind}: ${name}: git verifies it, we say ${rule}`, async () => {
      const { ours, git } = await both(await history(), alter, as);
      assert.equal([git, ours.verdict], ['good', 'bad']);
      assert.is(ours.findings[0]!.rule, rule);
    });
  }

  test(`${kind}: a tag of a tag: git verifies it, we say stale-signature`, async () => {
    const made = await history();
    made.scratch.git(['tag', '-f', '-s', '-m', 'inner', 'inner', made.tip], { env: date });
    made.scratch.git(['tag', '-f', '-s', '-m', 'outer', 'outer', 'inner'], { env: date });
    assert.is(made.scratch.run(['verify-tag', 'outer'], { env: date }).code, 0);
    for await (const judged of verifyRelease({ repo: made.repo, base: made.adoption, head: made.tip, now: made.now, tag: { name: 'outer', oid: made.scratch.oid('refs/tags/outer') } })) {
      if (judged.kind === 'range') assert.equal(judged.range.tag!.findings.map(({ rule }) => rule), ['stale-signature']);
    }
  });
}

const alice = sshKey('alice');
const signers = join(tempDir(), 'signers');
writeFileSync(signers, `alice@example.com ${alice.line}\n`);
const ssh = { 'gpg.format': 'ssh', 'user.signingKey': alice.file, 'gpg.ssh.allowedSignersFile': signers };
for (const format of ['sha1', 'sha256'] as const) {
  let history: Promise<History> | undefined;
  agrees('ssh', () => (history ??= make(`ssh: ${alice.line}`, ssh, { format })));
}

test('ssh: armor with CRLF is bad to both', async () => {
  const { ours, git } = await both(await make(`ssh: ${alice.line}`, ssh), (text) => armored(text, (armor) => armor.replaceAll('\n', '\r\n')));
  assert.equal([git, ours.findings.map(({ rule }) => rule)], ['bad', ['bad-signature']]);
});

if (spawnSync('gpg', ['--version'], { env: cleanEnvironment() }).status !== 0) process.stderr.write('skipped: tags by git: no gpg on this machine\n');
else {
  const keyring = new Keyring();
  const fingerprint = keyring.make('Alice Example <alice@example.com>');
  let history: Promise<History> | undefined;
  const byGpg = (): Promise<History> => (history ??= make('openpgp: keys/alice.asc', { 'user.signingKey': fingerprint }, { files: { '.countersign/keys/alice.asc': keyring.export(fingerprint) } }).then((made) => {
    made.scratch.env['GNUPGHOME'] = keyring.home;
    return made;
  }));
  agrees('openpgp', byGpg);

  test('openpgp: armor with CRLF is good to both', async () => {
    const { ours, git } = await both(await byGpg(), (text) => armored(text, (armor) => armor.replaceAll('\n', '\r\n')));
    assert.equal([git, ours.findings], ['good', []]);
  });

  test('openpgp: a comment in the armor: git verifies it, we say malleable-commit', async () => {
    const { ours, git } = await both(await byGpg(), (text) => armored(text, (armor) => armor.replace('\n\n', '\nComment: approved by the board\n\n')));
    assert.equal([git, ours.findings.map(({ rule }) => rule)], ['good', ['malleable-commit']]);
  });

  test('openpgp: a key that is nobody\'s', async () => {
    const made = await byGpg();
    const stranger = keyring.make('Alice Example <alice2@example.com>');
    made.scratch.git(['config', 'user.signingKey', stranger]);
    const { ours, git } = await both(made);
    made.scratch.git(['config', 'user.signingKey', fingerprint]);
    assert.equal([git, ours.findings.map(({ rule }) => rule)], ['good', ['unknown-signer']]);
  });
}

test.run();
