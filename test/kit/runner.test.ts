// SPDX-License-Identifier: Apache-2.0
// The test command itself: every way in which a test file can look green without being so must end red.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judge, runTests, testFiles } from './runner.ts';
import { tempDir } from './temp.ts';

const test = suite('runner');

const UVU = `import { suite } from ${JSON.stringify(import.meta.resolve('uvu'))}; const test = suite('s');\n`;

async function run(files: Record<string, string>, patterns: string[] = [], timeoutSeconds = 60): Promise<{ code: number; lines: string[] }> {
  const root = tempDir();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const lines: string[] = [];
  const code = await runTests(root, { patterns, timeoutSeconds, write: (line) => void lines.push(line) });
  return { code, lines };
}

test('counts tests over files; last line is the sum', async () => {
  const { code, lines } = await run({
    'a.test.ts': `${UVU}test('1', () => {}); test('2', () => {}); test.run();`,
    'b/c.test.ts': `${UVU}test('1', () => {}); test.run();`,
    'b/other.ts': 'throw new Error("not a test file");',
  });
  assert.is(code, 0);
  assert.is(lines.at(-1), '3 passed, 0 failed');
});

test('a failing test: exit 1, its output whole', async () => {
  const { code, lines } = await run({ 'a.test.ts': `${UVU}test('1', () => {}); test('2', () => { throw new Error('marker'); }); test.run();` });
  assert.is(code, 1);
  assert.is(lines.at(-1), '1 passed, 1 failed');
  assert.match(lines[0]!, 'marker');
});

const REDS: Record<string, [source: string, reason: string]> = {
  'a suite without .run()': [`${UVU}test('1', () => {});`, 'no summary'],
  'a suite without tests': [`${UVU}test.run();`, 'registers no test'],
  'an early exit 0': [`${UVU}test('1', () => process.exit(0)); test.run();`, 'no summary'],
  'a throw while loading': ['throw new Error("early");', 'no summary'],
  'a rejection nobody awaits': [`${UVU}test('1', () => { setTimeout(() => Promise.reject(new Error('late')), 20); }); test.run();`, 'exited 1'],
  'a file that never ends': [`${UVU}test('1', () => { setInterval(() => {}, 1000); }); test.run();`, 'not done after 2 s'],
};

for (const [name, [source, reason]] of Object.entries(REDS)) {
  test(`red: ${name}`, async () => {
    const { code, lines } = await run({ 'a.test.ts': source }, [], reason.startsWith('not done') ? 2 : 60);
    assert.is(code, 1);
    assert.match(lines[0]!, `a.test.ts`);
    assert.match(lines[0]!, reason);
    assert.match(lines.at(-1)!, /, 1 failed$/);
  });
}

test('red: no file at all, or none that matches', async () => {
  assert.is((await run({})).code, 1);
  const none = await run({ 'a.test.ts': `${UVU}test('1', () => {}); test.run();` }, ['nowhere']);
  assert.is(none.code, 1);
  assert.is(none.lines.at(-1), '0 passed, 0 failed');
});

test('a pattern is a part of the file name', async () => {
  const source = `${UVU}test('1', () => {}); test.run();`;
  assert.is((await run({ 'x/a.test.ts': source, 'y/b.test.ts': source }, ['x/'])).lines.at(-1), '1 passed, 0 failed');
});

test('what is skipped is repeated at the end', async () => {
  const { code, lines } = await run({ 'a.test.ts': `${UVU}console.error('skipped: no oracle here'); test('1', () => {}); test.skip('2'); test.run();` });
  assert.is(code, 0);
  assert.equal(lines.slice(-3), ['SKIPPED a.test.ts: no oracle here', 'SKIPPED a.test.ts: 1 by test.skip', '1 passed, 0 failed']);
});

test('nothing of git, of an agent or of node options reaches a test', async () => {
  const leaks = { GIT_DIR: '/nowhere', CLAUDECODE: '1', AI_AGENT: 'x', NODE_OPTIONS: '--throw-deprecation', LANG: 'fr_FR.UTF-8', COUNTERSIGN: '0' };
  Object.assign(process.env, leaks);
  const { code } = await run({
    'a.test.ts': `${UVU}test('1', () => { if (${JSON.stringify(Object.keys(leaks))}.some((name) => name in process.env)) throw new Error(); }); test.run();`,
  });
  for (const name of Object.keys(leaks)) delete process.env[name];
  assert.is(code, 0);
});

test('judge: a second summary is no summary', () => {
  const stdout = '  Total:     1\n  Passed:    1\n  Skipped:   0\n';
  assert.is(judge({ code: 0, stdout, stderr: '', timedOut: false }, 1).failed, 0);
  assert.is(judge({ code: 0, stdout: stdout + stdout, stderr: '', timedOut: false }, 1).failed, 1);
});

test('testFiles: cli first, then by name', () => {
  const root = tempDir();
  for (const name of ['b.test.ts', 'a.test.ts', 'cli/z.test.ts']) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), '');
  }
  assert.equal(testFiles(root), ['cli/z.test.ts', 'a.test.ts', 'b.test.ts']);
});

test.run();
