// SPDX-License-Identifier: Apache-2.0
// The clean room: a private, empty, bare repository in which git answers every question that a verdict rests on. It
// borrows the real objects as alternates and nothing else, so no configuration, attribute, merge driver, hook, replace
// ref, graft, shallow file, commit-graph or remote of the real repository can change an answer.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { concat, latin1, utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { hashObject } from '../oid.ts';
import type { ObjectFormat, ObjectKind, Oid } from '../oid.ts';
import type { Layout } from './layout.ts';
import { ALWAYS, collect, startGit } from './process.ts';
import type { Env, GitChild, Input, Output } from './process.ts';

export interface CleanRoom {
  readonly dir: string;
  /** Runs git here. @throws Fault GIT_UNAVAILABLE, GIT_FAILED */
  run(args: readonly string[], input?: Input): Promise<Output>;
  /** Starts a git that stays. */
  start(args: readonly string[]): GitChild;
  /** Puts an object into this room, not into the repository. */
  write(kind: ObjectKind, bytes: Uint8Array): Promise<Oid>;
  close(): Promise<void>;
}

/**
 * Builds a clean room over a repository's objects. Removed by `close`, at the latest when the process ends.
 * @throws Fault FILE_FAILED
 */
export async function openCleanRoom(layout: Layout, outer: Env = process.env): Promise<CleanRoom> {
  const dir = await build(layout).catch((cause: unknown) => {
    throw new Fault('FILE_FAILED', 'no room for temporary files', { cause, hint: 'set TMPDIR to a directory you may write to' });
  });
  remember(dir);
  const env = environment(dir, outer);
  return {
    dir,
    run: (args, input = {}) => collect(args, env, dir, input),
    start: (args) => startGit(args, env, dir),
    write: (kind, bytes) => writeLoose(dir, layout.objectFormat, kind, bytes),
    async close() {
      rooms.delete(dir);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

// By hand rather than by `git init`, which copies templates and costs a process.
async function build(layout: Layout): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-'));
  await Promise.all([mkdir(join(dir, 'refs')), mkdir(join(dir, 'objects', 'info'), { recursive: true })]);
  const stores = new Set([layout.objectDir, join(layout.commonDir, 'objects')]);
  const config = [
    '[core]',
    'repositoryFormatVersion = 1',
    'bare = true',
    // A commit-graph stands beside the objects and would be believed about parents without looking at the commits.
    'commitGraph = false',
    'attributesFile = /dev/null',
    '[extensions]',
    `objectFormat = ${layout.objectFormat}`,
    '',
  ];
  await Promise.all([
    writeFile(join(dir, 'HEAD'), 'ref: refs/heads/none\n'),
    writeFile(join(dir, 'config'), config.join('\n')),
    writeFile(join(dir, 'objects', 'info', 'alternates'), [...stores].map((store) => `${quote(store)}\n`).join('')),
  ]);
  return dir;
}

// git unquotes a line of `alternates` that begins with a double quote as C would, so a newline in a path is no second line.
function quote(path: string): string {
  const octal = (c: string) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return `"${latin1(utf8(path)).replace(/[^\x20-\x7e]|["\\]/g, octal)}"`;
}

function environment(dir: string, outer: Env): Env {
  const kept = ['PATH', 'SystemRoot', 'DEVELOPER_DIR', 'GIT_ALTERNATE_OBJECT_DIRECTORIES'];
  return {
    ...Object.fromEntries(kept.flatMap((name) => (outer[name] === undefined ? [] : [[name, outer[name]]]))),
    ...ALWAYS,
    GIT_DIR: dir,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
  };
}

async function writeLoose(dir: string, format: ObjectFormat, kind: ObjectKind, bytes: Uint8Array): Promise<Oid> {
  const oid = hashObject(format, kind, bytes);
  const folder = join(dir, 'objects', oid.slice(0, 2));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, oid.slice(2)), deflateSync(concat(utf8(`${kind} ${bytes.length}\0`), bytes)));
  return oid;
}

const rooms = new Set<string>();
let armed = false;

// One listener for all rooms: each further one would count towards Node's warning about leaks.
function remember(dir: string): void {
  if (!armed) process.once('exit', () => rooms.forEach((room) => rmSync(room, { recursive: true, force: true })));
  armed = true;
  rooms.add(dir);
}
