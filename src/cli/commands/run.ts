// SPDX-License-Identifier: Apache-2.0
// countersign run: a session for as long as one command lives.
import { hasTerminal } from '../../agents/environment.ts';
import { Fault } from '../../fault.ts';
import { printable } from '../../printable.ts';
import { findLayout } from '../../repo/layout.ts';
import { guessAgent } from '../../session/agent-name.ts';
import { withdrawGrant } from '../../session/grant-file.ts';
import { runInSession } from '../../session/run.ts';
import { endSession } from '../../session/sessions.ts';
import { command } from '../command.ts';
import { GRANTING, grantSession } from '../granting.ts';

export const run = command({
  name: 'run',
  summary: 'run an agent in a session of its own: run [flags] -- <command…>',
  flags: {
    agent: { type: 'string', requiresArg: true, describe: 'name and version; guessed from the command if not given' },
    ...GRANTING,
    'keep-agents': { type: 'boolean', default: false, describe: 'leave your ssh-agent and gpg-agent within its reach' },
  },
  async run(args, context) {
    const words = args['--'] ?? [];
    if (words.length === 0) throw new Fault('USAGE', 'no command given', { hint: 'name it after --, for instance: countersign run -- claude' });
    const layout = await findLayout(context.dir, context.env);
    // Nothing is asked: whoever types this wants it, and what it grants is told in one line.
    const silent = { ...context, terminal: { ...context.terminal, present: () => undefined } };
    const { grant } = await grantSession(args.agent ?? guessAgent(words), { ...args, yes: true }, silent);
    try {
      context.terminal.say(`countersign: session ${grant.id}: ${printable(grant.agent)} may change ${grant.allow.map(printable).join(' ')} until ${grant.notAfter}`);
      const options = { session: grant.id, dir: context.dir, env: context.env, keepAgents: args['keep-agents'], attended: hasTerminal() };
      return await runInSession(words, options);
    } finally {
      await withdrawGrant(layout, grant.id, context.env).catch(() => undefined);
      await endSession(layout.commonDir, grant.id).catch(endedAlready);
    }
  },
});

/** The command may have ended its own session. */
function endedAlready(thrown: unknown): void {
  if (!(thrown instanceof Fault && thrown.code === 'SESSION_UNKNOWN')) throw thrown;
}
