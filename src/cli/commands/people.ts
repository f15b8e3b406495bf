// SPDX-License-Identifier: Apache-2.0
// countersign people: the roster in the working tree.
import { Fault } from '../../fault.ts';
import { printable } from '../../printable.ts';
import { printJson } from '../../report/json.ts';
import { readPublicKey } from '../../signer/key-spec.ts';
import { enrol, extend, readRoster, revoke, type Desk, type Edited } from '../../setup/people.ts';
import type { Revocation, Roster } from '../../trust/roster.ts';
import { readHead } from '../../verifier/head.ts';
import { command, group, YES, type Context } from '../command.ts';
import { placeOf, withRepo } from '../flags.ts';

const add = command({
  name: 'add <id>',
  summary: 'add a person to the roster, or a key, address or role to one who is in it',
  words: { id: { type: 'string', demandOption: true, describe: 'short name, for instance bob' } },
  flags: {
    name: { type: 'string', requiresArg: true, describe: 'full name' },
    email: { type: 'string', array: true, requiresArg: true, default: [] as string[], describe: 'an address of their commits (repeatable)' },
    role: { type: 'string', array: true, requiresArg: true, default: [] as string[], describe: 'owner, reviewer, or a role of your own (repeatable)' },
    key: { type: 'string', array: true, requiresArg: true, default: [] as string[], describe: 'ssh:PATH, or the line of a public key (repeatable)' },
    yes: YES,
  },
  async run(args, context) {
    const desk = await deskOf(context);
    const keys = await Promise.all(args.key.map((spec) => readPublicKey(spec, placeOf(context))));
    const more = { emails: args.email, roles: args.role, keys: keys.map(({ text }) => text) };
    const known = (await readRoster(desk)).people;
    if (known[args.id] !== undefined && args.name === undefined) {
      if (Object.values(more).every((items) => items.length === 0)) throw new Fault('USAGE', `nothing to add to ${args.id}`, { hint: 'name a --key, an --email or a --role' });
      saved(`${args.id} has more in the roster`, await extend(desk, args.id, more), context);
      return 0;
    }
    const { name } = args;
    if (name === undefined || more.emails.length === 0 || more.keys.length === 0) {
      throw new Fault('USAGE', `${printable(args.id)} is new and needs --name, --email and --key`, { hint: 'countersign people add bob --name Bob --email bob@example.com --key ssh:bob.pub' });
    }
    const lone = Object.keys(known).length === 1;
    const edited = await enrol(desk, { id: args.id, name, ...more }, lone && (args.yes || offerExclusion(context)));
    saved(`${args.id} is in the roster`, edited, context);
    return 0;
  },
});

const list = command({
  name: 'list',
  summary: 'list the people of the roster',
  formats: ['json'],
  async run(_args, context) {
    const roster = await readRoster(await deskOf(context));
    await context.terminal.print(context.format === 'json' ? printJson(roster.people) : table(roster));
    return 0;
  },
});

const revokeKeys = command({
  name: 'revoke <id>',
  summary: "revoke a person's keys",
  words: { id: { type: 'string', demandOption: true, describe: 'short name' } },
  flags: {
    key: { type: 'string', requiresArg: true, describe: 'only this key, by its fingerprint SHA256:…' },
    at: { type: 'string', requiresArg: true, describe: 'since when, as 2026-01-31T12:00:00Z; now if not given' },
    reason: { choices: ['retired', 'compromised'] as const, default: 'retired' as const, describe: 'compromised voids it for all time' },
  },
  async run({ id, key, at, reason }, context) {
    const keyid = key === undefined ? undefined : key.startsWith('SHA256:') ? `ssh:${key}` : key;
    const revocation: Revocation = { at: at === undefined ? Math.floor(context.now() / 1000) : secondsOf(at), reason };
    const edited = await revoke(await deskOf(context), id, keyid, revocation);
    saved(`the keys of ${id} are revoked`, edited, context);
    if (!hasOwner(edited.roster)) context.terminal.warn('countersign: warning: no owner has a key that counts, so that nobody could change policy or roster again: add one before you commit');
    return 0;
  },
});

export const people = group('people', 'the roster: who is who', [add, list, revokeKeys]);

async function deskOf(context: Context): Promise<Desk> {
  return withRepo(context, async (repo) => {
    const { toplevel } = repo.layout;
    if (toplevel === undefined) throw new Fault('REPO_NOT_FOUND', 'a bare repository has no working tree', { hint: 'run this in a clone' });
    const head = await readHead(repo).catch((thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === 'ADOPTION_MISSING') return undefined;
      throw thrown;
    });
    return { toplevel, committed: head?.state.policy.serial };
  });
}

/** With a second person, nobody has to vouch for their own agent any more. */
function offerExclusion({ terminal }: Context): boolean {
  const answer = terminal.ask('There are two people now. Shall who lets an agent loose no longer vouch for what it makes?', 'yes');
  if (answer === undefined) terminal.warn('countersign: warning: who lets an agent loose may still vouch for what it makes: set excludeSponsor: true in .countersign/policy.yaml');
  return answer !== undefined && /^y(?:es)?$/i.test(answer);
}

function saved(what: string, { serial }: Edited, { terminal }: Context): void {
  terminal.say(`${printable(what)}, and the policy has serial ${serial}`);
  terminal.say('next: git add .countersign && git commit, signed by an owner');
}

function hasOwner({ people: entries }: Roster): boolean {
  return Object.values(entries).some(({ roles, keys }) => roles.includes('owner') && keys.some(({ revoked }) => revoked === undefined));
}

function secondsOf(text: string): number {
  const milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new Fault('USAGE', `not a time: ${printable(text.slice(0, 40))}`, { hint: 'write it like 2026-01-31T12:00:00Z' });
  return milliseconds / 1000;
}

function table({ people: entries }: Roster): string {
  return Object.entries(entries).map(([id, { name, emails, roles, keys }]) => {
    const lines = keys.map(({ keyid, revoked }) => `  ${printable(keyid)}${revoked ? `, ${revoked.reason}` : ''}\n`);
    return `${id}  ${printable(name)} <${emails.map(printable).join('>, <')}>${roles.length > 0 ? `  ${roles.join(', ')}` : ''}\n${lines.join('')}`;
  }).join('');
}
