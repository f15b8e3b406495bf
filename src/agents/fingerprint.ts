// SPDX-License-Identifier: Apache-2.0
// Marks that agents leave in commits on their own: bot addresses, co-author lines, session links. A mark can add a
// finding and never removes one: leaving marks out is easy, and "Assisted-by" names people too. Pure; the table is data.
import { trimEnd } from '../commit/message.ts';

/** One mark: which agent, and where it stands. */
export interface Mark {
  agent: string;
  evidence: string;
}

/** Author or co-author addresses that only an agent uses, exact, lower case. A leading `*` stands for any digits and a `+`. */
const ADDRESSES: Record<string, string> = {
  'noreply@anthropic.com': 'claude',
  '*claude@users.noreply.github.com': 'claude',
  '*claude[bot]@users.noreply.github.com': 'claude',
  '*copilot@users.noreply.github.com': 'copilot',
  'copilot@github.com': 'copilot',
  'cursoragent@cursor.com': 'cursor',
  'codex@openai.com': 'codex',
  'noreply@openai.com': 'codex',
  '*google-labs-jules[bot]@users.noreply.github.com': 'jules',
  '*devin-ai-integration[bot]@users.noreply.github.com': 'devin',
  '*gemini-cli[bot]@users.noreply.github.com': 'gemini',
  '*gemini-code-assist[bot]@users.noreply.github.com': 'gemini',
  'amp@ampcode.com': 'amp',
  'noreply@aider.chat': 'aider',
  'aider@aider.chat': 'aider',
  'openhands@all-hands.dev': 'openhands',
  '*factory-droid[bot]@users.noreply.github.com': 'factory-droid',
  'agent@warp.dev': 'warp',
  'oz-agent@warp.dev': 'warp',
  'noreply@opencode.ai': 'opencode',
  'roomote@roocode.com': 'roo',
};

/**
 * Keys with which a vendor signs what its cloud agents commit, one for all who use them. Seen on the commits of many
 * unrelated repositories; forges show them as verified.
 */
const KEYS: Record<string, string> = {
  'ssh:SHA256:32dP45eSMmVSt/G/CGvcxl/P+MO3Nwj9xeTh/GSA2wc': 'claude',
  'ssh:SHA256:/ZGdxqU+YWGLYEplYKh2c36jVXjB1wQzjGRo7qwO46I': 'cursor',
};

/** Trailer keys that only an agent writes. */
const TRAILERS: Record<string, string> = {
  'claude-session': 'claude',
  'agent-logs-url': 'copilot',
  'amp-thread-id': 'amp',
  'made-with': 'cursor',
  'entire-agent': 'an agent recorded by Entire',
};

const GENERATED = /^(?:\u{1f916} )?Generated with \[(Claude Code|Codex|Cursor)\]/u;

/** Returns the agent whose vendor signs with this key. */
export function agentOfKey(keyid: string): string | undefined {
  return Object.hasOwn(KEYS, keyid) ? KEYS[keyid] : undefined;
}

/** Returns every mark of an agent on a commit: its author's address and name, all lines of its message, the key that signed it. */
export function findMarks(author: { name: string; email: string }, message: string, keyid?: string): Mark[] {
  const marks: Mark[] = [];
  const vendor = keyid === undefined ? undefined : agentOfKey(keyid);
  if (vendor) marks.push({ agent: vendor, evidence: `signed by ${keyid}, with which ${vendor} signs in the cloud` });
  const agent = agentOfAddress(author.email) ?? (author.name.endsWith(' (aider)') ? 'aider' : undefined);
  if (agent) marks.push({ agent, evidence: `author ${author.name} <${author.email}>` });
  for (const raw of message.split('\n')) {
    const line = trimEnd(raw);
    const found = agentOfLine(line);
    if (found) marks.push({ agent: found, evidence: line });
  }
  return marks;
}

function agentOfLine(line: string): string | undefined {
  const generated = GENERATED.exec(line);
  if (generated) return generated[1]!.toLowerCase();
  const colon = line.indexOf(':');
  if (colon < 1 || colon > 40) return undefined;
  const key = line.slice(0, colon).toLowerCase();
  if (key !== 'co-authored-by') return Object.hasOwn(TRAILERS, key) ? TRAILERS[key] : undefined;
  const open = line.lastIndexOf('<');
  return open > 0 && line.endsWith('>') ? agentOfAddress(line.slice(open + 1, -1)) : undefined;
}

function agentOfAddress(address: string): string | undefined {
  const plain = address.trim().toLowerCase();
  const exact = Object.hasOwn(ADDRESSES, plain) ? ADDRESSES[plain] : undefined;
  const starred = `*${plain.replace(/^[0-9]{1,12}\+/, '')}`;
  return exact ?? (Object.hasOwn(ADDRESSES, starred) ? ADDRESSES[starred] : undefined);
}
