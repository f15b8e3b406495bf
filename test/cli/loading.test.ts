// SPDX-License-Identifier: Apache-2.0
// What a verification loads: packages cost more than all else at the start, so only what a repository's keys ask for. Run as built.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { History, rosterText, type Files } from '../kit/history.ts';
import { softwareHand } from '../kit/person.ts';
import { tempDir } from '../kit/temp.ts';
import { mintKey, publicKey, user } from '../signature/openpgp/mint.ts';

const test = suite('loading');
const MAIN = resolve('dist/cli/main.js');

/** Returns the packages that `countersign verify` loads in a history. */
function loaded(history: History): string[] {
  const [dir, log] = [tempDir(), join(tempDir(), 'log')];
  writeFileSync(join(dir, 'load.mjs'), `import { appendFileSync } from 'node:fs';
export function load(url, context, next) { appendFileSync(${JSON.stringify(log)}, url + '\\n'); return next(url, context); }`);
  writeFileSync(join(dir, 'register.mjs'), `import { register } from 'node:module';\nregister('./load.mjs', import.meta.url);`);
  const args = ['--import', pathToFileURL(join(dir, 'register.mjs')).href, MAIN, 'verify', `${history.adoption}..${history.tip}`];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: history.scratch.dir, env: history.scratch.env, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  const packages = readFileSync(log, 'utf8').split('\n').flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
  return [...new Set(packages)];
}

async function packagesFor(people: string, files: Files = {}): Promise<string[]> {
  const hands = { alice: softwareHand() };
  const history = await History.make({ hands, roster: rosterText(hands, people), files });
  try {
    await history.commit({ files: { 'src/b.ts': 'b\n' } });
    return loaded(history);
  } finally {
    await history.close();
  }
}

const HEAVY = /^(?:openpgp|isomorphic-git|openid-client|@sigstore\/.*|sigstore|tuf-js)$/;

if (!existsSync(MAIN)) console.error('skipped: WHAT VERIFY LOADS, run "npm run build"');
else {
  test('with SSH keys only, no other scheme is loaded', async () => {
    const packages = await packagesFor('');
    assert.ok(packages.includes('yaml'), 'loading is seen at all');
    assert.equal(packages.filter((name) => HEAVY.test(name)), []);
  });

  test('an OpenPGP key file asks for openpgp.js, and for no more', async () => {
    const key = mintKey('ed25519');
    const person = '  carol:\n    name: Carol\n    emails: [carol@example.com]\n    keys: [{ openpgp: keys/carol.asc }]\n';
    const packages = await packagesFor(person, { '.countersign/keys/carol.asc': Buffer.concat([publicKey(key), user(key)]) });
    assert.equal(packages.filter((name) => HEAVY.test(name)), ['openpgp']);
  });
}

test.run();
