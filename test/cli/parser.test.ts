// SPDX-License-Identifier: Apache-2.0
// The command line as a table: what is typed reaches one command, or becomes a fault that says what was meant.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { command, group, type Command } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { parseCommandLine } from '../../src/cli/parser.ts';
import { rejectsWith } from '../kit/rejects.ts';

const test = suite('parser');
const done = () => Promise.resolve(0);

const TABLE: readonly Command[] = [
  command({ name: 'show [path..]', summary: 's', words: { path: { type: 'string', array: true } }, flags: { deep: { type: 'boolean', default: false }, tag: { type: 'string', array: true, requiresArg: true }, at: { type: 'string', requiresArg: true } }, run: done }),
  group('people', 'p', [command({ name: 'add <id>', summary: 'a', words: { id: { type: 'string', demandOption: true } }, run: done }), group('key', 'k', [command({ name: 'new <id>', summary: 'n', words: { id: { type: 'string', demandOption: true } }, flags: { long: { type: 'boolean', default: false } }, run: done })])]),
];

async function parse(...argv: string[]): Promise<Record<string, unknown>> {
  const parsed = await parseCommandLine(argv, TABLE, '1.2.3');
  if (parsed.kind === 'text') throw new Error(parsed.text);
  return { ...parsed.args, name: parsed.command.name };
}

test('words, flags, repeated flags, and everything after --', async () => {
  const args = await parse('show', 'a', '--tag', 'x', 'b', '--tag', 'y', '--deep', '--', '-c', '--deep=1');
  assert.equal([args['name'], args['path'], args['tag'], args['deep'], args['--']], ['show [path..]', ['a', 'b'], ['x', 'y'], true, ['-c', '--deep=1']]);
  assert.is((await parse('people', 'add', '007'))['id'], '007');
});

test('nothing is guessed: no negation, no dotted names, no prototype', async () => {
  for (const argv of [['show', '--no-deep'], ['show', '--tag.x', 'y'], ['show', '--__proto__', 'x'], ['show', '--constructor.prototype.x=1'], ['show', '--dee']]) {
    await rejectsWith('USAGE', parse(...argv));
  }
  assert.is(({} as Record<string, unknown>)['x'], undefined);
});

test('a flag that was given twice, or without its value', async () => {
  await rejectsWith('USAGE', parse('show', '--at', 'a', '--at', 'b'));
  await rejectsWith('USAGE', parse('show', '--at'));
  await rejectsWith('USAGE', parse('show', '-C', 'a', '-C', 'b'));
});

test('what does not exist names the nearest thing that does', async () => {
  assert.match((await rejectsWith('USAGE', parse('shwo'))).hint!, '"show"');
  assert.match((await rejectsWith('USAGE', parse('people', 'ad'))).hint!, '"add"');
  assert.match((await rejectsWith('USAGE', parse('show', '--taag=1'))).hint!, '"--tag"');
  await rejectsWith('USAGE', parse());
  await rejectsWith('USAGE', parse('people'));
  await rejectsWith('USAGE', parse('people', 'add'));
  await rejectsWith('USAGE', parse('people', 'add', 'a', 'b'));
});

test('a group inside a group', async () => {
  const args = await parse('people', 'key', 'new', 'a', '--long');
  assert.equal([args['name'], args['id'], args['long']], ['new <id>', 'a', true]);
  for (const argv of [['people', 'key'], ['people', 'key', 'new'], ['people', 'new', 'a'], ['people', 'key', 'new', 'a', 'b']]) await rejectsWith('USAGE', parse(...argv));
  assert.match((await rejectsWith('USAGE', parse('people', 'key', 'nwe', 'a'))).hint!, '"new"');
  assert.match((await rejectsWith('USAGE', parse('people', 'key', 'new', 'a', '--lng'))).hint!, '"--long"');
  assert.match((await rejectsWith('USAGE', parse('people', 'key', 'new'))).message, 'people key new <id>');
  const help = await parseCommandLine(['people', 'key', '--help'], TABLE, '1');
  assert.match(help.kind === 'text' ? help.text : '', 'countersign people key new <id>');
});

test('help and version are text, for every command there is', async () => {
  const all = (commands: readonly Command[], path: string[]): string[][] => commands.flatMap((each) => {
    const here = [...path, each.name.split(' ', 1)[0]!];
    return [here, ...all(each.commands, here)];
  });
  for (const path of [[], ...all(COMMANDS, [])]) {
    const parsed = await parseCommandLine([...path, '--help'], COMMANDS, '1.2.3');
    assert.is(parsed.kind, 'text');
    if (parsed.kind === 'text') for (const line of parsed.text.split('\n')) assert.ok([...line].length <= 80, line);
  }
  assert.equal(await parseCommandLine(['--version'], COMMANDS, '1.2.3'), { kind: 'text', text: '1.2.3\n' });
});

test.run();
