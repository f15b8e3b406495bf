// SPDX-License-Identifier: Apache-2.0
// Asking for a passphrase: on the terminal itself and without echo, never through stdin, arguments or environment. The
// terminal gets its echo back however this ends. Part of the hook.
import { closeSync, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { Fault } from '../fault.ts';

/** Returns what was typed, as UTF-8; whoever asked overwrites it as soon as it has been used. */
export type AskPassphrase = (prompt: string) => Promise<Uint8Array>;

const [INPUT, OUTPUT] = process.platform === 'win32' ? ['\\\\.\\CONIN$', '\\\\.\\CONOUT$'] : ['/dev/tty', '/dev/tty'];
const LONGEST = 1024;
const PATIENCE = 120_000;
const [CTRL_C, CTRL_D, BACKSPACE, LF, CR, CTRL_U, CTRL_Z, QUIT, DELETE] = [0x03, 0x04, 0x08, 0x0a, 0x0d, 0x15, 0x1a, 0x1c, 0x7f];
/** What would end this process while the terminal has no echo. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Asks for a passphrase on the terminal of this process. The prompt must be printable already.
 * @throws Fault SIGNER_UNAVAILABLE where there is no terminal, SIGNING_FAILED where nobody answers or the answer is no
 */
export async function askPassphrase(prompt: string, patience = PATIENCE): Promise<Uint8Array> {
  const stream = openTerminal();
  const typed = new Typed();
  const restore = (): void => void stream.setRawMode(false);
  const release = SIGNALS.map((signal) => onSignal(signal, restore));
  try {
    // Not a line at a time: the terminal would keep the line, and show it.
    stream.setRawMode(true);
    tellTerminal(prompt, '');
    return await readFrom(stream, typed, patience);
  } finally {
    typed.wipe();
    restore();
    tellTerminal('');
    for (const off of release) off();
    stream.destroy();
  }
}

/** Shows a line to whoever sits at the terminal; nothing where nobody does. It must be printable already. */
export function tellTerminal(line: string, end = '\n'): void {
  let device: number | undefined;
  try {
    device = openSync(OUTPUT!, 'w');
    writeSync(device, `${line}${end}`);
  } catch {
    // Nobody is there to be told.
  } finally {
    if (device !== undefined) closeSync(device);
  }
}

function openTerminal(): ReadStream {
  try {
    return new ReadStream(openSync(INPUT!, 'r+'));
  } catch (cause) {
    throw new Fault('SIGNER_UNAVAILABLE', 'there is no terminal to ask for a passphrase', {
      cause,
      hint: 'run this in a terminal, or sign with gpg:FINGERPRINT, whose agent can ask elsewhere',
    });
  }
}

function readFrom(stream: ReadStream, typed: Typed, patience: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string): void => reject(new Fault('SIGNING_FAILED', why));
    const timer = setTimeout(() => refuse(`no passphrase was typed within ${patience / 1000} seconds`), patience);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    stream.on('data', (chunk: Buffer) => {
      const end = typed.add(chunk);
      chunk.fill(0);
      if (end === 'line') settle(() => resolve(typed.take()));
      else if (end !== undefined) settle(() => refuse(end === 'cancel' ? 'cancelled at the passphrase' : `a passphrase has at most ${LONGEST} bytes`));
    });
    stream.on('error', () => settle(() => refuse('the terminal was closed')));
    stream.on('end', () => settle(() => refuse('the terminal was closed')));
  });
}

function onSignal(signal: NodeJS.Signals, restore: () => void): () => void {
  const end = (): void => {
    restore();
    process.off(signal, end);
    process.kill(process.pid, signal);
  };
  process.on(signal, end);
  return () => void process.off(signal, end);
}

/** What has been typed so far, in one place that can be wiped. */
class Typed {
  readonly #bytes = new Uint8Array(LONGEST);
  #length = 0;

  /** Takes bytes in, with the few keys that edit a line; tells how the line ended, if it did. */
  add(chunk: Uint8Array): 'line' | 'cancel' | 'too long' | undefined {
    for (const byte of chunk) {
      if (byte === CR || byte === LF) return 'line';
      if (byte === CTRL_C || byte === QUIT || (byte === CTRL_D && this.#length === 0)) return 'cancel';
      if (byte === BACKSPACE || byte === DELETE) this.#dropCharacter();
      else if (byte === CTRL_U) this.wipe();
      else if (this.#length === LONGEST) return 'too long';
      else if (byte !== CTRL_D && byte !== CTRL_Z) this.#bytes[this.#length++] = byte;
    }
    return undefined;
  }

  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  wipe(): void {
    this.#bytes.fill(0);
    this.#length = 0;
  }

  /** A character of UTF-8 has one byte that is no continuation. */
  #dropCharacter(): void {
    while (this.#length > 0 && (this.#bytes[this.#length - 1]! & 0xc0) === 0x80) this.#bytes[--this.#length] = 0;
    if (this.#length > 0) this.#bytes[--this.#length] = 0;
  }
}
