// SPDX-License-Identifier: Apache-2.0
// countersign session: letting an agent loose by hand, and looking after what is open.
import { Fault } from '../../fault.ts';
import { pathText, type Path } from '../../oid.ts';
import { printable } from '../../printable.ts';
import { findLayout } from '../../repo/layout.ts';
import { printJson } from '../../report/json.ts';
import { addGrant, withdrawGrant } from '../../session/grant-file.ts';
import { endSession, findSession, listSessions, type Listed } from '../../session/sessions.ts';
import { command, group, YES } from '../command.ts';
import { describeGrant, GRANTING, grantSession } from '../granting.ts';

const ID = { id: { type: 'string', demandOption: true, describe: "the session's id" } } as const;

const start = command({
  name: 'start',
  summary: 'open a session: a key for one agent, granted and signed by you',
  flags: { agent: { type: 'string', requiresArg: true, demandOption: true, describe: 'name and version, for instance claude-code/2.1.4' }, ...GRANTING, yes: YES },
  formats: ['json'],
  async run(args, context) {
    const { grant, path } = await grantSession(args.agent, args, context);
    const env = { COUNTERSIGN_SESSION: grant.id };
    if (context.format === 'json') await context.terminal.print(printJson({ session: grant.id, grant: pathText(path), env }));
    else await context.terminal.print(`export COUNTERSIGN_SESSION=${grant.id}\n`);
    return 0;
  },
});

const list = command({
  name: 'list',
  summary: 'list the sessions of this repository',
  formats: ['json'],
  async run(_args, context) {
    const { commonDir } = await findLayout(context.dir, context.env);
    const sessions = await listSessions(commonDir, context.now());
    if (context.format === 'json') await context.terminal.print(printJson(sessions.map(listed)));
    else for (const each of sessions) await context.terminal.print(`${summarise(each)}\n`);
    return 0;
  },
});

const show = command({
  name: 'show <id>',
  summary: 'show what a session may do',
  words: ID,
  formats: ['json'],
  async run({ id }, context) {
    const { commonDir } = await findLayout(context.dir, context.env);
    const found = await findSession(commonDir, id, context.now());
    const lines = found.kind === 'damaged' ? [summarise(found)] : [summarise(found), ...describeGrant(found.state)];
    await context.terminal.print(context.format === 'json' ? printJson(listed(found)) : `${lines.join('\n')}\n`);
    return 0;
  },
});

const add = command({
  name: 'add <id>',
  summary: 'put its grant into the index and the working tree',
  words: ID,
  async run({ id }, context) {
    const path: Path = await addGrant(await findLayout(context.dir, context.env), id, context.env);
    context.terminal.say(`staged ${path}`);
    return 0;
  },
});

const end = command({
  name: 'end <id>',
  summary: 'end a session: its key is destroyed',
  words: ID,
  async run({ id }, context) {
    const layout = await findLayout(context.dir, context.env);
    if ((context.env['COUNTERSIGN_SESSION'] ?? '') !== '' && context.env['COUNTERSIGN_SESSION'] !== id) {
      throw new Fault('SESSION_REFUSED', "a session can't end another one");
    }
    // A grant that can't be taken out is no reason to leave the key alive.
    await withdrawGrant(layout, id, context.env).catch(() => undefined);
    await endSession(layout.commonDir, id);
    context.terminal.say(`session ${id} has ended, its key is destroyed`);
    return 0;
  },
});

export const session = group('session', "an agent's sessions", [start, list, show, add, end]);

function listed(item: Listed): object {
  return item.kind === 'damaged' ? item : { ...item.state, kind: item.kind };
}

function summarise(item: Listed): string {
  if (item.kind === 'damaged') return `${item.id}  damaged: end it with "countersign session end ${item.id}"`;
  const { agent, model, sponsor, notAfter } = item.state;
  return `${item.id}  ${item.kind === 'open' ? `open until ${notAfter}` : item.kind}  ${printable(agent)} (${printable(model)}), granted by ${printable(sponsor)}`;
}
