// SPDX-License-Identifier: Apache-2.0
// Objects by name, through `git cat-file --batch`: several with one git, and no more at a time than fit into memory.
// Replace refs are off.
import { fromUtf8, latin1 } from '../bytes.ts';
import type { BlobReader } from '../commit/edit.ts';
import { Fault } from '../fault.ts';
import type { Change, ObjectKind, Oid } from '../oid.ts';
import { askGit, tryGit } from '../repo/blocking.ts';
import type { Env } from '../repo/process.ts';

export interface NamedObject {
  oid: Oid;
  kind: ObjectKind;
  bytes: Uint8Array;
}

const COMMAND = ['cat-file', '--batch'];
const FOUND = /^([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob|tag) ([0-9]{1,12})$/;
const LF = 0x0a;
/** How many objects are read at once, and how large they may be together. */
const WINDOW = 100;
const WINDOW_BYTES = 64 * 1024 * 1024;

/** Returns what a name such as `HEAD`, `HEAD:path` or an id stands for, or undefined. @throws Fault GIT_FAILED */
export function readObject(name: string, env: Env): NamedObject | undefined {
  return parseBatch(askGit(COMMAND, { env, input: `${name}\n` }).stdout)[0];
}

/**
 * Returns a reader of the blobs on both sides of some changes, which reads ahead in their order and forgets what is
 * behind. @throws Fault GIT_FAILED where even one blob is too large
 */
export function blobReader(changes: readonly Change[], env: Env): BlobReader {
  const order = blobsOf(changes);
  let kept = new Map<Oid, Uint8Array | undefined>();
  return async (oid) => {
    if (!kept.has(oid)) {
      const at = Math.max(0, order.indexOf(oid));
      const ids = order.length > 0 ? order.slice(at, at + WINDOW) : [oid];
      kept = readWindow(ids.includes(oid) ? ids : [oid], env);
    }
    return kept.get(oid);
  };
}

/** Reads as many of these as fit, the first one in any case. */
function readWindow(ids: readonly Oid[], env: Env): Map<Oid, Uint8Array | undefined> {
  const input = ids.map((oid) => `${oid}\n`).join('');
  const output = ids.length > 1 ? tryGit(COMMAND, { env, input, maxBytes: WINDOW_BYTES }) : askGit(COMMAND, { env, input });
  if (output === undefined) return readWindow(ids.slice(0, Math.ceil(ids.length / 2)), env);
  const found = parseBatch(output.stdout);
  return new Map(ids.map((oid, i) => [oid, found[i]?.bytes]));
}

/** Links and submodules count by their ids; whatever else changed is read. */
function blobsOf(changes: readonly Change[]): Oid[] {
  const sides = changes
    .filter(({ oldOid, newOid }) => oldOid !== newOid)
    .flatMap(({ oldMode, oldOid, newMode, newOid }) => [{ mode: oldMode, oid: oldOid }, { mode: newMode, oid: newOid }]);
  return [...new Set(sides.filter(({ mode }) => mode.startsWith('1') && mode !== '160000').map(({ oid }) => oid))];
}

/** Takes `oid SP kind SP size LF content LF` and `name SP missing LF` apart, in the order asked. */
export function parseBatch(output: Uint8Array): (NamedObject | undefined)[] {
  const answers: (NamedObject | undefined)[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(LF, at);
    const header = latin1(output.subarray(at, end < 0 ? output.length : end));
    const [, oid, kind, size] = FOUND.exec(header) ?? [];
    at += header.length + 1;
    if (oid === undefined) {
      if (!/ (?:missing|ambiguous)$/.test(header)) throw new Fault('GIT_FAILED', 'git cat-file answered in an unknown form');
      answers.push(undefined);
      continue;
    }
    answers.push({ oid: oid as Oid, kind: kind as ObjectKind, bytes: output.subarray(at, at + Number(size)) });
    at += Number(size) + 1;
  }
  return answers;
}

/** Returns a text that git printed, without its newline. @throws Fault GIT_FAILED */
export function askLine(args: readonly string[], env: Env): string {
  return (fromUtf8(askGit(args, { env }).stdout) ?? '').trimEnd();
}
