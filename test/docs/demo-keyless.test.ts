// SPDX-License-Identifier: Apache-2.0
// The demo of signing in, run whole: one sign-in, a hundred commits without a network, and the verdict of today and of later.
import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('demo: keyless');

test('one sign-in and one signature; a hundred commits and two verdicts without a network', () => {
  const { status, stdout, stderr } = spawnSync('bash', ['docs/demo.sh', '--keyless'], { encoding: 'utf8', timeout: 280_000 });
  assert.is(status, 0, stderr);
  const requests = stdout.match(/^(?:GET|POST) \/.*$/gm);
  assert.equal(requests, ['GET /.well-known/openid-configuration', 'GET /authorize', 'POST /token', 'POST /api/v2/signingCert', 'POST /api/v1/log/entries']);
  assert.is(stdout.match(/^good: 100 commits \(100 ai\)/gm)?.length, 2);
  assert.match(stderr, 'who signed in is mallory@example.com');
});

test.run();
