// SPDX-License-Identifier: Apache-2.0
// The spec's section "By hand", run line by line as it stands there, with nothing but bash, git, openssl, ssh-keygen
// and coreutils: an independent reading of the format. What was altered must fail.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLatin1, latin1 } from '../../src/bytes.ts';
import type { Oid } from '../../src/oid.ts';
import { cleanEnvironment } from '../kit/environment.ts';
import { History } from '../kit/history.ts';
import { softwareHand } from '../kit/person.ts';
import { tempDir } from '../kit/temp.ts';
import { blocksOf, sectionOf } from './page.ts';

const test = suite('docs: by hand');

const BLOCKS = blocksOf(sectionOf('spec.md', 'By hand'), 'bash');
const [CLAIM = '', PERSON = '', SESSION = ''] = BLOCKS;
const FILES = { 'src/a.ts': 'one\n2\nthree\n', 'src/with space\tand\nline break': 'x\n', 'src/old': { mode: '120000', content: 'a.ts' } } as const;
const TRAILERS = 'a change  (#12) (!7)\n\n\nbody \n\n\n\nmore\n\nSigned-off-by: Alice Example <alice@example.com>';

const missing = process.platform === 'win32' ? ['a POSIX system'] : ['bash', 'openssl', 'ssh-keygen', 'sha256sum', 'awk'].filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
const check = missing.length === 0 ? test : (name: string, _run: () => Promise<void>): void => console.error(`skipped: ${name}: no ${missing.join(', ')}`);

/** Runs blocks of the page over a commit; the last line it prints, and its exit status. */
function byHand(history: History, commit: Oid, blocks: readonly string[]): { code: number; last: string } {
  const env = cleanEnvironment({ ...history.scratch.env, TMPDIR: mkdtempSync(join(tempDir(), 'hand-')), commit, trusted: history.adoption });
  const done = spawnSync('bash', ['--noprofile', '--norc', '-s'], { cwd: history.scratch.dir, env, input: blocks.join('\n'), encoding: 'utf8' });
  return { code: done.status ?? -1, last: done.stdout.trimEnd().split('\n').at(-1) ?? '' };
}

function altered(history: History, commit: Oid, from: string | RegExp, to: string): Oid {
  const raw = latin1(history.scratch.bytes(['cat-file', 'commit', commit]));
  const changed = raw.replace(from, to);
  assert.is.not(changed, raw, `nothing to alter: ${from}`);
  return history.scratch.git(['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], { input: fromLatin1(changed) }) as Oid;
}

test('the section has three blocks: what is claimed, by a person, by a session', () => {
  assert.is(BLOCKS.length, 3);
});

check("a person's stamp verifies, and an altered commit does not", async () => {
  const history = await History.make();
  try {
    const other = await history.treeOf(history.tip);
    const commit = await history.commit({ files: FILES, message: TRAILERS });
    const run = (oid: Oid): number => byHand(history, oid, BLOCKS).code;
    assert.equal(byHand(history, commit, BLOCKS), { code: 0, last: 'human, by alice: the change, its author and its message are as signed' });
    assert.is(run(altered(history, commit, ' (#12) (!7)', ' (#99)')), 0, 'a forge may number it anew');
    const empty = await history.commit({ files: {} });
    assert.is(run(empty), 0, 'a commit that changes nothing');
    assert.is.not(run(altered(history, empty, /^tree [0-9a-f]+/, `tree ${other}`)), 0, 'one that changes nothing, elsewhere');
    assert.is.not(run(altered(history, commit, 'more', 'less')), 0, 'the message');
    assert.is.not(run(altered(history, commit, 'author Alice', 'author Malice')), 0, 'the author');
    assert.is.not(run(altered(history, commit, /(author .*> )\d+/, '$11767300000')), 0, 'the date');
    assert.is.not(run(altered(history, commit, /^tree [0-9a-f]+/, `tree ${other}`)), 0, 'the tree');
    assert.is.not(run(altered(history, commit, 'Provenance: human', 'Provenance: assisted')), 0, 'the provenance');
    assert.is.not(run(altered(history, commit, /Edit: sha256:./, 'Edit: sha256:')), 0, 'the edit digest');
    assert.is.not(run(await history.commit({ files: { 'src/b.ts': 'b\n' }, hand: softwareHand() })), 0, 'a stranger');
    assert.is.not(run(await history.commit({ files: { 'src/c.ts': 'c\n' }, repository: history.adoption.slice(0, 36) })), 0, 'another repository');
  } finally {
    await history.close();
  }
});

check("a session's stamp verifies by its grant, and neither can be altered", async () => {
  const history = await History.make();
  try {
    const session = history.session();
    const commit = await history.commit({ by: session, files: { ...FILES, ...session.file }, message: 'a change' });
    const run = (oid: Oid): number => byHand(history, oid, [CLAIM, PERSON, SESSION]).code;
    const script = [CLAIM, PERSON, SESSION];
    assert.equal(byHand(history, commit, script), { code: 0, last: `ai, by session ${session.id} of alice: the change, its author and its message are as signed` });
    assert.is.not(run(altered(history, commit, 'a change', 'another change')), 0, 'the message');
    assert.is.not(run(altered(history, commit, '(test-model)', '(best-model)')), 0, 'the model');
    const forged = history.session({ hand: softwareHand() });
    const { sign, keyid } = history.hands['bob']!;
    const lent = history.session({ hand: { ...history.hands['alice']!, sign, keyid } });
    for (const [why, grant] of [['a grant by a stranger', forged], ['a grant by another person', lent]] as const) {
      assert.is.not(run(await history.commit({ by: grant, files: { 'src/d.ts': `${why}\n`, ...grant.file } })), 0, why);
    }
    const stranger = history.session();
    assert.is.not(run(await history.commit({ by: { ...session, privatePem: stranger.privatePem }, files: { 'src/e.ts': 'e\n' } })), 0, 'another key');
  } finally {
    await history.close();
  }
});

test.run();
