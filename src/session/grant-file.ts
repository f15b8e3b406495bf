// SPDX-License-Identifier: Apache-2.0
// Putting a session's grant into index and working tree by hand, where no hook did: a commit made by a tool that skips
// hooks, or a grant that should reach the target before the work does. And taking it out again where it led to nothing.
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sessionFolder } from '../agents/session-state.ts';
import { Fault } from '../fault.ts';
import { pathText, type Path } from '../oid.ts';
import type { Layout } from '../repo/layout.ts';
import { runGit, type Env } from '../repo/process.ts';
import { stage, stagedEntry, unstage } from '../repo/staging.ts';
import { removeWorkFile, writeWorkFile } from '../repo/worktree.ts';
import { writeBlob } from '../repo/write.ts';
import { grantPath, MAX_EVIDENCE, parseEvidence } from '../statement/evidence.ts';
import { isUlid, type Ulid } from '../ulid.ts';

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

/**
 * Takes a session's grant out of index and working tree where the hook put it there for a commit that was never made. Has
 * to be called before the session ends: after that nobody could make the grant again.
 * @throws Fault SESSION_CLOSED, FILE_FAILED, GIT_FAILED
 */
export async function withdrawGrant(layout: Layout, id: string, env: Env): Promise<void> {
  if (layout.toplevel === undefined || !isUlid(id)) return;
  const path = grantPath(id);
  if ((await stagedEntry(layout, path, env)) === undefined || (await isNamed(layout, id, env))) return;
  const bytes = await readGrant(join(sessionFolder(layout.commonDir, id), 'grant.json'), path);
  await unstage(layout, path, env);
  await removeWorkFile(layout.toplevel, path, bytes);
}

/** Tells whether any commit has the grant, or needs it because its message names the session. */
async function isNamed(layout: Layout, id: Ulid, env: Env): Promise<boolean> {
  const inHead = await runGit(['cat-file', '-e', `HEAD:${pathText(grantPath(id))}`], { layout, env, accept: [1, 128] });
  if (inHead.code === 0) return true;
  const { stdout } = await runGit(['log', '-1', '--all', '--format=%H', '--fixed-strings', `--grep=${id}`], { layout, env });
  return stdout.length > 0;
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
