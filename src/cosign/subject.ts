// SPDX-License-Identifier: Apache-2.0
// What is to be cosigned: a file as the index has it, which is what the next commit will hold. A working tree that differs
// is refused, because the person would read one thing and sign another.
import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { sha256 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { pathOf, type Oid, type Path } from '../oid.ts';
import { clip, printable, printablePath } from '../printable.ts';
import type { GitRepo } from '../repo/git.ts';
import type { Env } from '../repo/process.ts';
import { isDirty, stagedEntry } from '../repo/staging.ts';
import type { Cosignature } from '../statement/schema.ts';

export interface Subject {
  path: Path;
  /** The path as a statement writes it. */
  text: string;
  mode: Cosignature['mode'];
  oid: Oid;
  /** Of the content, hex. */
  sha256: string;
}

/**
 * Returns the file that a word of the command line names, from a folder.
 * @throws Fault PATH_INVALID (outside, unknown, no file, in conflict, changed since it was staged), REPO_NOT_FOUND, GIT_FAILED
 */
export async function readSubject(repo: GitRepo, dir: string, word: string, env: Env): Promise<Subject> {
  const text = await fromTop(repo, dir, word);
  const path = pathOf(text);
  const shown = printablePath(path);
  const entry = await stagedEntry(repo.layout, path, env);
  if (entry === undefined) {
    throw new Fault('PATH_INVALID', `${shown} is no file that git knows`, { hint: 'name a file as it is seen from this folder, and "git add" it first' });
  }
  const { mode, oid } = entry;
  if (mode !== '100644' && mode !== '100755' && mode !== '120000') throw new Fault('PATH_INVALID', `${shown} is a submodule, whose content is elsewhere`);
  if (await isDirty(repo.layout, path, env)) {
    throw new Fault('PATH_INVALID', `${shown} was changed since it was staged`, { hint: '"git add" it if you mean to sign what you see' });
  }
  const object = await repo.readObject(oid);
  if (object === undefined) throw new Fault('REPO_OBJECT_MISSING', `the content of ${shown} is not here`, { hint: 'git fetch --refetch --no-filter' });
  return { path, text, mode, oid, sha256: sha256(object.bytes) };
}

async function fromTop({ layout: { toplevel } }: GitRepo, dir: string, word: string): Promise<string> {
  if (toplevel === undefined) throw new Fault('REPO_NOT_FOUND', 'a bare repository has no files to cosign', { hint: 'run this in a clone' });
  const text = relative(await realpath(toplevel), resolve(await realpath(dir), word)).split(sep).join('/');
  if (text !== '' && text !== '..' && !text.startsWith('../')) return text;
  throw new Fault('PATH_INVALID', `${printable(clip(word, 200))} is no file of this repository`);
}
