// SPDX-License-Identifier: Apache-2.0
// What people are told to type is what a shell then makes of it.
import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { printable, shellWord } from '../../src/printable.ts';

const test = suite('printable');
const WORDS = ['', 'alice', 'a b', "it's", '~/key', '$(id)', '`id`', '"', 'a;b', '*', '!x', '#', 'openpgp:/home/a/k.asc', 'Zoë', 'a\nb', 'a\u001b[2J'];

test('a word comes out of a shell as it was shown', () => {
  for (const word of WORDS) {
    const { stdout } = spawnSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' });
    assert.is(stdout, printable(word), JSON.stringify(word));
  }
});

test('a plain word stays plain', () => assert.is(shellWord('openpgp:/home/a/k.asc'), 'openpgp:/home/a/k.asc'));

test.run();
