// SPDX-License-Identifier: Apache-2.0
// The one thing this project throws. A bad signature is an answer and is returned; a fault means that no answer
// could be given. What reaches the top and is not a fault is a bug.

/** Every code a fault may bear. The room that throws it is the prefix; docs/rules.md lists them with exit codes. */
export type FaultCode = keyof typeof EXIT;

/** Exit status by code: 2 wrong usage or configuration, 4 the environment prevents an answer, 70 a bug. */
export const EXIT = {
  USAGE: 2,
  CONFIRMATION_REFUSED: 2,
  POLICY_INVALID: 2,
  POLICY_MISSING: 2,
  ROSTER_INVALID: 2,
  PERSON_UNKNOWN: 2,
  PERSON_EXISTS: 2,
  KEY_INVALID: 2,
  KEY_NOT_FOUND: 2,
  SESSION_UNKNOWN: 2,
  SESSION_CLOSED: 2,
  SESSION_REFUSED: 2,
  GRANT_TOO_WIDE: 2,
  PATH_INVALID: 2,
  REVISION_UNKNOWN: 2,
  STAMP_REFUSED: 2,
  ADOPTION_MISSING: 2,
  STATEMENT_INVALID: 2,
  COMMIT_MALFORMED: 4,
  TREE_MALFORMED: 4,
  REPO_NOT_FOUND: 4,
  REPO_OBJECT_MISSING: 4,
  REPO_FORMAT_UNSUPPORTED: 4,
  GIT_UNAVAILABLE: 4,
  GIT_FAILED: 4,
  SIGNER_UNAVAILABLE: 4,
  SIGNING_FAILED: 4,
  FILE_FAILED: 4,
  INTERNAL: 70,
} as const;

export interface FaultDetail {
  /** The next thing to type or to look at, as a sentence without a full stop. */
  hint?: string;
  cause?: unknown;
}

/** The thrown error: a code to search for, a lower-case sentence, and a hint that names the next thing to do. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly hint: string | undefined;

  constructor(code: FaultCode, message: string, detail: FaultDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'Fault';
    this.code = code;
    this.hint = detail.hint;
  }
}

/** Returns the exit status that belongs to whatever was thrown; 70 for what is not a fault. */
export function exitOf(thrown: unknown): number {
  return thrown instanceof Fault ? EXIT[thrown.code] : EXIT.INTERNAL;
}
