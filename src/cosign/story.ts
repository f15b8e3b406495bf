// SPDX-License-Identifier: Apache-2.0
// How a file came to be what it is, for the person about to vouch for it: who last cosigned it, and who wrote what since.
// What a commit says about itself is told as that; verifying is another command's.
import { latin1 } from '../bytes.ts';
import { messageText } from '../commit/message.ts';
import { Fault } from '../fault.ts';
import type { Oid } from '../oid.ts';
import type { GitRepo } from '../repo/git.ts';
import { runGit, type Env } from '../repo/process.ts';
import { entryAt, listFiles } from '../repo/tree.ts';
import { cosignFolder, parseEvidence } from '../statement/evidence.ts';
import type { Cosignature } from '../statement/schema.ts';
import { readTrailers } from '../statement/trailers.ts';
import { proveEvidence } from '../verifier/evidence.ts';
import { readCommit } from '../verifier/reading.ts';
import type { Head } from '../verifier/head.ts';
import type { Subject } from './subject.ts';

/** A commit that touched the file, in its own words. */
export interface Touch {
  oid: Oid;
  /** What its stamp claims: `human`, `ai`, …; `undeclared` without one, `malformed` where it can't be read. */
  claim: string;
  agent: string | undefined;
  author: string;
  subject: string;
}

export interface Story {
  /** The newest cosignature whose signature holds, of whatever content. */
  last: Cosignature | undefined;
  /** Newest first, down to the one that brought the content last cosigned. */
  touches: Touch[];
  /** There are older ones that were not looked at. */
  more: boolean;
  /** The content is staged and in no commit yet. */
  staged: boolean;
}

const MOST_TOUCHES = 20;
const MOST_COSIGNATURES = 1000;

/** Tells the story of a file up to HEAD. @throws Fault REPO_OBJECT_MISSING, GIT_FAILED */
export async function tellStory(repo: GitRepo, head: Head, subject: Subject, env: Env): Promise<Story> {
  const last = await lastCosigned(repo, head, subject);
  const committed = await entryAt(repo, head.tree, subject.path);
  const args = ['rev-list', '--full-history', `--max-count=${MOST_TOUCHES + 1}`, head.oid, '--', `:(top,literal)${subject.text}`];
  const { stdout } = await runGit(args, { layout: repo.layout, env });
  const touches: Touch[] = [];
  let more = false;
  for (const oid of latin1(stdout).split('\n').filter((line) => line !== '') as Oid[]) {
    const commit = await readCommit(repo, oid);
    if (last !== undefined && (await entryAt(repo, commit.tree, subject.path))?.oid === last.oid) break;
    if (touches.length === MOST_TOUCHES) more = true;
    else touches.push(touchOf(oid, commit));
  }
  return { last, touches, more, staged: committed?.oid !== subject.oid || committed.mode !== subject.mode };
}

function touchOf(oid: Oid, { message, encoding, author }: Awaited<ReturnType<typeof readCommit>>): Touch {
  const carried = readTrailers(message);
  const stamp = carried.kind === 'stamp' ? carried.stamp : undefined;
  return {
    oid,
    claim: stamp?.provenance ?? (carried.kind === 'malformed' ? 'malformed' : 'undeclared'),
    agent: stamp?.agent,
    author: messageText(Buffer.from(`${author.name} <${author.email}>`, 'latin1'), encoding),
    subject: messageText(message, encoding).trimStart().split('\n', 1)[0]!,
  };
}

async function lastCosigned(repo: GitRepo, { tree, state }: Head, { path, text }: Subject): Promise<Cosignature | undefined> {
  let last: Cosignature | undefined;
  let count = 0;
  for await (const file of listFiles(repo, tree, cosignFolder(path))) {
    if (++count > MOST_COSIGNATURES) break;
    const bytes = (await repo.readObject(file.oid))?.bytes ?? new Uint8Array();
    try {
      const evidence = parseEvidence(bytes, file.path);
      if (evidence.kind !== 'cosignature' || evidence.body.path !== text || (await proveEvidence(evidence, state)).kind !== 'good') continue;
      if (last === undefined || evidence.body.time > last.time) last = evidence.body;
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
    }
  }
  return last;
}
