// SPDX-License-Identifier: Apache-2.0
// Manners at the terminal: who is asked sees what for, only a yes is a yes, and colours are a matter of choice.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanEnvironment } from '../kit/environment.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('terminal');
const ROOM = new URL('../../src/cli/terminal.ts', import.meta.url).href;

function script(body: string): string {
  const file = join(tempDir(), 'main.mts');
  writeFileSync(file, `import { openTerminal } from ${JSON.stringify(ROOM)};\n${body}\n`);
  return file;
}

/** Runs a few lines with a terminal of their own, into which somebody types. */
function atTerminal(body: string, typed: string, env: Record<string, string> = {}): string {
  const command = `'${process.execPath}' --import tsx '${script(body)}'`;
  return spawnSync('script', ['-qec', command, '/dev/null'], { input: typed, env: cleanEnvironment({ NO_COLOR: '', TERM: 'xterm', ...env }), encoding: 'utf8' }).stdout;
}

function alone(body: string, env: Record<string, string> = {}): { stdout: string; stderr: string } {
  // A session of its own has no terminal, whoever started the tests.
  return spawnSync(process.execPath, ['--import', 'tsx', script(body)], { env: cleanEnvironment(env), encoding: 'utf8', ...({ detached: true } as object) });
}

const ASK = `try { openTerminal({ quiet: true }).present(['what is signed'], 'Sign?', false); console.log('SIGNED'); } catch (thrown) { console.log(thrown.code); }`;
const PAINT = (options: string): string => `console.log(JSON.stringify(openTerminal(${options}).paint('bad', 'x')));`;

if (process.platform !== 'linux' || spawnSync('script', ['--version']).status !== 0) console.error('skipped: no script(1) to make a terminal');
else {
  for (const typed of ['y\n', 'YES\n']) {
    test(`${JSON.stringify(typed)} is a yes, and --quiet hides nothing from who is asked`, () => {
      assert.match(atTerminal(ASK, typed), /what is signed[^]*SIGNED/);
    });
  }
  for (const typed of ['\n', 'yes please\n', '\u0004', `${'y'.repeat(3000)}\n`]) {
    test(`${JSON.stringify(typed.slice(0, 12))} is no yes`, () => {
      assert.match(atTerminal(ASK, typed), 'CONFIRMATION_REFUSED');
    });
  }
  test('colours on a terminal, unless NO_COLOR or --color=never say otherwise', () => {
    assert.match(atTerminal(PAINT('{}'), ''), '\\u001b[31mx');
    for (const shown of [atTerminal(PAINT('{}'), '', { NO_COLOR: '1' }), atTerminal(PAINT("{ colour: 'never' }"), ''), atTerminal(PAINT('{}'), '', { TERM: 'dumb' })]) assert.match(shown, '"x"');
    assert.match(atTerminal(PAINT("{ colour: 'always' }"), '', { NO_COLOR: '1' }), '"x"');
  });
}

test('nobody there is no yes; --yes is one, and then --quiet is quiet', () => {
  assert.match(alone(ASK).stdout, 'CONFIRMATION_REFUSED');
  assert.equal(alone(`openTerminal({ quiet: true }).present(['what'], 'Sign?', true);`).stderr, '');
  assert.equal(alone(`openTerminal().present(['what'], 'Sign?', true);`).stderr, 'what\n');
});

test('no colours into a file, unless --color=always', () => {
  assert.is(alone(PAINT('{}'), { NO_COLOR: '' }).stdout, '"x"\n');
  assert.is(alone(PAINT("{ colour: 'always' }"), { NO_COLOR: '' }).stdout, '"\\u001b[31mx\\u001b[0m"\n');
});

test('an error has its code, a hint its line', () => {
  const body = `const { Fault } = await import(${JSON.stringify(new URL('../../src/fault.ts', import.meta.url).href)});
const terminal = openTerminal({ quiet: true });
terminal.say('silent');
terminal.complain(new Fault('USAGE', 'no', { hint: 'yes' }));
terminal.complain(new Fault('USAGE', 'no'));`;
  assert.is(alone(body).stderr, 'countersign: error: no [USAGE]\ncountersign: hint: yes\ncountersign: error: no [USAGE]\n');
});

test.run();
