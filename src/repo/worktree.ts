// SPDX-License-Identifier: Apache-2.0
// Files of the working tree that this project writes: whole or not at all, and never through a symbolic link, which a
// branch that somebody checked out may have put there.
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { equal } from '../bytes.ts';
import { Fault } from '../fault.ts';
import type { Path } from '../oid.ts';
import { pathText } from '../oid.ts';
import { printable, printablePath } from '../printable.ts';

/** Returns a file's bytes, or undefined where there is none. @throws Fault FILE_FAILED where it is no regular file, or can't be read */
export async function readWorkFile(toplevel: string, path: Path): Promise<Uint8Array | undefined> {
  const file = await locate(toplevel, path);
  const status = await statusOf(file);
  if (status === undefined) return undefined;
  if (!status.isFile()) throw new Fault('FILE_FAILED', `${printablePath(path)} is no regular file`);
  return readFile(file).catch((cause: unknown) => failed('read', path, cause));
}

/** Writes a file with its folders, by way of a temporary one beside it. @throws Fault FILE_FAILED */
export async function writeWorkFile(toplevel: string, path: Path, bytes: Uint8Array): Promise<void> {
  const file = await locate(toplevel, path);
  const status = await statusOf(file);
  if (status !== undefined && !status.isFile()) throw new Fault('FILE_FAILED', `${printablePath(path)} is no regular file`);
  await writeWhole(file, bytes);
}

/** Removes a file if it still holds these bytes, and the folders that are empty then. @throws Fault FILE_FAILED */
export async function removeWorkFile(toplevel: string, path: Path, bytes: Uint8Array): Promise<void> {
  const there = await readWorkFile(toplevel, path);
  if (there === undefined || !equal(there, bytes)) return;
  const file = await locate(toplevel, path);
  await rm(file, { force: true }).catch((cause: unknown) => failed('remove', path, cause));
  for (let folder = dirname(file); folder !== toplevel; folder = dirname(folder)) {
    if (!(await rmdir(folder).then(() => true, () => false))) return;
  }
}

/** Writes a file of any place, whole or not at all; a symbolic link of that name is replaced, not followed. @throws Fault FILE_FAILED */
export async function writeWhole(file: string, bytes: Uint8Array, mode = 0o666): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(temporary, bytes, { flag: 'wx', mode });
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new Fault('FILE_FAILED', `can't write ${printable(file)}`, { cause, hint: 'check that the folder exists and may be written to' });
  }
}

/** Returns the absolute name, having made sure that every folder on the way is a folder or missing. */
async function locate(toplevel: string, path: Path): Promise<string> {
  const text = pathText(path);
  if (text === undefined) throw new Fault('PATH_INVALID', `${printablePath(path)} is not UTF-8`);
  const names = text.split('/');
  for (let depth = 1; depth < names.length; depth++) {
    const status = await statusOf(join(toplevel, ...names.slice(0, depth)));
    if (status === undefined) break;
    if (!status.isDirectory()) throw new Fault('FILE_FAILED', `${printable(names.slice(0, depth).join('/'))} is no folder`);
  }
  return join(toplevel, ...names);
}

async function statusOf(file: string) {
  try {
    return await lstat(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Fault('FILE_FAILED', `can't look at ${printable(file)}`, { cause });
  }
}

function failed(verb: string, path: Path, cause: unknown): never {
  throw new Fault('FILE_FAILED', `can't ${verb} ${printablePath(path)}`, { cause });
}
