// SPDX-License-Identifier: Apache-2.0
// Finding a session's grant in the graph, and proving it: signed by its sponsor, for this repository, for one key.
// Looked for in the commit's own tree, then at both ends of the range, then in every commit between.
import { fromBase64 } from '../bytes.ts';
import { pathOf, type Oid } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import { entryAt, listFiles } from '../repo/tree.ts';
import type { Strength } from '../signature/signature.ts';
import { parseEvidence, grantPath, type Evidence } from '../statement/evidence.ts';
import type { Grant } from '../statement/schema.ts';
import { POLICY_PATH } from '../trust/places.ts';
import type { Ulid } from '../ulid.ts';
import { Fault } from '../fault.ts';
import { EVIDENCE_PREFIX } from '../commit/change.ts';
import { parseCommit } from '../commit/raw.ts';
import { proveEvidence } from './evidence.ts';
import { isUnadopted, trustFiles, type State } from './state.ts';

export type GrantProof =
  | { kind: 'good'; grant: Grant; publicKey: Uint8Array; strength: Strength }
  | { kind: 'missing' }
  | { kind: 'bad'; reason: string }
  | { kind: 'unknown'; reason: string };

/** Where grants are looked for: the trees of both ends, and the commits between. */
export interface GrantRange {
  base: Oid;
  head: Oid;
  trees: readonly Oid[];
}

const SESSIONS = pathOf(`${EVIDENCE_PREFIX}sessions`);

/** Grants of one history. Each file is read and proved once for each state that judges it. */
export class Grants {
  readonly #proofs = new Map<string, GrantProof>();
  readonly #found = new Map<Ulid, Oid>();
  readonly #adoptions = new Map<string, 'good' | 'bad' | 'unknown'>();
  /** Which grant first brought a key: a second grant for the same key is refused. */
  readonly #keys = new Map<string, Ulid>();
  /** The grants that commits of the range hold and its ends may not, gathered by the first session that needs them. */
  #between: Promise<ReadonlyMap<string, Oid>> | undefined;
  readonly #repo: Repo;
  /** The newest commit asked about: what a grant names as the adoption must be an ancestor of it. */
  readonly #head: Oid;
  readonly #sessionHours: number;
  #range: GrantRange;

  constructor(repo: Repo, sessionHours: number, range: GrantRange) {
    this.#repo = repo;
    this.#head = range.head;
    this.#sessionHours = sessionHours;
    this.#range = range;
  }

  /** Turns to another range of the same history; what was proved stays proved. */
  turnTo(range: GrantRange): void {
    this.#range = range;
    this.#between = undefined;
  }

  /** Finds and proves the grant of a session, for a commit with this tree under this state. */
  async prove(session: Ulid, tree: Oid, state: State): Promise<GrantProof> {
    const blob = await this.#find(session, tree);
    if (!blob) return { kind: 'missing' };
    const key = `${blob} ${state.files}`;
    const proof = this.#proofs.get(key) ?? (await this.#proveBlob(session, blob, state));
    this.#proofs.set(key, proof);
    return proof;
  }

  /** Finds a session's file, wherever a commit of the history held it first: altering it is another rule's matter. */
  async #find(session: Ulid, tree: Oid): Promise<Oid | undefined> {
    const known = this.#found.get(session);
    if (known) return known;
    const blob = await this.#look(session, tree);
    if (blob) this.#found.set(session, blob);
    return blob;
  }

  async #look(session: Ulid, tree: Oid): Promise<Oid | undefined> {
    const repo = this.#repo;
    const path = grantPath(session);
    for (const candidate of [tree, ...this.#range.trees]) {
      const entry = await entryAt(repo, candidate, path);
      if (entry?.mode === '100644') return entry.oid;
    }
    return (await (this.#between ??= this.#gather())).get(`${session}.json`);
  }

  /**
   * Looks through the whole range: a later commit may have brought the grant, and another taken it away again. Once for
   * all sessions, or a range that names thousands of them would be walked for each.
   */
  async #gather(): Promise<ReadonlyMap<string, Oid>> {
    const { base, head } = this.#range;
    const repo = this.#repo;
    const found = new Map<string, Oid>();
    let before: Oid | undefined;
    for await (const oid of repo.walk(head, [base])) {
      const commit = await repo.readObject(oid);
      const folder = commit && (await entryAt(repo, parseCommit(commit.bytes, repo.objectFormat).tree, SESSIONS));
      if (folder?.mode !== '040000' || folder.oid === before) continue;
      before = folder.oid;
      for await (const { path, mode, oid: blob } of listFiles(repo, folder.oid, '')) if (mode === '100644' && !found.has(path)) found.set(path, blob);
    }
    return found;
  }

  async #proveBlob(session: Ulid, blob: Oid, state: State): Promise<GrantProof> {
    const object = await this.#repo.readObject(blob);
    if (!object) return { kind: 'unknown', reason: 'its content is not here' };
    let evidence: Evidence;
    try {
      evidence = parseEvidence(object.bytes, grantPath(session));
    } catch (thrown) {
      if (thrown instanceof Fault) return { kind: 'bad', reason: thrown.message };
      throw thrown;
    }
    if (evidence.kind !== 'grant') return { kind: 'bad', reason: 'it is no grant' };
    return this.#proveGrant(evidence.body, evidence, state);
  }

  async #proveGrant(grant: Grant, evidence: Evidence, state: State): Promise<GrantProof> {
    const proof = await proveEvidence(evidence, state);
    if (proof.kind !== 'good') return proof;
    const reason = this.#refusal(grant);
    if (reason) return { kind: 'bad', reason };
    const adoption = await this.#adopted(grant.adoption, state);
    if (adoption === 'bad') return { kind: 'bad', reason: 'it names another beginning of this repository' };
    if (adoption === 'unknown') return { kind: 'unknown', reason: 'the history back to the adoption is not here' };
    return { kind: 'good', grant, publicKey: fromBase64(grant.publicKey)!, strength: proof.strength };
  }

  #refusal(grant: Grant): string | undefined {
    const seconds = (Date.parse(grant.notAfter) - Date.parse(grant.notBefore)) / 1000;
    if (seconds <= 0) return 'it ends before it begins';
    if (seconds > this.#sessionHours * 3600) return `it is valid for more than the ${this.#sessionHours} hours that the policy allows`;
    const holder = this.#keys.get(grant.publicKey);
    if (holder !== undefined && holder !== grant.id) return `its key is that of session ${holder}`;
    this.#keys.set(grant.publicKey, grant.id);
    return undefined;
  }

  /** Tells whether a commit is where this repository adopted its policy: it holds the repository's id, none of its parents does. */
  async #adopted(adoption: Oid, state: State): Promise<'good' | 'bad' | 'unknown'> {
    const known = this.#adoptions.get(adoption);
    if (known) return known;
    const answer = await this.#checkAdoption(adoption, state);
    this.#adoptions.set(adoption, answer);
    return answer;
  }

  async #checkAdoption(adoption: Oid, state: State): Promise<'good' | 'bad' | 'unknown'> {
    const repo = this.#repo;
    try {
      const object = await repo.readObject(adoption);
      if (!object) return 'unknown';
      if (object.kind !== 'commit' || !(await repo.isAncestor(adoption, this.#head))) return 'bad';
      const commit = parseCommit(object.bytes, repo.objectFormat);
      if ((await repositoryId(repo, commit.tree)) !== state.policy.repository) return 'bad';
      for (const parent of commit.parents) {
        const before = await repo.readObject(parent);
        if (!before) return 'unknown';
        if ((await repositoryId(repo, parseCommit(before.bytes, repo.objectFormat).tree)) === state.policy.repository) return 'bad';
      }
      return 'good';
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'REPO_OBJECT_MISSING') return 'unknown';
      throw thrown;
    }
  }
}

/** Reads the repository's id from a tree's policy without judging the rest of it: an old policy may follow older rules. */
async function repositoryId(repo: Repo, tree: Oid): Promise<string | undefined> {
  if (isUnadopted(await trustFiles(repo, tree))) return undefined;
  const entry = await entryAt(repo, tree, POLICY_PATH);
  const object = entry && (await repo.readObject(entry.oid));
  return object && /^repository: *["']?([0-9a-f-]{36})/m.exec(Buffer.from(object.bytes).toString('latin1'))?.[1];
}
