// SPDX-License-Identifier: Apache-2.0
// Counts lines through one long-lived `git diff-tree --stdin`. git repeats a line that is no object id and flushes, so
// such a line after each request marks the end of its answer.
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import type { Oid, Path } from '../oid.ts';
import { openDialogue } from './dialogue.ts';
import type { Answer } from './dialogue.ts';
import { missingObject } from './missing.ts';
import { failed } from './process.ts';
import type { GitChild } from './process.ts';
import type { LineCount } from './repo.ts';

export interface Numstat {
  /** @throws Fault REPO_OBJECT_MISSING, GIT_FAILED */
  count(oldTree: Oid, newTree: Oid): Promise<LineCount[]>;
  close(): Promise<void>;
}

const COMMAND = ['diff-tree', '--stdin', '-r', '-M', '--numstat', '-z', '--no-ext-diff', '--no-textconv'];
// No record begins with this byte: they begin with a digit or, for a binary file, with `-`.
const END = '=';
const LF = 0x0a;
const NUL = 0x00;

/** Opens the counter; `start` starts git in the clean room. */
export function openNumstat(start: (args: readonly string[]) => GitChild): Numstat {
  const dialogue = openDialogue(() => start(COMMAND), readAnswer, gaveUp);
  return {
    async count(oldTree, newTree) {
      if (oldTree === newTree) return [];
      const counts = await dialogue.ask(`${oldTree} ${newTree}\n${END}\n`);
      if (counts === undefined) throw missingObject(newTree);
      return counts;
    },
    close: () => dialogue.close(),
  };
}

// Returns undefined where git skipped the request because it cannot read one of the trees.
async function readAnswer(answer: Answer): Promise<LineCount[] | undefined> {
  const header = latin1(await answer.until(LF));
  if (header === END) return undefined;
  // Commits instead of trees, for instance, are answered in another form, whose end would be waited for in vain.
  if (!/^[0-9a-f]+ [0-9a-f]+$/.test(header)) throw new Fault('GIT_FAILED', 'git diff-tree answered in an unknown form');
  const counts: LineCount[] = [];
  for (;;) {
    const first = latin1(await answer.take(1));
    if (first === END) break;
    counts.push(await readRecord(first, answer));
  }
  await answer.skip(1);
  return counts;
}

// `added TAB deleted TAB path NUL`, for a rename `added TAB deleted TAB NUL old NUL new NUL`.
async function readRecord(first: string, answer: Answer): Promise<LineCount> {
  const record = first + latin1(await answer.until(NUL));
  const [, added, deleted, name] = /^(\d+|-)\t(\d+|-)\t([^]*)$/.exec(record) ?? [];
  if (name === undefined) throw new Fault('GIT_FAILED', 'git diff-tree answered in an unknown form');
  if (name === '') await answer.until(NUL);
  const path = (name === '' ? latin1(await answer.until(NUL)) : name) as Path;
  return { path, additions: lines(added!), deletions: lines(deleted!) };
}

const lines = (count: string): number => (count === '-' ? 0 : Number(count));

// In a blobless clone the trees are there and the counting dies at the first blob.
function gaveUp(complaint: string): Fault {
  const [oid] = /(?<=unable to read )[0-9a-f]{40,64}/.exec(complaint) ?? [];
  return oid === undefined ? failed(COMMAND, complaint) : missingObject(oid as Oid);
}
