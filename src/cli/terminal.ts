// SPDX-License-Identifier: Apache-2.0
// The only writer to the streams. The product goes to stdout, talk to stderr; questions go to the terminal itself, so
// that a redirected stdin cannot answer them. Texts come in escaped already: whoever makes one knows what in it is foreign.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { Fault } from '../fault.ts';
import type { Paint, Style } from '../report/paint.ts';

export type Colour = 'auto' | 'always' | 'never';

export interface TerminalOptions {
  colour?: Colour;
  quiet?: boolean;
  env?: Record<string, string | undefined>;
}

export interface Terminal {
  /** Writes the product, as it is, and waits where the reader is slow. */
  print(text: string): Promise<void>;
  /** Writes a line for people; nothing with --quiet. */
  say(line: string): void;
  /** Writes a line that no --quiet silences. */
  warn(line: string): void;
  /** Writes `countersign: error: … [CODE]` and its hint. */
  complain(fault: Fault): void;
  /**
   * Shows what is about to be signed and asks whether it may be; `yes` answers. Who is asked sees it, --quiet or not.
   * @throws Fault CONFIRMATION_REFUSED where the answer is not yes, or nobody can be asked
   */
  present(lines: readonly string[], question: string, yes: boolean): void;
  /** Asks for a line; an empty answer is the fallback. Undefined where nobody can be asked. */
  ask(question: string, fallback?: string): string | undefined;
  readonly paint: Paint;
}

const CODES: Record<Style, string> = { good: '32', bad: '31', unknown: '33', warn: '33', quiet: '2', strong: '1' };
const NO_ANSWER = 'nobody is there to answer';
const LONGEST_ANSWER = 4096;

/** Returns the terminal of this process. */
export function openTerminal({ colour = 'auto', quiet = false, env = process.env }: TerminalOptions = {}): Terminal {
  const plain = (env['NO_COLOR'] ?? '') !== '' || colour === 'never';
  const coloured = !plain && (colour === 'always' || (process.stdout.isTTY === true && env['TERM'] !== 'dumb'));
  const warn = (line: string): void => void process.stderr.write(`${line}\n`);
  return {
    async print(text) {
      if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
    },
    say: (line) => (quiet ? undefined : warn(line)),
    warn,
    complain(fault) {
      warn(`countersign: error: ${fault.message} [${fault.code}]`);
      if (fault.hint !== undefined) warn(`countersign: hint: ${fault.hint}`);
    },
    present(lines, question, yes) {
      for (const line of lines) if (!yes || !quiet) warn(line);
      if (yes) return;
      const answer = converse(`${question} [y/N] `);
      if (answer === undefined) throw new Fault('CONFIRMATION_REFUSED', NO_ANSWER, { hint: 'read what is shown above, then repeat with --yes' });
      if (!/^y(?:es)?$/i.test(answer)) throw new Fault('CONFIRMATION_REFUSED', 'not confirmed, nothing was done');
    },
    ask(question, fallback) {
      const answer = converse(fallback === undefined ? `${question}: ` : `${question} [${fallback}]: `);
      return answer === '' ? fallback : answer;
    },
    paint: coloured ? (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m` : (_, text) => text,
  };
}

/** Returns the line that was typed, trimmed, or undefined where there is no terminal or it was closed. */
function converse(question: string): string | undefined {
  const device = openDevice();
  if (device === undefined) return undefined;
  try {
    writeSync(device, question);
    return readLine(device);
  } finally {
    closeSync(device);
  }
}

function openDevice(): number | undefined {
  try {
    return openSync(process.platform === 'win32' ? '\\\\.\\CON' : '/dev/tty', 'r+');
  } catch {
    return undefined;
  }
}

function readLine(device: number): string | undefined {
  const chunk = Buffer.alloc(1);
  const bytes: number[] = [];
  while (bytes.length < LONGEST_ANSWER) {
    if (readSync(device, chunk) === 0) return undefined;
    if (chunk[0] === 0x0a) break;
    bytes.push(chunk[0]!);
  }
  return Buffer.from(bytes).toString('utf8').trim();
}
