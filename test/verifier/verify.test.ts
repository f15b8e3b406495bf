// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { History } from '../kit/history.ts';

const test = suite('verify: the honest way');

test('people and an agent inside its grant are good', async () => {
  const history = await History.make();
  await history.commit({ files: { 'src/b.ts': 'b\n' } });
  const session = history.session();
  await history.commit({ by: session, files: { 'src/c.ts': 'c\n', ...session.file } });
  await history.commit({ by: session, files: { 'src/c.ts': 'cc\n' } });
  const { range, commits, findings } = await history.verify(history.adoption);
  assert.equal(findings, []);
  assert.is(range.verdict, 'good');
  assert.equal(commits.map((commit) => [commit.provenance, commit.binding, commit.signer?.id]), [
    ['human', 'exact', 'alice'], ['ai', 'exact', session.id], ['ai', 'exact', session.id],
  ]);
  assert.is(range.strength, 'software');
  await history.close();
});

test.run();
