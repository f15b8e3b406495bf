// SPDX-License-Identifier: Apache-2.0
// The transcript runner's own failure modes: a transcript that does not hold must never pass, and must say where.
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { matches, renew } from './placeholder.ts';
import { runScript } from './script.ts';
import { parseTranscript, printTranscript } from './transcript.ts';

const test = suite('script');

const ULID = '01JDQ3M8Z0W6T3E9Q8C6T4XK2N';
const OID = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

async function problems(text: string, timeoutSeconds = 60): Promise<string[]> {
  return (await runScript('x.txt', text, timeoutSeconds)).problems;
}

test('what holds has no problems, and is renewed as it is', async () => {
  const text = '# why\n\n$ echo a; echo b >&2; exit_with() { return 3; }; exit_with\na\n2> b\n? 3\n';
  assert.equal(await runScript('x.txt', text), { problems: [], renewed: text });
});

test('stdout that differs: transcript, line, both sides', async () => {
  const [problem, ...more] = await problems('# one\n$ echo a; echo b; echo c\na\nB\nc\n');
  assert.equal(more, []);
  assert.is(problem, 'x.txt:2: $ echo a; echo b; echo c\n  stdout differs from its line 2 on\n  - B\n  - c\n  + b\n  + c');
});

const REDS: Record<string, [text: string, says: string]> = {
  'output that was not expected': ['$ echo a\n', 'stdout differs from its line 1'],
  'output that is missing': ['$ true\na\n', 'stdout differs from its line 1'],
  'stderr that was not expected': ['$ echo a >&2\n', 'stderr differs from its line 1'],
  'stdout where stderr was expected': ['$ echo a\n2> a\n', 'stdout differs'],
  'a blank line in the middle': ['$ printf "a\\n\\nb\\n"\na\nb\n', 'stdout differs from its line 2'],
  'a failing command': ['$ false\n', 'exit code 1, expected 0'],
  'a command that should fail': ['$ true\n? 1\n', 'exit code 0, expected 1'],
  'another exit code': ['$ (exit 2)\n? 1\n', 'exit code 2, expected 1'],
  'a syntax error': ['$ if then\n2> [..]\n', 'exit code'],
  'the shell ended early': ['$ exit 0\n\n$ echo a\na\n', 'x.txt:1: $ exit 0\n  the shell ended here'],
  'the shell ended later': ['$ true\n$ exit 0\n$ echo a\na\n', 'x.txt:2: $ exit 0\n  the shell ended here'],
};

for (const [name, [text, says]] of Object.entries(REDS)) {
  test(`red: ${name}`, async () => assert.match((await problems(text)).join('\n'), says));
}

test('red: a command that hangs', async () => {
  assert.match((await problems('$ sleep 60\n', 1)).join('\n'), 'more than 1 s');
});

test('a line that belongs to no command is refused with its number', () => {
  assert.throws(() => parseTranscript('# a\nstray\n'), /line 2/);
  assert.throws(() => parseTranscript('$ true\n# a\nstray\n'), /line 3/);
});

test('what looks like a mark is escaped on the way out and read back', async () => {
  const { renewed } = await runScript('x.txt', `$ printf '%s\\n' '# a' '$ b' '2> c' '? 1' '> d' '-- e --' '\\f'\n`);
  assert.equal(parseTranscript(renewed).steps[0]!.stdout, ['# a', '$ b', '2> c', '? 1', '> d', '-- e --', '\\f']);
  assert.equal(await problems(renewed), []);
});

test('print of parse is the same text, for every transcript there is', () => {
  const folder = new URL('../cli/', import.meta.url);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.txt'))) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    assert.is(printTranscript(parseTranscript(text)), text, name);
  }
});

test('each placeholder stands for its own kind only', () => {
  const values = { oid: OID, ulid: ULID, digest: `sha256:${'a'.repeat(64)}`, uuid: '0192f6c4-0000-7000-8000-00000000000a', time: '2026-01-02T03:04:05Z' };
  for (const [name, value] of Object.entries(values)) {
    assert.ok(matches(`x [${name}] y`, `x ${value} y`), name);
    assert.not.ok(matches(`x [${name}] y`, `x ${value} y z`), name);
    assert.not.ok(matches(`[${name}]`, 'something'), name);
  }
  assert.ok(matches('a [..] c', 'a b.* c'));
  assert.not.ok(matches('a.c [oid]', `abc ${OID}`), 'the rest is taken literally');
});

test('renewing keeps a placeholder that still holds and makes new ones for what varies', () => {
  assert.equal(renew(['session [..] opened', 'gone'], [`session ${ULID} opened`, `commit ${OID}`]), ['session [..] opened', 'commit [oid]']);
  assert.equal(renew([], [ULID, `sha256:${'0'.repeat(64)}`, 'plain']), ['[ulid]', '[digest]', 'plain']);
});

test('the scratch environment: git of this run only, and no agent', async () => {
  assert.equal(await problems('$ env | grep -cE "^(CLAUDE|AI_AGENT|NODE_EXTRA|GIT_DIR)"\n0\n? 1\n$ git config --show-origin user.name\nfile:$HOME/gitconfig\tAlice Example\n'), []);
});

test.run();
