// SPDX-License-Identifier: Apache-2.0
// A person's signature over a file. Proposed with everything the person should see, then signed, written into the
// working tree and staged, so that the next commit brings it.
import { requirePerson } from '../agents/person-only.ts';
import type { Oid, Path } from '../oid.ts';
import { defaultBranch, upstreamBranch } from '../repo/branch.ts';
import type { GitRepo } from '../repo/git.ts';
import type { Env } from '../repo/process.ts';
import { stage } from '../repo/staging.ts';
import { writeWorkFile } from '../repo/worktree.ts';
import { writeBlob } from '../repo/write.ts';
import { actingPerson, type Acting, type Wanted } from '../signer/acting.ts';
import type { Place } from '../signer/key-spec.ts';
import { evidencePath, printEvidence, statementOf } from '../statement/evidence.ts';
import { printTime } from '../time.ts';
import { newUlid } from '../ulid.ts';
import { readHead, type Head } from '../verifier/head.ts';
import { differenceOf } from './difference.ts';
import { tellStory, type Story } from './story.ts';
import { readSubject, type Subject } from './subject.ts';

export interface CosignPlace extends Place {
  repo: GitRepo;
  env: Env;
  hasTerminal: () => boolean;
}

/** Who signs, under what, and for which target. */
export interface Bench {
  head: Head;
  acting: Acting;
  /** The target's tip as far as it is known here. */
  base: Oid;
}

/** A file with all that a person should see before signing it. */
export interface Proposed {
  subject: Subject;
  story: Story;
  difference: string[];
}

/** Finds out who signs. @throws Fault SESSION_REFUSED, ADOPTION_MISSING, PERSON_UNKNOWN, KEY_NOT_FOUND, KEY_INVALID */
export async function openBench(wanted: Wanted, { repo, env, hasTerminal, ...place }: CosignPlace): Promise<Bench> {
  requirePerson('cosign', env, hasTerminal);
  const head = await readHead(repo);
  const acting = await actingPerson(repo.layout, head.state, wanted, place, env);
  return { head, acting, base: await targetTip(repo, head.oid, env) };
}

/** Looks at one file; nothing is signed. @throws Fault PATH_INVALID, REPO_OBJECT_MISSING, GIT_FAILED */
export async function proposeCosignature({ head }: Bench, word: string, { repo, dir, env }: CosignPlace): Promise<Proposed> {
  const subject = await readSubject(repo, dir, word, env);
  const story = await tellStory(repo, head, subject, env);
  return { subject, story, difference: await differenceOf(repo, story.last?.oid, subject.oid, env) };
}

/** Signs what was proposed, writes and stages the evidence, and returns its path. @throws Fault SIGNING_FAILED, SIGNER_UNAVAILABLE, FILE_FAILED, GIT_FAILED */
export async function signCosignature({ head, acting, base }: Bench, { subject }: Proposed, remark: string, now: number, { repo: { layout }, env }: CosignPlace): Promise<Path> {
  const { text: path, mode, oid, sha256 } = subject;
  const time = printTime(now / 1000);
  const body = {
    id: newUlid(now), repository: head.state.policy.repository, path, mode, oid, sha256, base,
    person: acting.id, role: acting.person.roles[0] ?? '', time, remark,
  };
  const predicate = { kind: 'cosignature', body } as const;
  const { payload, signed } = statementOf(predicate);
  const { keyid, bytes } = await acting.sign(signed);
  const evidence = printEvidence(payload, keyid, bytes);
  const file = evidencePath(predicate);
  if (layout.toplevel !== undefined) await writeWorkFile(layout.toplevel, file, evidence);
  await stage(layout, file, { mode: '100644', oid: await writeBlob(layout, evidence, env) }, env);
  return file;
}

/** Returns where HEAD left the branch it is meant for; HEAD itself where none is known. */
async function targetTip(repo: GitRepo, head: Oid, env: Env): Promise<Oid> {
  const target = (await upstreamBranch(repo.layout, env)) ?? (await defaultBranch(repo.layout, env));
  if (target === undefined) return head;
  const [base] = await repo.mergeBases(head, target.oid);
  return base ?? head;
}
