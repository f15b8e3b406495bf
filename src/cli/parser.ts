// SPDX-License-Identifier: Apache-2.0
// The only file that knows yargs: turns the table of commands into a parser, and what yargs says about a wrong command
// line into a USAGE fault that names what was probably meant. English whatever the locale, since people search for it.
import yargs, { type Argv } from 'yargs';
import { Fault } from '../fault.ts';
import { nearest } from '../nearest.ts';
import { clip, printable } from '../printable.ts';
import type { Command, Flags } from './command.ts';

export const GLOBAL: Flags = {
  C: { type: 'string', requiresArg: true, describe: 'work in this folder' },
  format: { type: 'string', requiresArg: true, default: 'text', describe: 'form of the product' },
  color: { choices: ['auto', 'always', 'never'], default: 'auto', describe: 'colours on the terminal' },
  quiet: { type: 'boolean', default: false, describe: 'print the result only, and warnings and errors' },
};

const EXIT_CODES = `Exit codes: 0 good, 1 bad, 2 wrong usage or configuration, 3 unknown,
4 the environment prevents an answer, 70 a bug.`;

/** What was typed, understood. `text` is help or the version where that was asked for. */
export type Parsed = { kind: 'text'; text: string } | { kind: 'command'; command: Command; args: Record<string, unknown> };

/** Reads a command line. @throws Fault USAGE */
export async function parseCommandLine(argv: readonly string[], commands: readonly Command[], version: string): Promise<Parsed> {
  let found: Parsed | undefined;
  const parser = addCommands(yargs().scriptName('countersign'), commands, (command, args) => (found = { kind: 'command', command, args }));
  parser
    .locale('en')
    .detectLocale(false)
    .wrap(80)
    .exitProcess(false)
    .strict()
    .showHelpOnFail(false)
    .parserConfiguration({
      'boolean-negation': false, 'camel-case-expansion': false, 'dot-notation': false, 'greedy-arrays': false,
      'parse-numbers': false, 'parse-positional-numbers': false, 'populate--': true,
    })
    .options(GLOBAL)
    .help()
    .version(version)
    .epilogue(EXIT_CODES)
    .demandCommand(1, 'no command given')
    .fail((message, thrown) => {
      // What yargs itself throws is about the command line, too; anything else is a bug.
      if (thrown !== undefined && thrown.name !== 'YError') throw thrown;
      throw usage(message ?? thrown?.message ?? '', argv, commands);
    });
  let text = '';
  await parser.parseAsync(argv, {}, (_error, _args, output) => void (text = output));
  if (found === undefined) return { kind: 'text', text: `${text}\n` };
  if (found.kind === 'command') checkRepeated(found.command, found.args);
  return found;
}

type Chosen = (command: Command, args: Record<string, unknown>) => void;

function addCommands(parser: Argv, commands: readonly Command[], chosen: Chosen): Argv {
  for (const command of commands) {
    parser.command({
      command: command.name,
      describe: command.hidden ? false : command.summary,
      builder: (inner) => describeCommand(inner, command, chosen),
      // A group is never chosen itself: demandCommand refuses before.
      handler: (args) => (command.commands.length > 0 ? undefined : chosen(command, args)),
    });
  }
  return parser;
}

function describeCommand(parser: Argv, command: Command, chosen: Chosen): Argv {
  for (const [name, word] of Object.entries(command.words)) parser.positional(name, word);
  parser.options(command.flags);
  if (command.formats.length > 0) parser.describe('format', `form of the product: ${['text', ...command.formats].join(', ')}`);
  if (command.commands.length === 0) return parser;
  return addCommands(parser, command.commands, chosen).demandCommand(1, `no command given after ${JSON.stringify(command.name)}`);
}

/** yargs makes an array of a flag that was given twice; which one counts must not be a matter of luck. */
function checkRepeated(command: Command, args: Record<string, unknown>): void {
  for (const [name, flag] of Object.entries({ ...GLOBAL, ...command.flags })) {
    if (flag.array !== true && Array.isArray(args[name])) throw new Fault('USAGE', `${dashed(name)} was given twice`);
  }
}

function usage(message: string, argv: readonly string[], commands: readonly Command[]): Fault {
  const command = commandOf(argv, commands);
  const help = `"${['countersign', ...command.path].join(' ')} --help" lists what there is`;
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
  const said = clip(printable(message.replaceAll(/\s*\n\s*/g, ' ')), 300);
  if (message.startsWith('Not enough non-option')) return new Fault('USAGE', `too few words for: countersign ${command.usage}`, { hint: help });
  if (unknown === undefined) return new Fault('USAGE', said.charAt(0).toLowerCase() + said.slice(1), { hint: help });
  const isFlag = argv.some((word) => word.startsWith('-') && word.replace(/^-+/, '').split('=', 1)[0] === unknown);
  const known = isFlag ? command.flags.map(dashed) : command.words;
  const given = isFlag ? dashed(unknown) : unknown;
  const meant = nearest(given, known);
  const what = `${isFlag ? 'unknown flag' : known.length > 0 ? 'unknown command' : 'too many words:'} ${printable(clip(given, 80))}`;
  return new Fault('USAGE', what, { hint: meant === undefined ? help : `did you mean "${meant}"? ${help}` });
}

/** Follows the command line into the table as far as it goes. */
function commandOf(argv: readonly string[], commands: readonly Command[]): { path: string[]; usage: string; flags: string[]; words: string[] } {
  const path: string[] = [];
  let level = commands;
  let flags: Flags = {};
  let typed = '';
  for (const word of argv) {
    const next = level.find((command) => firstWord(command) === word);
    if (next === undefined) continue;
    typed = [...path, next.name].join(' ');
    path.push(word);
    [level, flags] = [next.commands, next.flags];
  }
  const words = level.filter((command) => !command.hidden).map(firstWord);
  return { path, usage: typed, flags: [...Object.keys({ ...GLOBAL, ...flags }), 'help', 'version'], words };
}

function firstWord(command: Command): string {
  return command.name.split(' ', 1)[0]!;
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}
