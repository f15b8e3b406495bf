// SPDX-License-Identifier: Apache-2.0
// What may reach a terminal, a log or an annotation. Names, messages and paths come from whoever made the commit: an
// escape sequence in one of them could repaint a refusal as a success, a bidi control could reorder it.
import { fromLatin1, fromUtf8 } from './bytes.ts';
import type { Path } from './oid.ts';

// C0, DEL, C1, soft hyphen, the Arabic letter mark, zero-width and bidi controls, line and paragraph separators, word joiner to
// deprecated format characters, variation selectors, BOM, interlinear marks, lone surrogates, tags, unassigned and private use.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]/gu;

/** Returns the text with everything invisible or active written as `\u{…}`, and the backslash doubled so that it can't be faked. */
export function printable(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(UNSAFE, (c) => (c === '\n' ? '\\n' : c === '\t' ? '\\t' : `\\u{${c.codePointAt(0)!.toString(16)}}`));
}

/** Returns a path for people: UTF-8 where it is, else its bytes as `\xNN`; escaped as {@link printable} does. */
export function printablePath(path: Path): string {
  const text = fromUtf8(fromLatin1(path));
  if (text !== undefined) return printable(text);
  return path.replaceAll('\\', '\\\\').replace(/[^\x20-\x7e]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Returns a word as a POSIX shell takes it, for a command that somebody may type; escaped as {@link printable} does. */
export function shellWord(word: string): string {
  return quoted(printable(word));
}

/** Returns a word as a POSIX shell takes it, in quotes where it would be taken apart. Not escaped: whoever shows it does that. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) && !word.startsWith('~') ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Returns the text cut to a number of characters, with an ellipsis where something is missing. */
export function clip(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
