// SPDX-License-Identifier: Apache-2.0
// Reads objects through one long-lived `git cat-file`. git hashes nothing when it reads from a pack, so every
// object is hashed here: an id that was signed must mean the bytes that are judged.
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { hashObject, isOid } from '../oid.ts';
import type { ObjectFormat, ObjectKind, Oid } from '../oid.ts';
import { openDialogue } from './dialogue.ts';
import type { Answer } from './dialogue.ts';
import { corruptObject, hugeObject } from './missing.ts';
import { failed } from './process.ts';
import type { GitChild } from './process.ts';
import type { GitObject } from './repo.ts';

export interface Batch {
  /** @throws Fault REPO_OBJECT_MISSING (corrupt), REPO_FORMAT_UNSUPPORTED (larger than 256 MiB), GIT_FAILED */
  read(oid: Oid): Promise<GitObject | undefined>;
  close(): Promise<void>;
}

/** What is read into memory at once: forges refuse files of more than 100 MB. */
export const OBJECT_BYTES = 256 * 1024 * 1024;

// Answers in one piece for all requests of a moment: with plain --batch git writes each by itself.
const COMMAND = ['cat-file', '--batch-command', '--buffer'];
const FLUSH = 'flush\n';
const HEADER = /^[0-9a-f]+ (commit|tree|blob|tag) ([0-9]{1,15})$/;
const LF = 0x0a;

/** Opens the reader; `start` starts git in the clean room. */
export function openBatch(start: (args: readonly string[]) => GitChild, format: ObjectFormat): Batch {
  const dialogue = openDialogue(() => start(COMMAND), readAnswer, (complaint) => failed(COMMAND, complaint), FLUSH);
  return {
    async read(oid) {
      // Whatever is no full id could be read by git as an expression, or as two requests.
      if (!isOid(oid, format)) return undefined;
      const found = await dialogue.ask(`contents ${oid}\n`);
      if (found === undefined) return undefined;
      if (typeof found === 'number') throw hugeObject(oid, found);
      if (hashObject(format, found.kind, found.bytes) !== oid) throw corruptObject(oid);
      return found;
    },
    close: () => dialogue.close(),
  };
}

// Returns the size alone where the object is too large to be kept.
async function readAnswer(answer: Answer): Promise<GitObject | number | undefined> {
  const header = latin1(await answer.until(LF));
  if (header.endsWith(' missing')) return undefined;
  const [, kind, digits] = HEADER.exec(header) ?? [];
  if (kind === undefined) throw new Fault('GIT_FAILED', 'git cat-file answered in an unknown form');
  const size = Number(digits);
  if (size > OBJECT_BYTES) {
    await answer.skip(size + 1);
    return size;
  }
  const bytes = await answer.take(size);
  await answer.skip(1);
  return { kind: kind as ObjectKind, bytes };
}
