// SPDX-License-Identifier: Apache-2.0
// What git's signature covers, held against git itself: a program in the place of gpg keeps what git hands it, and ssh-keygen
// and gpg verify over our payload what they signed through git. Then real commits, where the corpus is at hand.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLatin1, latin1 } from '../../src/bytes.ts';
import { parseCommit } from '../../src/commit/raw.ts';
import { Fault } from '../../src/fault.ts';
import { hashObject, type ObjectFormat, type Oid } from '../../src/oid.ts';
import { openCorpus } from '../kit/corpus.ts';
import { cleanEnvironment } from '../kit/environment.ts';
import { ScratchRepo } from '../kit/git.ts';
import { sshKey } from '../kit/keys.ts';
import { tempDir } from '../kit/temp.ts';
import { AUTHOR, COMMITTER, HEAD, PARENT, PGP, SSH, TREE, commitOf, header } from './sample.ts';

const test = suite('signed payload');

/** Writes an object as it is, however malformed. */
function writeObject(repo: ScratchRepo, bytes: Uint8Array): Oid {
  return repo.git(['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'], { input: bytes }) as Oid;
}

function read(repo: ScratchRepo, oid: Oid, format: ObjectFormat = 'sha1') {
  const bytes = repo.bytes(['cat-file', 'commit', oid]);
  assert.is(hashObject(format, 'commit', bytes), oid);
  return parseCommit(bytes, format);
}

test('odd commits: git verifies the bytes that we call the payload', () => {
  const repo = new ScratchRepo();
  const kept = join(tempDir(), 'payload');
  const program = join(tempDir(), 'gpg');
  writeFileSync(program, `#!/bin/sh\ncat >'${kept}'\n`);
  chmodSync(program, 0o755);
  const signed = header('gpgsig', PGP);
  const more = [
    signed,
    header('encoding', 'ISO-8859-1') + signed + header('mergetag', 'object 1\n\ntag'),
    signed + header('gpgsigevil', 'x\ny') + header('x-note', 'z\n\nz'),
    header('gpgsig-sha256', SSH) + signed + header('gpgsig-sha256', SSH),
    header('gpgsig', `${PGP}\n`),
    header('gpgsig', `${PGP}\njunk`),
    header('gpgsig', PGP.replaceAll('\n', '\r\n')),
    signed + signed,
    PGP.split('\n').map((line) => `gpgsig ${line}\n`).join(''),
  ];
  const messages = ['subject\n', 'no line break', '', '\n\nodd\r\n\n\n', 'gpgsig -----BEGIN PGP SIGNATURE-----\n x\n', 'a\0b\n', '\xff\xfe\n'];
  const commits = [...more.map((headers) => commitOf(headers)), ...messages.map((message) => commitOf(signed, message)), fromLatin1(`${HEAD}${signed}`)];
  for (const bytes of commits) {
    const oid = writeObject(repo, bytes);
    writeFileSync(kept, '');
    repo.run(['-c', `gpg.program=${program}`, 'verify-commit', oid]);
    assert.is(latin1(read(repo, oid).signature!.payload), latin1(readFileSync(kept)), latin1(bytes));
  }
  writeFileSync(kept, '');
  const foreign = writeObject(repo, commitOf(header('gpgsig-sha256', PGP)));
  repo.run(['-c', `gpg.program=${program}`, 'verify-commit', foreign]);
  assert.is(read(repo, foreign).signature, undefined);
  assert.is(readFileSync(kept).length, 0);
});

test('what we take apart, fsck finds nothing against; what fsck calls an error of the first headers, we refuse', () => {
  const repo = new ScratchRepo();
  const idents = ['A <a@b> 0 +0000', ' <> 1 -1200', 'A <a@b> 1 +9999', 'A <a@b>1 +0000', 'A<a@b> 1 +0000', '<a@b> 1 +0000', 'A <a@b 1 +0000', 'A a@b> 1 +0000',
    'A <a@b> x +0000', 'A <a@b> 1 0000', 'A <a@b> 1 +000', 'A <a@b> 1 +0000 ', 'A <a@b> 1', 'A <a@b>', '', 'A <<a@b> 1 +0000', 'A <a@b>> 1 +0000'];
  const bodies = idents.map((ident) => `${TREE}author ${ident}\n${COMMITTER}\nx\n`);
  bodies.push(`${AUTHOR}${COMMITTER}\n`, `${TREE}${COMMITTER}\n`, `${TREE}${AUTHOR}\n`, `${TREE}${AUTHOR}${AUTHOR}${COMMITTER}\n`, `${TREE}${header('gpgsig', SSH)}${AUTHOR}${COMMITTER}\n`,
    `${TREE}${AUTHOR}${COMMITTER}x-note \0\n\nx`, `${TREE}${AUTHOR}${COMMITTER}${header('mergetag', 'x')}\nx`);
  const written = bodies.map((text) => [writeObject(repo, fromLatin1(text)), text] as const);
  repo.git(['hash-object', '-t', 'tree', '-w', '--stdin']);
  const complaints = repo.run(['fsck', '--no-dangling']).stderr;
  for (const [oid, text] of written) {
    const isWrong = complaints.includes(`error in commit ${oid}`) || complaints.includes(`bogus commit object ${oid}`);
    assert.is(accepts(text), !isWrong, `${JSON.stringify(text)} ${oid}`);
  }
});

function accepts(text: string): boolean {
  try {
    parseCommit(fromLatin1(text), 'sha1');
    return true;
  } catch (thrown) {
    if (thrown instanceof Fault) return false;
    throw thrown;
  }
}

for (const format of ['sha1', 'sha256'] as const) {
  test(`${format}: ssh-keygen verifies what git signed, over our payload`, () => {
    const repo = new ScratchRepo({ objectFormat: format });
    const { file, line } = sshKey('payload');
    const folder = tempDir();
    const [signers, armor] = [join(folder, 'signers'), join(folder, 'armor')];
    writeFileSync(signers, `alice ${line}\n`);
    const sign = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${file}`, '-c', 'i18n.commitEncoding=ISO-8859-1'];
    repo.git([...sign, 'commit', '-q', '-S', '--allow-empty', '--cleanup=verbatim', '-F', '-'], { input: fromLatin1('Gr\xfc\xdfe\r\n\n\n') });
    const { signature, malleable, encoding } = read(repo, repo.oid('HEAD'), format);
    assert.is(malleable, undefined);
    assert.is(encoding, 'ISO-8859-1');
    writeFileSync(armor, signature!.armor);
    const verify = (payload: Uint8Array): number | null =>
      spawnSync('ssh-keygen', ['-Y', 'verify', '-n', 'git', '-f', signers, '-I', 'alice', '-s', armor], { input: payload, env: cleanEnvironment() }).status;
    assert.is(verify(signature!.payload), 0);
    assert.is(verify(signature!.payload.subarray(1)), 255);
  });
}

/** A gpg home of its own; its agent ends when the home is gone. */
function gpgHome(): { env: Record<string, string>; run: (args: string[], input?: Uint8Array) => number | null } {
  const home = tempDir();
  const env = cleanEnvironment({ GNUPGHOME: home });
  return { env, run: (args, input) => spawnSync('gpg', ['--batch', '--quiet', '--no-tty', ...args], { env, input: input ?? '' }).status };
}

const gpg = spawnSync('gpg', ['--version'], { env: cleanEnvironment() }).status === 0;
if (!gpg) process.stderr.write('skipped: payload: no gpg on this machine\n');
else {
  test('gpg verifies what git signed, over our payload', () => {
    const { env, run } = gpgHome();
    assert.is(run(['--passphrase', '', '--quick-gen-key', 'alice@example.com', 'ed25519', 'sign', 'never']), 0);
    const repo = new ScratchRepo();
    Object.assign(repo.env, { GNUPGHOME: env['GNUPGHOME']! });
    repo.git(['-c', 'user.signingKey=alice@example.com', 'commit', '-q', '-S', '--allow-empty', '--cleanup=verbatim', '-F', '-'], { input: 'odd\r\n\n\n' });
    const { signature, malleable } = read(repo, repo.oid('HEAD'));
    assert.is(malleable, undefined);
    const armor = join(tempDir(), 'armor');
    writeFileSync(armor, signature!.armor);
    assert.is(run(['--verify', armor, '-'], signature!.payload), 0);
    assert.is(run(['--verify', armor, '-'], signature!.payload.subarray(1)), 1);
    spawnSync('gpgconf', ['--kill', 'gpg-agent'], { env });
  });
}

/** What is odd about two of them: git of 2011 named the header on every line, and one bears a log before its armor. */
const ODD: Record<string, string> = {
  '5f549aa2f78314ac37bbd436c8f80aea4c752e07': 'doubled signature',
  'b9882d90c5dafe207868e4e66e94b3edcb2a6994': 'text before the armor',
};

const corpus = openCorpus('payloads of real commits');
if (corpus !== undefined) {
  const real = corpus.commits();

  test('83 real commits hash to their id and come apart', () => {
    assert.is(real.length, 83);
    const begin = { ssh: '-----BEGIN SSH SIGNATURE-----', x509: '-----BEGIN SIGNED MESSAGE-----', pgp: '-----BEGIN PGP SIGNATURE-----' };
    for (const { oid, kind, bytes, repository } of real) {
      assert.is(createHash('sha1').update(`commit ${bytes.length}\0`).update(bytes).digest('hex'), oid);
      const { signature, malleable } = parseCommit(bytes, 'sha1');
      assert.ok(latin1(signature!.armor).includes(begin[kind]), `${repository} ${oid}`);
      assert.match(latin1(signature!.armor), /\n-----END [A-Z ]+-----\r?\n*$/);
      assert.is(malleable, ODD[oid], `${repository} ${oid}`);
    }
  });

  if (gpg) {
    test('real commits of GitHub verify with gpg over our payload, where they are good', () => {
      const { env, run } = gpgHome();
      assert.is(run(['--import', corpus.path('keys/web-flow.asc')]), 0);
      const good = real.filter(({ kind, expect }) => kind === 'pgp' && expect === 'good');
      assert.is(good.length, 12);
      for (const { oid, signature } of good) {
        const armor = join(tempDir(), 'armor');
        writeFileSync(armor, signature.armor);
        assert.is(run(['--verify', armor, '-'], signature.payload), 0, oid);
      }
      spawnSync('gpgconf', ['--kill', 'gpg-agent'], { env });
    });
  }
}

test('the sample is what git would read', () => {
  const repo = new ScratchRepo();
  const oid = writeObject(repo, commitOf(header('encoding', 'UTF-8')));
  assert.is(repo.git(['log', '-1', '--no-walk', '--format=%an|%ae|%ad|%s', '--date=raw', oid]), 'Alice Example|alice@example.com|1767323045 +0100|subject');
  assert.is(repo.git(['cat-file', 'commit', oid]).split('\n')[1], PARENT.trim());
});

test.run();
