// SPDX-License-Identifier: Apache-2.0
// Attack: below .countersign/evidence/ nothing needs a stamp, so that is where an agent would hide a program, or take
// away what binds it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newUlid } from '../../src/ulid.ts';
import { attempt } from '../kit/attempt.ts';
import { History, REPOSITORY, policyText, rosterText, time, type Files } from '../kit/history.ts';
import { softwareHand } from '../kit/person.ts';

const test = suite('case: evidence');
const history = await History.make();
test.after(() => history.close());

const E = '.countersign/evidence';
const ulid = newUlid(history.now * 1000);
const place = (files: Files) => attempt(history, { by: null, files });
const revocation = (person: string): Files => history.evidence(
  { kind: 'revocation', body: { id: newUlid(history.now * 1000), repository: REPOSITORY, target: ulid, kind: 'session', person, time: time(history.now), remark: '' } },
  history.hands[person]!,
);
const renamed = (file: Files, path: string): Files => ({ [path]: Object.values(file)[0]! });

test('a commit that only brings evidence needs no stamp', async () => {
  const { range, commits } = await place(history.session().file);
  assert.is(range.verdict, 'good');
  assert.is(commits[0]!.provenance, 'evidence');
});

test('a program, junk, or JSON that says nothing', async () => {
  for (const content of ['#!/bin/sh\nrm -rf ~\n', '', '{}', '[]', '{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[]}']) {
    for (const path of [`${E}/run.sh`, `${E}/sessions/${ulid}.json`]) assert.equal((await place({ [path]: content })).errors, ['bad-evidence'], path);
  }
});

test('good evidence as a program, a link or a submodule', async () => {
  const [path, content] = Object.entries(history.session().file)[0]!;
  const text = Buffer.from(content as Uint8Array).toString();
  assert.equal((await place({ [path]: { mode: '100755', content: text } })).errors, ['bad-evidence']);
  assert.equal((await place({ [path]: { mode: '120000', content: text } })).errors, ['bad-evidence']);
  assert.equal((await place({ [path]: { mode: '160000', oid: history.adoption } })).errors, ['bad-evidence']);
});

test('good evidence under another name, or in another folder', async () => {
  const { file } = history.session();
  for (const path of [`${E}/sessions/${ulid}.json`, `${E}/sessions/x/${Object.keys(file)[0]!.split('/').at(-1)}`, `${E}/approvals/${ulid}.json`]) {
    assert.equal((await place(renamed(file, path))).errors, ['bad-evidence'], path);
  }
});

test('evidence of a stranger, or with a byte changed or added', async () => {
  assert.equal((await place(history.session({ hand: softwareHand() }).file)).errors, ['bad-evidence']);
  const [path, content] = Object.entries(history.session().file)[0]!;
  const bytes = Buffer.from(content as Uint8Array);
  assert.equal((await place({ [path]: Buffer.concat([bytes, Buffer.from('\n')]) })).errors, ['bad-evidence']);
  const at = bytes.indexOf('"sig":"') + 60;
  bytes[at] = bytes[at] === 0x41 ? 0x42 : 0x41;
  assert.equal((await place({ [path]: bytes })).errors, ['bad-evidence']);
});

test('evidence that names another key than signed it', async () => {
  const { alice, bob } = history.hands;
  assert.equal((await place(history.session({ hand: { ...alice!, keyid: bob!.keyid } }).file)).errors, ['bad-evidence']);
});

test('.countersign under another case or form, or as something else than a folder', async () => {
  const paths = [
    '.Countersign/evidence/x', '.countersign/Evidence/x', '.countersign/EVIDEN~1/x', 'COUNTE~1/x', '.counter\u200csign/x', '.countersign\u200d/policy.yaml',
    '.countersign./x', '.COUNTERSIGN', '.countersign/evidence', '.countersign/Policy.yaml', '.countersign/KEYS/alice.asc', '.countersign:x/y',
  ];
  for (const path of paths) {
    const { errors } = await attempt(history, { files: { [path]: 'x\n' } });
    assert.ok(errors.includes('bad-evidence'), path);
  }
  for (const path of ['.countersigned/x', 'docs/.countersign/x', '.countersign/notes.md', 'src/evidence/x']) {
    assert.equal((await attempt(history, { files: { [path]: 'x\n' } })).errors, [], path);
  }
});

test('a link in place of .countersign', async () => {
  const gone = { '.countersign/policy.yaml': null, '.countersign/roster.yaml': null };
  const { errors } = await attempt(history, { files: { ...gone, '.countersign': { mode: '120000', content: 'src' } } });
  assert.equal(errors, ['bad-evidence', 'policy-change']);
});

test('altered: what once proved itself is another text', async () => {
  const { file } = history.session();
  const base = await history.commit({ parents: [history.adoption], by: null, files: file });
  const [path] = Object.keys(file);
  assert.equal((await attempt(history, { by: null, files: { [path!]: 'x\n' } }, base)).errors, ['evidence-removed']);
  assert.equal((await attempt(history, { by: null, files: { [path!]: { mode: '100755', content: Buffer.from(file[path!] as Uint8Array).toString() } } }, base)).errors, ['evidence-removed']);
});

test('removed: what permits warns, what binds is an error', async () => {
  const binding = revocation('alice');
  const base = await history.commit({ parents: [history.adoption], by: null, files: { ...history.session().file, ...binding } });
  const without = (files: Files): Files => Object.fromEntries(Object.keys(files).map((path) => [path, null]));
  assert.equal((await attempt(history, { by: null, files: without(binding) }, base)).errors, ['evidence-removed']);
  const grants = history.scratch.git(['ls-tree', '-r', '--name-only', base, `${E}/sessions/`]).split('\n');
  const { range, findings } = await attempt(history, { by: null, files: Object.fromEntries(grants.map((path) => [path, null])) }, base);
  assert.equal(findings.map(({ rule, level }) => [rule, level]), [['evidence-removed', 'warn']]);
  assert.is(range.verdict, 'good');
});

test('removed by a merge, whichever parent comes first, and by an octopus', async () => {
  const bound = await history.commit({ parents: [history.adoption], by: null, files: revocation('alice') });
  const other = await history.commit({ parents: [history.adoption], files: { 'src/b.ts': 'b\n' } });
  const third = await history.commit({ parents: [history.adoption], files: { 'src/c.ts': 'c\n' } });
  for (const parents of [[bound, other], [other, bound], [bound, other, third], [other, third, bound]]) {
    const merge = await history.commit({ parents, tree: await history.treeOf(other) });
    assert.ok((await history.verify(bound, merge)).errors.includes('evidence-removed'), String(parents.indexOf(bound)));
  }
});

test('evidence slipped into a merge that is clean but for it', async () => {
  const left = await history.commit({ parents: [history.adoption], files: { 'src/b.ts': 'b\n' } });
  const right = await history.commit({ parents: [history.adoption], files: { 'src/c.ts': 'c\n' } });
  const files = { 'src/c.ts': 'c\n' };
  const bad = await history.commit({ parents: [left, right], by: null, files: { ...files, [`${E}/run.sh`]: 'x\n' } });
  assert.equal((await history.verify(history.adoption, bad)).errors, ['bad-evidence']);
  const good = await history.commit({ parents: [left, right], by: null, files: { ...files, ...history.session().file } });
  assert.equal((await history.verify(history.adoption, good)).errors, []);
});

test('a merge into an older line judges nothing anew: who has left the roster since bricks no merge', async () => {
  const other = await History.make();
  const held = await other.commit({ by: null, files: other.session({ by: 'bob' }).file });
  const { alice, carol } = other.hands;
  const files = { '.countersign/policy.yaml': policyText({ serial: 2 }), '.countersign/roster.yaml': rosterText({ alice: alice!, carol: carol! }) };
  const target = await other.commit({ parents: [held], files });
  const side = await other.commit({ parents: [other.adoption], files: { 'src/b.ts': 'b\n' } });
  for (const parents of [[target, side], [side, target]]) {
    const merge = await other.commit({ parents, by: null, tree: await other.treeOf(target), files: { 'src/b.ts': 'b\n' } });
    assert.equal((await other.verify(target, merge)).findings, []);
  }
  await other.close();
});

test.run();
