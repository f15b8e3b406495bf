// SPDX-License-Identifier: Apache-2.0
// The stopwatch: turns, medians, ratios by pairs; a command that fails is no measurement.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { median, renderTimings, timeProcesses } from '../../bench/process.ts';
import { cleanEnvironment } from '../kit/environment.ts';

const test = suite('bench: processes');

const common = { cwd: '.', env: cleanEnvironment() };

test('median of odd and even counts, whatever the order', () => {
  assert.is(median([3, 1, 2]), 2);
  assert.is(median([4, 1, 3, 2]), 2.5);
});

test('commands take turns, warm-up rounds are not counted', () => {
  const turns: string[] = [];
  const command = (name: string) => ({ ...common, name, argv: ['git', '--version'] as const, prepare: () => void turns.push(name) });
  const timings = timeProcesses([command('a'), command('b')], { rounds: 2, warmup: 1 });
  assert.is(turns.join(''), 'ababab');
  assert.equal(timings.map(({ name, times }) => [name, times.length]), [['a', 2], ['b', 2]]);
  assert.is(timings[0]!.ratio, 1);
  assert.is(renderTimings('t', timings).split('\n').length, 3);
});

test('a command that fails, or does not exist, throws', () => {
  assert.throws(() => timeProcesses([{ ...common, name: 'a', argv: ['git', 'no-such-command'] }], { rounds: 1, warmup: 0 }), /a exited 1/);
  assert.throws(() => timeProcesses([{ ...common, name: 'a', argv: ['no-such-program'] }], { rounds: 1, warmup: 0 }), /ENOENT/);
});

test.run();
