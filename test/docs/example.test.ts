// SPDX-License-Identifier: Apache-2.0
// What the spec shows is what the code makes: its example commit and statement, byte for byte, and every section that a
// comment in the source names.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLatin1, latin1, utf8 } from '../../src/bytes.ts';
import { readText } from '../../src/commit/message.ts';
import { parseCommit } from '../../src/commit/raw.ts';
import { checkEd25519 } from '../../src/signature/ed25519.ts';
import { pae } from '../../src/signature/pae.ts';
import { STAMP_TYPE, parseStamp, printStamp } from '../../src/statement/stamp.ts';
import { readTrailers } from '../../src/statement/trailers.ts';
import { ed25519Point } from '../vectors/fixed-keys.ts';
import { exampleCommit } from './example.ts';
import { blocksOf, readSections, sectionOf } from './page.ts';

const test = suite('docs: the example of the spec');

const section = sectionOf('spec.md', 'A stamped commit');
const [commit = ''] = blocksOf(section, 'commit');
const [statement = ''] = blocksOf(section, 'statement');

test('the commit is the one that the code makes', async () => {
  assert.is(await exampleCommit(), commit);
});

test("the statement says what the commit says, and the session's key signed it", () => {
  const { author, message, encoding } = parseCommit(fromLatin1(commit), 'sha1');
  const carried = readTrailers(message);
  if (carried.kind !== 'stamp') throw new Error(carried.kind);
  const { stamp, above } = carried;
  const { objectFormat, repository } = parseStamp(utf8(statement));
  assert.is(latin1(printStamp({ ...stamp, ...readText(author, above, encoding), objectFormat, repository, tree: undefined })), statement);
  assert.ok(checkEd25519(ed25519Point(1), pae(STAMP_TYPE, utf8(statement)), stamp.signature!.bytes));
});

test('a section that the source names exists', () => {
  const numbers = new Set(readSections('spec.md').map(({ heading }) => heading.split('.', 1)[0]));
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const named = files.flatMap((file) => [...readFileSync(join('src', file), 'utf8').matchAll(/spec §(\d+)/g)].map(([, number]) => ({ file, number })));
  assert.ok(named.length > 0);
  assert.equal(named.filter(({ number }) => !numbers.has(number!)), []);
});

test.run();
