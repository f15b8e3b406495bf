// SPDX-License-Identifier: Apache-2.0
// Every transcript of this folder, as a test of its name. With UPDATE=1 their expectations are written anew.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runScript } from '../kit/script.ts';
import type { ScriptResult } from '../kit/script.ts';

const test = suite('transcripts');

const FOLDER = new URL('./', import.meta.url);
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.txt')).sort();

/** Each lane takes every n-th transcript, one after the other; the tests then only wait for theirs. */
const lanes = Array.from({ length: availableParallelism() }, () => Promise.resolve<unknown>(undefined));
const results = names.map((name, index): Promise<ScriptResult> => {
  const lane = index % lanes.length;
  const result = lanes[lane]!.then(() => runScript(name, readFileSync(new URL(name, FOLDER), 'utf8')));
  lanes[lane] = result.catch(() => undefined);
  return result;
});

for (const [index, name] of names.entries()) {
  test(name, async () => {
    const { problems, renewed } = await results[index]!;
    if (process.env['UPDATE'] === '1') writeFileSync(new URL(name, FOLDER), renewed);
    else assert.is(problems.join('\n'), '');
  });
}

test.run();
