// SPDX-License-Identifier: Apache-2.0
// Which policy and roster count, commit by commit. A range begins with the state of its trusted end; a commit changes
// it only if an owner of the state before signed the change with the next serial (spec §8). What a contribution says
// about itself never counts before that.
import { Fault } from '../fault.ts';
import { pathOf, type Oid, type Path } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import { entryAt } from '../repo/tree.ts';
import { completeRoster } from '../trust/key-files.ts';
import { FOLDER, KEYS_FOLDER, POLICY_PATH, ROSTER_PATH } from '../trust/places.ts';
import { parsePolicy, type Policy } from '../trust/policy.ts';
import { parseRoster, type Roster } from '../trust/roster.ts';

/** The object ids that make up a state: policy, roster and the folder of keys. Equal text, equal state. */
export type TrustFiles = string & { readonly __files: unique symbol };

export interface State {
  /** The commit that brought it. */
  commit: Oid;
  files: TrustFiles;
  policy: Policy;
  roster: Roster;
  /** The state that an owner changed into this one; undefined for a trusted end's. */
  before?: State;
}

const UNADOPTED = '-\n-\n-' as TrustFiles;

/** Returns what a tree holds of policy, roster and keys, without reading them. */
export async function trustFiles(repo: Repo, tree: Oid): Promise<TrustFiles> {
  const folder = await entryAt(repo, tree, FOLDER);
  if (folder?.mode !== '040000') return UNADOPTED;
  const known = last.get(repo);
  if (known?.folder === folder.oid) return known.files;
  const entries = await Promise.all([POLICY_PATH, ROSTER_PATH, KEYS_FOLDER].map((path) => entryAt(repo, folder.oid, path.slice(FOLDER.length + 1) as Path)));
  const files = entries.map((entry) => (entry ? `${entry.mode} ${entry.oid}` : '-')).join('\n') as TrustFiles;
  last.set(repo, { folder: folder.oid, files });
  return files;
}

/** Asked of every commit, and nearly always of the folder that was asked about last. */
const last = new WeakMap<Repo, { folder: Oid; files: TrustFiles }>();

/** Tells whether a tree holds no policy, roster or keys at all. */
export function isUnadopted(files: TrustFiles): boolean {
  return files.startsWith('-\n');
}

/**
 * Returns the state that a tree describes, or undefined where it has no policy.
 * @throws Fault POLICY_INVALID, ROSTER_INVALID, REPO_OBJECT_MISSING
 */
export async function readState(repo: Repo, commit: Oid, tree: Oid): Promise<State | undefined> {
  const files = await trustFiles(repo, tree);
  if (isUnadopted(files)) return undefined;
  const policy = await readPolicy(repo, tree);
  const roster = await completeRoster(parseRoster(await readFile(repo, tree, ROSTER_NAME)), (name) => readKeyFile(repo, tree, name));
  return { commit, files, policy, roster };
}

/** Returns the policy of a tree alone. @throws Fault POLICY_INVALID, REPO_OBJECT_MISSING */
export async function readPolicy(repo: Repo, tree: Oid): Promise<Policy> {
  return parsePolicy(await readFile(repo, tree, POLICY_NAME));
}

const POLICY_NAME = { path: POLICY_PATH, code: 'POLICY_INVALID' } as const;
const ROSTER_NAME = { path: ROSTER_PATH, code: 'ROSTER_INVALID' } as const;

async function readFile(repo: Repo, tree: Oid, { path, code }: typeof POLICY_NAME | typeof ROSTER_NAME): Promise<Uint8Array> {
  const entry = await entryAt(repo, tree, path);
  if (entry?.mode !== '100644') throw new Fault(code, `${path} is no regular file`, { hint: 'restore it from the target branch' });
  return contentOf(repo, entry.oid, path);
}

/** Returns a key file that the roster names (`keys/alice.asc`), or undefined where there is no such regular file. */
async function readKeyFile(repo: Repo, tree: Oid, name: string): Promise<Uint8Array | undefined> {
  const path = pathOf(`${FOLDER}/${name}`);
  const entry = await entryAt(repo, tree, path);
  return entry?.mode === '100644' ? contentOf(repo, entry.oid, path) : undefined;
}

async function contentOf(repo: Repo, oid: Oid, path: Path): Promise<Uint8Array> {
  const object = await repo.readObject(oid);
  if (!object) throw new Fault('REPO_OBJECT_MISSING', `the content of ${path} is not here`, { hint: 'git fetch --unshallow' });
  return object.bytes;
}

/** What a commit would do to the state. */
export type Step =
  | { kind: 'same'; state: State }
  /** A merge of two lines that gave one serial two contents. */
  | { kind: 'rival'; state: State; serial: number }
  /** The commit's files differ from those of the parent that counts. */
  | { kind: 'change'; state: State };

/** Tells whether a state (of the highest serial) goes back to another content of a serial than the other has. */
function isRival(state: State, other: State): boolean {
  let at: State | undefined = state;
  while (at && at.policy.serial > other.policy.serial) at = at.before;
  return at !== undefined && at.policy.serial === other.policy.serial && at.files !== other.files;
}

/** Carries the state along the range, parents before children. */
export class States {
  /** The accepted state after the trusted commit, its descendants, and whatever else changed the state. */
  readonly #after = new Map<Oid, State>();
  readonly #repo: Repo;
  readonly start: State;

  constructor(repo: Repo, base: Oid, start: State) {
    this.#repo = repo;
    this.start = start;
    this.#after.set(base, start);
  }

  /** Returns the state that counts after a commit; one that does not descend from the trusted commit has that one's. */
  after(oid: Oid): State {
    return this.#after.get(oid) ?? this.start;
  }

  /** Returns the state that judges a commit: of its parents' the one with the highest serial, the first among equals. */
  before(parents: readonly Oid[]): State {
    const states = parents.map((parent) => this.after(parent));
    return states.reduce((best, next) => (next.policy.serial > best.policy.serial ? next : best), states[0] ?? this.start);
  }

  /** Tells what a commit does to the state. `parentTrees` stand in the order of `parents`. */
  async step(tree: Oid, parents: readonly Oid[], parentTrees: readonly Oid[]): Promise<Step> {
    const state = this.before(parents);
    const rival = parents.map((parent) => this.after(parent)).find((other) => isRival(state, other));
    const files = await trustFiles(this.#repo, tree);
    if (files === state.files) return rival ? { kind: 'rival', state, serial: rival.policy.serial } : { kind: 'same', state };
    // a root that holds none of the files changes none: a history from elsewhere, which a merge must still make room for
    if (parents.length === 0 && isUnadopted(files)) return { kind: 'same', state };
    const known = parents.map((parent) => this.#after.has(parent));
    for (const [i, parentTree] of parentTrees.entries()) {
      // a merge into a line whose state is known must take that line's files; off such a line any parent's will do
      const counts = parents.length === 1 || !known.includes(true) || (known[i] === true && this.after(parents[i]!) === state);
      if (counts && files === (await trustFiles(this.#repo, parentTree))) return { kind: 'same', state };
    }
    return { kind: 'change', state };
  }

  /** Reads what the files of a commit say, or why they say nothing. Hostile key files take time: first ask who signed. */
  async next(oid: Oid, tree: Oid, before: State): Promise<State | string> {
    try {
      const next = await readState(this.#repo, oid, tree);
      return next ? { ...next, before } : 'the policy is gone';
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code !== 'REPO_OBJECT_MISSING') return thrown.message;
      throw thrown;
    }
  }

  /** Notes the accepted state after a commit. */
  accept(oid: Oid, parents: readonly Oid[], state: State): void {
    if (state !== this.start || parents.some((parent) => this.#after.has(parent))) this.#after.set(oid, state);
  }
}
