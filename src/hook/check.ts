// SPDX-License-Identifier: Apache-2.0
// Whether a commit's stamp fits the commit as it came to be. A look for the developer's own sake, right after the
// commit: it knows no roster, so it tells fit from misfit, never good from bad.
import { createPublicKey } from 'node:crypto';
import { readSessionKey } from '../agents/session-state.ts';
import { changeDigest, isEvidence, withoutEvidence, type Digest } from '../commit/change.ts';
import { editDigest } from '../commit/edit.ts';
import { readText } from '../commit/message.ts';
import { parseCommit, type RawCommit } from '../commit/raw.ts';
import { EMPTY_TREE, type Change, type ObjectFormat } from '../oid.ts';
import type { Env } from '../repo/process.ts';
import { checkEd25519, ed25519PublicKey } from '../signature/ed25519.ts';
import { pae } from '../signature/pae.ts';
import { checkSshsig } from '../signature/ssh/sshsig.ts';
import { emptyChange, NAMESPACE, printStamp, STAMP_TYPE } from '../statement/stamp.ts';
import { readTrailers, type Stamp } from '../statement/trailers.ts';
import { changesBetween } from './change.ts';
import { blobReader, readObject } from './objects.ts';

export interface Inspection {
  env: Env;
  commonDir: string;
  repository: string;
}

/** A commit with how it differs from each parent. */
interface Made {
  name: string;
  raw: RawCommit;
  format: ObjectFormat;
  changes: Change[][];
}

/**
 * Returns what is wrong with the stamp of a commit, as the end of a sentence; undefined where it fits, was carried along
 * by a rebase, or where the commit needs none.
 * @throws Fault GIT_FAILED, COMMIT_MALFORMED
 */
export async function findMisfit(name: string, inspection: Inspection): Promise<string | undefined> {
  const object = readObject(name, inspection.env);
  if (object?.kind !== 'commit') return undefined;
  const format: ObjectFormat = object.oid.length === 64 ? 'sha256' : 'sha1';
  const raw = parseCommit(object.bytes, format);
  const carried = readTrailers(raw.message);
  if (carried.kind === 'malformed') return `its stamp can't be read (${carried.reason})`;
  // A merge of two is clean until somebody recomputes it; most are.
  if (carried.kind === 'none' && raw.parents.length === 2) return undefined;
  const against = raw.parents.length > 0 ? raw.parents : [EMPTY_TREE[format]];
  const changes = against.map((parent) => changesBetween(parent, object.oid, inspection.env));
  if (carried.kind === 'none') return isOnlyEvidence(changes) ? undefined : 'it bears no stamp';
  if (carried.stamp.signature === undefined) return raw.signature === undefined ? 'its stamp leans on a signature of git, and there is none' : undefined;
  const made = { name: object.oid, raw, format, changes };
  if (!(await fitsChange(carried.stamp, made, inspection))) return 'its stamp was made for another change';
  return (await fitsText(carried.stamp, carried.above, made, inspection)) ? undefined : 'its stamp was made for another message or author';
}

function isOnlyEvidence(changes: readonly Change[][]): boolean {
  return changes.length === 1 && changes[0]!.length > 0 && changes[0]!.every(({ path }) => isEvidence(path));
}

async function fitsChange(stamp: Stamp, { format, changes }: Made, { env }: Inspection): Promise<boolean> {
  const digests: Digest[] = changes.map((list) => changeDigest(format, list));
  if (digests.length === stamp.changes.length && digests.every((digest, i) => digest === stamp.changes[i])) return true;
  if (digests.length !== 1 || stamp.edit === undefined || digests[0] === emptyChange(format)) return false;
  return (await editDigest(format, changes[0]!, blobReader(withoutEvidence(changes[0]!), env))) === stamp.edit;
}

/** Checks the signature over author and message. A session that is closed has left no key: then the digests have to do. */
async function fitsText(stamp: Stamp, above: Uint8Array, { name, raw, format }: Made, { env, commonDir, repository }: Inspection): Promise<boolean> {
  const { provenance, agent, session, changes, edit, signature } = stamp;
  const tree = changes.length === 1 && changes[0] === emptyChange(format) ? raw.tree : undefined;
  const text = readText(raw.author, above, raw.encoding);
  const payload = pae(STAMP_TYPE, printStamp({ ...text, objectFormat: format, repository, provenance, agent, session, changes, edit, tree }));
  if (signature?.scheme === 'ssh') return checkSshsig(signature.bytes, payload, NAMESPACE).kind !== 'bad';
  if (signature?.scheme === 'openpgp') return !(await (await import('./certificates.ts')).signsSomethingElse(signature.bytes, payload, name, env));
  const key = signature?.scheme === 'ed25519' && session !== undefined ? await sessionPublicKey(commonDir, session) : undefined;
  return key === undefined || checkEd25519(key, payload, signature!.bytes);
}

async function sessionPublicKey(commonDir: string, session: string): Promise<Uint8Array | undefined> {
  try {
    return ed25519PublicKey(createPublicKey(await readSessionKey(commonDir, session)));
  } catch {
    return undefined;
  }
}
