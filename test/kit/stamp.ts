// SPDX-License-Identifier: Apache-2.0
// Holds a commit's stamp against the commit by the library's own doors, another way than the hook went: trees read
// object by object, the message as stored.
import { changeDigest, withoutEvidence } from '../../src/commit/change.ts';
import { editDigest } from '../../src/commit/edit.ts';
import { readText } from '../../src/commit/message.ts';
import { parseCommit } from '../../src/commit/raw.ts';
import { EMPTY_TREE, type Oid } from '../../src/oid.ts';
import { openGit } from '../../src/repo/git.ts';
import { diffTrees } from '../../src/repo/tree.ts';
import { checkEd25519 } from '../../src/signature/ed25519.ts';
import { pae } from '../../src/signature/pae.ts';
import { checkSshsig } from '../../src/signature/ssh/sshsig.ts';
import { NAMESPACE, STAMP_TYPE, emptyChange, printStamp } from '../../src/statement/stamp.ts';
import { readTrailers, type Stamp } from '../../src/statement/trailers.ts';

export interface StampFacts {
  /** `exact`, `carried`, or why not: `none`, `malformed: …`, `stale`, `bad-signature`. */
  binding: string;
  stamp?: Stamp;
  /** Who signed: `ssh:SHA256:…` or `session:<ulid>`. */
  keyid?: string;
}

/** Returns how a commit's stamp fits it. `sessionKeys` holds the public keys of sessions by their ids. */
export async function stampOf(dir: string, env: Record<string, string>, repository: string, revision = 'HEAD', sessionKeys: Record<string, Uint8Array> = {}): Promise<StampFacts> {
  const repo = await openGit(dir, { env });
  try {
    const format = repo.objectFormat;
    const oid = await repo.resolve(revision);
    const commitOf = async (id: Oid) => parseCommit((await repo.readObject(id))!.bytes, format);
    const raw = await commitOf(oid!);
    const carried = readTrailers(raw.message);
    if (carried.kind === 'none') return { binding: 'none' };
    if (carried.kind === 'malformed') return { binding: `malformed: ${carried.reason}` };
    const { stamp } = carried;
    const trees = await Promise.all(raw.parents.map(async (parent) => (await commitOf(parent)).tree));
    const diffs = await Promise.all((trees.length > 0 ? trees : [EMPTY_TREE[format]]).map((tree) => diffTrees(repo, tree, raw.tree)));
    const digests = diffs.map((diff) => changeDigest(format, diff));
    const empty = stamp.changes.length === 1 && stamp.changes[0] === emptyChange(format);
    const text = readText(raw.author, carried.above, raw.encoding);
    const { provenance, agent, session, changes, edit } = stamp;
    const payload = pae(STAMP_TYPE, printStamp({ ...text, objectFormat: format, repository, provenance, agent, session, changes, edit, tree: empty ? raw.tree : undefined }));
    const keyid = signer(stamp, payload, sessionKeys);
    if (keyid === undefined) return { binding: 'bad-signature', stamp };
    if (digests.join(' ') === changes.join(' ')) return { binding: 'exact', stamp, keyid };
    const read = async (id: Oid) => (await repo.readObject(id))?.bytes;
    const carriedOver = diffs.length === 1 && withoutEvidence(diffs[0]!).length > 0 && (await editDigest(format, diffs[0]!, read)) === edit;
    return { binding: carriedOver ? 'carried' : 'stale', stamp, keyid };
  } finally {
    await repo.close();
  }
}

function signer({ signature, session }: Stamp, payload: Uint8Array, sessionKeys: Record<string, Uint8Array>): string | undefined {
  if (signature?.scheme === 'ssh') {
    const check = checkSshsig(signature.bytes, payload, NAMESPACE);
    return check.kind === 'good' ? check.keyid : undefined;
  }
  const key = sessionKeys[session ?? ''];
  return signature?.scheme === 'ed25519' && key && checkEd25519(key, payload, signature.bytes) ? `session:${session}` : undefined;
}
