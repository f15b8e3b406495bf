// SPDX-License-Identifier: Apache-2.0
// Granting a session, as `session start` and `run` both do it: the flags that say what, showing it, and asking.
import { hasTerminal } from '../agents/environment.ts';
import { printable } from '../printable.ts';
import type { Wish } from '../session/grant.ts';
import { openSession, proposeSession, type Opened } from '../session/open.ts';
import type { Wanted } from '../signer/acting.ts';
import type { Grant } from '../statement/schema.ts';
import type { Context } from './command.ts';
import { ACTING, placeOf, withRepo } from './flags.ts';

/** What a grant may be given, by `session start` and by `run`. */
export const GRANTING = {
  model: { type: 'string', requiresArg: true, describe: 'the model behind it' },
  allow: { type: 'string', array: true, requiresArg: true, describe: 'paths it may change, for instance "src/**" (repeatable)' },
  deny: { type: 'string', array: true, requiresArg: true, describe: 'paths it may not (repeatable)' },
  hours: { type: 'number', requiresArg: true, describe: 'how long' },
  files: { type: 'number', requiresArg: true, describe: 'at most so many files' },
  additions: { type: 'number', requiresArg: true, describe: 'at most so many lines added' },
  deletions: { type: 'number', requiresArg: true, describe: 'at most so many lines deleted' },
  ...ACTING,
} as const;

interface Granting extends Wanted, Omit<Wish, 'agent' | 'limits'> {
  files?: number | undefined;
  additions?: number | undefined;
  deletions?: number | undefined;
  yes: boolean;
}

/** Shows what would be granted, asks, and opens the session. */
export async function grantSession(agent: string, flags: Granting, context: Context): Promise<Opened> {
  const limits = Object.fromEntries((['files', 'additions', 'deletions'] as const).flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])));
  return withRepo(context, async (repo) => {
    const asker = { repo, place: placeOf(context), env: context.env, hasTerminal, now: context.now() };
    const proposal = await proposeSession({ ...flags, agent, limits }, flags, asker);
    context.terminal.present(describeGrant(proposal.grant), 'Grant this?', flags.yes);
    return openSession(repo.layout, proposal, context.env);
  });
}

type Granted = Pick<Grant, 'agent' | 'model' | 'sponsor' | 'allow' | 'deny' | 'limits' | 'notAfter'>;

/** Returns what a grant permits, line by line, for whoever is about to sign it. */
export function describeGrant({ agent, model, sponsor, allow, deny, limits: { commit, range }, notAfter }: Granted): string[] {
  return [
    `agent      ${printable(agent)} (${printable(model)}), let loose by ${sponsor}`,
    `may change ${allow.map(printable).join(' ')}`,
    ...(deny.length > 0 ? [`but not    ${deny.map(printable).join(' ')}`] : []),
    `per commit ${commit.files} files, ${commit.additions} lines added, ${commit.deletions} deleted`,
    `in all     ${range.files} files, ${range.additions} lines added, ${range.deletions} deleted`,
    `until      ${notAfter}`,
  ];
}
