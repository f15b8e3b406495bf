// SPDX-License-Identifier: Apache-2.0
// The first door: the git binary. Names are looked up in the real repository, because refs live there; everything a
// verdict rests on is asked in the clean room, where nothing but objects can be seen.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { latin1, utf8 } from '../bytes.ts';
import { isOid } from '../oid.ts';
import type { Oid } from '../oid.ts';
import { openBatch } from './batch.ts';
import type { Batch } from './batch.ts';
import { objectCache } from './cache.ts';
import { openCleanRoom } from './clean.ts';
import type { CleanRoom } from './clean.ts';
import { isAncestorIn, mergeBasesIn, parentsIn, walkGraph } from './graph.ts';
import { findLayout } from './layout.ts';
import type { Layout } from './layout.ts';
import { mergeIn } from './merge.ts';
import { missingObject } from './missing.ts';
import { openNumstat } from './numstat.ts';
import type { Numstat } from './numstat.ts';
import { peelToCommit } from './peel.ts';
import { runGit } from './process.ts';
import type { Env } from './process.ts';
import { candidates, hasGrafts, refuseSeveral } from './refs.ts';
import type { GitObject, LineCount, Merge, Repo } from './repo.ts';

/** A repository behind the git binary, with the facts that only this door knows. */
export interface GitRepo extends Repo {
  readonly layout: Layout;
}

// Trees are read twice, as a commit's own and as its child's parent; 32 MiB hold those of a long walk.
const CACHE_BYTES = 32 * 1024 * 1024;
const CACHED_OBJECT_BYTES = 512 * 1024;

/**
 * Opens the repository that a directory belongs to, as git itself would find it. Must be closed.
 * @throws Fault GIT_UNAVAILABLE, REPO_NOT_FOUND, REPO_FORMAT_UNSUPPORTED, GIT_FAILED, FILE_FAILED
 */
export async function openGit(dir: string, options: { env?: Env } = {}): Promise<GitRepo> {
  const env = options.env ?? process.env;
  const layout = await findLayout(dir, env);
  return new GitDoor(layout, env, await openCleanRoom(layout, env));
}

class GitDoor implements GitRepo {
  readonly layout: Layout;
  readonly #env: Env;
  readonly #room: CleanRoom;
  readonly #batch: Batch;
  readonly #numstat: Numstat;
  readonly #cache = objectCache(CACHE_BYTES, CACHED_OBJECT_BYTES);

  constructor(layout: Layout, env: Env, room: CleanRoom) {
    this.layout = layout;
    this.#env = env;
    this.#room = room;
    this.#batch = openBatch((args) => room.start(args), layout.objectFormat);
    this.#numstat = openNumstat((args) => room.start(args));
  }

  get objectFormat() {
    return this.layout.objectFormat;
  }

  async readObject(oid: Oid): Promise<GitObject | undefined> {
    const cached = this.#cache.get(oid);
    if (cached !== undefined) return cached;
    const object = await this.#batch.read(oid);
    if (object !== undefined) this.#cache.put(oid, object);
    return object;
  }

  async resolve(revision: string): Promise<Oid | undefined> {
    if (revision.startsWith('-') || /[\0\n]/.test(revision)) return undefined;
    await this.#refuseAmbiguous(revision);
    const args = ['-c', 'core.commitGraph=false', 'rev-parse', '--verify', '--quiet', '--end-of-options', revision];
    const { stdout } = await runGit(args, { layout: this.layout, env: this.#env, accept: [1, 128] });
    const oid = latin1(stdout).trimEnd();
    // Peeled here and not by `^{commit}`, which would make a partial clone fetch.
    return isOid(oid, this.objectFormat) ? peelToCommit(this, oid) : undefined;
  }

  // A tag comes with every fetch and git prefers it to a branch, and any ref to the beginning of an id: a tag named
  // origin/main would be the trusted end.
  async #refuseAmbiguous(revision: string): Promise<void> {
    const names = candidates(revision, this.objectFormat);
    if (names.length === 0) return;
    const lines = async (...args: string[]) => latin1((await runGit(args, { layout: this.layout, env: this.#env })).stdout).split('\n').filter(Boolean);
    // a pattern also lists what is below it
    const refs = await lines('for-each-ref', '--format=%(refname)', ...names);
    const meanings = names.filter((name) => refs.includes(name));
    const prefix = /^[0-9a-f]{4,63}$/.exec(names[0]!.slice('refs/'.length))?.[0];
    if (meanings.length > 0 && prefix !== undefined) meanings.push(...(await lines('rev-parse', `--disambiguate=${prefix}`)));
    refuseSeveral(revision, meanings);
  }

  async *walk(from: Oid, except: readonly Oid[]): AsyncGenerator<Oid> {
    this.#check(from, ...except);
    if (this.layout.shallow || !(yield* this.#list(from, except))) yield* walkGraph(parentsIn(this), from, except);
  }

  // In topological order git prints nothing before it has walked everything, so where it fails nothing was yielded.
  async *#list(from: Oid, except: readonly Oid[]): AsyncGenerator<Oid, boolean> {
    const child = this.#room.start(['rev-list', '--topo-order', '--reverse', '--stdin']);
    child.process.stdin.end([from, ...except.map((oid) => `^${oid}`), ''].join('\n'));
    try {
      let rest = '';
      for await (const chunk of child.process.stdout as AsyncIterable<Buffer>) {
        const lines = (rest + latin1(chunk)).split('\n');
        rest = lines.pop()!;
        yield* lines as Oid[];
      }
      return (await child.ended) === 0;
    } finally {
      child.process.kill('SIGKILL');
    }
  }

  async mergeBases(a: Oid, b: Oid): Promise<Oid[]> {
    const answer = await this.#ask('--all', a, b);
    return answer === undefined ? mergeBasesIn(parentsIn(this), a, b) : (latin1(answer.stdout).split('\n').filter(Boolean) as Oid[]);
  }

  async isAncestor(a: Oid, b: Oid): Promise<boolean> {
    const answer = await this.#ask('--is-ancestor', a, b);
    return answer === undefined ? isAncestorIn(parentsIn(this), a, b) : answer.code === 0;
  }

  // Before 2.45, merge-base takes a missing parent for none: it complains on stderr and answers all the same. Undefined
  // stands for that and for a shallow clone; then our own walk finds out whether what is missing matters.
  async #ask(question: string, a: Oid, b: Oid) {
    this.#check(a, b);
    if (this.layout.shallow) return undefined;
    const answer = await this.#room.run(['merge-base', question, a, b], { accept: [1, 128] });
    return answer.code <= 1 && answer.stderr === '' ? answer : undefined;
  }

  async merge(ours: Oid, theirs: Oid, base?: Oid): Promise<Merge> {
    this.#check(ours, theirs, ...(base === undefined ? [] : [base]));
    return mergeIn(this.#room, this, ours, theirs, base);
  }

  async lineCounts(oldTree: Oid, newTree: Oid): Promise<LineCount[]> {
    this.#check(oldTree, newTree);
    return this.#numstat.count(oldTree, newTree);
  }

  async rewrites(): Promise<string[]> {
    const args = ['for-each-ref', '--format=%(refname)', 'refs/replace/'];
    const [{ stdout }, grafts] = await Promise.all([
      runGit(args, { layout: this.layout, env: this.#env }),
      readFile(join(this.layout.commonDir, 'info', 'grafts')).catch(() => utf8('')),
    ]);
    const replaced = latin1(stdout).split('\n').filter(Boolean);
    return hasGrafts(latin1(grafts)) ? [...replaced, 'info/grafts'] : replaced;
  }

  async close(): Promise<void> {
    await Promise.all([this.#batch.close(), this.#numstat.close()]);
    await this.#room.close();
  }

  // An id becomes an argument or a line of input: what is not one must not become an option.
  #check(...oids: readonly Oid[]): void {
    for (const oid of oids) if (!isOid(oid, this.objectFormat)) throw missingObject(oid);
  }
}
