// SPDX-License-Identifier: Apache-2.0
// Everything the rules ask about one commit, gathered once: its bytes, what it changed, which state judges it, what its
// stamp proves. Rules are then plain functions over these facts.
import { findMarks, type Mark } from '../agents/fingerprint.ts';
import { NO_LINES, isEvidence, withoutEvidence, type LineTotals } from '../commit/change.ts';
import { hasForgeNumber, messageText } from '../commit/message.ts';
import type { RawCommit } from '../commit/raw.ts';
import type { Change, Oid } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import type { Carried } from '../statement/trailers.ts';
import type { Policy } from '../trust/policy.ts';
import { acceptedState } from './acceptance.ts';
import { judgeEvidence, type EvidenceFacts } from './deposits.ts';
import { isAgents, proveGitSignature, type GitProof } from './git-signature.ts';
import type { GrantProof, Grants } from './grants.ts';
import type { KeyCounters } from './counters.ts';
import type { MergeFacts } from './merge.ts';
import { proveStamp, type Proof } from './proof.ts';
import type { Reading } from './reading.ts';
import type { State, States, Step } from './state.ts';
import type { CommitKind } from './verifier.ts';

export interface Facts {
  oid: Oid;
  /** It is the end of the range, which whoever mends it may well have checked out. */
  isHead: boolean;
  raw: RawCommit;
  subject: string;
  author: { name: string; email: string; date: number };
  /** The state that judges this commit, and what the commit does to it. */
  state: State;
  /** That state's policy and the trusted end's: where they differ, the stricter counts. */
  policies: readonly Policy[];
  step: Step;
  /** The state that counts after the commit, or why what it brings does not. */
  accepted: State | string;
  carried: Carried;
  proof: Proof;
  /** What git's own signature proves, whatever the stamp says. */
  git: GitProof;
  /** The grant of the session that the stamp names. */
  grant: GrantProof | undefined;
  kind: CommitKind;
  /** Differences to each parent, to the empty tree for a root; evidence included. */
  diffs: Change[][];
  /** What the commit itself did, evidence left out: for a merge, what it did beyond the recomputed merge. */
  own: Change[];
  merge: MergeFacts | undefined;
  evidence: EvidenceFacts;
  marks: Mark[];
  /** The commit with whose signature the counter of this one's hardware key does not go together. */
  turnedBack: Oid | undefined;
  /** A squash that a forge seems to have made; it is judged once approvals are (spec §9). */
  forgeSquash: boolean;
  /** Lines by an agent, or by nobody knows whom; undefined where this door to Git cannot count. Empty for people's commits. */
  lines: LineTotals | undefined;
}

/** What gathering needs beside the commit. */
export interface Surroundings {
  repo: Repo;
  states: States;
  grants: Grants;
  counters: KeyCounters;
  /** The end of the range. */
  head: Oid;
}

/** Judges what can be said of a commit that was read. @throws Fault COMMIT_MALFORMED, TREE_MALFORMED, REPO_OBJECT_MISSING */
export async function gatherFacts(oid: Oid, reading: Reading, around: Surroundings): Promise<Facts> {
  const { repo, states } = around;
  const { raw, parentTrees, diffs, carried, text, merge } = reading;
  const step = await states.step(raw.tree, raw.parents, parentTrees);
  const message = messageText(raw.message, raw.encoding);
  const git = await proveGitSignature(raw, text.author.email, reading.horizon, step.state);
  const { grant, proof } = await prove(around, reading, step.state, git);
  const own = merge ? merge.beyond : withoutEvidence(diffs[0]!);
  const kind = kindOf(proof, carried, diffs, merge, git);
  return {
    oid, isHead: oid === around.head, raw, carried, step, proof, git, grant, kind, diffs, own, merge,
    state: step.state,
    accepted: await acceptedState(states, oid, raw.tree, { step, proof, kind, grant }),
    policies: [states.start.policy, step.state.policy],
    subject: message.trimStart().split('\n', 1)[0] ?? '',
    author: text.author,
    evidence: await judgeEvidence(repo, step.state, merge?.difference ?? diffs[0]!),
    marks: findMarks(text.author, message, git.kind === 'signed' || git.kind === 'stranger' ? git.keyid : undefined),
    turnedBack: around.counters.note(oid, { raw, proof, git }),
    forgeSquash: proof.kind !== 'good' && raw.parents.length === 1 && hasForgeNumber(message),
    lines: isCounted(kind) ? await reading.countLines() : NO_LINES,
  };
}

async function prove({ repo, grants }: Surroundings, { raw, text, diffs, carried }: Reading, state: State, git: GitProof): Promise<{ grant: GrantProof | undefined; proof: Proof }> {
  if (carried.kind === 'none') return { grant: undefined, proof: { kind: 'none' } };
  if (carried.kind === 'malformed') return { grant: undefined, proof: carried };
  const { stamp } = carried;
  // an assisted stamp keeps the session's name as information: the person who signed answers for it
  const grant = stamp.provenance === 'ai' && stamp.session ? await grants.prove(stamp.session, raw.tree, state) : undefined;
  const read = async (oid: Oid): Promise<Uint8Array | undefined> => (await repo.readObject(oid))?.bytes;
  return { grant, proof: await proveStamp({ raw, text, diffs, format: repo.objectFormat, read }, stamp, state, grant, git) };
}

function kindOf(proof: Proof, carried: Carried, diffs: Change[][], merge: MergeFacts | undefined, git: GitProof): CommitKind {
  const [first = []] = diffs;
  if (!merge && first.length > 0 && first.every((change) => isEvidence(change.path))) return 'evidence';
  if (proof.kind === 'good' && carried.kind === 'stamp') {
    // whose key it is says more than the word: a hosted agent's commit is an agent's, and a forge speaks for nobody
    const { kind } = proof.signer;
    return kind === 'agent' ? 'ai' : kind === 'forge' ? 'undeclared' : carried.stamp.provenance;
  }
  // a hosted agent's signature says what no stamp says
  if (proof.kind === 'none' && isAgents(git)) return 'ai';
  return merge?.kind === 'clean' && proof.kind === 'none' ? 'merge' : 'undeclared';
}

/** Tells whether limits ask how large a commit of this kind is: people's work has none. */
function isCounted(kind: CommitKind): boolean {
  return kind === 'ai' || kind === 'assisted' || kind === 'undeclared';
}
