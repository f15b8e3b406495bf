// SPDX-License-Identifier: Apache-2.0
// Putting a session's grant into index and working tree by hand, where no hook did: a commit made by a tool that skips
// hooks, or a grant that should reach the target before the work does.
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sessionFolder } from '../agents/session-state.ts';
import { Fault } from '../fault.ts';
import type { Path } from '../oid.ts';
import type { Layout } from '../repo/layout.ts';
import type { Env } from '../repo/process.ts';
import { stage } from '../repo/staging.ts';
import { writeWorkFile } from '../repo/worktree.ts';
import { writeBlob } from '../repo/write.ts';
import { grantPath, MAX_EVIDENCE, parseEvidence } from '../statement/evidence.ts';
import { isUlid } from '../ulid.ts';

/** Stages the grant of an open session and returns its path. @throws Fault SESSION_UNKNOWN, SESSION_CLOSED, FILE_FAILED, GIT_FAILED */
export async function addGrant(layout: Layout, id: string, env: Env): Promise<Path> {
  const folder = sessionFolder(layout.commonDir, id);
  if (!isUlid(id) || !(await lstat(folder).catch(() => undefined))) {
    throw new Fault('SESSION_UNKNOWN', `no session ${id} in this repository`, { hint: 'see "countersign session list"' });
  }
  const path = grantPath(id);
  const bytes = await readGrant(join(folder, 'grant.json'), path);
  if (layout.toplevel !== undefined) await writeWorkFile(layout.toplevel, path, bytes);
  await stage(layout, path, { mode: '100644', oid: await writeBlob(layout, bytes, env) }, env);
  return path;
}

async function readGrant(file: string, path: Path): Promise<Uint8Array> {
  const damaged = (cause: unknown) => new Fault('SESSION_CLOSED', 'the grant of this session is damaged', { cause, hint: 'open a new session with "countersign session start"' });
  try {
    const status = await lstat(file);
    if (!status.isFile() || status.size > MAX_EVIDENCE) throw damaged(undefined);
    const bytes = await readFile(file);
    parseEvidence(bytes, path);
    return bytes;
  } catch (cause) {
    throw damaged(cause);
  }
}
