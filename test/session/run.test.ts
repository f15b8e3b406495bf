// SPDX-License-Identifier: Apache-2.0
// Running a command in a session: its environment, its exit status, and the signals in between.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { guessAgent } from '../../src/session/agent-name.ts';
import { runInSession, type RunOptions } from '../../src/session/run.ts';
import { cleanEnvironment } from '../kit/environment.ts';
import { rejectsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('run');
const AGENTS = { SSH_AUTH_SOCK: '/s', SSH_AGENT_PID: '1', GPG_AGENT_INFO: 'x', GPG_TTY: '/dev/tty', GNUPGHOME: '/home/alice/.gnupg' };

function options(more: Partial<RunOptions> = {}): RunOptions {
  return { session: 'S', dir: tempDir(), env: cleanEnvironment(AGENTS), keepAgents: false, attended: false, ...more };
}

async function variables(more: Partial<RunOptions>): Promise<Record<string, string>> {
  const chosen = options(more);
  await runInSession([process.execPath, '-e', 'require("fs").writeFileSync("env", JSON.stringify({ ...process.env, empty: require("fs").readdirSync(process.env.GNUPGHOME ?? ".").length }))'], chosen);
  return JSON.parse(readFileSync(join(chosen.dir, 'env'), 'utf8'));
}

test('the command knows its session and no longer the person\'s agents', async () => {
  const env = await variables({});
  assert.is(env['COUNTERSIGN_SESSION'], 'S');
  for (const name of ['SSH_AUTH_SOCK', 'SSH_AGENT_PID', 'GPG_AGENT_INFO', 'GPG_TTY']) assert.is(env[name], undefined);
  assert.is.not(env['GNUPGHOME'], AGENTS.GNUPGHOME);
  assert.is(Number(env['empty']), 0);
  assert.not.ok(existsSync(env['GNUPGHOME']!), 'the empty folder goes with the command');
});

test('unless it is told to keep them', async () => {
  const chosen = { ...AGENTS, GNUPGHOME: tempDir() };
  const env = await variables({ keepAgents: true, env: cleanEnvironment(chosen) });
  for (const [name, value] of Object.entries(chosen)) assert.is(env[name], value);
});

test('the exit status is the command\'s, 128 + n for a signal', async () => {
  assert.is(await runInSession(['sh', '-c', 'exit 7'], options()), 7);
  assert.is(await runInSession(['sh', '-c', 'kill -KILL $$'], options()), 137);
});

test('words stay words: no shell looks at them', async () => {
  const chosen = options();
  assert.is(await runInSession(['sh', '-c', 'test "$1" = "; touch hacked; \\$(touch hacked)"', 'sh', '; touch hacked; $(touch hacked)'], chosen), 0);
  assert.not.ok(existsSync(join(chosen.dir, 'hacked')));
  await rejectsWith('USAGE', runInSession(['no-such-command; true'], options()));
  await rejectsWith('USAGE', runInSession([''], options()));
});

/** Starts a process that runs the command, sends it a signal once the command is up, and returns its exit status. */
async function signalled(signal: NodeJS.Signals, attended: boolean): Promise<{ status: number | null; caught: boolean }> {
  const dir = tempDir();
  const child = `const fs = require('fs'); process.on('${signal}', () => { fs.writeFileSync('caught', ''); process.exit(9); }); fs.writeFileSync('up', ''); setTimeout(() => process.exit(3), 1500);`;
  const room = new URL('../../src/session/run.ts', import.meta.url).href;
  const script = `import { runInSession } from ${JSON.stringify(room)};
process.exitCode = await runInSession([process.execPath, '-e', ${JSON.stringify(child)}], { session: 'S', dir: ${JSON.stringify(dir)}, env: process.env, keepAgents: false, attended: ${attended} });`;
  writeFileSync(join(dir, 'main.mts'), script);
  const parent = spawn(process.execPath, ['--import', 'tsx', join(dir, 'main.mts')], { env: cleanEnvironment(), stdio: 'inherit' });
  while (!existsSync(join(dir, 'up'))) {
    assert.is(parent.exitCode, null, 'it ended before the command was up');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  parent.kill(signal);
  const [status] = (await once(parent, 'exit')) as [number | null];
  return { status, caught: existsSync(join(dir, 'caught')) };
}

test('SIGTERM reaches the command, and this process outlives it', async () => {
  assert.equal(await signalled('SIGTERM', false), { status: 9, caught: true });
});

test('SIGINT is passed on once: not where the terminal has sent it already', async () => {
  assert.equal(await signalled('SIGINT', false), { status: 9, caught: true });
  assert.equal(await signalled('SIGINT', true), { status: 3, caught: false });
});

test('agents by their program', () => {
  const cases: [string[], string][] = [
    [['claude'], 'claude-code/unknown'],
    [['/usr/local/bin/claude', '--resume'], 'claude-code/unknown'],
    [['C:\\Tools\\Codex.exe'], 'codex/unknown'],
    [['npx', '-y', '@google/gemini-cli@latest'], 'gemini-cli/unknown'],
    [['npx', '@anthropic-ai/claude-code'], 'claude-code/unknown'],
    [['env', 'A=1', 'aider'], 'aider/unknown'],
    [['my agent\u001b'], 'my-agent-/unknown'],
    [['constructor'], 'constructor/unknown'],
    [['npx'], 'agent/unknown'],
    [[''], 'agent/unknown'],
  ];
  for (const [command, agent] of cases) assert.is(guessAgent(command), agent);
});

test.run();
