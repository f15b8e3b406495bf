// SPDX-License-Identifier: Apache-2.0
// The rules about a whole range, in the order in which their findings are read.
import type { RangeRule } from '../rule.ts';
import { complianceDeleted } from './compliance-deleted.ts';
import { missingCosign } from './missing-cosign.ts';
import { missingParticipant } from './missing-participant.ts';
import { protectedPath } from './protected-path.ts';
import { rangeEvidence } from './range-evidence.ts';
import { rangeLimit } from './range-limit.ts';
import { rangePolicy } from './range-policy.ts';
import { rangeScope } from './range-scope.ts';

export const RANGE_RULES: readonly RangeRule[] = [
  rangePolicy, rangeEvidence, protectedPath, missingCosign, missingParticipant, complianceDeleted, rangeScope, rangeLimit,
];
