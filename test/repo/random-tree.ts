// SPDX-License-Identifier: Apache-2.0
// Random trees: few names, so that files and folders meet, and some names that need care.
import * as fc from 'fast-check';
import { fromLatin1 } from '../../src/bytes.ts';
import type { Oid } from '../../src/oid.ts';
import type { ScratchRepo } from '../kit/git.ts';

export interface AnyFile {
  path: string;
  mode: string;
  /** Which of a few contents. */
  content: number;
}

/** Any file a tree can hold: a few names again and again so that they collide, and some that need care. */
const segment = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'a-b', 'a.b', 'a0', 'b', 'c') },
  { weight: 1, arbitrary: fc.constantFrom('new\nline', 'qu"ote', 'tab\t', '\xff\xfe', 'caf\xc3\xa9', ' ', '-x', 'back\\slash', '\x1b[31m') },
);
const file = fc.record({
  path: fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
  mode: fc.constantFrom('100644', '100755', '120000', '160000'),
  content: fc.integer({ min: 0, max: 3 }),
});
export const anyFiles = fc.array(file, { maxLength: 14 });

/** Writes a tree with real git; `ids` are the contents. */
export function writeTree(repo: ScratchRepo, entries: readonly AnyFile[], ids: readonly Oid[]): Oid {
  const index = { GIT_INDEX_FILE: `${repo.dir}/.git/index-${Math.random()}` };
  const kept: AnyFile[] = [];
  // Of a file and a folder of one name the first one stays.
  for (const entry of entries) {
    if (!kept.some(({ path }) => path === entry.path || path.startsWith(`${entry.path}/`) || entry.path.startsWith(`${path}/`))) kept.push(entry);
  }
  const input = kept.map(({ path, mode, content }) => `${mode} ${ids[content]}\t${path}\0`).join('');
  repo.git(['update-index', '-z', '--index-info'], { input: fromLatin1(input), env: index });
  return repo.git(['write-tree'], { env: index }) as Oid;
}
