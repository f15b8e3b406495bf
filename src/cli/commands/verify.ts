// SPDX-License-Identifier: Apache-2.0
// countersign verify: puts the question, prints the answer, and makes it an exit status.
import { Fault } from '../../fault.ts';
import { printable } from '../../printable.ts';
import { jsonReport } from '../../report/json.ts';
import { ndjsonReport } from '../../report/ndjson.ts';
import type { Report } from '../../report/report.ts';
import { textReport } from '../../report/text.ts';
import { verifyHistory, verifyRange, verifyRelease } from '../../verifier/verify.ts';
import type { Outcome } from '../../verifier/verifier.ts';
import { command, type Context } from '../command.ts';
import { withRepo } from '../flags.ts';
import { commitOf, passedOver, readEnd, readRange, shown, type Ends } from '../range.ts';

/** Exit status by verdict. */
export const STATUS: Record<Outcome, number> = { good: 0, bad: 1, unknown: 3 };

export const verify = command({
  name: 'verify [range]',
  summary: 'judge commits by the policy of the branch they are meant for',
  words: { range: { type: 'string', describe: 'A..B, one commit, or a tag with what came since the one before; what HEAD has more than its target if not given' } },
  flags: {
    onto: { type: 'string', requiresArg: true, describe: 'judge as if merged into this branch' },
    trust: { type: 'string', requiresArg: true, describe: 'judge a whole history from this commit on', conflicts: 'onto' },
  },
  formats: ['json', 'ndjson'],
  async run({ range, onto, trust }, context) {
    return withRepo(context, async (repo) => {
      const now = Math.floor(context.now() / 1000);
      if (trust === undefined) {
        const { since, ...ends } = await readRange(repo, range, onto, context.env);
        if (since === undefined) return judge(verifyRange({ repo, ...ends, now }), context);
        for (const note of beginning(since)) context.terminal.say(`countersign: note: ${note}`);
        return judge(verifyRelease({ repo, ...ends, now }), context);
      }
      if (range?.includes('..') === true) throw new Fault('USAGE', '--trust takes one end only', { hint: 'countersign verify --trust <commit> [<head>]' });
      const [base, end] = [await commitOf(repo, trust), await readEnd(repo, range ?? 'HEAD', context.env)];
      return judge(verifyHistory({ repo, base, ...end, now }), context);
    });
  },
});

/** Says where the commits of a tag begin, because trust begins there too. */
function beginning({ found, passed }: NonNullable<Ends['since']>): string[] {
  const from = found ? [`from ${shown(found.name)}, whose policy and roster are believed; --onto or --trust name another beginning`] : [];
  return passed.length > 0 ? [...from, `nearer tags that do not count: ${passedOver(passed)}`] : from;
}

async function judge(verdicts: ReturnType<typeof verifyRange>, { terminal, format }: Context): Promise<number> {
  const report: Report = format === 'json' ? jsonReport() : format === 'ndjson' ? ndjsonReport() : textReport(terminal.paint);
  let outcome: Outcome = 'unknown';
  for await (const judged of verdicts) {
    if (judged.kind === 'range') {
      outcome = judged.range.verdict;
      // The shape for machines has no room for them.
      if (format !== 'text') for (const note of judged.range.notes) terminal.warn(`countersign: note: ${printable(note)}`);
    }
    await terminal.print(report.add(judged));
  }
  return STATUS[outcome];
}
