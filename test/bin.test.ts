// SPDX-License-Identifier: Apache-2.0
// The hand-over: an old Node, a missing build, a hook, a reader who leaves. It runs on a copy with a dist/ of its own.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanEnvironment } from './kit/environment.ts';
import { tempDir } from './kit/temp.ts';

const test = suite('bin');

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a copy of bin/ beside the given built files; `node` are options of Node itself. */
function run(dist: Record<string, string>, args: string[], node: string[] = []): Ran {
  const dir = tempDir();
  cpSync('bin', join(dir, 'bin'), { recursive: true });
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  for (const [file, text] of Object.entries(dist)) {
    mkdirSync(dirname(join(dir, 'dist', file)), { recursive: true });
    writeFileSync(join(dir, 'dist', file), text);
  }
  const done = spawnSync(process.execPath, [...node, join(dir, 'bin/countersign.js'), ...args], { encoding: 'utf8', env: cleanEnvironment() });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

const CLI = { 'cli/main.js': 'console.log("cli", ...process.argv.slice(2)); process.exitCode = 3;' };
const HOOK = { 'hook.cjs': 'console.log("hook", ...process.argv.slice(2)); process.exitCode = 1;' };

test('a command goes to the command line, a hook to its bundle; the exit code is theirs', () => {
  assert.equal(run({ ...CLI, ...HOOK }, ['verify', 'hook']), { code: 3, stdout: 'cli verify hook\n', stderr: '' });
  assert.equal(run({ ...CLI, ...HOOK }, ['hook', 'commit-msg', 'f']), { code: 1, stdout: 'hook hook commit-msg f\n', stderr: '' });
});

test('without a build: exit 4, and how to build', () => {
  for (const args of [['verify'], ['hook', 'commit-msg']]) {
    const ran = run({}, args);
    assert.is(ran.code, 4);
    assert.is(ran.stdout, '');
    assert.match(ran.stderr, 'npm run build');
  }
});

test('an old Node: exit 4 and the version that is needed', () => {
  const lie = join(tempDir(), 'lie.cjs');
  for (const [version, code] of [['20.18.3', 4], ['18.20.0', 4], ['8.0.0', 4], ['20.19.0', 3], ['22.0.0', 3]] as const) {
    writeFileSync(lie, `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`);
    const ran = run(CLI, ['verify'], ['--require', lie]);
    assert.is(ran.code, code, version);
    assert.is(ran.stderr.includes('needs Node 20.19'), code === 4, version);
  }
});

test('the first file parses on any Node: nothing in it is younger than 2011', () => {
  const text = readFileSync('bin/countersign.js', 'utf8').replace(/\/\/.*|\/\*[\s\S]*?\*\/|'[^']*'/g, '');
  assert.not.match(text, /=>|`|\b(?:const|let|class|async|await|import)\b|\?\.|\?\?/);
});

test('what escapes the command line is a bug: 70, with a stack', () => {
  const ran = run({ 'cli/main.js': 'throw new Error("marker \\x1b[2J");' }, []);
  assert.is(ran.code, 70);
  assert.match(ran.stderr, 'internal error');
  assert.match(ran.stderr, /marker \\u\{1b\}\[2J[\s\S]*main\.js:1/);
  assert.not.match(ran.stderr, '\u001b');
});

test('a reader who leaves: no word of it, and not the exit code of a good verdict', () => {
  const endless = 'const more = () => process.stdout.write("x".repeat(65536), () => setImmediate(more)); more();';
  const dir = tempDir();
  cpSync('bin', join(dir, 'bin'), { recursive: true });
  mkdirSync(join(dir, 'dist/cli'), { recursive: true });
  writeFileSync(join(dir, 'dist/cli/main.js'), endless);
  const pipe = `"${process.execPath}" "${join(dir, 'bin/countersign.js')}" | head -c 10; echo " \${PIPESTATUS[0]}"`;
  const done = spawnSync('bash', ['-c', pipe], { encoding: 'utf8', env: cleanEnvironment(), timeout: 30_000 });
  assert.is(done.stderr, '');
  assert.is(done.stdout, 'xxxxxxxxxx 141\n');
});

test.run();
