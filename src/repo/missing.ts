// SPDX-License-Identifier: Apache-2.0
// The faults for objects that a repository does not have or has not kept intact. Both end in "no answer": what cannot
// be read must never count as absent.
import { Fault } from '../fault.ts';
import type { Oid } from '../oid.ts';

/** Returns the fault for an object that is not here: a shallow or partial clone, usually. */
export function missingObject(oid: Oid): Fault {
  return new Fault('REPO_OBJECT_MISSING', `object ${oid} is not in this repository`, {
    hint: 'fetch the whole history with "git fetch --unshallow" (of a partial clone: "git fetch --refetch --no-filter")',
  });
}

/** Returns the fault for an object whose bytes are not what its id promises. */
export function corruptObject(oid: Oid, cause?: unknown): Fault {
  return new Fault('REPO_OBJECT_MISSING', `object ${oid} is corrupt in this repository`, { hint: 'look with "git fsck"', cause });
}

/** Returns the fault for an object that is too large to be read into memory. */
export function hugeObject(oid: Oid, size: number): Fault {
  return new Fault('REPO_FORMAT_UNSUPPORTED', `object ${oid} is too large: ${size} bytes`);
}
