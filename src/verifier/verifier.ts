// SPDX-License-Identifier: Apache-2.0
// The words of the eye: findings, verdicts and what is asked. A verdict is data; only where none can be reached is a
// fault thrown. What cannot be decided is `unknown`, and `unknown` never passes.
import type { Oid, Path } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import type { Scheme, Strength } from '../signature/signature.ts';
import type { RuleName } from '../trust/policy.ts';

export type Outcome = 'good' | 'bad' | 'unknown';
/** `unknown`: the rule could not be decided; it makes a verdict unknown, as `error` makes it bad. */
export type Level = 'error' | 'unknown' | 'warn';

/** One broken (or undecidable) rule. Texts are plain: whoever shows them escapes them. */
export interface Finding {
  rule: RuleName;
  level: Level;
  commit?: Oid;
  path?: Path;
  line?: number;
  message: string;
  /** The next command to type, or the next thing to do. */
  hint: string;
  /** ULIDs of the approvals that waive it. */
  waivedBy?: string[];
}

/** What a commit is: a stamped provenance, or why it needs no stamp, or that it has none. */
export type CommitKind = 'human' | 'ai' | 'assisted' | 'merge' | 'evidence' | 'undeclared' | 'preAdoption';
/** `exact`: the signed change; `carried`: the same edit over other context; `approved`: covered by an approval. */
export type Binding = 'exact' | 'carried' | 'approved';

export interface StampSigner {
  kind: 'person' | 'session' | 'agent' | 'forge';
  /** Roster id, or the session's ULID. */
  id: string;
  sponsor?: string;
  scheme: Scheme;
  strength: Strength;
}

export interface CommitVerdict {
  oid: Oid;
  verdict: Outcome;
  provenance: CommitKind;
  binding?: Binding;
  signer?: StampSigner;
  agent?: string;
  session?: string;
  subject: string;
  author: string;
  /** Trailer lines below the stamp: nobody vouches for them. */
  unauthenticated: string[];
  findings: Finding[];
}

export interface Summary {
  commits: number;
  good: number;
  bad: number;
  unknown: number;
  human: number;
  ai: number;
  assisted: number;
  merge: number;
  evidence: number;
  undeclared: number;
  preAdoption: number;
}

/** An annotated tag by the name of its ref: `v1.2.0` for `refs/tags/v1.2.0`. */
export interface AskedTag {
  name: string;
  oid: Oid;
}

/** The verdict on a tag's own signature. Its commits have theirs. */
export interface TagVerdict extends AskedTag {
  verdict: Outcome;
  /** Who signed, whether or not that counts. */
  signer?: StampSigner;
  /** Name and address of the tagger line; empty where there is none. */
  tagger: string;
  findings: Finding[];
}

/** The verdict over a range. `findings` are those of the whole range; those of single commits stand with them. */
export interface RangeVerdict {
  verdict: Outcome;
  base: Oid;
  head: Oid;
  /** The commit whose policy and roster were trusted. */
  policy: Oid;
  serial: number;
  /** `presence` only where no software key decided anything. */
  strength: Strength;
  summary: Summary;
  /** Where a tag was asked about; missing where no state could judge it. The range's verdict is the worse of both. */
  tag?: TagVerdict;
  findings: Finding[];
  /** What the reader should know and no rule judges: replace refs ignored, rules nobody can satisfy. */
  notes: string[];
}

export interface Question {
  repo: Repo;
  /** The trusted end of the range; its policy and roster count. */
  base: Oid;
  head: Oid;
  /** A tag of the head, to be judged by the state that the head leaves. */
  tag?: AskedTag;
  /** Seconds since the epoch. */
  now: number;
  signal?: AbortSignal;
}

/** What a verification yields: every commit of the range, parents first, then the range itself, once, at the end. */
export type Judged = { kind: 'commit'; commit: CommitVerdict } | { kind: 'range'; range: RangeVerdict };
