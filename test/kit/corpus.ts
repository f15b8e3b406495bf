// SPDX-License-Identifier: Apache-2.0
// Real commits, keys and signatures of public repositories. They are not part of this repository: COUNTERSIGN_CORPUS names the
// folder that holds them, and where there is none, it is said which tests that costs.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GitSignature } from '../../src/commit/header.ts';
import { parseCommit } from '../../src/commit/raw.ts';
import type { Oid } from '../../src/oid.ts';

export interface RealCommit {
  repository: string;
  oid: Oid;
  kind: 'ssh' | 'x509' | 'pgp';
  bytes: Buffer;
  /** By ssh-keygen, gpg or openssl; for x509 it speaks of signature and content, not of the chain. */
  expect: 'good' | 'bad' | 'unknown';
  key: string;
  note: string;
  signature: GitSignature;
}

export interface Corpus {
  path(name: string): string;
  read(name: string): Buffer;
  /** Returns the commits, signed in one way if a kind is given; there are some. */
  commits(kind?: RealCommit['kind']): RealCommit[];
}

/** Returns the corpus, or says that `what` is skipped and returns undefined. */
export function openCorpus(what: string): Corpus | undefined {
  const folder = process.env['COUNTERSIGN_CORPUS'];
  if (folder === undefined || !existsSync(join(folder, 'commits.ndjson'))) {
    console.error(`skipped: ${what.toUpperCase()}, set COUNTERSIGN_CORPUS to the folder that holds commits.ndjson, keys/ and sshsig/`);
    return undefined;
  }
  const path = (name: string): string => join(folder, name);
  const read = (name: string): Buffer => readFileSync(path(name));
  return { path, read, commits: (kind) => commitsIn(read('commits.ndjson'), kind) };
}

function commitsIn(lines: Buffer, wanted: RealCommit['kind'] | undefined): RealCommit[] {
  const all = lines.toString().trimEnd().split('\n').map((line) => JSON.parse(line) as Omit<RealCommit, 'bytes' | 'signature'> & { raw: string });
  const found = all.filter(({ kind }) => wanted === undefined || kind === wanted);
  if (found.length === 0) throw new Error(`no commits of kind ${wanted} in the corpus`);
  return found.map(({ raw, ...commit }) => {
    const bytes = Buffer.from(raw, 'base64');
    return { ...commit, bytes, signature: parseCommit(bytes, 'sha1').signature! };
  });
}
