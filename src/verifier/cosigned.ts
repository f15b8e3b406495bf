// SPDX-License-Identifier: Apache-2.0
// Which people stand behind the content of a compliance file. A cosignature counts for exactly this path, mode and
// content, by a person of both states, and only in the range that brings it.
import { sha256 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import type { Mode, Oid, Path } from '../oid.ts';
import { pathText } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import { entryAt, listFiles } from '../repo/tree.ts';
import type { Strength } from '../signature/signature.ts';
import { cosignFolder, parseEvidence } from '../statement/evidence.ts';
import type { Cosignature } from '../statement/schema.ts';
import { proveEvidence } from './evidence.ts';
import { readCommit } from './reading.ts';
import type { State } from './state.ts';

export interface Cosigner {
  person: string;
  strength: Strength;
}

/** The cosignatures of one path: by content, and why others do not count. */
export interface Cosigned {
  /** Whoever stands behind this content, each person once. */
  by(mode: Mode, oid: Oid): Cosigner[];
  /** Whether there is any at all, counting or not. */
  any: boolean;
  rejected: string[];
  /** A cosignature could not be decided. */
  undecided: string | undefined;
}

/** The two ends between which cosignatures must have been brought. */
export interface Span {
  repo: Repo;
  base: Oid;
  baseTree: Oid;
  endTree: Oid;
  states: readonly State[];
}

const MOST = 1000;

/** Reads and proves the cosignatures of a path at the end of a range. */
export async function readCosigned(span: Span, path: Path): Promise<Cosigned> {
  const good: { body: Cosignature; cosigner: Cosigner }[] = [];
  const result: Cosigned = { by: () => [], any: false, rejected: [], undecided: undefined };
  const end = await entryAt(span.repo, span.endTree, path);
  let count = 0;
  for await (const file of listFiles(span.repo, span.endTree, cosignFolder(path))) {
    result.any = true;
    if (++count > MOST) {
      result.undecided = `more than ${MOST} cosignatures`;
      break;
    }
    const judged = await judge(span, path, file, end?.oid);
    if (judged.kind === 'good') good.push(judged);
    else if (judged.kind === 'bad') result.rejected.push(judged.reason);
    else result.undecided = judged.reason;
  }
  result.by = (mode, oid) => {
    const people = new Map<string, Cosigner>();
    for (const { body, cosigner } of good) {
      const known = people.get(cosigner.person);
      if (body.mode === mode && body.oid === oid && known?.strength !== 'presence') people.set(cosigner.person, cosigner);
    }
    return [...people.values()];
  };
  return result;
}

type Judgement = { kind: 'good'; body: Cosignature; cosigner: Cosigner } | { kind: 'bad' | 'unknown'; reason: string };

async function judge(span: Span, path: Path, file: { path: Path; oid: Oid }, asked: Oid | undefined): Promise<Judgement> {
  const { repo, states } = span;
  const object = await repo.readObject(file.oid);
  if (!object) return { kind: 'unknown', reason: 'a cosignature is not here' };
  try {
    const evidence = parseEvidence(object.bytes, file.path);
    if (evidence.kind !== 'cosignature' || evidence.body.path !== pathText(path)) return { kind: 'bad', reason: 'it is for another path' };
    let strength: Strength = 'software';
    for (const state of states) {
      const proof = await proveEvidence(evidence, state);
      if (proof.kind !== 'good') return { kind: proof.kind, reason: `${evidence.body.person}: ${proof.reason}` };
      strength = proof.strength;
    }
    const content = await repo.readObject(evidence.body.oid);
    if (!content) return { kind: evidence.body.oid === asked ? 'unknown' : 'bad', reason: `${evidence.body.person}: the content that it is for is not here` };
    // the SHA-256 keeps a file apart from another one made to have the same SHA-1 object id
    if (sha256(content.bytes) !== evidence.body.sha256) return { kind: 'bad', reason: `${evidence.body.person}: it is for other content` };
    const spent = await isSpent(span, file.path, evidence.body.base);
    if (spent) return spent === 'unknown' ? { kind: 'unknown', reason: 'the commit that a cosignature names as base is not here' } : { kind: 'bad', reason: `${evidence.body.person}: it was used before` };
    return { kind: 'good', body: evidence.body, cosigner: { person: evidence.body.person, strength } };
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'STATEMENT_INVALID') return { kind: 'bad', reason: thrown.message };
    throw thrown;
  }
}

/** Tells whether the target's history already held this file since the cosignature was made. */
async function isSpent({ repo, base, baseTree }: Span, file: Path, since: Oid): Promise<boolean | 'unknown'> {
  if (await entryAt(repo, baseTree, file)) return true;
  try {
    if (!(await repo.readObject(since))) return 'unknown';
    for await (const oid of repo.walk(base, [since])) {
      if (await entryAt(repo, (await readCommit(repo, oid)).tree, file)) return true;
    }
    return false;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'REPO_OBJECT_MISSING') return 'unknown';
    throw thrown;
  }
}
