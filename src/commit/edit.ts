// SPDX-License-Identifier: Apache-2.0
// The edit digest: the changed lines and three lines around them, wherever in the file they stand. It tells that an
// edit was carried over other people's edits; it never tells where it stands now, so it proves provenance only (spec §4).
import { createHash, type Hash } from 'node:crypto';
import { fromLatin1, utf8 } from '../bytes.ts';
import type { Change, ObjectFormat, Oid } from '../oid.ts';
import { withoutEvidence, type Digest } from './change.ts';

/** Returns a blob's content, or undefined where it is missing. */
export type BlobReader = (oid: Oid) => Promise<Uint8Array | undefined>;

/** Lines of context on each side. */
const CONTEXT = 3;
/** Above this many bytes a file counts as binary: its object id stands for it. */
const MAX_TEXT = 16 * 1024 * 1024;
const LF = 0x0a;

/** The changed region of a file: each part is a run of whole lines, line ends included. */
export interface Region {
  before: Uint8Array;
  old: Uint8Array;
  new: Uint8Array;
  after: Uint8Array;
}

/** Returns the edit digest, or undefined where a blob that it needs is missing. */
export async function editDigest(format: ObjectFormat, changes: readonly Change[], read: BlobReader): Promise<Digest | undefined> {
  const hash = createHash('sha256').update(`countersign-edit v1 ${format}\n`);
  for (const change of withoutEvidence(changes)) {
    const fields = await editFields(change, read);
    if (!fields) return undefined;
    for (const field of [utf8(change.oldMode), utf8(change.newMode), ...fields]) addField(hash, field);
  }
  return `sha256:${hash.digest('hex')}` as Digest;
}

function addField(hash: Hash, field: Uint8Array): void {
  hash.update(`${field.length}\n`).update(field);
}

async function editFields(change: Change, read: BlobReader): Promise<Uint8Array[] | undefined> {
  const path = fromLatin1(change.path);
  const modes = [change.oldMode, change.newMode];
  const ids = [utf8(change.oldOid), utf8(change.newOid)];
  if (modes.includes('160000')) return [utf8('gitlink'), path, ...ids];
  if (modes.includes('120000')) return [utf8('symlink'), path, ...ids];
  // Only the mode changed: the content is not part of this edit. (A file that becomes a symlink gets its content as target.)
  if (change.oldOid === change.newOid) return [utf8('mode'), path];
  const before = change.oldMode === '000000' ? new Uint8Array() : await read(change.oldOid);
  const after = change.newMode === '000000' ? new Uint8Array() : await read(change.newOid);
  if (!before || !after) return undefined;
  if (isBinary(before) || isBinary(after)) return [utf8('binary'), path, ...ids];
  const region = changedRegion(before, after);
  return [utf8('text'), path, region.before, region.old, region.new, region.after];
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.length > MAX_TEXT || bytes.includes(0);
}

/** Returns the lines from the first to the last changed one: common leading lines are trimmed first, then trailing ones. */
export function changedRegion(before: Uint8Array, after: Uint8Array): Region {
  const lead = commonLeading(before, after);
  const oldRest = before.subarray(lead);
  const newRest = after.subarray(lead);
  const tail = commonTrailing(oldRest, newRest);
  const end = before.length - tail;
  return {
    before: lastLines(before.subarray(0, lead), CONTEXT),
    old: before.subarray(lead, end),
    new: newRest.subarray(0, newRest.length - tail),
    after: firstLines(before.subarray(end), CONTEXT),
  };
}

/** Returns the length in bytes of the leading lines that both share. A last line without LF is another line than one with. */
function commonLeading(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length);
  let same = 0;
  while (same < most && a[same] === b[same]) same++;
  if (same === a.length && same === b.length) return same;
  return same === 0 ? 0 : a.lastIndexOf(LF, same - 1) + 1;
}

/** Returns the length in bytes of the trailing lines that both share. */
function commonTrailing(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length);
  let same = 0;
  while (same < most && a[a.length - 1 - same] === b[b.length - 1 - same]) same++;
  const start = a.length - same;
  const lineStarts = (bytes: Uint8Array, at: number): boolean => at === 0 || bytes[at - 1] === LF;
  // the shared bytes may begin inside a line on either side: then the next line is the first whole one
  if (lineStarts(a, start) && lineStarts(b, b.length - same)) return same;
  const next = a.indexOf(LF, start);
  return next < 0 ? 0 : a.length - (next + 1);
}

function lastLines(bytes: Uint8Array, count: number): Uint8Array {
  let at = bytes.length;
  for (let i = 0; i < count && at > 0; i++) at = at < 2 ? 0 : bytes.lastIndexOf(LF, at - 2) + 1;
  return bytes.subarray(at);
}

function firstLines(bytes: Uint8Array, count: number): Uint8Array {
  let at = 0;
  for (let i = 0; i < count && at < bytes.length; i++) {
    const end = bytes.indexOf(LF, at);
    at = end < 0 ? bytes.length : end + 1;
  }
  return bytes.subarray(0, at);
}
