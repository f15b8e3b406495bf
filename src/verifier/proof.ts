// SPDX-License-Identifier: Apache-2.0
// What a stamp proves about the commit that carries it: the arithmetic over what it claims, then whether what it
// claims is what the commit does. In this order, so that "somebody else's bytes" and "another change" stay apart.
import { changeDigest, withoutEvidence, type Digest } from '../commit/change.ts';
import { editDigest, type BlobReader } from '../commit/edit.ts';
import type { CommitText } from '../commit/message.ts';
import type { RawCommit } from '../commit/raw.ts';
import { Fault } from '../fault.ts';
import type { Change, ObjectFormat } from '../oid.ts';
import { checkBytes } from '../signature/check.ts';
import { checkEd25519 } from '../signature/ed25519.ts';
import { pae } from '../signature/pae.ts';
import { NAMESPACE, STAMP_TYPE, emptyChange, printStamp } from '../statement/stamp.ts';
import type { Stamp } from '../statement/trailers.ts';
import { anchorsOf } from '../trust/anchors.ts';
import type { GitProof } from './git-signature.ts';
import type { GrantProof } from './grants.ts';
import { signedBy, undecidedText, type Signed, type Unsigned } from './signer.ts';
import type { State } from './state.ts';
import type { Binding, StampSigner } from './verifier.ts';

export type Proof =
  | { kind: 'none' }
  | { kind: 'malformed'; reason: string; line: number }
  /** A stamp without signature that no git signature makes good. */
  | { kind: 'unsigned'; reason: string }
  /** `failed`: message, author or signature are not what was signed. */
  | Unsigned
  /** The session's key is not known, because its grant is missing or bad. */
  | { kind: 'keyless' }
  /** Signed by this signer, for another change. */
  | { kind: 'stale'; signer: StampSigner }
  /** `by` is undefined for a session: its grant says who let it loose. */
  | { kind: 'good'; binding: Binding; signer: StampSigner; by: Signed | undefined };

/** A commit with what its stamp is held against. */
export interface Stamped {
  raw: RawCommit;
  text: CommitText;
  format: ObjectFormat;
  /** Differences to each parent, to the empty tree for a root; evidence included. */
  diffs: Change[][];
  read: BlobReader;
}

type Arithmetic = Exclude<Proof, { kind: 'good' } | { kind: 'stale' }> | { kind: 'session'; signer: StampSigner } | Signed;

/** Proves a stamp under a state; `grant` is that of the session it names, `git` what the commit's own signature proves. */
export async function proveStamp(commit: Stamped, stamp: Stamp, state: State, grant: GrantProof | undefined, git: GitProof): Promise<Proof> {
  const signed = stamp.signature ? await checkArithmetic(commit, stamp, state, grant) : leanOn(git, state);
  if (signed.kind !== 'signed' && signed.kind !== 'session') return signed;
  const { signer } = signed;
  const binding = stamp.signature ? await bind(commit, stamp) : 'exact';
  if (binding === 'undecided') return { kind: 'undecided', reason: 'content that its edit digest needs is not here' };
  return binding === 'stale' ? { kind: 'stale', signer } : { kind: 'good', binding, signer, by: signed.kind === 'signed' ? signed : undefined };
}

/** Checks the signature over what the stamp claims, with the author and message of this commit. */
async function checkArithmetic(commit: Stamped, stamp: Stamp, state: State, grant: GrantProof | undefined): Promise<Arithmetic> {
  const payload = claimed(commit, stamp, state);
  if (!payload) return { kind: 'failed', reason: 'its author line cannot be signed' };
  const { scheme, bytes } = stamp.signature!;
  if ((stamp.provenance === 'ai') !== (scheme === 'ed25519')) return { kind: 'failed', reason: `${stamp.provenance} is never signed by ${scheme}` };
  if (scheme === 'ed25519') {
    if (grant?.kind !== 'good') return { kind: 'keyless' };
    if (!checkEd25519(grant.publicKey, payload, bytes)) return { kind: 'failed', reason: 'not signed by the key of its session' };
    return { kind: 'session', signer: { kind: 'session', id: grant.grant.id, sponsor: grant.grant.sponsor, scheme, strength: grant.strength } };
  }
  const check = await checkBytes(scheme, bytes, payload, NAMESPACE, anchorsOf(state.roster, state.policy));
  const { email, date } = commit.text.author;
  const signed = signedBy(check, state, { payload, email, at: date, namespace: NAMESPACE });
  return signed.kind === 'undecided' ? { kind: 'undecided', reason: undecidedText(signed.reason) } : signed;
}

/** Returns the signed bytes as this stamp claims them, or undefined where no statement can hold this author. */
function claimed({ raw, text, format }: Stamped, stamp: Stamp, { policy }: State): Uint8Array | undefined {
  const empty = stamp.changes.length === 1 && stamp.changes[0] === emptyChange(format);
  try {
    return pae(STAMP_TYPE, printStamp({
      ...text,
      objectFormat: format,
      repository: policy.repository,
      provenance: stamp.provenance,
      agent: stamp.agent,
      session: stamp.session,
      changes: stamp.changes,
      edit: stamp.edit,
      tree: empty ? raw.tree : undefined,
    }));
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'STATEMENT_INVALID') return undefined;
    throw thrown;
  }
}

/** Holds the claimed digests against what the commit does. */
async function bind({ format, diffs, read }: Stamped, stamp: Stamp): Promise<Binding | 'stale' | 'undecided'> {
  const actual: Digest[] = diffs.map((diff) => changeDigest(format, diff));
  if (actual.length !== stamp.changes.length) return 'stale';
  if (actual.every((digest, i) => digest === stamp.changes[i])) return 'exact';
  // merges and commits that change nothing are never carried: nothing of them would be bound
  if (actual.length !== 1 || withoutEvidence(diffs[0]!).length === 0 || stamp.edit === undefined) return 'stale';
  const edit = await editDigest(format, diffs[0]!, read);
  return edit === undefined ? 'undecided' : edit === stamp.edit ? 'carried' : 'stale';
}

/** Judges `Provenance: human` alone, which leans on git's own signature (policy `gitSignature`). */
function leanOn(git: GitProof, { policy }: State): Arithmetic {
  if (git.kind === 'none') return { kind: 'unsigned', reason: 'neither the stamp nor the commit is signed' };
  if (git.kind === 'undecided') return { kind: 'undecided', reason: undecidedText(git.reason) };
  if (git.kind !== 'signed' || git.signer.strength === 'presence' || policy.gitSignature === 'any') return git;
  return { kind: 'unsigned', reason: "git's signature has no proof of presence, which the policy asks for" };
}
