// SPDX-License-Identifier: Apache-2.0
// Whether an agent started this process, told by variables that only agents set. It keeps an honest agent from taking a
// person's place by accident; `env -i` is stronger than any such table, so nothing that counts as proof rests on it.
import { closeSync, openSync } from 'node:fs';

export interface AgentSign {
  agent: string;
  /** The variable that tells. */
  variable: string;
}

interface Mark {
  agent: string;
  variable: string;
  /** Only these values tell; any but an empty, `0` or `false` if not given. */
  values?: RegExp;
  /** `shared`: a person's terminal inside that agent's editor has it too. */
  strength: 'agent' | 'shared';
}

const agent = (name: string, variable: string, values?: RegExp): Mark => ({ agent: name, variable, strength: 'agent', ...(values && { values }) });
const shared = (name: string, variable: string, values?: RegExp): Mark => ({ agent: name, variable, strength: 'shared', ...(values && { values }) });

/** From the surest to the weakest; variables that hold a user's configuration (AIDER_*, GOOSE_PROVIDER) tell nothing. */
const MARKS: readonly Mark[] = [
  agent('claude-code', 'CLAUDE_CODE_CHILD_SESSION'),
  agent('claude-code', 'CLAUDE_CODE_REMOTE'),
  agent('codex', 'CODEX_THREAD_ID'),
  agent('codex', 'CODEX_SANDBOX'),
  agent('codex', 'CODEX_CI'),
  agent('cursor', 'CURSOR_AGENT'),
  agent('cursor', 'CURSOR_EXTENSION_HOST_ROLE', /^agent-exec$/),
  agent('gemini-cli', 'GEMINI_CLI'),
  agent('copilot', 'COPILOT_CLI'),
  agent('copilot', 'COPILOT_AGENT'),
  agent('copilot', 'COPILOT_AGENT_SESSION_ID'),
  agent('antigravity', 'ANTIGRAVITY_AGENT'),
  agent('amp', 'AMP_CURRENT_THREAD_ID'),
  agent('auggie', 'AUGMENT_AGENT'),
  agent('pi', 'PI_CODING_AGENT'),
  agent('qwen-code', 'QWEN_CODE'),
  agent('openclaw', 'OPENCLAW_SHELL'),
  agent('replit', 'REPLIT_MODE', /^assistant$/),
  agent('cloud-agent', 'GIT_AI_CLOUD_AGENT'),
  agent('agent', 'AGENT', /^(?:goose|amp|crush)$/),
  agent('agent', 'AI_AGENT'),
  shared('claude-code', 'CLAUDECODE'),
  shared('opencode', 'OPENCODE'),
  shared('crush', 'CRUSH'),
  shared('cline', 'CLINE_ACTIVE'),
];

/**
 * Tells which agent runs this process, if one does. What a person's terminal has too counts only where no terminal can
 * be opened: agents run their commands without one.
 */
export function detectAgent(env: NodeJS.ProcessEnv, terminal: () => boolean): AgentSign | undefined {
  const found = MARKS.filter((mark) => bears(env[mark.variable], mark.values));
  const mark = found.find(({ strength }) => strength === 'agent') ?? (found.length > 0 && !terminal() ? found[0] : undefined);
  if (mark === undefined) return undefined;
  // The two general variables name the agent themselves.
  const named = mark.agent === 'agent' ? /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.exec(env[mark.variable] ?? '')?.[0] : undefined;
  return { agent: named ?? mark.agent, variable: mark.variable };
}

function bears(value: string | undefined, values: RegExp | undefined): boolean {
  if (value === undefined || value === '') return false;
  return values ? values.test(value) : !/^(?:0|false|no)$/i.test(value);
}

/** Tells whether this process has a controlling terminal, whatever its streams are redirected to. */
export function hasTerminal(): boolean {
  if (process.platform === 'win32') return process.stdin.isTTY || process.stderr.isTTY;
  try {
    closeSync(openSync('/dev/tty', 'r+'));
    return true;
  } catch {
    return false;
  }
}
