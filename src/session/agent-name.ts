// SPDX-License-Identifier: Apache-2.0
// Which agent a command line starts, guessed from the program's name. The program is not asked for its version: running
// a thing to learn what it is would run it outside its session.
import { basename } from 'node:path';

const AGENTS: Readonly<Record<string, string>> = {
  aider: 'aider', agy: 'antigravity', amp: 'amp', auggie: 'auggie', claude: 'claude-code', codex: 'codex', copilot: 'copilot-cli',
  crush: 'crush', 'cursor-agent': 'cursor', droid: 'droid', gemini: 'gemini-cli', goose: 'goose', opencode: 'opencode',
  openhands: 'openhands', pi: 'pi', qwen: 'qwen-code',
};

// Programs that only start another one; the first word after them and their flags is the one that counts.
const LAUNCHERS = new Set(['bunx', 'env', 'npx', 'pnpx', 'uvx']);

/** Returns `claude-code/unknown` for `claude`, and so on; a program that nobody knows is named as it is. */
export function guessAgent(command: readonly string[]): string {
  const words = command.filter((word, i) => i === 0 || (!word.startsWith('-') && !word.includes('=')));
  const program = nameOf(words[0] ?? '');
  const name = LAUNCHERS.has(program) ? nameOf(words[1] ?? '') : program;
  return `${(Object.hasOwn(AGENTS, name) ? AGENTS[name] : name.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 60)) || 'agent'}/unknown`;
}

function nameOf(word: string): string {
  return basename(word.replaceAll('\\', '/')).replace(/\.(?:exe|cmd|ps1|js|py|sh)$/i, '').replace(/@.*$/, '').toLowerCase();
}
