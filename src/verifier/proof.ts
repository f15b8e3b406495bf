// SPDX-License-Identifier: Apache-2.0
// What a stamp proves about the commit that carries it: the arithmetic over what it claims, then whether what it
// claims is what the commit does. In this order, so that "somebody else's bytes" and "another change" stay apart.
import { changeDigest, withoutEvidence, type Digest } from '../commit/change.ts';
import { editDigest, type BlobReader } from '../commit/edit.ts';
import type { CommitText } from '../commit/message.ts';
import type { RawCommit } from '../commit/raw.ts';
import { Fault } from '../fault.ts';
import type { Change, ObjectFormat } from '../oid.ts';
import { checkEd25519 } from '../signature/ed25519.ts';
import { gpgsigKind } from '../signature/gpgsig.ts';
import { pae } from '../signature/pae.ts';
import { checkSshsig, decodeArmor } from '../signature/ssh/sshsig.ts';
import { NAMESPACE, STAMP_TYPE, emptyChange, printStamp } from '../statement/stamp.ts';
import type { Stamp } from '../statement/trailers.ts';
import { keyHolder, type KeyHolder } from '../trust/standing.ts';
import type { GrantProof } from './grants.ts';
import type { State } from './state.ts';
import type { Binding, StampSigner } from './verifier.ts';

export type Proof =
  | { kind: 'none' }
  | { kind: 'malformed'; reason: string; line: number }
  /** A stamp without signature that no git signature makes good. */
  | { kind: 'unsigned'; reason: string }
  /** The arithmetic fails: message, author or signature are not what was signed. */
  | { kind: 'failed'; reason: string }
  | { kind: 'stranger'; keyid: string }
  /** The session's key is not known, because its grant is missing or bad. */
  | { kind: 'keyless' }
  | { kind: 'undecided'; reason: string }
  /** Signed by this signer, for another change. */
  | { kind: 'stale'; signer: StampSigner }
  | { kind: 'good'; binding: Binding; signer: StampSigner; holder: KeyHolder | undefined };

/** A commit with what its stamp is held against. */
export interface Stamped {
  raw: RawCommit;
  text: CommitText;
  format: ObjectFormat;
  /** Differences to each parent, to the empty tree for a root; evidence included. */
  diffs: Change[][];
  read: BlobReader;
}

type Arithmetic = Exclude<Proof, { kind: 'good' } | { kind: 'stale' }> | { kind: 'signed'; signer: StampSigner; holder: KeyHolder | undefined };

/** Proves a stamp under a state; `grant` is that of the session it names, if it names one. */
export async function proveStamp(commit: Stamped, stamp: Stamp, state: State, grant: GrantProof | undefined): Promise<Proof> {
  const signed = stamp.signature ? checkArithmetic(commit, stamp, state, grant) : checkGitSignature(commit.raw, state);
  if (signed.kind !== 'signed') return signed;
  const { signer, holder } = signed;
  const binding = stamp.signature ? await bind(commit, stamp) : 'exact';
  if (binding === 'undecided') return { kind: 'undecided', reason: 'content that its edit digest needs is not here' };
  return binding === 'stale' ? { kind: 'stale', signer } : { kind: 'good', binding, signer, holder };
}

/** Checks the signature over what the stamp claims, with the author and message of this commit. */
function checkArithmetic(commit: Stamped, stamp: Stamp, state: State, grant: GrantProof | undefined): Arithmetic {
  const payload = claimed(commit, stamp, state);
  if (!payload) return { kind: 'failed', reason: 'its author line cannot be signed' };
  const { scheme, bytes } = stamp.signature!;
  if ((stamp.provenance === 'ai') !== (scheme === 'ed25519')) return { kind: 'failed', reason: `${stamp.provenance} is never signed by ${scheme}` };
  if (scheme === 'ed25519') {
    if (grant?.kind !== 'good') return { kind: 'keyless' };
    if (!checkEd25519(grant.publicKey, payload, bytes)) return { kind: 'failed', reason: 'not signed by the key of its session' };
    return { kind: 'signed', holder: undefined, signer: { kind: 'session', id: grant.grant.id, sponsor: grant.grant.sponsor, scheme, strength: grant.strength } };
  }
  if (scheme !== 'ssh') return { kind: 'undecided', reason: `this version cannot check ${scheme} signatures` };
  const check = checkSshsig(bytes, payload, NAMESPACE);
  if (check.kind === 'bad') return { kind: 'failed', reason: check.reason };
  if (check.kind === 'undecided') return { kind: 'undecided', reason: `this version cannot check this key (${check.reason})` };
  return signedBy(check.keyid, check.strength, state);
}

function signedBy(keyid: string, strength: StampSigner['strength'], state: State): Arithmetic {
  const holder = keyHolder(state.roster, keyid);
  if (!holder) return { kind: 'stranger', keyid };
  return { kind: 'signed', holder, signer: { kind: holder.role, id: holder.id, scheme: 'ssh', strength } };
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
function checkGitSignature(raw: RawCommit, state: State): Arithmetic {
  if (!raw.signature) return { kind: 'unsigned', reason: 'neither the stamp nor the commit is signed' };
  const kind = gpgsigKind(raw.signature.armor);
  if (kind !== 'ssh') return { kind: 'undecided', reason: `this version cannot check ${kind} signatures of git` };
  const blob = decodeArmor(raw.signature.armor);
  const check = blob && checkSshsig(blob, raw.signature.payload, 'git');
  if (!check || check.kind === 'bad') return { kind: 'failed', reason: check?.reason ?? 'armor' };
  if (check.kind === 'undecided') return { kind: 'undecided', reason: `this version cannot check this key (${check.reason})` };
  if (check.strength !== 'presence' && state.policy.gitSignature !== 'any') {
    return { kind: 'unsigned', reason: "git's signature has no proof of presence, which the policy asks for" };
  }
  return signedBy(check.keyid, check.strength, state);
}
