// SPDX-License-Identifier: Apache-2.0
// Edits of the roster in the working tree. Each comes with a policy serial one above the committed one, once however
// many edits there are: a change of who is who has to be as visible as a change of what is demanded.
import { utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { writeWorkFile } from '../repo/worktree.ts';
import { addPerson, bumpSerial, extendPerson, raiseExclusion, revokeKeys, type NewPerson } from '../trust/edit.ts';
import { POLICY_PATH, ROSTER_PATH } from '../trust/places.ts';
import { parsePolicy } from '../trust/policy.ts';
import { parseRoster, type Revocation, type Roster } from '../trust/roster.ts';
import { readTrustTexts, type TrustTexts } from './texts.ts';

/** The working tree, and the serial of the policy in HEAD; undefined before that is committed. */
export interface Desk {
  toplevel: string;
  committed: number | undefined;
}

export interface Edited {
  serial: number;
  roster: Roster;
}

/** Returns the roster as the working tree has it. @throws Fault ADOPTION_MISSING, ROSTER_INVALID, FILE_FAILED */
export async function readRoster(desk: Desk): Promise<Roster> {
  return parseRoster(utf8((await textsOf(desk)).roster));
}

/**
 * Adds a person. With `exclude`, who lets an agent loose can no longer vouch for what it makes, which the lone owner of a
 * new repository has to.
 * @throws Fault PERSON_EXISTS, ROSTER_INVALID (an e-mail or key that is somebody's already), POLICY_INVALID, FILE_FAILED
 */
export async function enrol(desk: Desk, person: NewPerson, exclude: boolean): Promise<Edited> {
  const texts = await textsOf(desk);
  const policy = exclude ? raiseExclusion(texts.policy) : texts.policy;
  return save(desk, texts, { policy, roster: addPerson(texts.roster, person) });
}

/**
 * Adds addresses, roles and keys to somebody's entry.
 * @throws Fault PERSON_UNKNOWN, ROSTER_INVALID (an e-mail or key that is somebody's already), POLICY_INVALID, FILE_FAILED
 */
export async function extend(desk: Desk, id: string, more: Pick<NewPerson, 'emails' | 'roles' | 'keys'>): Promise<Edited> {
  const texts = await textsOf(desk);
  return save(desk, texts, { ...texts, roster: extendPerson(texts.roster, id, more) });
}

/**
 * Revokes a person's keys, or the one of this keyid.
 * @throws Fault PERSON_UNKNOWN, KEY_NOT_FOUND, ROSTER_INVALID, POLICY_INVALID, FILE_FAILED
 */
export async function revoke(desk: Desk, id: string, keyid: string | undefined, revocation: Revocation): Promise<Edited> {
  const texts = await textsOf(desk);
  const roster = revokeKeys(texts.roster, id, { ...revocation, ...(keyid === undefined ? {} : { key: keyid }) });
  return save(desk, texts, { ...texts, roster });
}

async function textsOf({ toplevel }: Desk): Promise<TrustTexts> {
  const texts = await readTrustTexts(toplevel);
  if (texts === undefined) throw new Fault('ADOPTION_MISSING', 'this repository has no policy and roster', { hint: 'run "countersign init"' });
  return texts;
}

async function save({ toplevel, committed }: Desk, before: TrustTexts, { policy, roster }: TrustTexts): Promise<Edited> {
  const serial = committed === undefined ? 1 : committed + 1;
  const { serial: current } = parsePolicy(utf8(policy));
  const numbered = current === serial ? policy : bumpSerial(policy, serial);
  const edited = { serial, roster: parseRoster(utf8(roster)) };
  // The roster first: without it the policy's new serial would stand for nothing.
  if (roster !== before.roster) await writeWorkFile(toplevel, ROSTER_PATH, utf8(roster));
  if (numbered !== before.policy) await writeWorkFile(toplevel, POLICY_PATH, utf8(numbered));
  return edited;
}
