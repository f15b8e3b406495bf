// SPDX-License-Identifier: Apache-2.0
// Setting a repository up: policy and roster with their first owner, hooks, settings. All of it or nothing, and a second
// time changes nothing. In a clone of a repository that has them already, only hooks and settings are set.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { pathOf, type Path } from '../oid.ts';
import { printable, shellWord } from '../printable.ts';
import { readOwnConfig, writeOwnConfig } from '../repo/config.ts';
import type { Layout } from '../repo/layout.ts';
import type { Env } from '../repo/process.ts';
import { readWorkFile } from '../repo/worktree.ts';
import type { PublicKey } from '../signer/key-spec.ts';
import { starterPolicy } from '../trust/policy-edit.ts';
import { starterRoster } from '../trust/roster-edit.ts';
import { completeRoster } from '../trust/key-files.ts';
import { FOLDER, POLICY_PATH, ROSTER_PATH } from '../trust/places.ts';
import { parsePolicy } from '../trust/policy.ts';
import { parseRoster } from '../trust/roster.ts';
import { keyHolder } from '../trust/holder.ts';
import { readTrustTexts } from './texts.ts';
import { installHooks, planHooks, removeHooks, type HookName, type HookPlan } from './hooks.ts';
import { Undo } from './undo.ts';

export interface Founder {
  id: string;
  name: string;
  email: string;
  key: PublicKey;
  /** As settings keep it: `ssh:` or `openpgp:` and an absolute path, `gpg:` and a fingerprint, `git`. */
  signer: string;
}

export interface Adopted {
  /** What was written, from the top of the working tree or as a setting's name; empty where all was there. */
  written: string[];
  hooks: HookPlan;
}

/** The settings that this project keeps in the repository's own configuration. */
export const SETTINGS = ['countersign.person', 'countersign.signer', 'countersign.bin'] as const;

/**
 * Sets a repository up. `bin` is the program that hooks call where PATH has none.
 * @throws Fault REPO_NOT_FOUND (no working tree), PERSON_UNKNOWN or KEY_NOT_FOUND (others adopted it, and the founder is
 *   not in their roster with this key), POLICY_INVALID, ROSTER_INVALID, FILE_FAILED, GIT_FAILED
 */
export async function adopt(layout: Layout, founder: Founder, bin: string, env: Env): Promise<Adopted> {
  if (layout.toplevel === undefined) throw new Fault('REPO_NOT_FOUND', 'a bare repository has no working tree to set up', { hint: 'run "countersign init" in a clone' });
  const texts = await readTrustTexts(layout.toplevel);
  if (texts !== undefined) await checkFounder(layout.toplevel, texts, founder);
  const hooks = await planHooks(layout, env);
  const undo = new Undo();
  try {
    const written = texts === undefined ? await writeTexts(layout.toplevel, founder, undo) : [];
    await installHooks(hooks, undo);
    written.push(...hooks.files.map(({ hook, copy }) => (copy ? `hook ${hook}, for yours to call` : `hook ${hook}`)));
    written.push(...(await writeSettings(layout, founder, bin, undo, env)));
    return { written, hooks };
  } catch (thrown) {
    await undo.all();
    throw thrown;
  }
}

/** Takes out what {@link adopt} put in, but for `.countersign/`, which is part of the history. */
export async function abandon(layout: Layout, env: Env): Promise<{ removed: string[]; left: HookName[] }> {
  const { removed, left } = await removeHooks(layout);
  const settings: string[] = [];
  for (const key of SETTINGS) {
    if ((await readOwnConfig(layout, key, env)) === undefined) continue;
    await writeOwnConfig(layout, key, undefined, env);
    settings.push(key);
  }
  return { removed: [...removed.map((hook) => `hook ${hook}`), ...settings], left };
}

async function checkFounder(toplevel: string, texts: { policy: string; roster: string }, { id, key, signer }: Founder): Promise<void> {
  parsePolicy(utf8(texts.policy));
  const roster = await completeRoster(parseRoster(utf8(texts.roster)), (name) => readWorkFile(toplevel, pathOf(`${FOLDER}/${name}`)));
  if (roster.people[id] === undefined) {
    throw new Fault('PERSON_UNKNOWN', `${printable(id)} is not in this repository's roster`, { hint: `an owner adds you with "countersign people add ${printable(id)} --name NAME --email ADDRESS --key ${shown(signer)}"` });
  }
  const holder = keyHolder(roster, key.keyid);
  if (holder?.role === 'person' && holder.id === id) return;
  throw new Fault('KEY_NOT_FOUND', `the key ${key.keyid} is not ${id}'s in the roster`, { hint: `an owner adds it with "countersign people add ${id} --key ${shellWord(key.line ?? signer)}"` });
}

/** Somebody else's paths say nothing to an owner. */
function shown(signer: string): string {
  return signer.startsWith('gpg:') ? printable(signer) : 'FILE';
}

async function writeTexts(toplevel: string, { id, name, email, key }: Founder, undo: Undo): Promise<string[]> {
  const roster = starterRoster({ id, name, emails: [email], roles: ['owner'], keys: [key.text] });
  const policy = starterPolicy({ repository: randomUUID(), people: 1 });
  const files: [Path, Uint8Array][] = [[POLICY_PATH, utf8(policy)], [ROSTER_PATH, utf8(roster)], ...(key.file ? [[key.file.path, key.file.bytes] as [Path, Uint8Array]] : [])];
  // Not through a link that a branch may have put there: reading refuses it.
  for (const [path] of files) await readWorkFile(toplevel, path);
  for (const [path, bytes] of files) await undo.write(join(toplevel, path), bytes);
  return files.map(([path]) => path);
}

async function writeSettings(layout: Layout, { id, signer }: Founder, bin: string, undo: Undo, env: Env): Promise<string[]> {
  const wanted: Record<(typeof SETTINGS)[number], string> = { 'countersign.person': id, 'countersign.signer': signer, 'countersign.bin': bin };
  const written: string[] = [];
  for (const key of SETTINGS) {
    const before = await readOwnConfig(layout, key, env);
    if (before === wanted[key]) continue;
    undo.add(() => writeOwnConfig(layout, key, before, env));
    await writeOwnConfig(layout, key, wanted[key], env);
    written.push(key);
  }
  return written;
}
