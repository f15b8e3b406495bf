// SPDX-License-Identifier: Apache-2.0
// Who runs a process, told by its environment: agents without being asked, people in an agent's editor never.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { detectAgent } from '../../src/agents/environment.ts';

const test = suite('environment');
const [terminal, none] = [() => true, () => false];

test('what only an agent sets counts with a terminal or without', () => {
  for (const [variable, value, agent] of [
    ['CLAUDE_CODE_CHILD_SESSION', '1', 'claude-code'], ['CODEX_THREAD_ID', 'x', 'codex'], ['CURSOR_AGENT', '1', 'cursor'], ['GEMINI_CLI', '1', 'gemini-cli'],
    ['AI_AGENT', 'github_copilot_cloud_agent', 'github_copilot_cloud_agent'], ['AGENT', 'goose', 'goose'], ['CURSOR_EXTENSION_HOST_ROLE', 'agent-exec', 'cursor'],
  ] as const) {
    for (const has of [terminal, none]) assert.equal(detectAgent({ [variable]: value }, has), { agent, variable });
  }
});

test("what a person's terminal in its editor has too counts only without a terminal", () => {
  for (const variable of ['CLAUDECODE', 'OPENCODE', 'CRUSH', 'CLINE_ACTIVE']) {
    assert.is(detectAgent({ [variable]: '1' }, terminal), undefined);
    assert.is(detectAgent({ [variable]: '1' }, none)?.variable, variable);
  }
  assert.is(detectAgent({ CLAUDECODE: '1', CLAUDE_CODE_CHILD_SESSION: '1' }, terminal)?.variable, 'CLAUDE_CODE_CHILD_SESSION');
});

test('a terminal is opened only where it matters', () => {
  const never = (): boolean => assert.unreachable('asked for a terminal') as never;
  assert.is(detectAgent({}, never), undefined);
  assert.is(detectAgent({ AI_AGENT: 'x' }, never)?.agent, 'x');
});

test('configuration, empty and switched-off variables tell nothing', () => {
  for (const env of [{ AIDER_MODEL: 'x' }, { GOOSE_PROVIDER: 'x' }, { REPL_ID: 'x' }, { CURSOR_TRACE_ID: 'x' }, { AGENT: 'ssh-agent' }, { AI_AGENT: '' }, { CLAUDECODE: '0' }, { CURSOR_AGENT: 'false' }, { REPLIT_MODE: 'dev' }]) {
    assert.is(detectAgent(env, none), undefined, JSON.stringify(env));
  }
});

test('a name that is none is not passed on', () => {
  assert.equal(detectAgent({ AI_AGENT: '\u001b[2J' }, none), { agent: 'agent', variable: 'AI_AGENT' });
  assert.equal(detectAgent({ AI_AGENT: 'x'.repeat(65) }, none), { agent: 'agent', variable: 'AI_AGENT' });
});

test.run();
