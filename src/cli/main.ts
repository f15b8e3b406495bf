// SPDX-License-Identifier: Apache-2.0
// The command line: reads it, runs one command, and turns whatever was thrown into lines on stderr and an exit status.
// Loading this file runs it.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, exitOf, Fault } from '../fault.ts';
import { printable } from '../printable.ts';
import { COMMANDS } from './commands.ts';
import { parseCommandLine } from './parser.ts';
import { openTerminal, type Colour, type Terminal } from './terminal.ts';

process.exitCode = await main(process.argv.slice(2), process.env);

async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  let terminal = openTerminal({ env });
  try {
    const parsed = await parseCommandLine(argv, COMMANDS, version());
    if (parsed.kind === 'text') {
      await terminal.print(parsed.text);
      return 0;
    }
    const { command, args } = parsed;
    terminal = openTerminal({ colour: args['color'] as Colour, quiet: args['quiet'] === true, env });
    const format = String(args['format']);
    const formats = ['text', ...command.formats];
    if (!formats.includes(format)) {
      throw new Fault('USAGE', `unknown format ${printable(format)}`, { hint: `here it is one of ${formats.join(', ')}` });
    }
    const dir = resolve(typeof args['C'] === 'string' ? args['C'] : '.');
    return await command.run(args, { terminal, dir, env, format, now: Date.now });
  } catch (thrown) {
    return report(thrown, terminal);
  }
}

function report(thrown: unknown, terminal: Terminal): number {
  if (thrown instanceof Fault && exitOf(thrown) !== EXIT.INTERNAL) terminal.complain(thrown);
  else {
    terminal.warn('countersign: internal error: this is a bug, please report it with the lines below [INTERNAL]');
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    for (const line of stack.split('\n')) terminal.warn(`  ${printable(line)}`);
  }
  return exitOf(thrown);
}

/** Returns the version that package.json names; it stands two folders up, in the sources as in what is installed. */
function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
