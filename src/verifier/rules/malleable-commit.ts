// SPDX-License-Identifier: Apache-2.0
// malleable-commit: somebody else could change this object, and so its id, without invalidating git's signature on it.
import type { CommitRule } from '../rule.ts';

export const malleableCommit: CommitRule = {
  name: 'malleable-commit',
  judge({ raw }) {
    return raw.malleable ? [{ message: `its headers can be changed without breaking its signature: ${raw.malleable}`, hint: 'make the commit again with plain git' }] : [];
  },
};
