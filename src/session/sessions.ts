// SPDX-License-Identifier: Apache-2.0
// The sessions of a repository: which are open, what they may do, and their end. To end one is to destroy its key; what
// it committed stays provable by its grant, which is in the history.
import { lstat, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readSessionState, sessionFolder, sessionsFolder, type SessionState } from '../agents/session-state.ts';
import { Fault } from '../fault.ts';
import { printable } from '../printable.ts';
import { isUlid } from '../ulid.ts';

/** `early`: not valid yet; `damaged`: its files are not whole, so that nothing can be said or signed. */
export type Listed =
  | { kind: 'open' | 'early' | 'expired'; id: string; state: SessionState }
  | { kind: 'damaged'; id: string };

/** Returns the sessions on disk, the oldest first. @throws Fault FILE_FAILED */
export async function listSessions(commonDir: string, now: number): Promise<Listed[]> {
  const folder = sessionsFolder(commonDir);
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw new Fault('FILE_FAILED', `can't read ${printable(folder)}`, { cause });
  });
  // A ULID begins with its time.
  return Promise.all(names.filter(isUlid).sort().map((id) => lookUp(commonDir, id, now)));
}

/** Returns one session. @throws Fault SESSION_UNKNOWN */
export async function findSession(commonDir: string, id: string, now: number): Promise<Listed> {
  const folder = sessionFolder(commonDir, id);
  if (await lstat(folder).catch(() => undefined)) return lookUp(commonDir, id, now);
  throw new Fault('SESSION_UNKNOWN', `no session ${id} in this repository`, { hint: 'see "countersign session list"' });
}

/** Ends a session: its key is overwritten and removed before anything else is. @throws Fault SESSION_UNKNOWN, FILE_FAILED */
export async function endSession(commonDir: string, id: string): Promise<void> {
  const folder = sessionFolder(commonDir, id);
  const status = await lstat(folder).catch(() => undefined);
  if (!status?.isDirectory()) throw new Fault('SESSION_UNKNOWN', `no session ${id} in this repository`, { hint: 'see "countersign session list"' });
  try {
    await destroy(join(folder, 'key.pem'));
    await rm(folder, { recursive: true, force: true });
  } catch (cause) {
    throw new Fault('FILE_FAILED', `can't remove ${printable(folder)}`, { cause, hint: 'remove it by hand: it holds the key of the session' });
  }
}

async function lookUp(commonDir: string, id: string, now: number): Promise<Listed> {
  const state = await readSessionState(commonDir, id).catch((thrown: unknown) => {
    if (thrown instanceof Fault) return undefined;
    throw thrown;
  });
  if (state === undefined) return { kind: 'damaged', id };
  const kind = now > Date.parse(state.notAfter) ? 'expired' : now < Date.parse(state.notBefore) ? 'early' : 'open';
  return { kind, id, state };
}

/** Overwrites a file in place, then removes it: on most disks nothing of it is left to be found. */
async function destroy(file: string): Promise<void> {
  const status = await lstat(file).catch(() => undefined);
  if (!status?.isFile()) return;
  const handle = await open(file, 'r+');
  try {
    await handle.write(Buffer.alloc(status.size), 0, status.size, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rm(file);
}
