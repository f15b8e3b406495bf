// SPDX-License-Identifier: Apache-2.0
// The demo of the README, run whole: it insists on every exit code itself.
import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('demo');

test('the incident is refused step by step, and the honest work is in', () => {
  const { status, stdout, stderr } = spawnSync('bash', ['docs/demo.sh'], { encoding: 'utf8', timeout: 240_000 });
  assert.is(status, 0, stderr);
  assert.is(stdout.match(/^\(refused: exit 1\)$/gm)?.length, 4);
  for (const rule of ['missing-cosign', 'missing-participant', 'undeclared', 'over-limit', 'protected-path']) assert.match(stdout, `error: ${rule}`);
});

test.run();
