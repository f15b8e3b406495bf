// SPDX-License-Identifier: Apache-2.0
// From a tag to the commit it names, by reading the tag objects themselves.
import { latin1 } from '../bytes.ts';
import { isOid } from '../oid.ts';
import type { Oid } from '../oid.ts';
import type { Repo } from './repo.ts';

// Tags of tags of tags exist only in attacks and tests.
const DEPTH = 16;

/** Returns the commit that an id names itself or through annotated tags; undefined where it is none or not here. */
export async function peelToCommit(repo: Pick<Repo, 'readObject' | 'objectFormat'>, start: Oid): Promise<Oid | undefined> {
  let oid = start;
  for (let depth = 0; depth < DEPTH; depth++) {
    const object = await repo.readObject(oid);
    if (object?.kind === 'commit') return oid;
    if (object?.kind !== 'tag') return undefined;
    const [, target = ''] = /^object ([0-9a-f]+)\n/.exec(latin1(object.bytes.subarray(0, 80))) ?? [];
    if (!isOid(target, repo.objectFormat)) return undefined;
    oid = target;
  }
  return undefined;
}
