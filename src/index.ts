// SPDX-License-Identifier: Apache-2.0
// The library: open a repository, put a question, read verdicts. Everything else is an inner matter and may change.
export { Fault, type FaultCode } from './fault.ts';
export type { Change, ObjectFormat, Oid, Path } from './oid.ts';
export type { Repo } from './repo/repo.ts';
export { openRepo } from './repo/open.ts';
export { verifyHistory, verifyRange, verifyRelease } from './verifier/verify.ts';
export type {
  AskedTag, Binding, CommitKind, CommitVerdict, Finding, Judged, Level, Outcome, Question, RangeVerdict, StampSigner, Summary, TagVerdict,
} from './verifier/verifier.ts';
