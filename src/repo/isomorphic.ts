// SPDX-License-Identifier: Apache-2.0
// The second door: isomorphic-git, for places without a git binary. It is asked for raw objects only, because its
// parsed commits are not the bytes that were signed; names, worktrees and the graph are our own. What it cannot do
// (merges, line counts as git counts) it says, and what it cannot read (SHA-256, reftable) is refused at the start.
import * as fs from 'node:fs';
import type * as Isomorphic from 'isomorphic-git';
import { Fault } from '../fault.ts';
import { EMPTY_TREE, hashObject, isOid } from '../oid.ts';
import type { Oid } from '../oid.ts';
import { objectCache } from './cache.ts';
import { isAncestorIn, mergeBasesIn, parentsIn, walkGraph } from './graph.ts';
import { corruptObject, missingObject } from './missing.ts';
import { peelToCommit } from './peel.ts';
import { findPlace, lookUp, readReplaced } from './refs.ts';
import type { Place } from './refs.ts';
import type { Env } from './process.ts';
import type { GitObject, Merge, Repo } from './repo.ts';

const CACHE_BYTES = 32 * 1024 * 1024;
const CACHED_OBJECT_BYTES = 512 * 1024;
// `HEAD~2^2`: a name, then any number of steps.
const REVISION = /^([^~^]+)((?:[~^][0-9]{0,6})*)$/;

/**
 * Opens the repository that a directory belongs to, without git. It reads whole packs into memory and knows no
 * alternates; small repositories only.
 * @throws Fault REPO_NOT_FOUND, REPO_FORMAT_UNSUPPORTED
 */
export async function openIsomorphic(dir: string, options: { env?: Env } = {}): Promise<Repo> {
  const place = await findPlace(dir, options.env ?? process.env);
  const git = await import('isomorphic-git');
  const option = (path: string) => git.getConfig({ fs, gitdir: place.commonDir, path }) as Promise<unknown>;
  const [version = 0, format = 'sha1', storage = 'files'] = await Promise.all(
    ['core.repositoryformatversion', 'extensions.objectformat', 'extensions.refstorage'].map(option),
  );
  if (Number(version) > 1 || format !== 'sha1' || storage !== 'files') {
    throw new Fault('REPO_FORMAT_UNSUPPORTED', 'only git itself can read the format of this repository', { hint: 'install git 2.38 or newer' });
  }
  return new IsomorphicDoor(git, place);
}

class IsomorphicDoor implements Repo {
  readonly objectFormat = 'sha1';
  readonly #git: typeof Isomorphic;
  readonly #place: Place;
  readonly #cache = objectCache(CACHE_BYTES, CACHED_OBJECT_BYTES);
  // Where the library keeps the packs it has read.
  #packs = {};

  constructor(git: typeof Isomorphic, place: Place) {
    this.#git = git;
    this.#place = place;
  }

  async readObject(oid: Oid): Promise<GitObject | undefined> {
    if (!isOid(oid, this.objectFormat)) return undefined;
    const cached = this.#cache.get(oid);
    if (cached !== undefined) return cached;
    const object = await this.#read(oid);
    if (object === undefined) return undefined;
    if (hashObject(this.objectFormat, object.kind, object.bytes) !== oid) throw corruptObject(oid);
    this.#cache.put(oid, object);
    return object;
  }

  async #read(oid: Oid): Promise<GitObject | undefined> {
    // Known to every git without being stored.
    if (oid === EMPTY_TREE.sha1) return { kind: 'tree', bytes: new Uint8Array() };
    const request = { fs, gitdir: this.#place.commonDir, oid, format: 'content', cache: this.#packs } as const;
    const found = await this.#git.readObject(request).catch((error: unknown) => {
      if (error instanceof this.#git.Errors.NotFoundError) return undefined;
      throw corruptObject(oid, error);
    });
    if (found === undefined) return undefined;
    if (found.format !== 'content' || !(found.object instanceof Uint8Array)) throw corruptObject(oid);
    return { kind: found.type as GitObject['kind'], bytes: found.object };
  }

  async resolve(revision: string): Promise<Oid | undefined> {
    const [, name, steps = ''] = REVISION.exec(revision) ?? [];
    if (name === undefined) return undefined;
    const start = isOid(name, this.objectFormat) ? name : await lookUp(this.#place, name);
    let oid = start === undefined ? undefined : await peelToCommit(this, start);
    for (const [, kind, digits = ''] of steps.matchAll(/([~^])([0-9]*)/g)) {
      const count = digits === '' ? 1 : Number(digits);
      if (kind === '~') for (let i = 0; i < count && oid !== undefined; i++) oid = await this.#parent(oid, 1);
      else if (oid !== undefined && count > 0) oid = await this.#parent(oid, count);
    }
    return oid;
  }

  async #parent(oid: Oid, number: number): Promise<Oid | undefined> {
    const parent = (await parentsIn(this)(oid))?.[number - 1];
    // Across the edge of a shallow clone there is a name but no commit.
    return parent !== undefined && (await this.readObject(parent)) !== undefined ? parent : undefined;
  }

  walk(from: Oid, except: readonly Oid[]): AsyncIterable<Oid> {
    return walkGraph(parentsIn(this), from, except);
  }

  mergeBases(a: Oid, b: Oid): Promise<Oid[]> {
    return mergeBasesIn(parentsIn(this), a, b);
  }

  isAncestor(a: Oid, b: Oid): Promise<boolean> {
    return isAncestorIn(parentsIn(this), a, b);
  }

  async merge(...commits: Oid[]): Promise<Merge> {
    // What is missing is a fault through either door.
    for (const oid of commits) if ((await this.readObject(oid)) === undefined) throw missingObject(oid);
    return { kind: 'unsupported' };
  }

  async lineCounts(): Promise<undefined> {
    return undefined;
  }

  rewrites(): Promise<string[]> {
    return readReplaced(this.#place);
  }

  async close(): Promise<void> {
    this.#packs = {};
  }
}
