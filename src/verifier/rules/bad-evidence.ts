// SPDX-License-Identifier: Apache-2.0
// bad-evidence: something below .countersign/evidence/ that does not prove itself, or a path that poses as .countersign.
import { named, type CommitRule, type Draft } from '../rule.ts';

export const badEvidence: CommitRule = {
  name: 'bad-evidence',
  judge({ evidence }) {
    const added = evidence.added.filter((deposit) => deposit.verdict !== 'good').map(({ path, verdict, reason }): Draft => ({
      path,
      message: `${named(path)} proves nothing: ${reason}`,
      hint: 'git rm it; evidence is written by countersign cosign, approve and session',
      ...(verdict === 'unknown' ? { level: 'unknown' } : {}),
    }));
    const disguised = evidence.disguised.map((path): Draft => ({
      path,
      message: `${named(path)} poses as .countersign`,
      hint: 'git rm it',
    }));
    return [...added, ...disguised];
  },
};
