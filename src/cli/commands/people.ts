// SPDX-License-Identifier: Apache-2.0
// countersign people: the roster in the working tree, with the key files beside it.
import { Fault } from '../../fault.ts';
import { printable } from '../../printable.ts';
import { printJson } from '../../report/json.ts';
import { renderRoster, rosterDocument } from '../../report/roster.ts';
import { readKeySource, type SourcedKey } from '../../setup/key-source.ts';
import { enrol, extend, findKeys, readDesk, readRoster, revoke, type Entry } from '../../setup/people.ts';
import { parseTime, printTime } from '../../time.ts';
import { listRoster, printAllowedSigners } from '../../trust/listing.ts';
import { keyidsOf } from '../../trust/key.ts';
import type { Revocation, Roster, Section } from '../../trust/roster.ts';
import { satisfiable } from '../../trust/standing.ts';
import { command, group, YES, type Context } from '../command.ts';
import { deskOf, saved } from '../desk.ts';
import { placeOf } from '../flags.ts';
import { keyGroup } from './key.ts';
import { trustRoot } from './trust-root.ts';

/** Whose entry it is, if not a person's. */
const KIND = {
  agent: { type: 'boolean', default: false, describe: 'a hosted agent, not a person' },
  forge: { type: 'boolean', default: false, describe: 'a forge, not a person' },
} as const;

const add = command({
  name: 'add <id>',
  summary: 'add a person, agent or forge to the roster, or a key, address or role to one that is in it',
  words: { id: { type: 'string', demandOption: true, describe: 'short name, for instance bob' } },
  flags: {
    name: { type: 'string', requiresArg: true, describe: 'full name of a person' },
    email: { type: 'string', array: true, requiresArg: true, default: [] as string[], describe: 'an address of their commits (repeatable)' },
    role: { type: 'string', array: true, requiresArg: true, default: [] as string[], describe: 'owner, reviewer, or a role of your own (repeatable)' },
    key: { type: 'string', array: true, requiresArg: true, default: [] as string[], describe: 'a public key: its file or its line, ssh:PATH, openpgp:PATH, gpg:FINGERPRINT, x509:CA.pem#ADDRESS, sigstore:ISSUER#IDENTITY (repeatable)' },
    ...KIND,
    yes: YES,
  },
  async run(args, context) {
    const section = sectionOf(args);
    const { id, name } = args;
    if (section !== 'people' && (name !== undefined || args.role.length > 0)) throw new Fault('USAGE', '--name and --role are for people', { hint: 'leave them out' });
    if (section === 'forges' && args.email.length > 0) throw new Fault('USAGE', 'a forge has no --email', { hint: 'leave it out; the agent behind it may have one: countersign people add ID --agent --email ADDRESS --key FILE' });
    const desk = await deskOf(context);
    const roster = await readRoster(desk);
    const keys = await readKeys(args.key, { section, id }, args.email, roster, context);
    const gains = { emails: args.email, roles: args.role, keys };
    const known = roster[section][id] !== undefined && name === undefined;
    if (!known && roster[section][id] !== undefined) throw new Fault('PERSON_EXISTS', `${printable(id)} is already in the roster`, { hint: `to add a key, an address or a role leave out --name: countersign people add ${printable(id)} --key FILE` });
    if (known && Object.values(gains).every((items) => items.length === 0)) throw new Fault('USAGE', `nothing to add to ${id}`, { hint: 'name a --key, an --email or a --role' });
    if (known || section !== 'people') {
      if (!known && keys.length === 0) throw new Fault('USAGE', `${printable(id)} is new and needs --key`, { hint: `countersign people add ${printable(id)} ${section === 'agents' ? '--agent --email ADDRESS' : '--forge'} --key FILE` });
      saved(known ? `${id} has more in the roster` : `${id} is in the roster`, await extend(desk, { section, id }, gains).catch(unwritten), context);
      return 0;
    }
    if (name === undefined || args.email.length === 0 || keys.length === 0) {
      throw new Fault('USAGE', `${printable(id)} is new and needs --name, --email and --key`, { hint: `countersign people add ${printable(id)} --name NAME --email ADDRESS --key FILE` });
    }
    const lone = Object.keys(roster.people).length === 1;
    const person = { id, name, emails: args.email, roles: args.role, keys: [] };
    saved(`${id} is in the roster`, await enrol(desk, person, lone && (args.yes || offerExclusion(context)), keys).catch(unwritten), context);
    return 0;
  },
});

const list = command({
  name: 'list',
  summary: 'list who can do what, until when, and how strong their keys are',
  formats: ['json', 'allowed_signers'],
  async run(_args, context) {
    const { policy, roster } = await readDesk(await deskOf(context));
    const now = Math.floor(context.now() / 1000);
    await context.terminal.print(context.format === 'allowed_signers' ? printAllowedSigners(roster)
      : context.format === 'json' ? printJson(rosterDocument(listRoster(policy, roster, now), now))
      : renderRoster(listRoster(policy, roster, now)));
    return 0;
  },
});

const revokeKeys = command({
  name: 'revoke <id>',
  summary: "revoke an entry's keys",
  words: { id: { type: 'string', demandOption: true, describe: 'short name' } },
  flags: {
    key: { type: 'string', requiresArg: true, describe: 'only this key, by its keyid, SHA256:… or 16 digits of its fingerprint' },
    at: { type: 'string', requiresArg: true, describe: 'since when, as 2026-01-31T12:00:00Z; now if not given' },
    reason: { choices: ['retired', 'compromised'] as const, default: 'retired' as const, describe: 'compromised voids it for all time' },
    ...KIND,
  },
  async run(args, context) {
    const { id, key, at, reason } = args;
    const now = Math.floor(context.now() / 1000);
    const desk = await deskOf(context);
    const roster = await readRoster(desk);
    const entry = entryNamed(roster, id, args);
    const keys = roster[entry.section][id]!.keys;
    const indexes = key === undefined ? [...keys.keys()] : findKeys(roster, entry, key);
    if (indexes.length === 0) throw new Fault('KEY_NOT_FOUND', `${printable(id)} has no key in the roster`, { hint: 'countersign people list' });
    const revocation: Revocation = { at: at === undefined ? now : secondsOf(at), reason };
    if (revocation.at > now) throw new Fault('USAGE', `${printTime(revocation.at)} is still to come`, { hint: 'leave out --at to revoke now; validBefore in .countersign/roster.yaml ends a key on a day to come' });
    const edited = await revoke(desk, entry, indexes, revocation);
    const [named] = indexes.map((index) => keys[index]!);
    saved(`${key === undefined ? 'the keys' : `the key ${keyidsOf(named!)[0] ?? named!.keyid}`} of ${id} ${key === undefined ? 'are' : 'is'} revoked`, edited, context, meaning(edited.roster, entry, indexes));
    if (key !== undefined && keyidsOf(named!).length > 1) context.terminal.warn(`countersign: warning: the other keys in ${named!.keyid.replace('openpgp:', '.countersign/')} are revoked with it`);
    const [first] = satisfiable(edited.policy, edited.roster, now);
    if (first?.reason === 'no-owner') context.terminal.warn('countersign: warning: no owner has a key that counts, so that nobody could change policy or roster again: add one before you commit');
    return 0;
  },
});

export const people = group('people', 'the roster: who is who', [add, list, revokeKeys, trustRoot, keyGroup]);

interface Kind { agent: boolean; forge: boolean }

function sectionOf({ agent, forge }: Kind): Section {
  if (agent && forge) throw new Fault('USAGE', '--agent and --forge exclude each other', { hint: 'keep one of them' });
  return agent ? 'agents' : forge ? 'forges' : 'people';
}

/** Returns the entry of this id: where several have it a person's, unless a flag says otherwise. */
function entryNamed(roster: Roster, id: string, kind: Kind): Entry {
  const flagged = kind.agent || kind.forge ? [sectionOf(kind)] : (['people', 'agents', 'forges'] as const);
  const sections = flagged.filter((section) => roster[section][id] !== undefined);
  if (sections.length === 0) throw new Fault('PERSON_UNKNOWN', `${printable(id.slice(0, 80))} is not in the roster${flagged.length > 1 ? '' : ` as ${kind.agent ? 'an agent' : 'a forge'}`}`, { hint: 'countersign people list' });
  return { section: sections[0]!, id };
}

async function readKeys(sources: readonly string[], { section, id }: Entry, emails: readonly string[], roster: Roster, context: Context): Promise<SourcedKey[]> {
  const entry = roster[section][id];
  const owner = { id, emails: [...(entry && 'emails' in entry ? entry.emails : []), ...emails] };
  const found: SourcedKey[] = [];
  // One after the other: gpg may ask.
  for (const source of sources) {
    const keys = await readKeySource(source, owner, placeOf(context));
    if (keys.length > 1) for (const { keyid } of keys) context.terminal.say(`found ${printable(keyid)}`);
    found.push(...keys);
  }
  return found;
}

/** Says what a revocation does, by what the roster says now: an earlier one is not weakened. */
function meaning(roster: Roster, { section, id }: Entry, indexes: readonly number[]): string {
  const revoked = indexes.map((index) => roster[section][id]!.keys[index]!.revoked!);
  if (revoked.every(({ reason }) => reason === 'compromised')) return 'compromised: once this is committed, nothing that was ever signed with it counts';
  const [{ at }] = revoked.filter(({ reason }) => reason === 'retired') as [Revocation];
  return `retired: what was signed until ${printTime(at)} stays good, what is signed later does not count`;
}

/** The roster was read before, so that a fault in it is in what would have been written. */
function unwritten(thrown: unknown): never {
  if (!(thrown instanceof Fault) || thrown.code !== 'ROSTER_INVALID' || thrown.hint !== undefined) throw thrown;
  throw new Fault(thrown.code, thrown.message, { cause: thrown, hint: 'the roster would say so, and nothing was written; who has what: countersign people list' });
}

/** With a second person, nobody has to vouch for their own agent any more. */
function offerExclusion({ terminal }: Context): boolean {
  const answer = terminal.ask('There are two people now. Shall who lets an agent loose no longer vouch for what it makes?', 'yes');
  if (answer === undefined) terminal.warn('countersign: warning: who lets an agent loose may still vouch for what it makes: set excludeSponsor: true in .countersign/policy.yaml');
  return answer !== undefined && /^y(?:es)?$/i.test(answer);
}

function secondsOf(text: string): number {
  const seconds = parseTime(text);
  if (seconds === undefined) throw new Fault('USAGE', `not a time: ${printable(text.slice(0, 40))}`, { hint: 'write it like 2026-01-31T12:00:00Z' });
  return seconds;
}
