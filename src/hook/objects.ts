// SPDX-License-Identifier: Apache-2.0
// Objects by name, through one `git cat-file --batch` that stays for as long as the hook runs. Replace refs are off.
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import type { ObjectKind, Oid } from '../oid.ts';
import { openDialogue, type Answer } from '../repo/dialogue.ts';
import { failed, repositoryEnv, startGit, type Env } from '../repo/process.ts';

export interface NamedObject {
  oid: Oid;
  kind: ObjectKind;
  bytes: Uint8Array;
}

export interface Objects {
  /** Returns what a name such as `HEAD`, `HEAD:path` or an id stands for, or undefined. @throws Fault GIT_FAILED */
  read(name: string): Promise<NamedObject | undefined>;
  /** Returns a blob's content, kept for the next who asks. */
  readBlob(oid: Oid): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

const COMMAND = ['cat-file', '--batch'];
const FOUND = /^([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob|tag) ([0-9]{1,12})$/;
const LF = 0x0a;
/** What is kept of blobs: the digest and the limits both read them. */
const KEPT_BYTES = 64 * 1024 * 1024;

export function openObjects(env: Env): Objects {
  const dialogue = openDialogue(() => startGit(COMMAND, repositoryEnv(env)), readAnswer, (complaint) => failed(COMMAND, complaint));
  const kept = new Map<Oid, Uint8Array>();
  let room = KEPT_BYTES;
  const read = async (name: string): Promise<NamedObject | undefined> => (name.includes('\n') ? undefined : dialogue.ask(`${name}\n`));
  return {
    read,
    async readBlob(oid) {
      const known = kept.get(oid);
      if (known !== undefined) return known;
      const bytes = (await read(oid))?.bytes;
      if (bytes !== undefined && bytes.length <= room) {
        kept.set(oid, bytes);
        room -= bytes.length;
      }
      return bytes;
    },
    close: () => dialogue.close(),
  };
}

async function readAnswer(answer: Answer): Promise<NamedObject | undefined> {
  const header = latin1(await answer.until(LF));
  const [, oid, kind, size] = FOUND.exec(header) ?? [];
  if (oid === undefined) {
    if (/ (?:missing|ambiguous)$/.test(header)) return undefined;
    throw new Fault('GIT_FAILED', 'git cat-file answered in an unknown form');
  }
  const bytes = await answer.take(Number(size));
  await answer.skip(1);
  return { oid: oid as Oid, kind: kind as ObjectKind, bytes };
}
