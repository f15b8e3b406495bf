// SPDX-License-Identifier: Apache-2.0
// Attack: text, trailers or a second stamp around a good one, and messages that two readers read differently.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { attempt } from '../kit/attempt.ts';
import { History } from '../kit/history.ts';

const test = suite('case: around the stamp');
const history = await History.make();
test.after(() => history.close());

const files = { 'src/b.ts': 'b\n' };
const appended = (text: string) => (message: Uint8Array) => Buffer.concat([message, utf8(text)]);
const replaced = (from: RegExp, to: string) => (message: Uint8Array) => utf8(Buffer.from(message).toString().replace(from, to));

test('trailers below the stamp are passed on as nobody’s word', async () => {
  const lines = ['Reviewed-by: The Pope <pope@example.com>', '(cherry picked from commit 0123456789abcdef)'];
  const { range, commits } = await attempt(history, { files, alter: appended(`${lines.join('\n')}\n`) });
  assert.is(range.verdict, 'good');
  assert.equal(commits[0]!.unauthenticated, lines);
});

test('a text below the stamp, in its paragraph or in another', async () => {
  for (const text of ['and this\n', '\nand this\n', '\nReviewed-by: The Pope <pope@example.com>\n']) {
    assert.equal((await attempt(history, { files, alter: appended(text) })).errors, ['malformed-stamp'], text);
  }
});

test('a second stamp, in whatever spelling', async () => {
  for (const text of ['Provenance: human\n', 'provenance : ai\n', 'PROVENANCE-AGENT: x\n', '\nProvenance-Foo: x\n']) {
    assert.equal((await attempt(history, { files, alter: appended(text) })).errors, ['malformed-stamp'], text);
  }
  assert.equal((await attempt(history, { files, alter: replaced(/^/, 'Provenance: human\n\n') })).errors, ['malformed-stamp']);
});

test('a line added above, taken away, or put under the stamp of a session', async () => {
  for (const alter of [replaced(/\n\n/, '\n\nwith the blessing of bob\n\n'), replaced(/a change/, ''), replaced(/a change/, 'A change')]) {
    assert.equal((await attempt(history, { files, alter })).errors, ['bad-signature']);
  }
});

test('an end mark of git that hides the stamp from git’s own readers', async () => {
  assert.equal((await attempt(history, { files, alter: replaced(/\n\n/, '\n\n# ------------------------ >8 ------------------------\n\n') })).errors, ['malformed-stamp']);
  assert.equal((await attempt(history, { files, alter: replaced(/\n\n/, '\0\n\n') })).errors, ['malformed-stamp']);
});

test('human made of ai, ai of human: the word is signed', async () => {
  const session = history.session();
  const forged = await attempt(history, { by: session, files: { ...files, ...session.file }, alter: replaced(/Provenance: ai\nProvenance-Agent: .*\nProvenance-Session: .*\n/, 'Provenance: human\n') });
  assert.equal(forged.errors, ['bad-signature']);
  const assisted = await attempt(history, { files, provenance: 'assisted', alter: replaced(/Provenance: assisted\nProvenance-Agent: .*\n/, 'Provenance: human\n') });
  assert.equal(assisted.errors, ['bad-signature']);
});

test('an agent’s name that was not signed', async () => {
  const session = history.session();
  const { errors } = await attempt(history, { by: session, files: { ...files, ...session.file }, alter: replaced(/test-agent\/1\.0/, 'other-agent/1.0') });
  assert.equal(errors, ['bad-grant', 'bad-signature']);
});

test('one text in two encodings is one text; undecodable bytes are signed as they are', async () => {
  const author = { name: 'Alice Example', email: 'alice@example.com' };
  const message = 'gr\u00fc\u00df';
  assert.equal((await attempt(history, { files, message, author })).errors, []);
  const latin = await attempt(history, { files, message: 'plain', author, encoding: 'ISO-8859-1' });
  assert.equal(latin.errors, []);
  const odd = await attempt(history, { files, message, author, encoding: 'x-nobody-knows' });
  assert.equal(odd.errors, []);
  assert.is(odd.range.verdict, 'good');
});

test('an encoding header put over a signed text', async () => {
  const { oid } = await attempt(history, { files, message: 'gr\u00fc\u00df' });
  const raw = history.scratch.git(['cat-file', 'commit', oid]).replace('\n\n', '\nencoding ISO-8859-1\n\n');
  const forged = history.scratch.git(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: `${raw}\n` }) as typeof oid;
  assert.equal((await history.verify(history.adoption, forged)).errors, ['bad-signature']);
});

test.run();
