// SPDX-License-Identifier: Apache-2.0
// Holds the house together: reads every source file, and shows on small inputs that each rule can fail.
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkBundle, checkSource, checkTestFile, checkVersions, stripComments } from './kit/house.ts';

const test = suite('house');

const HEAD = '// SPDX-License-Identifier: Apache-2.0\n// A file.\n';

function filesBelow(folder: string, ending: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(ending));
  return files.map((file) => file.split(sep).join('/')).sort();
}

const sources = new Map(filesBelow('src', '.ts').map((file) => [file, readFileSync(join('src', file), 'utf8')]));

test('every source file keeps the rules', () => {
  assert.ok(sources.size > 0);
  assert.is([...sources].flatMap(([file, text]) => checkSource({ file, text })).join('\n'), '');
});

test('the hook bundle holds nothing but our own files and Node', () => {
  if (sources.has('hook/main.ts')) assert.is(checkBundle('hook/main.ts', sources).join('\n'), '');
  else console.error('skipped: there is no src/hook/main.ts');
});

test('every test file runs all its suites', () => {
  const check = (file: string): string[] => checkTestFile(readFileSync(join('test', file), 'utf8')).map((problem) => `${file}: ${problem}`);
  assert.equal(filesBelow('test', '.test.ts').flatMap(check), []);
});

test('every dependency is pinned', () => {
  assert.equal(checkVersions(JSON.parse(readFileSync('package.json', 'utf8'))), []);
});

/** What breaks a rule: the file, its text below the head, a part of what the checker says. */
const REDS: Record<string, [file: string, body: string, says: string]> = {
  'an arrow upward': ['commit/a.ts', `import { a } from '../verifier/b.ts';`, 'commit does not import from verifier'],
  'an arrow upward, of a type': ['repo/a.ts', `import type { A } from '../signer/b.ts';`, 'repo does not import from signer'],
  'an arrow over several lines': ['repo/a.ts', `import {\n  a,\n  b,\n} from '../cli/b.ts';`, 'repo does not import from cli'],
  'an arrow by re-export': ['repo/a.ts', `export * from '../cli/b.ts';`, 'repo does not import from cli'],
  'an arrow at run time': ['repo/a.ts', `const b = await import('../cli/b.ts');`, 'repo does not import from cli'],
  'an arrow for its effect': ['repo/a.ts', `import '../cli/b.ts';`, 'repo does not import from cli'],
  'the hand knows the eye': ['signer/a.ts', `import { a } from '../verifier/b.ts';`, 'signer does not import from verifier'],
  'the eye knows the hand': ['verifier/a.ts', `import { a } from '../signer/b.ts';`, 'verifier does not import from signer'],
  'ground knows a room': ['a.ts', `import { a } from './repo/b.ts';`, 'ground does not import from repo'],
  'somebody imports the index': ['cli/a.ts', `import { a } from '../index.ts';`, 'cli does not import from index'],
  'an arrow out of src': ['cli/a.ts', `import { a } from '../../test/kit/git.ts';`, 'cli does not import from ..'],
  'an unknown room': ['shed/a.ts', '', 'no such room'],
  'no .ts ending': ['cli/a.ts', `import { a } from './b.js';`, 'without .ts'],
  'a package without a door': ['cli/a.ts', `import a from 'lodash';`, 'no door to lodash'],
  'a package by the wrong door': ['cli/a.ts', `import { parse } from 'yaml';`, 'no door to yaml'],
  'a scoped package': ['cli/a.ts', `import a from '@b/c/d';`, 'no door to @b/c'],
  'a builtin without node:': ['repo/a.ts', `import { readFile } from 'fs';`, 'no door to fs'],
  'a heavy package at start-up': ['repo/isomorphic.ts', `import git from 'isomorphic-git';`, 'by import() only'],
  'a process from nowhere': ['verifier/a.ts', `import { spawn } from 'node:child_process';`, 'pure room imports node:child_process'],
  'a process off the list': ['history/a.ts', `import { spawn } from 'node:child_process';`, 'who may stands in the list'],
  'a pure room reads files': ['report/a.ts', `import { readFile } from 'node:fs/promises';`, 'pure room imports node:fs/promises'],
  'a pure room reads the clock': ['statement/a.ts', 'const now = Date.now();', 'pure room reads Date.now'],
  'a pure room makes a date of now': ['statement/a.ts', 'const now = new Date();', 'pure room reads new Date()'],
  'a pure room reads the environment': ['signature/a.ts', 'const a = process.env;', 'pure room reads process.'],
  'a library that prints': ['repo/a.ts', `console.log('x');`, 'speak or exit'],
  'a library that exits': ['session/a.ts', 'process.exitCode = 1;', 'speak or exit'],
  'a library that writes': ['hook/stamp.ts', `process.stderr.write('x');`, 'speak or exit'],
  'a hidden import': ['cli/a.ts', 'await import(name);', 'nobody can see'],
  'a require': ['cli/a.ts', `const a = createRequire(import.meta.url)('a');`, 'nobody can see'],
  'a vague name': ['cli/utils.ts', '', 'not named by a noun'],
  'a long file': ['cli/a.ts', '\n'.repeat(250), '252 lines'],
};

for (const [name, [file, body, says]] of Object.entries(REDS)) {
  test(`red: ${name}`, () => assert.match(checkSource({ file, text: HEAD + body }).join('\n'), says));
}

test('red: a file that says nothing about itself', () => {
  assert.equal(checkSource({ file: 'a.ts', text: 'export {};\n' }).length, 1);
  assert.equal(checkSource({ file: 'a.ts', text: `${HEAD.split('\n')[0]}\n\nexport {};\n` }).length, 1);
});

const GREENS: Record<string, [file: string, body: string]> = {
  'an arrow downward': ['verifier/a.ts', `import { a } from '../trust/b.ts';\nimport { c } from '../oid.ts';\nimport { createHash } from 'node:crypto';`],
  'inside a room': ['cli/commands/a.ts', `import { a } from '../b.ts';\nimport yargs from 'yargs/yargs';`],
  'the index re-exports': ['index.ts', `export { a } from './verifier/b.ts';`],
  'a heavy package at run time': ['repo/isomorphic.ts', `import type { A } from 'isomorphic-git';\nconst git = await import('isomorphic-git');`],
  'words in comments': ['verifier/a.ts', `// never Date.now(), in the process. console.log\n/**\n * import x from 'y';\n */`],
  'a date of a known time': ['report/a.ts', 'const a = new Date(seconds * 1000).toISOString();'],
  'a child whose name is process': ['repo/a.ts', 'child.process.stdout.destroy();'],
};

for (const [name, [file, body]] of Object.entries(GREENS)) {
  test(`green: ${name}`, () => assert.equal(checkSource({ file, text: HEAD + body }), []));
}

test('a glob does not begin a comment', () => {
  assert.is(stripComments(`const a = ['src/**', 'http://x']; f();`), `const a = ['src/**', 'http://x']; f();`);
});

test('the bundle check names the chain, and lets types go', () => {
  const files = new Map([
    ['hook/main.ts', `import { a } from '../a.ts';\nimport type { Z } from 'zod';\nimport { readFileSync } from 'node:fs';`],
    ['a.ts', `const y = await import('./trust/yaml.ts');\nconst { sign } = await import('openpgp');`],
    ['trust/yaml.ts', `import { parse } from 'yaml';\nimport { b } from '../gone.ts';\nimport '../a.ts';\nimport { sign } from 'openpgp';`],
  ]);
  const yaml = 'hook/main.ts > a.ts > trust/yaml.ts';
  assert.equal(checkBundle('hook/main.ts', files), [`${yaml}: yaml`, `${yaml}: openpgp`, `${yaml} > gone.ts: no such file`]);
});

test('red: a test file that runs nothing, or not all', () => {
  assert.equal(checkTestFile(`const test = suite('a');\ntest.run();\n`), []);
  assert.equal(checkTestFile(`const test = suite('a');\n// test.run();\n`).length, 2);
  assert.equal(checkTestFile(`const a = suite('a');\nconst b = suite('b');\nb.run();\n`).length, 1);
});

test('red: a dependency with a range', () => {
  assert.equal(checkVersions({ dependencies: { a: '1.2.3', b: '^1.2.3' }, devDependencies: { c: 'latest' } }), ['b ^1.2.3', 'c latest']);
});

test.run();
