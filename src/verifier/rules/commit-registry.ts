// SPDX-License-Identifier: Apache-2.0
// The rules about single commits, in the order in which their findings are read.
import type { CommitRule } from '../rule.ts';
import { badEvidence } from './bad-evidence.ts';
import { badGrant } from './bad-grant.ts';
import { badSignature } from './bad-signature.ts';
import { contradiction } from './contradiction.ts';
import { evidenceRemoved } from './evidence-removed.ts';
import { expiredSession } from './expired-session.ts';
import { malformedStamp } from './malformed-stamp.ts';
import { malleableCommit } from './malleable-commit.ts';
import { missingGrant } from './missing-grant.ts';
import { outOfScope } from './out-of-scope.ts';
import { overLimit } from './over-limit.ts';
import { policyChange } from './policy-change.ts';
import { revokedKey } from './revoked-key.ts';
import { staleSignature } from './stale-signature.ts';
import { uncleanMerge } from './unclean-merge.ts';
import { undeclared } from './undeclared.ts';
import { unknownSigner } from './unknown-signer.ts';
import { unsignedAi } from './unsigned-ai.ts';
import { unsignedHuman } from './unsigned-human.ts';
import { wrongAuthor } from './wrong-author.ts';

export const COMMIT_RULES: readonly CommitRule[] = [
  undeclared, unsignedAi, unsignedHuman, malformedStamp, badSignature, staleSignature, unknownSigner, revokedKey, wrongAuthor,
  missingGrant, badGrant, expiredSession, contradiction, malleableCommit, uncleanMerge, outOfScope, overLimit,
  policyChange, badEvidence, evidenceRemoved,
];
