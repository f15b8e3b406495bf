// SPDX-License-Identifier: Apache-2.0
// Commits as bytes: what stands where, and what git's signature covers. Hostile ones, too; what is refused for a named reason
// stands in the vectors.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, fromLatin1, latin1 } from '../../src/bytes.ts';
import { parseCommit } from '../../src/commit/raw.ts';
import { Fault } from '../../src/fault.ts';
import { throwsWith } from '../kit/rejects.ts';
import { AUTHOR, COMMITTER, HEAD, PARENT, PGP, SSH, TREE, X509, commitOf, header } from './sample.ts';

const test = suite('raw commit');

function parse(text: string) {
  return parseCommit(fromLatin1(text), 'sha1');
}

test('fields are taken as they stand', () => {
  const commit = parse(`${HEAD}${header('encoding', 'ISO-8859-1')}${header('x-note', 'a\n\n b')}\nGr\xfc\xdfe\r\n\n`);
  assert.is(commit.tree, '4b825dc642cb6eb9a060e54bf8d69288fbee4904');
  assert.equal(commit.parents, ['1'.repeat(40)]);
  assert.equal(commit.author, { name: 'Alice Example', email: 'alice@example.com', date: 1767323045, zone: '+0100' });
  assert.equal(commit.committer, { name: 'Forge', email: 'forge@example.com', date: 1767323105, zone: '-0030' });
  assert.is(commit.encoding, 'ISO-8859-1');
  assert.is(latin1(commit.message), 'Gr\xfc\xdfe\r\n\n');
  assert.equal(commit.headers.map(({ name, value }) => [name, latin1(value)]).slice(4), [['encoding', 'ISO-8859-1'], ['x-note', 'a\n\n b']]);
  assert.is(commit.signature, undefined);
  assert.is(commit.malleable, undefined);
});

for (const [kind, armor] of Object.entries({ pgp: PGP, ssh: SSH, x509: X509, 'pgp with a blank line after it': `${PGP}\n` })) {
  test(`${kind}: the payload is the commit without the signature`, () => {
    const before = header('encoding', 'UTF-8');
    const after = header('mergetag', 'object 1\ntype commit\n\n-----BEGIN PGP SIGNATURE-----');
    const commit = parseCommit(commitOf(`${before}${header('gpgsig', armor)}${after}`, 'odd\r\n\n\n'), 'sha1');
    assert.is(latin1(commit.signature!.armor), armor);
    assert.is(latin1(commit.signature!.payload), latin1(commitOf(`${before}${after}`, 'odd\r\n\n\n')));
    assert.is(commit.malleable, undefined);
  });
}

test('one line break behind the armor is what forges write; more could be any number', () => {
  for (const armor of [PGP, SSH, X509]) {
    const malleable = (more: string): string | undefined => parseCommit(commitOf(header('gpgsig', `${armor}${more}`), 'x\n'), 'sha1').malleable;
    assert.equal(['', '\n', '\n\n', '\n\n\n', '\n\r\n', '\n '].map(malleable), [undefined, undefined, ...Array(4).fill('text after the armor')]);
  }
});

test('sha256: gpgsig-sha256 is the signature, gpgsig is that of another format', () => {
  const sha256 = (more: string): Uint8Array => fromLatin1(`tree ${'a'.repeat(64)}\n${AUTHOR}${COMMITTER}${more}\nx\n`);
  const own = parseCommit(sha256(header('gpgsig-sha256', SSH)), 'sha256');
  assert.is(latin1(own.signature!.armor), SSH);
  assert.is(latin1(own.signature!.payload), latin1(sha256('')));
  assert.is(own.malleable, undefined);
  const foreign = parseCommit(sha256(header('gpgsig', SSH)), 'sha256');
  assert.is(foreign.signature, undefined);
  assert.is(foreign.malleable, 'signature for another object format');
  const both = parseCommit(sha256(header('gpgsig', PGP) + header('gpgsig-sha256', SSH)), 'sha256');
  assert.is(latin1(both.signature!.armor), SSH);
  assert.is(latin1(both.signature!.payload), latin1(sha256('')));
  assert.is(both.malleable, 'two signatures');
  throwsWith('COMMIT_MALFORMED', () => parseCommit(sha256(''), 'sha1'));
});

test('odd but whole: no parents, many parents, no name, no message, no final line break, NUL in the message', () => {
  assert.equal(parse(`${TREE}${AUTHOR}${COMMITTER}\nx`).parents, []);
  assert.is(parse(`${TREE}${PARENT.repeat(1024)}${AUTHOR}${COMMITTER}\nx`).parents.length, 1024);
  assert.is(parse(HEAD.replace('Alice Example', '')).author.name, '');
  assert.is(parse(HEAD).message.length, 0);
  assert.is(parse(`${HEAD}\n`).message.length, 0);
  assert.is(latin1(parse(`${HEAD}\nno line break`).message), 'no line break');
  assert.is(latin1(parse(`${HEAD}\na\0b\n`).message), 'a\0b\n');
  assert.is(latin1(parse(`${HEAD}\n\n\nx`).message), '\n\nx');
  assert.is(parse(HEAD.replace('Alice', 'Al\r\xe4ce')).author.name, 'Al\r\xe4ce Example');
});

test('more than 1024 parents are refused', () => {
  throwsWith('COMMIT_MALFORMED', () => parse(`${TREE}${PARENT.repeat(1025)}${AUTHOR}${COMMITTER}\n`));
});

test('megabytes of header are read in linear time, never by recursion', () => {
  const lines = 1 << 20;
  const started = performance.now();
  assert.is(parse(`${HEAD}x-note a${'\n '.repeat(lines)}\n\nx`).headers.at(-1)!.value.length, lines + 1);
  assert.is(parse(`${HEAD}${'a b\n'.repeat(lines / 4)}\nx`).malleable, 'doubled header');
  assert.is(parse(`${HEAD}${'gpgsig b\n'.repeat(lines / 8)}\nx`).malleable, 'doubled signature');
  assert.is(parse(`${HEAD}x-note ${'a'.repeat(lines)}\n\nx`).message.length, 1);
  throwsWith('COMMIT_MALFORMED', () => parse(`${TREE}${PARENT}author ${' <'.repeat(lines)}\n`));
  throwsWith('COMMIT_MALFORMED', () => parse(`${TREE}${PARENT}author ${' '.repeat(lines)}\n`));
  // seconds where a quadratic reader needs hours
  assert.ok(performance.now() - started < 20_000);
});

test('random bytes around a commit: a fault or an answer, and nothing is lost', () => {
  const piece = fc.oneof(fc.constantFrom(TREE, PARENT, AUTHOR, COMMITTER, header('gpgsig', SSH), 'gpgsig', ' ', '\n', '\n\n', '\0'), fc.string({ unit: 'binary-ascii', maxLength: 12 }));
  fc.assert(fc.property(fc.constantFrom(HEAD, TREE, ''), fc.array(piece, { maxLength: 6 }), (head, pieces) => {
    const text = head + pieces.join('');
    try {
      const { headers, message, signature } = parse(text);
      const rebuilt = headers.map(({ name, value }) => header(name, latin1(value))).join('');
      assert.ok(text === rebuilt || text === `${rebuilt}\n${latin1(message)}`);
      if (signature) assert.ok(signature.payload.length < text.length);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      assert.is(thrown.code, 'COMMIT_MALFORMED');
    }
  }), { numRuns: process.env['SLOW'] ? 10_000 : 200 });
});

test('parts are views: the caller\'s bytes stay as they were', () => {
  const bytes = commitOf(header('gpgsig', SSH));
  const copy = concat(bytes);
  parseCommit(bytes, 'sha1');
  assert.equal(bytes, copy);
});

test.run();
