// SPDX-License-Identifier: Apache-2.0
// The message as a stamp binds it: decoded, and without what mail, editors and forges change on the way (trailing
// space, blank lines, the number of the pull request). Every loop is linear: messages are hostile input.
import { fromLatin1, fromUtf8, latin1, sha256, utf8 } from '../bytes.ts';
import type { Ident } from './header.ts';

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
 * reading of a commit. The same text in UTF-8 and in ISO-8859-1 gives the same result; every other encoding is `raw` (spec §5).
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

/** Returns the message for people to read, never for a digest: in whatever encoding it names, else one character per byte. */
export function messageText(message: Uint8Array, encoding: string | undefined): string {
  const text = decoderFor(encoding)(message);
  if (text !== undefined) return text;
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(message);
  } catch {
    return latin1(message);
  }
}

function digest(text: string, raw: boolean): string {
  const canonical = canonicalMessage(text);
  return `sha256:${sha256(raw ? fromLatin1(canonical) : utf8(canonical))}`;
}

/**
 * Only encodings of which every reader has the same table. TextDecoder has more, but it takes latin1 for windows-1252, in some
 * versions of Node and not in others, and Git takes it for what it says: one commit would have two texts.
 */
function decoderFor(encoding: string | undefined): (bytes: Uint8Array) => string | undefined {
  if (encoding === undefined || /^utf-?8$/i.test(encoding)) return fromUtf8;
  if (/^(?:iso[-_]?8859-1|latin-?1)$/i.test(encoding)) return latin1;
  return () => undefined;
}

/**
 * Returns the canonical message: trailing space, tab and CR trimmed per line; leading and trailing blank lines dropped
 * and inner runs collapsed; ` (#123)` and ` (!123)` at the end of the first line left out, unless nothing else stands
 * there; one final newline. What is canonical stays as it is.
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
  const subject = text.split('\n').map(trimEnd).find((line) => line !== '') ?? '';
  return withoutNumbers(subject) !== subject;
}

// forges add these to the subject at a squash; they are never shown as signed
function withoutNumbers(subject: string): string {
  let rest = subject;
  for (;;) {
    const open = rest.lastIndexOf(' (');
    const last = open < 0 ? '' : rest.slice(open);
    if (last.length > 15 || !/^ \([#!][0-9]{1,10}\)$/.test(last)) return rest;
    const shorter = trimEnd(rest.slice(0, open));
    // an empty subject would make the next paragraph the subject
    if (shorter === '') return rest;
    rest = shorter;
  }
}
