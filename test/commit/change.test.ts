// SPDX-License-Identifier: Apache-2.0
// The change digest: its bytes written out, so that another language can follow, and what must and must not alter it.
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changeDigest, isDigest, isEvidence, withoutEvidence } from '../../src/commit/change.ts';
import { ZERO, pathFromBytes, pathOf, type Change, type Mode, type Oid } from '../../src/oid.ts';
import { ScratchRepo } from '../kit/git.ts';

const test = suite('change digest');

const A = 'a'.repeat(40) as Oid;
const B = 'b'.repeat(40) as Oid;

function change(path: string, more: Partial<Change> = {}): Change {
  return { path: pathOf(path), oldMode: '100644', newMode: '100644', oldOid: A, newOid: B, ...more };
}

/** SHA-256 over text, one byte a character. */
function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'latin1').digest('hex')}`;
}

test('the bytes, by hand', () => {
  assert.is(changeDigest('sha1', []), digestOf('countersign-change v1 sha1\n'));
  assert.is(changeDigest('sha1', []), 'sha256:7fd52695a60a072d023e7350fea0667e47984b702c2154689446ce8ba278ed84');
  assert.is(changeDigest('sha256', []), digestOf('countersign-change v1 sha256\n'));
  assert.is(
    changeDigest('sha1', [
      change('src/a.ts'),
      change('new', { oldMode: '000000', oldOid: ZERO.sha1 }),
      change('gone', { newMode: '000000', newOid: ZERO.sha1 }),
      change('run.sh', { newMode: '100755', newOid: A }),
      change('link', { oldMode: '000000', oldOid: ZERO.sha1, newMode: '120000' }),
      change('module', { oldMode: '160000', newMode: '160000' }),
    ]),
    digestOf(
      'countersign-change v1 sha1\n' +
        `100644 000000 ${A} ${'0'.repeat(40)} gone\0` +
        `000000 120000 ${'0'.repeat(40)} ${B} link\0` +
        `160000 160000 ${A} ${B} module\0` +
        `000000 100644 ${'0'.repeat(40)} ${B} new\0` +
        `100644 100755 ${A} ${A} run.sh\0` +
        `100644 100644 ${A} ${B} src/a.ts\0`,
    ),
  );
});

test('paths are bytes, sorted as bytes', () => {
  const raw = { ...change(''), path: pathFromBytes(Uint8Array.of(0xff, 0x0a)) };
  const digest = changeDigest('sha1', [raw, change('é'), change('a/b'), change('a.b'), change('\u{10000}'), change('\uffff')]);
  const line = (path: string): string => `100644 100644 ${A} ${B} ${path}\0`;
  // '.' before '/', U+FFFF (ef bf bf) before U+10000 (f0 90 80 80), though UTF-16 sorts them the other way round
  const sorted = ['a.b', 'a/b', '\xc3\xa9', '\xef\xbf\xbf', '\xf0\x90\x80\x80', '\xff\n'];
  assert.is(digest, digestOf(`countersign-change v1 sha1\n${sorted.map(line).join('')}`));
});

test('the order of the input makes no difference, and the input stays as it was', () => {
  const changes = ['b', 'a/b', 'a', 'a.b', '.countersign/evidence/x', 'é'].map((path) => change(path));
  const digest = changeDigest('sha1', changes);
  fc.assert(fc.property(fc.shuffledSubarray(changes, { minLength: changes.length }), (shuffled) => {
    const copy = [...shuffled];
    assert.is(changeDigest('sha1', shuffled), digest);
    assert.equal(shuffled, copy);
  }));
});

test('every field makes a difference', () => {
  const variants: Change[] = [
    change('a'), change('b'), change('a', { oldMode: '100755' }), change('a', { newMode: '100755' }), change('a', { oldOid: B }), change('a', { newOid: A }),
    change('a', { oldMode: '000000' as Mode }), change('a\n'),
  ];
  assert.is(new Set(variants.map((one) => changeDigest('sha1', [one]))).size, variants.length);
  assert.is.not(changeDigest('sha1', variants.slice(0, 1)), changeDigest('sha256', variants.slice(0, 1)));
  assert.is.not(changeDigest('sha1', [change('a'), change('b')]), changeDigest('sha1', [change('a')]));
});

test('evidence is left out by its exact prefix, nothing else is', () => {
  const empty = changeDigest('sha1', []);
  for (const path of ['.countersign/evidence/x', '.countersign/evidence/sessions/y.json', '.countersign/evidence//']) {
    assert.ok(isEvidence(pathOf(path)));
    assert.is(changeDigest('sha1', [change(path)]), empty);
  }
  const kept = [
    '.countersign/evidence', '.Countersign/evidence/x', '.countersign/Evidence/x', './.countersign/evidence/x', 'a/.countersign/evidence/x', '.countersign/evidencex/y',
    '.countersign/evidence.d/x', '.countersign\\evidence\\x', '.countersign/policy.yaml', '.countersi\u200dgn/evidence/x', ' .countersign/evidence/x',
  ];
  for (const path of kept) {
    assert.not.ok(isEvidence(pathOf(path)), path);
    assert.is.not(changeDigest('sha1', [change(path)]), empty, path);
  }
  assert.equal(withoutEvidence([change('b'), change('.countersign/evidence/x'), change('a')]).map(({ path }) => path), ['a', 'b']);
});

test('it is what git diff-tree says, by the grammar', () => {
  const repo = new ScratchRepo();
  repo.commit('one', { files: { 'a b': '1\n', 'é\n"': '2\n', gone: '3\n', 'dir/x': '4\n' } });
  repo.commit('two', { files: { 'a b': '1\n1\n', 'é\n"': '', gone: null, 'dir.x': '5\n', '.countersign/evidence/z': '{}' } });
  const raw = repo.bytes(['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', 'HEAD^', 'HEAD']).toString('latin1').split('\0');
  const changes: Change[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [oldMode, newMode, oldOid, newOid] = raw[i]!.slice(1).split(' ') as [Mode, Mode, Oid, Oid];
    changes.push({ oldMode, newMode, oldOid, newOid, path: raw[i + 1] as Change['path'] });
  }
  assert.is(changes.length, 5);
  const entries = changes.filter(({ path }) => !path.startsWith('.countersign/')).map((one) => `${one.oldMode} ${one.newMode} ${one.oldOid} ${one.newOid} ${one.path}\0`);
  assert.is(changeDigest('sha1', changes.toReversed()), digestOf(`countersign-change v1 sha1\n${entries.join('')}`));
});

test('a digest has one spelling', () => {
  const hex = '0'.repeat(64);
  assert.ok(isDigest(`sha256:${hex}`));
  for (const text of ['', hex, `sha1:${hex}`, `SHA256:${hex}`, `sha256:${hex}0`, `sha256:${hex.slice(1)}`, `sha256:${hex}\n`, ` sha256:${hex}`, `sha256:${'A'.repeat(64)}`]) {
    assert.not.ok(isDigest(text), JSON.stringify(text));
  }
});

test.run();
