// SPDX-License-Identifier: Apache-2.0
// How a stamp travels in a commit message: trailer lines, one each, in one order, in the last paragraph. Stricter than
// git's own trailer reader on purpose (spec §6): what two readers could read differently is malformed here.
import { concat, fromBase64, fromLatin1, latin1, base64 } from '../bytes.ts';
import { isDigest, type Digest } from '../commit/change.ts';
import { trimEnd } from '../commit/message.ts';
import type { Scheme } from '../signature/signature.ts';
import { isUlid, type Ulid } from '../ulid.ts';
import { isAgentName, type Provenance } from './stamp.ts';

export interface Stamp {
  provenance: Provenance;
  agent: string | undefined;
  session: Ulid | undefined;
  changes: Digest[];
  edit: Digest | undefined;
  /** Undefined for `Provenance: human` alone, which leans on git's own signature. */
  signature: { scheme: Scheme; bytes: Uint8Array } | undefined;
}

/** Why there is no stamp though there are lines of one. */
export type MalformedReason =
  | 'a second stamp' | 'text below the stamp' | 'text above the stamp in its paragraph' | 'no text above the trailers' | 'an end mark of git in the message'
  | BlockReason;
type BlockReason =
  | 'an unknown or misspelt stamp line' | 'stamp lines doubled or out of order' | 'an unknown provenance'
  | 'a human stamp with an agent or session' | 'no agent' | 'an agent that is no name' | 'no session' | 'a session that is no ULID'
  | 'no change digest' | 'no edit digest, or one on a merge'
  | 'no signature in a known form' | 'a signature that is not canonical base64';

/** What a message carries. `above` is what the stamp binds; `below` (byte strings) is not authenticated by anybody. */
export type Carried =
  | { kind: 'none'; above: Uint8Array }
  | { kind: 'malformed'; reason: MalformedReason; line: number }
  | { kind: 'stamp'; stamp: Stamp; above: Uint8Array; below: string[] };

const KEYS = ['Provenance', 'Provenance-Agent', 'Provenance-Session', 'Provenance-Change', 'Provenance-Edit', 'Provenance-Signature'] as const;
type Key = (typeof KEYS)[number];

const STAMP_LINE = /^provenance(?:-[a-z]+)?[ \t]*:/i;
const TRAILER = /^(?:[A-Za-z0-9][A-Za-z0-9-]{0,99}: .*|\(cherry picked from commit [0-9a-f]{4,64}\))$/;
/** Git's own readers end the message at a NUL and at the scissors line: below, there would be a stamp for us and none for them. */
const END_MARK = /\0|(?:^|\n)# -{24} >8 -{24}(?:\r?\n|$)/;
const MAX_PARENTS = 64;
const MAX_SIGNATURE = 16 * 1024;

/** Reads the stamp of a message, byte for byte. */
export function readTrailers(message: Uint8Array): Carried {
  const text = latin1(message);
  const lines = text.split('\n');
  const at = lines.findIndex((line) => STAMP_LINE.test(line));
  if (at < 0) return { kind: 'none', above: message };
  const bad = (reason: MalformedReason, line: number): Carried => ({ kind: 'malformed', reason, line: line + 1 });
  if (END_MARK.test(text)) return bad('an end mark of git in the message', at);
  const after = lines.findIndex((line, i) => i > at && !STAMP_LINE.test(line));
  const end = after < 0 ? lines.length : after;
  const stray = strayAbove(lines, at) ?? strayBelow(lines, end);
  if (stray) return bad(stray.reason, stray.line);
  const stamp = readBlock(lines.slice(at, end).map(trimEnd));
  if (typeof stamp === 'string') return bad(stamp, at);
  const above = fromLatin1(lines.slice(0, at).map((line) => `${line}\n`).join(''));
  return { kind: 'stamp', stamp, above, below: trimLines(lines.slice(end)) };
}

interface Stray {
  reason: MalformedReason;
  line: number;
}

/** The stamp's paragraph holds trailers only and is not the first one, which is the subject; a message may be a stamp alone. */
function strayAbove(lines: readonly string[], at: number): Stray | undefined {
  let first = at;
  for (; first > 0 && trimEnd(lines[first - 1]!) !== ''; first--) {
    if (!TRAILER.test(trimEnd(lines[first - 1]!))) return { reason: 'text above the stamp in its paragraph', line: first - 1 };
  }
  const hasText = lines.slice(0, first).some((line) => trimEnd(line) !== '');
  return hasText || first === at ? undefined : { reason: 'no text above the trailers', line: first };
}

function strayBelow(lines: readonly string[], end: number): Stray | undefined {
  const rest = trimLines(lines.slice(end));
  const stray = rest.findIndex((line) => STAMP_LINE.test(line) || !TRAILER.test(line));
  if (stray < 0) return undefined;
  return { reason: STAMP_LINE.test(rest[stray]!) ? 'a second stamp' : 'text below the stamp', line: end + stray };
}

/** Returns the lines without what {@link trimEnd} takes from each and without blank ones at the end. */
function trimLines(lines: readonly string[]): string[] {
  const trimmed = lines.map(trimEnd);
  while (trimmed.at(-1) === '') trimmed.pop();
  return trimmed;
}

/** Reads the lines of one stamp, or returns what is wrong with them. */
function readBlock(block: string[]): Stamp | BlockReason {
  const value: Partial<Record<Key, string>> = {};
  let last = -1;
  for (const line of block) {
    const index = KEYS.findIndex((key) => line.startsWith(`${key}: `));
    if (index < 0) return 'an unknown or misspelt stamp line';
    if (index <= last) return 'stamp lines doubled or out of order';
    last = index;
    value[KEYS[index]!] = line.slice(KEYS[index]!.length + 2);
  }
  const provenance = value.Provenance;
  if (provenance !== 'human' && provenance !== 'ai' && provenance !== 'assisted') return 'an unknown provenance';
  if (provenance === 'human' && block.length === 1) {
    return { provenance, agent: undefined, session: undefined, changes: [], edit: undefined, signature: undefined };
  }
  return readSigned(provenance, value);
}

function readSigned(provenance: Provenance, value: Partial<Record<Key, string>>): Stamp | BlockReason {
  const agent = value['Provenance-Agent'];
  const session = value['Provenance-Session'];
  if (agent !== undefined && !isAgentName(agent)) return 'an agent that is no name';
  if (session !== undefined && !isUlid(session)) return 'a session that is no ULID';
  if (provenance === 'human' && (agent ?? session) !== undefined) return 'a human stamp with an agent or session';
  if (provenance !== 'human' && agent === undefined) return 'no agent';
  if (provenance === 'ai' && session === undefined) return 'no session';
  const changes = (value['Provenance-Change'] ?? '').split(' ');
  if (!changes.every(isDigest) || changes.length > MAX_PARENTS) return 'no change digest';
  const edit = value['Provenance-Edit'];
  if (changes.length > 1 ? edit !== undefined : edit === undefined || !isDigest(edit)) return 'no edit digest, or one on a merge';
  const signature = readSignature(value['Provenance-Signature']);
  if (typeof signature === 'string') return signature;
  return { provenance, agent, session: session as Ulid | undefined, changes, edit: edit as Digest | undefined, signature };
}

function readSignature(text: string | undefined): { scheme: Scheme; bytes: Uint8Array } | BlockReason {
  const match = /^v1 (ed25519|ssh|openpgp) ([A-Za-z0-9+/=]+)$/.exec(text ?? '');
  if (!match || match[2]!.length > MAX_SIGNATURE) return 'no signature in a known form';
  const bytes = fromBase64(match[2]!);
  return bytes ? { scheme: match[1] as Scheme, bytes } : 'a signature that is not canonical base64';
}

/** Returns the stamp's lines, as {@link readTrailers} reads them. */
export function printTrailers(stamp: Stamp): string[] {
  const { signature } = stamp;
  const lines: [Key, string | undefined][] = [
    ['Provenance', stamp.provenance],
    ['Provenance-Agent', stamp.agent],
    ['Provenance-Session', stamp.session],
    ['Provenance-Change', stamp.changes.length > 0 ? stamp.changes.join(' ') : undefined],
    ['Provenance-Edit', stamp.edit],
    ['Provenance-Signature', signature && `v1 ${signature.scheme} ${base64(signature.bytes)}`],
  ];
  return lines.flatMap(([key, text]) => (text === undefined ? [] : [`${key}: ${text}`]));
}

/**
 * Returns the message with the stamp below it: in its last paragraph where that consists of trailers, else in a
 * paragraph of its own. The message must carry no stamp any more ({@link withoutStamp}).
 */
export function addStamp(above: Uint8Array, stamp: Stamp): Uint8Array {
  let end = above.length;
  while (end > 0 && (above[end - 1] === 0x0a || above[end - 1] === 0x20 || above[end - 1] === 0x09 || above[end - 1] === 0x0d)) end--;
  const body = above.subarray(0, end);
  const lines = `${printTrailers(stamp).join('\n')}\n`;
  if (end === 0) return fromLatin1(lines);
  return concat(body, fromLatin1(endsInTrailers(latin1(body)) ? '\n' : '\n\n'), fromLatin1(lines));
}

/** Tells whether the last paragraph, not being the first, holds nothing but trailers. */
function endsInTrailers(body: string): boolean {
  const lines = body.split('\n').map(trimEnd);
  const blank = lines.lastIndexOf('');
  return lines.slice(0, Math.max(blank, 0)).some((line) => line !== '') && lines.slice(blank + 1).every((line) => TRAILER.test(line));
}

/** Returns the message without any stamp line, for a tool that is about to stamp it anew. */
export function withoutStamp(message: Uint8Array): Uint8Array {
  const lines = latin1(message).split('\n');
  return lines.some((line) => STAMP_LINE.test(line)) ? fromLatin1(lines.filter((line) => !STAMP_LINE.test(line)).join('\n')) : message;
}
