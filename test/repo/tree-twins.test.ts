// SPDX-License-Identifier: Apache-2.0
// A file and a folder of one name in one tree: readers would differ in which of them they see. Found however far apart
// they stand, and in time that grows with the tree and no faster.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseTree, printTree, type TreeEntry } from '../../src/repo/tree-object.ts';
import type { Oid } from '../../src/oid.ts';
import { throwsWith } from '../kit/rejects.ts';

const test = suite('trees with twins');
const oid = '1'.repeat(40) as Oid;
const entry = (name: string, folder: boolean): TreeEntry => ({ mode: folder ? '040000' : '100644', name, oid });
const read = (entries: TreeEntry[]): TreeEntry[] => parseTree(printTree(entries), 'sha1');

test('apart: `a`, `a!`, `a!!x`, `a/`', () => {
  const between = ['a!', 'a!!x', 'a-', 'a.b'].map((name) => entry(name, false));
  throwsWith('TREE_MALFORMED', () => read([entry('a', false), ...between, entry('a', true)]));
  throwsWith('TREE_MALFORMED', () => read([entry('a', false), entry('a!', false), entry('a!', true), entry('b', true)]));
  assert.is(read([entry('a', false), ...between, entry('a0', true)]).length, 6);
});

test('exactly where a set of names says so', () => {
  const name = fc.string({ unit: fc.constantFrom('a', '!', '0'), minLength: 1, maxLength: 4 });
  fc.assert(fc.property(fc.uniqueArray(fc.tuple(name, fc.boolean()), { selector: String, maxLength: 12 }), (pairs) => {
    const entries = pairs.map(([text, folder]) => entry(text, folder));
    const isTwinned = new Set(pairs.map(([text]) => text)).size < pairs.length;
    if (isTwinned) throwsWith('TREE_MALFORMED', () => read(entries));
    else assert.is(read(entries).length, entries.length);
  }), { numRuns: 200 });
});

test('thousands of folders, each a beginning of all before it, are read at once', () => {
  const before = Date.now();
  assert.is(read(Array.from({ length: 4000 }, (_, i) => entry('!'.repeat(i + 1), true))).length, 4000);
  assert.ok(Date.now() - before < 5000);
});

test.run();
