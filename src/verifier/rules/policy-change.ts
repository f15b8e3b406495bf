// SPDX-License-Identifier: Apache-2.0
// policy-change: policy, roster or keys changed without an owner of the state before, or not by the next serial.
import type { CommitRule } from '../rule.ts';

export const policyChange: CommitRule = {
  name: 'policy-change',
  judge({ step, accepted }) {
    if (step.kind === 'rival') return [{ message: `two policies with serial ${step.serial} meet in this merge`, hint: 'an owner commits one policy with the next serial' }];
    return typeof accepted === 'string' ? [{ message: `policy, roster or keys changed, and it does not count: ${accepted}`, hint: 'an owner makes the change, with serial + 1 in .countersign/policy.yaml' }] : [];
  },
};
