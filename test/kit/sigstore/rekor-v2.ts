// SPDX-License-Identifier: Apache-2.0
// Rekor's second version: the mock answers with an entry that nothing can verify, so the log behind its handler is this one:
// a tree as of RFC 6962 §2.1, proofs of inclusion, and checkpoints as signed notes. Entries have no time of their own.
import { createHash, sign } from 'node:crypto';
import { rekorV2Handler, type TLog } from '@sigstore/mock/dist/rekor/index.js';
import { generateKeyPair } from '@sigstore/mock/dist/util/key.js';
import type { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import { Entry, type CreateEntryRequest } from '@sigstore/protobuf-specs/rekor/v2';
import type { Service } from './service.ts';

export interface RekorV2 {
  service: Service;
  /** SPKI. */
  publicKey: Buffer;
  logId: Buffer;
}

/** Makes a log that begins with one entry of somebody else's, so that a proof has hashes. `host` names it in checkpoints. */
export function makeRekorV2(host: string): RekorV2 {
  const { publicKey, privateKey } = generateKeyPair();
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const logId = createHash('sha256').update(spki).digest();
  const leaves = [hash(0, Buffer.from('an entry of somebody else'))];
  const checkpoint = (root: Buffer): string => {
    const note = `${host}\n${leaves.length}\n${root.toString('base64')}\n`;
    const signature = Buffer.concat([logId.subarray(0, 4), sign('sha256', Buffer.from(note), privateKey)]);
    return `${note}\n\u2014 ${host} ${signature.toString('base64')}\n`;
  };
  const logV2 = (request: CreateEntryRequest): Promise<TransparencyLogEntry> => {
    const canonicalizedBody = bodyOf(request);
    const index = leaves.push(hash(0, canonicalizedBody)) - 1;
    const rootHash = rootOf(leaves);
    return Promise.resolve({
      logIndex: String(index), logId: { keyId: logId }, kindVersion: { kind: 'hashedrekord', version: '0.0.2' }, integratedTime: '0',
      inclusionPromise: undefined, canonicalizedBody,
      inclusionProof: { logIndex: String(index), rootHash, treeSize: String(leaves.length), hashes: pathOf(leaves, index), checkpoint: { envelope: checkpoint(rootHash) } },
    });
  };
  const log: TLog = { publicKey: spki, logV2, log: () => Promise.reject(new Error('this log has the second version')) };
  const { path, fn } = rekorV2Handler(log);
  return { service: { path, answer: fn }, publicKey: spki, logId };
}

/** Returns the entry as the log keeps it. Its fields are in the order of JCS (RFC 8785) already. */
function bodyOf({ spec }: CreateEntryRequest): Buffer {
  if (spec?.$case !== 'hashedRekordRequestV002') throw new Error('only hashedrekord entries are kept here');
  const { digest, signature } = spec.hashedRekordRequestV002;
  // SHA2_256
  const entry: Entry = { kind: 'hashedrekord', apiVersion: '0.0.2', spec: { spec: { $case: 'hashedRekordV002', hashedRekordV002: { data: { algorithm: 1, digest }, signature } } } };
  return Buffer.from(JSON.stringify(sorted(Entry.toJSON(entry))));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, sorted(each)]));
}

function hash(prefix: number, ...parts: readonly Buffer[]): Buffer {
  return parts.reduce((all, part) => all.update(part), createHash('sha256').update(Buffer.of(prefix))).digest();
}

/** The largest power of two below a number of leaves: where RFC 6962 splits them. */
function splitOf(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1));
}

function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  const split = splitOf(leaves.length);
  return hash(1, rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** Returns the audit path of a leaf, from the bottom up. */
function pathOf(leaves: readonly Buffer[], index: number): Buffer[] {
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...pathOf(left, index), rootOf(right)] : [...pathOf(right, index - split), rootOf(left)];
}
