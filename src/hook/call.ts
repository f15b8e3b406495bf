// SPDX-License-Identifier: Apache-2.0
// What a hook is given and may say: its arguments, environment and standard input, the clock and the terminal, and one
// way to talk. Handed in, so that a test can hand in others.
import type { Env } from '../repo/process.ts';

export interface HookCall {
  args: readonly string[];
  env: Env;
  input(): Promise<Uint8Array>;
  /** Milliseconds since the epoch. */
  now(): number;
  hasTerminal(): boolean;
  /** Says one line to the person or agent at work. The text must be printable already. */
  say(kind: 'note' | 'warning', text: string): void;
}
