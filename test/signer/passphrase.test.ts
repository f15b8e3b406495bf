// SPDX-License-Identifier: Apache-2.0
// Asking at a real terminal, made by script(1): nothing is echoed, keys edit, and the terminal is as it was afterwards,
// however the question ended.
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanEnvironment } from '../kit/environment.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('passphrase');
const ROOM = new URL('../../src/signer/passphrase.ts', import.meta.url).href;
const PROMPT = 'passphrase of key: ';
const ASK = `try { console.log('ANSWER', JSON.stringify(Buffer.from(await askPassphrase(${JSON.stringify(PROMPT)})).toString('utf8'))); } catch (thrown) { console.log('FAULT', thrown.code); }`;

function script(body: string): string {
  const file = join(tempDir(), 'main.mts');
  writeFileSync(file, `import { askPassphrase, tellTerminal } from ${JSON.stringify(ROOM)};\n${body}\n`);
  return file;
}

/** Runs a few lines at a terminal of their own; `type` gets what each prompt is answered with, then stty is asked how it is. */
async function atTerminal(body: string, replies: readonly (string | ((pid: number) => void))[]): Promise<string> {
  const main = `'${process.execPath}' --import tsx '${script(`console.log('PID', process.pid);\n${body}`)}'`;
  const child = spawn('script', ['-qec', `${main} </dev/null; echo EXIT $?; stty -a`, '/dev/null'], { env: cleanEnvironment(), stdio: ['pipe', 'pipe', 'inherit'] });
  let shown = '';
  let asked = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    while (shown.split(PROMPT).length - 1 > asked) {
      const reply = replies[asked++] ?? '\n';
      if (typeof reply === 'string') child.stdin.write(reply);
      else reply(Number(/PID (\d+)/.exec(shown)![1]));
    }
  });
  await new Promise((resolve) => child.on('close', resolve));
  assert.match(shown, /EXIT \d+/);
  assert.match(shown, / echo /, 'the terminal echoes again');
  assert.match(shown, / icanon /);
  return shown;
}

function alone(body: string): string {
  // A session of its own has no terminal, whoever started the tests; a full stdin is no terminal either.
  return spawnSync(process.execPath, ['--import', 'tsx', script(body)], { env: cleanEnvironment(), encoding: 'utf8', input: 'from stdin\n', ...({ detached: true } as object) }).stdout;
}

test('no terminal, no passphrase: stdin and environment answer nothing', () => {
  assert.is(alone(ASK), 'FAULT SIGNER_UNAVAILABLE\n');
  assert.is(alone(`tellTerminal('nobody');`), '');
});

if (process.platform !== 'linux' || spawnSync('script', ['--version']).status !== 0) console.error('SKIPPED: NO script(1) TO MAKE A TERMINAL');
else {
  const LINES: Record<string, [typed: string, answer: string]> = {
    'a line': ['s3cret phräse\n', 's3cret phräse'],
    'a line that ends in CR': ['s3cret\r', 's3cret'],
    'nothing': ['\n', ''],
    'characters taken back, whole': ['abä€\u007f\u007fc\u0008d\n', 'abd'],
    'more taken back than there is': ['\u007f\u007fx\n', 'x'],
    'a line begun anew': ['wrong\u0015right\n', 'right'],
    'spaces at its ends': ['  a  \n', '  a  '],
  };
  for (const [name, [typed, answer]] of Object.entries(LINES)) {
    test(`typed: ${name}`, async () => {
      const shown = await atTerminal(ASK, [typed]);
      assert.match(shown, `ANSWER ${JSON.stringify(answer)}`);
      assert.is(shown.split('ANSWER')[0]!.split(PROMPT)[1]!.trim(), '', 'nothing is echoed');
    });
  }

  for (const [name, typed] of Object.entries({ 'Ctrl-C': 'abc\u0003', 'Ctrl-D': '\u0004', 'Ctrl-\\': '\u001c', 'a novel': 'x'.repeat(1500) })) {
    test(`refused: ${name}`, async () => assert.match(await atTerminal(ASK, [typed]), 'FAULT SIGNING_FAILED'));
  }

  test('one question after the other', async () => {
    const shown = await atTerminal(`${ASK}\n${ASK}`, ['one\n', 'two\n']);
    assert.match(shown, /ANSWER "one"[^]*ANSWER "two"/);
  });

  test('nobody types: given up in time', async () => {
    const shown = await atTerminal(`try { await askPassphrase(${JSON.stringify(PROMPT)}, 100); } catch (thrown) { console.log('FAULT', thrown.code); }`, ['']);
    assert.match(shown, 'FAULT SIGNING_FAILED');
  });

  for (const [signal, status] of [['SIGTERM', 143], ['SIGINT', 130], ['SIGHUP', 129], ['SIGQUIT', 131]] as const) {
    test(`${signal} ends the process, and the terminal echoes again`, async () => {
      const shown = await atTerminal(ASK, [(pid) => process.kill(pid, signal)]);
      assert.match(shown, `EXIT ${status}`);
      assert.not.match(shown, 'ANSWER');
    });
  }

  test('an exit in the middle gives the echo back, too', async () => {
    assert.match(await atTerminal(`setTimeout(() => process.exit(7), 100);\n${ASK}`, ['']), 'EXIT 7');
  });

  test('a line for the terminal is seen there and nowhere else', async () => {
    assert.match(await atTerminal(`tellTerminal('seen');`, []), 'seen');
  });
}

test.run();
