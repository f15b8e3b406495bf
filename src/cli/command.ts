// SPDX-License-Identifier: Apache-2.0
// What a command is: a name, what it takes, and one function that translates between the words typed and a room of the
// house. The tables are data, so that help, unknown flags and the tests read the same thing.
import type { InferredOptionType, Options, PositionalOptions } from 'yargs';
import type { Terminal } from './terminal.ts';

export type Flags = Record<string, Options>;
export type Words = Record<string, PositionalOptions>;
type Typed<T extends Flags | Words> = { [K in keyof T]: InferredOptionType<T[K]> };
/** The command line after `--`, as it was typed. */
type Rest = { '--'?: string[] };

export interface Context {
  readonly terminal: Terminal;
  /** The folder to work in, absolute. */
  readonly dir: string;
  readonly env: Record<string, string | undefined>;
  readonly format: string;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** One command; `run` returns the exit status. */
export interface Command {
  /** As yargs writes it: `cosign <path..>`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: Flags;
  readonly words: Words;
  readonly commands: readonly Command[];
  /** Formats beside `text` that its product comes in. */
  readonly formats: readonly string[];
  readonly hidden: boolean;
  run(args: Record<string, unknown>, context: Context): Promise<number>;
}

interface Spec<F extends Flags, W extends Words> {
  name: string;
  summary: string;
  flags?: F;
  words?: W;
  formats?: readonly string[];
  hidden?: boolean;
  run(args: Typed<F> & Typed<W> & Rest, context: Context): Promise<number>;
}

/** Returns a command whose `run` gets what its own tables say. */
export function command<F extends Flags = Record<never, never>, W extends Words = Record<never, never>>(spec: Spec<F, W>): Command {
  return {
    name: spec.name,
    summary: spec.summary,
    flags: spec.flags ?? {},
    words: spec.words ?? {},
    commands: [],
    formats: spec.formats ?? [],
    hidden: spec.hidden ?? false,
    run: (args, context) => spec.run(args as Typed<F> & Typed<W> & Rest, context),
  };
}

/** Returns a command that is only a name for others. */
export function group(name: string, summary: string, commands: readonly Command[]): Command {
  return { name, summary, flags: {}, words: {}, commands, formats: [], hidden: false, run: () => Promise.resolve(2) };
}

/** The flag that answers what would be asked. */
export const YES = { type: 'boolean', default: false, describe: 'answer yes to what would be asked' } as const;
