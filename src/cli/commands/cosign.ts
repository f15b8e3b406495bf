// SPDX-License-Identifier: Apache-2.0
// countersign cosign: shows each file, asks, and has it signed.
import { hasTerminal } from '../../agents/environment.ts';
import { openBench, proposeCosignature, signCosignature, type Proposed } from '../../cosign/cosign.ts';
import type { Touch } from '../../cosign/story.ts';
import { Fault } from '../../fault.ts';
import { clip, printable, printablePath } from '../../printable.ts';
import { command, YES } from '../command.ts';
import { ACTING, placeOf, withRepo } from '../flags.ts';

const WIDTH = 60;

export const cosign = command({
  name: 'cosign [path..]',
  summary: 'sign files: you have read them and stand behind them',
  words: { path: { type: 'string', array: true, describe: 'files' } },
  flags: { ...ACTING, remark: { type: 'string', requiresArg: true, default: '', describe: 'a remark that is signed along' }, yes: YES },
  async run(args, context) {
    const { terminal, env } = context;
    const words = [...(args.path ?? []), ...(args['--'] ?? [])];
    if (words.length === 0) throw new Fault('USAGE', 'no file given', { hint: 'countersign cosign <path>' });
    if ([...args.remark].length > 1000) throw new Fault('USAGE', 'the remark is longer than 1000 characters');
    return withRepo(context, async (repo) => {
      const place = { repo, env, hasTerminal, ...placeOf(context) };
      const bench = await openBench(args, place);
      for (const word of words) {
        const proposed = await proposeCosignature(bench, word, place);
        terminal.present(describe(proposed), `Sign this as ${bench.acting.id}?`, args.yes);
        const file = await signCosignature(bench, proposed, args.remark, context.now(), place);
        terminal.say(`signed by ${bench.acting.id}, staged as ${file}`);
      }
      terminal.say('next: git commit');
      return 0;
    });
  },
});

function describe({ subject, story, difference }: Proposed): string[] {
  const { last, touches, more, staged } = story;
  const since = last === undefined ? 'nobody has cosigned it yet; all of it:' : `since ${last.person} cosigned it at ${last.time}:`;
  return [
    `file    ${printablePath(subject.path)} (mode ${subject.mode})`,
    `sha256  ${subject.sha256}`,
    touches.length > 0 ? `written by, as its commits say (unverified${last ? ', since the last cosignature' : ''}):` : 'no commit has touched it since',
    ...touches.map(touchLine),
    ...(more ? ['  … and older ones'] : []),
    ...(staged ? ['  what is staged and not committed yet'] : []),
    since,
    ...(difference.length > 0 ? difference.map((line) => `  ${line}`) : ['  nothing changed']),
  ];
}

function touchLine({ oid, claim, agent, author, subject }: Touch): string {
  const who = agent === undefined ? claim : `${claim} ${clip(printable(agent), WIDTH)}`;
  return `  ${oid.slice(0, 10)}  ${who}, ${clip(printable(author), WIDTH)}: ${clip(printable(subject), WIDTH)}`;
}
