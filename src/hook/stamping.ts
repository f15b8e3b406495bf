// SPDX-License-Identifier: Apache-2.0
// Making a stamp: from what is known of a commit to the statement, its signature and the message that carries both.
import { changeDigest } from '../commit/change.ts';
import { editDigest, type BlobReader } from '../commit/edit.ts';
import { readText } from '../commit/message.ts';
import type { Ident } from '../commit/raw.ts';
import { Fault } from '../fault.ts';
import type { Change, ObjectFormat, Oid } from '../oid.ts';
import { pae } from '../signature/pae.ts';
import type { Signer } from '../signer/signer.ts';
import { emptyChange, printStamp, STAMP_TYPE } from '../statement/stamp.ts';
import { addStamp, type Stamp } from '../statement/trailers.ts';
import type { Claim } from './identity.ts';

export interface Work extends Claim {
  format: ObjectFormat;
  repository: string;
  /** One list per parent, one for a root. */
  changes: Change[][];
  read: BlobReader;
  /** Tells the commit's tree; asked only where nothing changes. */
  tree: () => Oid;
  author: Ident;
  encoding: string | undefined;
}

/**
 * Returns the message with a stamp for this work below it.
 * @throws Fault REPO_OBJECT_MISSING, STATEMENT_INVALID, and what the signer throws
 */
export async function stampMessage(message: Uint8Array, work: Work, signer: Signer): Promise<Uint8Array> {
  const { format, provenance, agent, session } = work;
  const changes = work.changes.map((list) => changeDigest(format, list));
  const edit = work.changes.length === 1 ? await editDigest(format, work.changes[0]!, work.read) : undefined;
  if (work.changes.length === 1 && edit === undefined) {
    throw new Fault('REPO_OBJECT_MISSING', 'the earlier content of a changed file is not here', { hint: 'git fetch --refetch --no-filter' });
  }
  const tree = changes.length === 1 && changes[0] === emptyChange(format) ? work.tree() : undefined;
  const text = readText(work.author, message, work.encoding);
  const statement = printStamp({ ...text, objectFormat: format, repository: work.repository, provenance, agent, session, changes, edit, tree });
  const { scheme, bytes } = await signer.sign(pae(STAMP_TYPE, statement));
  const stamp: Stamp = { provenance, agent, session, changes, edit, signature: { scheme, bytes } };
  return addStamp(message, stamp);
}

/** Returns the message with `Provenance: human` alone below it, for a commit that git itself signs. */
export function stampBare(message: Uint8Array): Uint8Array {
  return addStamp(message, { provenance: 'human', agent: undefined, session: undefined, changes: [], edit: undefined, signature: undefined });
}
