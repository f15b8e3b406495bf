// SPDX-License-Identifier: Apache-2.0
// countersign hook pre-push: what the installed hook calls. The hooks around a commit have an entry of their own, which
// starts faster (src/hook/main.ts).
import { Fault } from '../../fault.ts';
import { parsePush, questionPush, type PushPlace, type PushQuestion } from '../../hook/push.ts';
import { printable } from '../../printable.ts';
import { textReport } from '../../report/text.ts';
import { findAdoption } from '../../session/adoption.ts';
import { readCommit } from '../../verifier/reading.ts';
import { readState } from '../../verifier/state.ts';
import { command, type Context } from '../command.ts';
import { withRepo } from '../flags.ts';
import { STATUS } from './verify.ts';

const MOST_INPUT = 4 * 1024 * 1024;

export const hook = command({
  name: 'hook <name> [remote] [url]',
  summary: 'what the installed hooks call',
  hidden: true,
  words: { name: { type: 'string', demandOption: true }, remote: { type: 'string' }, url: { type: 'string' } },
  async run({ name, remote = 'origin' }, context) {
    if (name !== 'pre-push') throw new Fault('USAGE', `no such hook here: ${printable(name.slice(0, 40))}`, { hint: 'git calls these; see "git help hooks"' });
    const input = await readInput();
    return withRepo(context, async (repo) => {
      const adoptionOf = async (head: Parameters<PushPlace['findAdoption']>[0]) => {
        const { tree } = await readCommit(repo, head);
        const state = await readState(repo, head, tree);
        if (state === undefined) throw new Fault('ADOPTION_MISSING', 'what is pushed has no policy');
        return findAdoption(repo, { oid: head, tree, state }, context.env);
      };
      const place = { repo, remote, env: context.env, now: Math.floor(context.now() / 1000), findAdoption: adoptionOf };
      let status = 0;
      for (const ref of parsePush(input, repo.objectFormat)) {
        const question = await questionPush(ref, place);
        if (question !== undefined) status = Math.max(status, await answer(question, context));
      }
      return status;
    });
  },
});

/** Prints what is wrong with a reference and returns the exit status for it. */
async function answer({ ref, strict, verdicts }: PushQuestion, { terminal }: Context): Promise<number> {
  const report = textReport(terminal.paint);
  const wrong: string[] = [];
  let status = 0;
  let acceptable = true;
  for await (const judged of verdicts) {
    const verdict = judged.kind === 'commit' ? judged.commit.verdict : judged.range.verdict;
    const findings = judged.kind === 'commit' ? judged.commit.findings : judged.range.findings;
    acceptable &&= verdict === 'good';
    if (judged.kind === 'commit' || strict) status = Math.max(status, STATUS[verdict]);
    if (findings.length > 0 || (judged.kind === 'range' && verdict !== 'good')) wrong.push(report.add(judged).trimEnd());
  }
  const name = printable(ref.remoteRef);
  for (const lines of wrong) terminal.warn(lines);
  if (status !== 0) {
    terminal.warn(`countersign: error: ${name} is not pushed`);
    terminal.warn('countersign: hint: mend what is listed above; "git push --no-verify" leaves it to the checks of the other side');
  } else if (!acceptable) terminal.warn(`countersign: warning: ${name} is pushed, and will not be accepted like this`);
  return status;
}

async function readInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_INPUT) throw new Fault('USAGE', 'git tells of too many references');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
