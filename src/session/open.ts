// SPDX-License-Identifier: Apache-2.0
// Opening a session: a key that only this session has, a person's signature on what it may do, and both put where hooks
// find them. Proposed first and opened afterwards, so that whoever signs has seen what.
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requirePerson } from '../agents/person-only.ts';
import { sessionFolder, sessionsFolder, writeSessionState, type SessionState } from '../agents/session-state.ts';
import { utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import type { Path } from '../oid.ts';
import { printable } from '../printable.ts';
import type { GitRepo } from '../repo/git.ts';
import type { Layout } from '../repo/layout.ts';
import type { Env } from '../repo/process.ts';
import { writeBlob } from '../repo/write.ts';
import { actingPerson, type Acting, type Wanted } from '../signer/acting.ts';
import type { Place } from '../signer/key-spec.ts';
import { newSessionKey } from '../signer/session.ts';
import { evidencePath, printEvidence, statementOf } from '../statement/evidence.ts';
import type { Grant } from '../statement/schema.ts';
import { readHead } from '../verifier/head.ts';
import type { State } from '../verifier/state.ts';
import { findAdoption } from './adoption.ts';
import { draftGrant, type Wish } from './grant.ts';

/** A grant that nobody has signed yet. */
export interface Proposal {
  grant: Grant;
  sponsor: Acting;
  state: State;
  privatePem: string;
}

export interface Opened {
  grant: Grant;
  /** Where the grant stands in the repository, once a commit brings it. */
  path: Path;
}

export interface Asker {
  repo: GitRepo;
  place: Place;
  env: Env;
  hasTerminal: () => boolean;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * Works out what a session would be allowed; nothing is signed or written.
 * @throws Fault SESSION_REFUSED, ADOPTION_MISSING, GRANT_TOO_WIDE, USAGE, PERSON_UNKNOWN, KEY_NOT_FOUND, KEY_INVALID
 */
export async function proposeSession(wish: Wish, wanted: Wanted, { repo, place, env, hasTerminal, now }: Asker): Promise<Proposal> {
  requirePerson('open a session', env, hasTerminal);
  const head = await readHead(repo);
  const { state } = head;
  const sponsor = await actingPerson(repo.layout, state, wanted, place, env);
  const adoption = await findAdoption(repo, head, env);
  const { privatePem, publicKey } = newSessionKey();
  const grant = draftGrant(wish, { policy: state.policy, adoption, sponsor: sponsor.id, publicKey, now });
  return { grant, sponsor, state, privatePem };
}

/** Signs the grant and opens the session. @throws Fault SIGNER_UNAVAILABLE, SIGNING_FAILED, FILE_FAILED, GIT_FAILED */
export async function openSession(layout: Layout, { grant, sponsor, state, privatePem }: Proposal, env: Env): Promise<Opened> {
  const predicate = { kind: 'grant', body: grant } as const;
  const { payload, signed } = statementOf(predicate);
  const { keyid, bytes } = await sponsor.sign(signed);
  const evidence = printEvidence(payload, keyid, bytes);
  const oid = await writeBlob(layout, evidence, env);
  const files = { 'key.pem': utf8(privatePem), 'grant.json': evidence, 'grant.oid': utf8(`${oid}\n`) };
  await writeFolder(layout.commonDir, files, stateOf(grant, sponsor, state));
  return { grant, path: evidencePath(predicate) };
}

function stateOf(grant: Grant, { person }: Acting, { policy, roster }: State): SessionState {
  const { id, agent, model, sponsor, repository, allow, deny, limits, notBefore, notAfter } = grant;
  const entry = roster.agents[agent.split('/', 1)[0]!];
  return {
    version: 1, id, agent, model, sponsor, repository, allow, deny, limits, notBefore, notAfter,
    sponsorEmails: person.emails,
    agentEmails: entry?.emails ?? [],
    compliance: policy.compliance.flatMap(({ paths }) => paths.map(({ text }) => text)),
    protected: policy.protected.flatMap(({ paths }) => paths.map(({ text }) => text)),
  };
}

/** Makes the session's folder appear whole, readable by its user alone. */
async function writeFolder(commonDir: string, files: Record<string, Uint8Array>, state: SessionState): Promise<void> {
  const folder = sessionFolder(commonDir, state.id);
  const temporary = join(sessionsFolder(commonDir), `.${state.id}.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(temporary, name), bytes, { mode: 0o600, flag: 'wx' });
    await writeSessionState(temporary, state);
    await rename(temporary, folder);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw cause instanceof Fault ? cause : new Fault('FILE_FAILED', `can't write ${printable(folder)}`, { cause });
  }
}
