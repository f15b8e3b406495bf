// SPDX-License-Identifier: Apache-2.0
// Which names are tags: what git would take for one, and nothing that only a planted ref makes look like one.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Oid } from '../../src/oid.ts';
import { findLayout } from '../../src/repo/layout.ts';
import { findTag, listTags } from '../../src/repo/tags.ts';
import { ScratchRepo } from '../kit/git.ts';

const test = suite('tags');

const scratch = new ScratchRepo();
const first = scratch.commit('one');
const head = scratch.commit('two');
scratch.git(['tag', '-a', '-m', 'release', 'v1']);
scratch.git(['tag', 'light', first]);
scratch.git(['tag', 'deep/er', first]);
const layout = await findLayout(scratch.dir, scratch.env);
const find = async (name: string) => (await findTag(layout, name, scratch.env))?.oid;

test('by short and by full name, unpeeled', async () => {
  const oid = scratch.oid('refs/tags/v1');
  assert.is.not(oid, head);
  for (const name of ['v1', 'tags/v1', 'refs/tags/v1']) assert.equal(await findTag(layout, name, scratch.env), { name: 'v1', oid });
  assert.equal([await find('light'), await find('deep/er')], [first, first]);
});

test('what asks for a commit, or names none', async () => {
  for (const name of ['v1^{commit}', 'v1^0', 'v1~1', 'v1@{1}', 'v1:', 'v2', 'deep', 'v*', 'refs/tags/*', 'refs/tags/', 'refs/heads/main', 'main', '', '-v1', 'refs/tags/../heads/main']) {
    assert.is(await find(name), undefined, name);
  }
});

test('refs that are planted to look like something else', async () => {
  for (const name of ['HEAD', 'FETCH_HEAD', head, 'refs/heads/main', '@']) {
    scratch.write(`.git/refs/tags/${name}`, `${first}\n`);
    assert.is(await find(name), undefined, name);
  }
  assert.is(await find('refs/tags/HEAD'), first);
});

test('all of them, in order; those whose names are no text are left out', async () => {
  scratch.write('.git/packed-refs', Buffer.concat([Buffer.from(`${first} refs/tags/`), Buffer.from([0xff]), Buffer.from(`\n${first} refs/tags/Grüße\n`)]));
  const names = (await listTags(layout, scratch.env)).map(({ name }) => name);
  assert.equal(names.filter((name) => !name.includes('HEAD') && name !== head && !name.startsWith('refs/') && name !== '@'), ['Grüße', 'deep/er', 'light', 'v1']);
  assert.is(await find('Grüße'), first as Oid);
});

test.run();
