// SPDX-License-Identifier: Apache-2.0
// The only way into the real repository: an object, or a reference moved from one known value to another. Content goes
// in as it is, without filters; hooks stay off, because what is written here is written on behalf of a hook or command.
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { isOid } from '../oid.ts';
import type { Oid } from '../oid.ts';
import { printable } from '../printable.ts';
import type { Layout } from './layout.ts';
import { runGit } from './process.ts';
import type { Env } from './process.ts';

/** Stores a file's content and returns its id. @throws Fault GIT_FAILED */
export function writeBlob(layout: Layout, bytes: Uint8Array, env?: Env): Promise<Oid> {
  return write(layout, ['--no-filters'], bytes, env);
}

/** Stores a commit and returns its id; git refuses malformed ones. @throws Fault GIT_FAILED */
export function writeCommit(layout: Layout, bytes: Uint8Array, env?: Env): Promise<Oid> {
  return write(layout, ['-t', 'commit'], bytes, env);
}

/**
 * Moves a reference, provided that it still has its old value; an all-zero old id means that it must not exist yet.
 * `HEAD` moves the branch it points to.
 * @throws Fault GIT_FAILED (somebody else moved it), PATH_INVALID (not `HEAD` and not below `refs/`)
 */
export async function updateRef(layout: Layout, ref: string, newOid: Oid, oldOid: Oid, message: string, env?: Env): Promise<void> {
  if ((ref !== 'HEAD' && !ref.startsWith('refs/')) || ref.includes('\0')) {
    throw new Fault('PATH_INVALID', `not a reference: ${printable(ref)}`);
  }
  const input = `update ${ref}\0${newOid}\0${oldOid}\0`;
  await runGit(['update-ref', '-m', message.replaceAll('\0', ' '), '--stdin', '-z'], { layout, ...(env && { env }), input });
}

async function write(layout: Layout, args: readonly string[], input: Uint8Array, env?: Env): Promise<Oid> {
  const { stdout } = await runGit(['hash-object', ...args, '-w', '--stdin'], { layout, ...(env && { env }), input });
  const oid = latin1(stdout).trimEnd();
  if (!isOid(oid, layout.objectFormat)) throw new Fault('GIT_FAILED', 'git hash-object answered in an unknown form');
  return oid;
}
