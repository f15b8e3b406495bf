// SPDX-License-Identifier: Apache-2.0
// Tags as bytes: what stands where, and what git's signature covers, held against git itself: a program in the place of gpg
// keeps what git hands it, and ssh-keygen and gpg verify over our payload what they signed through git. Hostile ones, too.
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, fromLatin1, latin1 } from '../../src/bytes.ts';
import { parseTag, type RawTag } from '../../src/commit/tag.ts';
import { Fault } from '../../src/fault.ts';
import { hashObject, type ObjectFormat, type Oid } from '../../src/oid.ts';
import { cleanEnvironment } from '../kit/environment.ts';
import { ScratchRepo } from '../kit/git.ts';
import { sshKey } from '../kit/keys.ts';
import { throwsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';
import { PGP, SSH, X509, header } from './sample.ts';

const test = suite('raw tag');

const TAGGER = 'tagger Alice Example <alice@example.com> 1767323045 +0100\n';
const HEAD = headOf('1'.repeat(40));
const BODY = `${HEAD}${TAGGER}\nrelease\n`;

function headOf(object: string, type = 'commit', name = 'v1'): string {
  return `object ${object}\ntype ${type}\ntag ${name}\n`;
}

function parse(text: string, format: ObjectFormat = 'sha1'): RawTag {
  return parseTag(fromLatin1(text), format);
}

test('fields are taken as they stand', () => {
  const tag = parse(`${headOf('1'.repeat(40), 'commit', 'v1.2/Gr\xfc\xdfe')}${TAGGER}\nrelease\r\n\n\n`);
  assert.equal([tag.object, tag.type, tag.name], ['1'.repeat(40), 'commit', 'v1.2/Gr\xfc\xdfe']);
  assert.equal(tag.tagger, { name: 'Alice Example', email: 'alice@example.com', date: 1767323045, zone: '+0100' });
  assert.is(latin1(tag.message), 'release\r\n\n\n');
  assert.equal([tag.signature, tag.malleable], [undefined, undefined]);
});

test('odd but whole: no tagger, no message, no blank line, of a tree or tag', () => {
  assert.is(parse(`${HEAD}\nx`).tagger, undefined);
  assert.is(parse(`${HEAD}${TAGGER}`).message.length, 0);
  assert.is(parse(`${HEAD}${TAGGER}\n`).message.length, 0);
  assert.is(latin1(parse(`${HEAD}${TAGGER}\na\0b`).message), 'a\0b');
  assert.equal(['tree', 'blob', 'tag'].map((type) => parse(`${headOf('1'.repeat(40), type)}\nx`).type), ['tree', 'blob', 'tag']);
});

for (const [kind, armor] of Object.entries({ pgp: PGP, ssh: SSH, x509: X509 })) {
  test(`${kind}: the payload is all before the armor`, () => {
    for (const body of [BODY, `${HEAD}${TAGGER}\n`, `${HEAD}\nodd\r\n\n\n`]) {
      const tag = parse(`${body}${armor}\n`);
      assert.is(latin1(tag.signature!.armor), `${armor}\n`);
      assert.is(latin1(tag.signature!.payload), body);
      assert.is(latin1(tag.message), body.slice(body.indexOf('\n\n') + 2));
      assert.is(tag.malleable, undefined);
    }
    assert.is(parse(`${BODY}${armor.replaceAll('\n', '\r\n')}\r\n`).malleable, undefined);
  });
}

test('what somebody else could change is named', () => {
  const malleable = (text: string): string | undefined => parse(text).malleable;
  assert.is(malleable(`${BODY}${PGP}\njunk\n`), 'text after the armor');
  assert.is(malleable(`${BODY}${PGP}\n`.replace('-----END', 'X')), 'armor without an end');
  assert.is(malleable(`${BODY}-----BEGIN SSH SIGNATURE-----junk\n`), 'text before the armor');
  assert.is(malleable(`${BODY}${PGP.replaceAll('SIGNATURE', 'MESSAGE')}\n`), 'text before the armor');
  assert.is(malleable(`${BODY}${PGP.replace('\n\n', '\nComment: good signature of the board\n\n')}\n`), 'text in the armor');
  assert.is(malleable(`${BODY}${SSH}\n${PGP}\n`), 'two signatures');
  assert.is(malleable(`${BODY}${SSH}\n-----BEGIN PGP SIGNATURE-----`), 'two signatures');
  for (const name of ['gpgsig', 'gpgsig-sha256']) assert.is(malleable(`${HEAD}${TAGGER}${header(name, SSH)}\nx\n${SSH}\n`), 'signature for another object format');
  assert.is(malleable(`${HEAD}${TAGGER}${header('gpgsig', SSH)}\nx\n`), 'signature for another object format');
  for (const more of ['gpgsigevil x\n', 'encoding x\n', TAGGER, `tag v2\n`]) assert.is(malleable(`${HEAD}${TAGGER}${more}\nx\n`), 'unknown header');
  assert.is(malleable(`${HEAD}x y\n${TAGGER}\nx\n`), 'unknown header');
});

test('what is no tag is refused', () => {
  const long = `object ${'a'.repeat(64)}\ntype commit\ntag v1\n${TAGGER}\nx\n`;
  const none = ['', 'x', HEAD.replace('object', 'tree'), HEAD.replace('type', 'kind'), HEAD.replace('commit', 'comet'), HEAD.replace('tag v1\n', ''), HEAD.replace('v1', ''),
    HEAD.replace('v1', 'v1\n v2'), HEAD.replace('11', '1'), long, `${HEAD}tagger x\n\nx`, `${HEAD}${TAGGER}${SSH}\n`, `${HEAD}${TAGGER}${SSH}\n\n${SSH}\n`, `${SSH}\n`, `${HEAD}a\0b c\n\n`];
  for (const text of none) throwsWith('COMMIT_MALFORMED', () => parse(text));
  assert.is(parse(long, 'sha256').object.length, 64);
});

test('a line that only looks like the beginning of a signature begins none', () => {
  const lines = [' -----BEGIN SSH SIGNATURE-----', '-----BEGIN SSH SIGNATURE----', 'x -----BEGIN PGP SIGNATURE-----', '-----begin ssh signature-----', '\r-----BEGIN SSH SIGNATURE-----', '-----BEGIN PGP SIGNED MESSAGE-----'];
  for (const line of lines) assert.is(parse(`${BODY}${line}\n`).signature, undefined);
});

for (const format of ['sha1', 'sha256'] as const) {
  test(`${format}: odd tags: git verifies the bytes that we call payload and armor`, () => {
    const repo = new ScratchRepo({ objectFormat: format });
    const folder = tempDir();
    const [payload, armor, program] = [join(folder, 'payload'), join(folder, 'armor'), join(folder, 'gpg')];
    // git gives the armor as a file, the last argument but one, and the payload on stdin
    writeFileSync(program, `#!/bin/sh\nwhile [ $# -gt 2 ]; do shift; done\ncat "$1" >'${armor}'\ncat >'${payload}'\n`);
    chmodSync(program, 0o755);
    const head = headOf('1'.repeat(format === 'sha1' ? 40 : 64));
    const odd = [
      `${head}${TAGGER}\nx\n${PGP}\n`, `${head}${TAGGER}\n${PGP}`, `${head}${TAGGER}\n\n\r\n\n${PGP}\n\n\n`,
      `${head}${TAGGER}\nx\n${PGP.replaceAll('\n', '\r\n')}\r\n`, `${head}${TAGGER}\nx\n${PGP}\njunk`, `${head}${TAGGER}\nx\n${SSH}\ny\n${PGP}\n`,
      `${head}${TAGGER}\nx\n-----BEGIN PGP SIGNATURE-----junk\n\n`, `${head}${TAGGER}\nx\n${PGP.replaceAll('SIGNATURE', 'MESSAGE')}\n`, `${head}${TAGGER}\na\0b\xff\n${PGP}\n`,
      `${head}${TAGGER}${header('gpgsig', SSH)}\nx\n${PGP}\n`, `${head}${TAGGER}${header('gpgsig-sha256', SSH)}\nx\n${PGP}\n`, `${head}${TAGGER}${header('gpgsigevil', SSH)}\nx\n${PGP}\n`,
      `${head}${TAGGER}${header('gpgsig', SSH)}${header('x-note', 'y')}\ngpgsig x\n y\n${PGP}\n`,
    ];
    for (const text of odd) {
      const oid = write(repo, text);
      for (const file of [payload, armor]) writeFileSync(file, '');
      repo.run(['-c', `gpg.program=${program}`, 'verify-tag', oid]);
      const { signature } = parse(text, format);
      assert.equal([latin1(signature!.payload), latin1(signature!.armor)], [payload, armor].map((file) => latin1(readFileSync(file))), text);
    }
  });

  test(`${format}: ssh-keygen verifies what git signed, over our payload`, () => {
    const repo = new ScratchRepo({ objectFormat: format });
    const { file, line } = sshKey('payload');
    const signers = join(tempDir(), 'signers');
    writeFileSync(signers, `alice ${line}\n`);
    repo.commit('one');
    repo.git(['-c', 'gpg.format=ssh', '-c', `user.signingKey=${file}`, 'tag', '-s', '--cleanup=verbatim', '-F', '-', 'v1'], { input: fromLatin1('Gr\xfc\xdfe\r\n\n\n') });
    const tag = read(repo, 'v1', format);
    assert.equal([tag.object, tag.name, tag.malleable], [repo.oid('HEAD'), 'v1', undefined]);
    const armor = join(tempDir(), 'armor');
    writeFileSync(armor, tag.signature!.armor);
    const verify = (payload: Uint8Array): number | null =>
      spawnSync('ssh-keygen', ['-Y', 'verify', '-n', 'git', '-f', signers, '-I', 'alice', '-s', armor], { input: payload, env: cleanEnvironment() }).status;
    assert.equal([verify(tag.signature!.payload), verify(tag.signature!.payload.subarray(1))], [0, 255]);
  });
}

function write(repo: ScratchRepo, text: string): Oid {
  return repo.git(['hash-object', '-t', 'tag', '-w', '--literally', '--stdin'], { input: fromLatin1(text) }) as Oid;
}

function read(repo: ScratchRepo, name: string, format: ObjectFormat): RawTag {
  const bytes = repo.bytes(['cat-file', 'tag', name]);
  assert.is(hashObject(format, 'tag', bytes), repo.oid(name));
  return parseTag(bytes, format);
}

test('what git tag makes without a signature, too', () => {
  const repo = new ScratchRepo();
  repo.commit('one');
  for (const message of ['release', '']) {
    repo.git(['tag', '-f', '-a', '-m', message, 'v1']);
    const tag = read(repo, 'v1', 'sha1');
    assert.equal([tag.signature, tag.malleable, latin1(tag.message)], [undefined, undefined, message === '' ? '' : 'release\n']);
  }
});

test('what fsck calls an error of the headers, we refuse', () => {
  const repo = new ScratchRepo();
  const oid = repo.commit('one');
  const head = headOf(oid);
  const bodies = [`${head}${TAGGER}\nx`, `${head}${TAGGER}`, `${head}\nx`, head.replace('object', 'tree'), head.replace('commit', 'comet'), `${head.replace('tag v1\n', '')}${TAGGER}\nx`,
    `${head}tagger Alice\n\nx`, `${head}tagger A <a@b> 1\n\nx`, `${head}tagger A <a@b 1 +0000\n\nx`, `${head}x\0y z\n\nx`];
  const written = bodies.map((text) => [write(repo, text), text] as const);
  const complaints = repo.run(['fsck', '--no-dangling']).stderr;
  for (const [tag, text] of written) {
    const isWrong = complaints.includes(`error in tag ${tag}`) || complaints.includes(`bogus tag object ${tag}`) || complaints.includes(`${tag}: object could not be parsed`);
    assert.is(isParsed(text), !isWrong, text);
  }
});

function isParsed(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'COMMIT_MALFORMED') return false;
    throw thrown;
  }
}

if (spawnSync('gpg', ['--version'], { env: cleanEnvironment() }).status !== 0) process.stderr.write('skipped: raw tag: no gpg on this machine\n');
else {
  test('gpg verifies what git signed, over our payload', () => {
    const home = tempDir();
    const env = cleanEnvironment({ GNUPGHOME: home });
    const gpg = (args: string[], input: Uint8Array = new Uint8Array()): number | null => spawnSync('gpg', ['--batch', '--quiet', '--no-tty', ...args], { env, input }).status;
    assert.is(gpg(['--passphrase', '', '--quick-gen-key', 'alice@example.com', 'ed25519', 'sign', 'never']), 0);
    const repo = new ScratchRepo();
    Object.assign(repo.env, { GNUPGHOME: home });
    repo.commit('one');
    repo.git(['-c', 'user.signingKey=alice@example.com', 'tag', '-s', '--cleanup=verbatim', '-F', '-', 'v1'], { input: 'odd\r\n\n\n' });
    const { signature, malleable } = read(repo, 'v1', 'sha1');
    assert.is(malleable, undefined);
    const armor = join(home, 'armor');
    writeFileSync(armor, signature!.armor);
    assert.equal([gpg(['--verify', armor, '-'], signature!.payload), gpg(['--verify', armor, '-'], signature!.payload.subarray(1))], [0, 1]);
    spawnSync('gpgconf', ['--kill', 'gpg-agent'], { env });
  });
}

test('megabytes are read in linear time, and no more than four', () => {
  const lines = 1 << 20;
  const started = performance.now();
  assert.is(parse(`${BODY}${'\n'.repeat(3 * lines)}${SSH}\n`).malleable, undefined);
  assert.is(parse(`${BODY}${'-----BEGIN SSH SIGNATURE-----\n'.repeat(lines / 8)}`).malleable, 'two signatures');
  assert.is(parse(`${HEAD}${TAGGER}${'a b\n'.repeat(lines / 4)}\nx`).malleable, 'unknown header');
  assert.is(parse(`${BODY}${PGP.replace('\n\n', `\n${' '.repeat(lines)}\n`)}\n`).malleable, undefined);
  assert.is(parse(`${BODY}${'-----'.repeat(lines / 8)}`).signature, undefined);
  throwsWith('COMMIT_MALFORMED', () => parseTag(concat(fromLatin1(BODY), new Uint8Array(64 * lines)), 'sha1'));
  // seconds where a quadratic reader needs hours
  assert.ok(performance.now() - started < 20_000);
});

test('random bytes around a tag: a fault or an answer, and nothing is lost', () => {
  const piece = fc.oneof(fc.constantFrom(HEAD, TAGGER, SSH, `${PGP}\n`, header('gpgsig', SSH), ' ', '\n', '\n\n', '\0'), fc.string({ unit: 'binary-ascii', maxLength: 12 }));
  fc.assert(fc.property(fc.constantFrom(BODY, HEAD, ''), fc.array(piece, { maxLength: 6 }), (head, pieces) => {
    const text = head + pieces.join('');
    try {
      const { headers, message, signature } = parse(text);
      const rebuilt = headers.map(({ name, value }) => header(name, latin1(value))).join('');
      const armor = signature ? latin1(signature.armor) : '';
      assert.ok(text === `${rebuilt}${armor}` || text === `${rebuilt}\n${latin1(message)}${armor}`);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      assert.is(thrown.code, 'COMMIT_MALFORMED');
    }
  }), { numRuns: process.env['SLOW'] ? 10_000 : 200 });
});

test.run();
