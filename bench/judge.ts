// SPDX-License-Identifier: Apache-2.0
// The process that bench/verify.ts measures: judges a range and tells the verdict and how its memory went.
// `node --import tsx bench/judge.ts <repository> <base> <head> range|history`
import type { Oid } from '../src/oid.ts';
import { openGit } from '../src/repo/git.ts';
import { verifyHistory, verifyRange } from '../src/verifier/verify.ts';

export interface Judgement {
  verdict: string;
  commits: number;
  findings: number;
  /** Megabytes resident after each tenth of the way, and at the highest. */
  memory: number[];
  peak: number;
}

const [dir = '', base = '', head = '', how = 'range'] = process.argv.slice(2);
const repo = await openGit(dir);
const judgement: Judgement = { verdict: '', commits: 0, findings: 0, memory: [], peak: 0 };
const question = { repo, base: base as Oid, head: head as Oid, now: Math.floor(Date.now() / 1000) };
for await (const judged of how === 'range' ? verifyRange(question) : verifyHistory(question)) {
  if (judged.kind === 'range') judgement.verdict = judged.range.verdict;
  else if (++judgement.commits % 1000 === 0) judgement.memory.push(megabytes(process.memoryUsage.rss()));
  judgement.findings += (judged.kind === 'range' ? judged.range : judged.commit).findings.length;
}
await repo.close();
judgement.peak = megabytes(process.resourceUsage().maxRSS * 1024);
console.log(JSON.stringify(judgement));

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
