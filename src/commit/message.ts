// SPDX-License-Identifier: Apache-2.0
// The message as a stamp binds it: decoded, and without what mail, editors and forges change on the way (trailing
// space, blank lines, the number of the pull request). Every loop is linear: messages are hostile input.
import { fromLatin1, fromUtf8, latin1, sha256, utf8 } from '../bytes.ts';
import type { Ident } from './raw.ts';

/** How the text of a commit could be read: decoded by its encoding, or, where that fails, byte for byte. */
export type TextKind = 'utf-8' | 'raw';

export interface CommitText {
  text: TextKind;
  author: { name: string; email: string; date: number; zone: string };
  /** `sha256:<hex>` of the canonical message. */
  message: string;
}

/**
 * Decodes author and message together: one undecodable byte in either makes both `raw`, so that there is exactly one
 * reading of a commit. The same text in another encoding gives the same result (spec §5).
 */
export function readText(author: Ident, above: Uint8Array, encoding: string | undefined): CommitText {
  const decode = decoderFor(encoding);
  const name = decode(fromLatin1(author.name));
  const email = decode(fromLatin1(author.email));
  const message = decode(above);
  const { date, zone } = author;
  if (name === undefined || email === undefined || message === undefined) {
    return { text: 'raw', author: { name: author.name, email: author.email, date, zone }, message: digest(latin1(above), true) };
  }
  return { text: 'utf-8', author: { name, email, date, zone }, message: digest(message, false) };
}

/** Returns the message for people to read; undecodable bytes become one character each. */
export function messageText(message: Uint8Array, encoding: string | undefined): string {
  return decoderFor(encoding)(message) ?? latin1(message);
}

function digest(text: string, raw: boolean): string {
  const canonical = canonicalMessage(text);
  return `sha256:${sha256(raw ? fromLatin1(canonical) : utf8(canonical))}`;
}

function decoderFor(encoding: string | undefined): (bytes: Uint8Array) => string | undefined {
  if (encoding === undefined || /^utf-?8$/i.test(encoding)) return fromUtf8;
  try {
    const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    return (bytes) => {
      try {
        return decoder.decode(bytes);
      } catch {
        return undefined;
      }
    };
  } catch {
    // an encoding nobody knows: the bytes stand for themselves
    return () => undefined;
  }
}

/**
 * Returns the canonical message: trailing space, tab and CR trimmed per line; leading and trailing blank lines dropped
 * and inner runs collapsed; ` (#123)` and ` (!123)` at the end of the first line left out; one final newline.
 */
export function canonicalMessage(text: string): string {
  const lines: string[] = [];
  for (const raw of text.split('\n')) {
    const line = trimEnd(raw);
    if (line !== '' || (lines.length > 0 && lines.at(-1) !== '')) lines.push(line);
  }
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) return '';
  lines[0] = withoutNumbers(lines[0]!);
  return `${lines.join('\n')}\n`;
}

/** Returns the line without trailing space, tab and CR. */
export function trimEnd(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line[end - 1]!)) end--;
  return line.slice(0, end);
}

/** Tells whether a subject ends as forges end the subject of a squash or merge they made: ` (#12)` or ` (!12)`. */
export function hasForgeNumber(text: string): boolean {
  const subject = trimEnd(text.trimStart().split('\n', 1)[0] ?? '');
  return withoutNumbers(subject) !== subject;
}

// forges add these to the subject at a squash; they are never shown as signed
function withoutNumbers(subject: string): string {
  let rest = subject;
  for (;;) {
    const open = rest.lastIndexOf(' (');
    const last = open < 0 ? '' : rest.slice(open);
    if (last.length > 15 || !/^ \([#!][0-9]{1,10}\)$/.test(last)) return rest;
    rest = trimEnd(rest.slice(0, open));
  }
}
