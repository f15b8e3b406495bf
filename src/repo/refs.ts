// SPDX-License-Identifier: Apache-2.0
// References as files, for the door without a git binary: where a repository is, linked worktrees included, and what a
// name stands for. A name is checked before it becomes part of a path, and only refs are ever read as refs.
import { readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Fault } from '../fault.ts';
import { isOid } from '../oid.ts';
import type { ObjectFormat, Oid } from '../oid.ts';
import { printable } from '../printable.ts';
import type { Env } from './process.ts';

/** The directories of one repository; they differ in a linked worktree. */
export interface Place {
  gitDir: string;
  commonDir: string;
}

// What git looks for, in its order (gitrevisions(7)).
const RULES = ['refs/*', 'refs/tags/*', 'refs/heads/*', 'refs/remotes/*', 'refs/remotes/*/HEAD'];
// HEAD and its like stand beside the refs; every other file there is something else.
const PSEUDO = /^([A-Z]+_)*HEAD$/;
// The characters and sequences that git-check-ref-format(1) refuses, and what would leave the directory.
const REFUSED = /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.(lock)?\/|^[./-]|[./]$|\.lock$|^@$/;
const SYMBOLIC_DEPTH = 5;

/** Finds the repository that a directory belongs to. @throws Fault REPO_NOT_FOUND */
export async function findPlace(dir: string, env: Env): Promise<Place> {
  const named = env['GIT_DIR'];
  const gitDir = named === undefined ? await findGitDir(resolve(dir)) : await asGitDir(resolve(dir, named));
  if (gitDir === undefined) {
    throw new Fault('REPO_NOT_FOUND', `not a git repository: ${printable(dir)}`, { hint: 'name one with -C <dir>' });
  }
  return { gitDir, commonDir: await commonDirOf(gitDir) };
}

async function findGitDir(dir: string): Promise<string | undefined> {
  const found = (await asGitDir(join(dir, '.git'))) ?? (await asGitDir(dir));
  const above = dirname(dir);
  return found ?? (above === dir ? undefined : findGitDir(above));
}

// Follows the file that stands for the directory in a linked worktree or submodule.
async function asGitDir(path: string): Promise<string | undefined> {
  const link = /^gitdir: ([^]+?)\n?$/.exec((await textOf(path)) ?? '')?.[1];
  const dir = link === undefined ? path : resolve(dirname(path), link);
  const head = await textOf(join(dir, 'HEAD'));
  const objects = await stat(join(await commonDirOf(dir), 'objects')).catch(() => undefined);
  return head !== undefined && objects?.isDirectory() ? dir : undefined;
}

async function commonDirOf(gitDir: string): Promise<string> {
  const common = await textOf(join(gitDir, 'commondir'));
  return common === undefined ? gitDir : resolve(gitDir, common.replace(/\n$/, ''));
}

/** Returns the refs that a revision's name may stand for, in git's order; none where it can only be one thing. */
export function candidates(revision: string, format: ObjectFormat): string[] {
  const name = revision.replace(/(?:[~^:]|@\{)[^]*$/, '');
  if (REFUSED.test(name) || name === '' || PSEUDO.test(name) || name.startsWith('refs/') || isOid(name, format)) return [];
  return RULES.map((rule) => rule.replace('*', () => name));
}

/**
 * Refuses a name that several refs have: git would take the first, and others choose what is fetched.
 * @throws Fault REVISION_UNKNOWN
 */
export function refuseSeveral(revision: string, refs: readonly string[]): void {
  if (refs.length < 2) return;
  const list = refs.map((ref) => printable(ref)).join(', ');
  throw new Fault('REVISION_UNKNOWN', `${printable(revision)} has several meanings here: ${list}`, { hint: `name one in full: ${printable(refs.at(-1)!)}` });
}

/** Returns the id that a name stands for by git's rules, unpeeled; undefined where there is none. @throws Fault REVISION_UNKNOWN where several refs have it */
export async function lookUp(place: Place, name: string): Promise<Oid | undefined> {
  const plain = name === '@' ? 'HEAD' : name;
  if (REFUSED.test(plain)) return undefined;
  if (PSEUDO.test(plain)) return readRef(place, plain);
  if (plain.startsWith('refs/')) return readRef(place, plain);
  const found: { ref: string; oid: Oid }[] = [];
  for (const ref of candidates(plain, 'sha1')) {
    const oid = await readRef(place, ref);
    if (oid !== undefined) found.push({ ref, oid });
  }
  refuseSeveral(plain, found.map(({ ref }) => ref));
  return found[0]?.oid;
}

async function readRef(place: Place, ref: string, depth = 0): Promise<Oid | undefined> {
  // HEAD, and the refs of bisect and rebase, belong to the worktree; all others are shared.
  const own = !ref.startsWith('refs/') || /^refs\/(bisect|worktree|rewritten)\//.test(ref);
  const text = (await textOf(join(own ? place.gitDir : place.commonDir, ref)))?.trimEnd() ?? (await packed(place)).get(ref);
  const target = /^ref: *(refs\/.+)$/.exec(text ?? '')?.[1];
  if (target !== undefined) return depth < SYMBOLIC_DEPTH && !REFUSED.test(target) ? readRef(place, target, depth + 1) : undefined;
  // FETCH_HEAD holds more after the id.
  const [id = ''] = (text ?? '').split(/[\t\n]/, 1);
  return isOid(id, 'sha1') ? id : undefined;
}

async function packed(place: Place): Promise<Map<string, string>> {
  const text = (await textOf(join(place.commonDir, 'packed-refs'))) ?? '';
  return new Map([...text.matchAll(/^([0-9a-f]{40}) (.+)$/gm)].map(([, oid, ref]) => [ref!, oid!]));
}

/** Lists the replace refs and the graft file, where there are any. */
export async function readReplaced(place: Place): Promise<string[]> {
  const folder = join(place.commonDir, 'refs', 'replace');
  const loose = await readdir(folder).catch(() => []);
  const names = new Set([...loose.map((name) => `refs/replace/${name}`), ...(await packed(place)).keys()]);
  const grafts = (await textOf(join(place.commonDir, 'info', 'grafts'))) ?? '';
  const replaced = [...names].filter((ref) => ref.startsWith('refs/replace/')).sort();
  return hasGrafts(grafts) ? [...replaced, 'info/grafts'] : replaced;
}

/** Tells whether a graft file says anything: it may be empty or hold comments only. */
export function hasGrafts(text: string): boolean {
  return /^[0-9a-f]/m.test(text);
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
