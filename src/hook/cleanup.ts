// SPDX-License-Identifier: Apache-2.0
// The message as git will store it: cleaned up after the hook has seen it, by rules that this file repeats (git's
// sequencer.c, strbuf.c and wt-status.c). Texts are byte strings, one character per byte.
import { fromLatin1, latin1, utf8 } from '../bytes.ts';

export type CleanupMode = 'strip' | 'whitespace' | 'verbatim' | 'scissors';

export interface Cleanup {
  mode: CleanupMode;
  /** A diff was shown below the message (`-v`): cut there in every mode. */
  verbose: boolean;
  /** What begins a comment line. */
  comment: string;
}

const CUT = '------------------------ >8 ------------------------\n';
const SIGN_OFF = 'Signed-off-by: ';

/** Returns the mode for a value of `--cleanup` or `commit.cleanup`; an unknown one git refuses by itself. */
export function cleanupMode(name: string | undefined, editor: boolean): CleanupMode {
  if (name === 'verbatim' || name === 'whitespace' || name === 'strip') return name;
  if (name === 'scissors') return editor ? 'scissors' : 'whitespace';
  return editor ? 'strip' : 'whitespace';
}

/** Returns the message as git's cleanup_message leaves it. What is clean stays as it is. */
export function cleanMessage(message: Uint8Array, { mode, verbose, comment }: Cleanup): Uint8Array {
  const prefix = latin1(utf8(comment));
  let text = latin1(message);
  if (verbose || mode === 'scissors') text = cutBelow(text, prefix);
  if (mode !== 'verbatim') text = stripSpace(text, mode === 'strip' ? prefix : undefined);
  return fromLatin1(text);
}

/** Cuts at the scissors line. */
function cutBelow(text: string, prefix: string): string {
  const line = `${prefix} ${CUT}`;
  if (text.startsWith(line)) return '';
  const at = text.indexOf(`\n${line}`);
  return at < 0 ? text : text.slice(0, at + 1);
}

/** As `git stripspace`, with a prefix as `git stripspace --strip-comments`. */
export function stripSpace(text: string, comment: string | undefined): string {
  const lines: string[] = [];
  let blank = false;
  for (const raw of text.split('\n')) {
    if (comment !== undefined && raw.startsWith(comment)) continue;
    const line = trimSpace(raw);
    if (line === '') blank = true;
    else {
      if (blank && lines.length > 0) lines.push('');
      blank = false;
      lines.push(line);
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

function trimSpace(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\n\r'.includes(line[end - 1]!)) end--;
  return line.slice(0, end);
}

/** Tells whether git gives up because nothing was written: sign-offs are nothing. */
export function isEmptyMessage(message: Uint8Array, mode: CleanupMode): boolean {
  if (mode === 'verbatim' && message.length > 0) return false;
  return restIsEmpty(latin1(message));
}

/** Tells whether a cleaned message is still the template, which git takes for a change of mind. */
export function isUntouched(message: Uint8Array, template: Uint8Array, cleanup: Cleanup): boolean {
  if (cleanup.mode === 'verbatim' && message.length > 0) return false;
  const start = latin1(cleanMessage(template, cleanup));
  const text = latin1(message);
  return start !== '' && restIsEmpty(text.startsWith(start) ? text.slice(start.length) : text);
}

function restIsEmpty(text: string): boolean {
  return text.split('\n').every((line) => line.startsWith(SIGN_OFF) || trimSpace(line) === '');
}

/**
 * Returns the comment prefix that `core.commentChar=auto` made git choose: what begins the lines that git has put below
 * the draft, or, where it put none, the first candidate that begins no line.
 */
export function chosenComment(draft: Uint8Array, annotated: boolean): string {
  const text = latin1(draft);
  const candidates = '#;@!$%^&|:';
  const cut = new RegExp(`^([${candidates.replace(/[$^|]/g, '\\$&')}]) -{24} >8 -{24}$`, 'm').exec(text);
  if (annotated && cut) return cut[1]!;
  const last = text.trimEnd().split('\n').at(-1)?.[0] ?? '';
  if (annotated && last !== '' && candidates.includes(last)) return last;
  if (!text.includes('#')) return '#';
  const used = new Set(text.split(/[\n\r]/).map((line) => line[0]));
  return [...candidates].find((candidate) => !used.has(candidate)) ?? '#';
}
