// SPDX-License-Identifier: Apache-2.0
// Edits of the roster and its key files in the working tree. Each comes with a policy serial one above the committed one,
// once however many edits there are: a change of who is who has to be as visible as a change of what is demanded. What
// the edit would make is judged before anything is written, and a failure in the middle leaves all as it was.
import { join } from 'node:path';
import { equal, utf8 } from '../bytes.ts';
import { agentOfKey } from '../agents/fingerprint.ts';
import { Fault } from '../fault.ts';
import { pathOf, type Path } from '../oid.ts';
import { clip, printable } from '../printable.ts';
import { readWorkFile } from '../repo/worktree.ts';
import { parseSshPublicKey } from '../signature/ssh/key.ts';
import { bumpSerial, raiseExclusion } from '../trust/policy-edit.ts';
import { addHosted, addPerson, extendEntry, revokeKeys, type Additions, type KeyText, type NewPerson } from '../trust/roster-edit.ts';
import { keyidsOf, type Key } from '../trust/key.ts';
import { completeRoster } from '../trust/key-files.ts';
import { FOLDER, POLICY_PATH, ROSTER_PATH } from '../trust/places.ts';
import { parsePolicy, type Policy } from '../trust/policy.ts';
import { parseRoster, type Revocation, type Roster, type Section } from '../trust/roster.ts';
import { keyHolder } from '../trust/holder.ts';
import { renewCertificate } from './certificate-file.ts';
import type { SourcedKey } from './key-source.ts';
import { readTrustTexts, type TrustTexts } from './texts.ts';
import { Undo } from './undo.ts';

/** The working tree, and the serial of the policy in HEAD; undefined before that is committed. */
export interface Desk {
  toplevel: string;
  committed: number | undefined;
}

export interface Edited {
  serial: number;
  policy: Policy;
  roster: Roster;
}

/** Where an entry stands. */
export interface Entry {
  section: Section;
  id: string;
}

/** What an entry gets; the keys with the files that they need. */
export interface Gains extends Omit<Additions, 'keys'> {
  keys: readonly Pick<SourcedKey, 'keyid' | 'text' | 'file'>[];
}

/** Files of the working tree that are about to be written. */
type Files = ReadonlyMap<Path, Uint8Array>;

/** Returns policy and roster as the working tree has them. @throws Fault ADOPTION_MISSING, POLICY_INVALID, ROSTER_INVALID, FILE_FAILED */
export async function readDesk(desk: Desk): Promise<{ policy: Policy; roster: Roster }> {
  const texts = await textsOf(desk);
  return { policy: parsePolicy(utf8(texts.policy)), roster: await rosterOf(desk, texts.roster) };
}

/** Returns the roster as the working tree has it. @throws Fault ADOPTION_MISSING, ROSTER_INVALID, FILE_FAILED */
export async function readRoster(desk: Desk): Promise<Roster> {
  return rosterOf(desk, (await textsOf(desk)).roster);
}

/**
 * Adds a person. With `exclude`, who lets an agent loose can no longer vouch for what it makes, which the lone owner of a
 * new repository has to.
 * @throws Fault PERSON_EXISTS, ROSTER_INVALID (an e-mail or key that is somebody's already), POLICY_INVALID, FILE_FAILED
 */
export async function enrol(desk: Desk, person: NewPerson, exclude: boolean, keys: Gains['keys'] = []): Promise<Edited> {
  const texts = await textsOf(desk);
  const roster = await rosterOf(desk, texts.roster);
  const gains = await settle(desk, roster, { section: 'people', id: person.id }, keys);
  const policy = exclude ? raiseExclusion(texts.policy) : texts.policy;
  return save(desk, texts, { policy, roster: addPerson(texts.roster, { ...person, keys: [...person.keys, ...gains.keys] }) }, gains.files);
}

/**
 * Adds addresses, roles and keys to an entry; an agent or a forge that is not there yet is made. Keys that the entry has
 * already are passed over, but for OpenPGP certificates, whose file is renewed.
 * @throws Fault PERSON_UNKNOWN, KEY_INVALID (an agent's for a person, revoked before), ROSTER_INVALID (an e-mail or key that is
 *   somebody's already), POLICY_INVALID, FILE_FAILED
 */
export async function extend(desk: Desk, { section, id }: Entry, { emails, roles, keys }: Gains): Promise<Edited> {
  const texts = await textsOf(desk);
  const gains = await settle(desk, await rosterOf(desk, texts.roster), { section, id }, keys);
  const more = { emails, roles, keys: gains.keys };
  const roster = section === 'people' ? extendEntry(texts.roster, section, id, more) : addHosted(texts.roster, section, id, more);
  if (gains.files.size === 0 && isSame(texts.roster, roster)) throw new Fault('USAGE', `${printable(id)} has all of this already`, { hint: 'countersign people list' });
  return save(desk, texts, { ...texts, roster }, gains.files);
}

/**
 * Revokes keys of an entry, by their places in it.
 * @throws Fault PERSON_UNKNOWN, ROSTER_INVALID, POLICY_INVALID, FILE_FAILED
 */
export async function revoke(desk: Desk, { section, id }: Entry, indexes: readonly number[], revocation: Revocation): Promise<Edited> {
  const texts = await textsOf(desk);
  return save(desk, texts, { ...texts, roster: revokeKeys(texts.roster, section, id, indexes, revocation) });
}

/** Writes a file that the roster's keys are held against. @throws Fault ADOPTION_MISSING, POLICY_INVALID, ROSTER_INVALID, FILE_FAILED */
export async function writeKeyFile(desk: Desk, path: Path, bytes: Uint8Array): Promise<Edited> {
  const texts = await textsOf(desk);
  return save(desk, texts, texts, new Map([[path, bytes]]));
}

/**
 * Returns the places of the keys that a name means: a keyid as the roster or a signature has it, an ssh fingerprint, or 16 or
 * more digits of an OpenPGP fingerprint.
 * @throws Fault KEY_NOT_FOUND where it means none, or several
 */
export function findKeys(roster: Roster, { section, id }: Entry, name: string): number[] {
  const digits = name.replace(/^openpgp:/, '').replaceAll(' ', '').replace(/^0x/i, '').toUpperCase();
  const isPart = /^[0-9A-F]{16,64}$/.test(digits);
  const isNamed = (key: Key): boolean => (
    [key.keyid, key.keyid.replace(/^ssh(?:-ca)?:/, ''), ...keyidsOf(key)].includes(name)
    || (isPart && key.scheme === 'openpgp' && key.certificates.some(({ fingerprints }) => fingerprints.some((each) => each.includes(digits))))
  );
  const found = [...(roster[section][id]?.keys ?? []).entries()].filter(([, key]) => isNamed(key));
  const shown = printable(clip(id, 80));
  if (found.length === 0) throw new Fault('KEY_NOT_FOUND', `${shown} has no such key in the roster`, { hint: 'countersign people list' });
  if (new Set(found.map(([, { keyid }]) => keyid)).size > 1) throw new Fault('KEY_NOT_FOUND', `${shown} has several keys of that name`, { hint: 'name it as "countersign people list" does' });
  return found.map(([index]) => index);
}

/** Sorts keys into what the roster gets and what is written beside it. */
async function settle(desk: Desk, roster: Roster, { section, id }: Entry, keys: Gains['keys']): Promise<{ keys: KeyText[]; files: Files }> {
  const own = roster[section][id]?.keys ?? [];
  const texts: KeyText[] = [];
  const files = new Map<Path, Uint8Array>();
  for (const key of new Map(keys.map((each) => [`${each.keyid} ${JSON.stringify(each.text)}`, each])).values()) {
    const agent = section === 'people' ? agentOfKey(key.keyid) : undefined;
    if (agent !== undefined) throw new Fault('KEY_INVALID', `${key.keyid} is the key with which the vendor of ${agent} signs for all who use it`, { hint: `add it as an agent: countersign people add ${agent} --agent --email ADDRESS --key …` });
    const known = own.find((each) => each.keyid === key.keyid || keyidsOf(each).includes(key.keyid));
    if (known?.revoked !== undefined) throw new Fault('KEY_INVALID', `${printable(key.keyid)} is revoked in the roster, and stays so`, { hint: 'add another key' });
    const shared = known ?? ('openpgp' in key.text ? keyHolder(roster, key.keyid)?.key : undefined);
    if (known === undefined) texts.push(shared !== undefined && 'file' in shared ? { openpgp: shared.file } : key.text);
    else if ('certAuthority' in key.text) texts.push(...withoutKnown(key.text, own));
    if (key.file === undefined) continue;
    // One certificate in one file, whoever else names it.
    const path = shared !== undefined && 'file' in shared ? pathOf(`${FOLDER}/${shared.file}`) : key.file.path;
    const before = files.get(path) ?? (await readWorkFile(desk.toplevel, path));
    const after = before === undefined || !('openpgp' in key.text) ? key.file.bytes : await renewCertificate(before, key.keyid.slice('openpgp:'.length), key.file.bytes, path);
    if (before === undefined || !equal(before, after)) files.set(path, after);
  }
  // One file may hold several of them.
  return { keys: [...new Map(texts.map((text) => [JSON.stringify(text), text])).values()], files };
}

/** Returns an authority's key for those of its principals that the entry does not have yet. */
function withoutKnown({ certAuthority = [], ...text }: Extract<KeyText, { ssh: string }>, own: readonly Key[]): KeyText[] {
  const { fingerprint } = parseSshPublicKey(text.ssh);
  const known = own.flatMap((key) => (key.keyid === `ssh-ca:${fingerprint}` && key.scheme === 'ssh' ? (key.authority?.principals ?? []) : []));
  const fresh = certAuthority.filter((principal) => !known.includes(principal));
  return fresh.length === 0 ? [] : [{ ...text, certAuthority: fresh }];
}

/** Tells whether two rosters say the same, however they are written. */
function isSame(a: string, b: string): boolean {
  return JSON.stringify(parseRoster(utf8(a))) === JSON.stringify(parseRoster(utf8(b)));
}

async function textsOf({ toplevel }: Desk): Promise<TrustTexts> {
  const texts = await readTrustTexts(toplevel);
  if (texts === undefined) throw new Fault('ADOPTION_MISSING', 'this repository has no policy and roster', { hint: 'run "countersign init"' });
  return texts;
}

/** Returns the roster of a text with the key files of the working tree, or those that are about to be written. */
function rosterOf({ toplevel }: Desk, text: string, files: Files = new Map()): Promise<Roster> {
  return completeRoster(parseRoster(utf8(text)), async (name) => {
    const path = pathOf(`${FOLDER}/${name}`);
    return files.get(path) ?? readWorkFile(toplevel, path);
  });
}

async function save(desk: Desk, before: TrustTexts, { policy, roster }: TrustTexts, files: Files = new Map()): Promise<Edited> {
  const serial = desk.committed === undefined ? 1 : desk.committed + 1;
  const { serial: current } = parsePolicy(utf8(policy));
  const numbered = current === serial ? policy : bumpSerial(policy, serial);
  const edited = { serial, policy: parsePolicy(utf8(numbered)), roster: await rosterOf(desk, roster, files) };
  const undo = new Undo();
  const write = (path: Path, bytes: Uint8Array): Promise<void> => undo.write(join(desk.toplevel, path), bytes);
  try {
    // The files before the roster that names them, and the serial last: without them it would stand for nothing.
    for (const [path, bytes] of files) await write(path, bytes);
    if (roster !== before.roster) await write(ROSTER_PATH, utf8(roster));
    if (numbered !== before.policy) await write(POLICY_PATH, utf8(numbered));
  } catch (thrown) {
    await undo.all();
    throw thrown;
  }
  return edited;
}
