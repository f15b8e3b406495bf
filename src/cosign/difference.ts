// SPDX-License-Identifier: Apache-2.0
// What changed since somebody last vouched for a file, line by line, safe to be shown: the lines are the agent's.
import type { Oid } from '../oid.ts';
import { clip, printable } from '../printable.ts';
import type { GitRepo } from '../repo/git.ts';
import { runGit, type Env } from '../repo/process.ts';

const MOST_LINES = 400;
const WIDEST = 240;

/**
 * Returns the difference between two contents as `git diff` writes it, or all of the second where there is no first. Lines
 * are escaped and cut; after 400 of them comes one that says how to see the rest.
 * @throws Fault GIT_FAILED
 */
export async function differenceOf(repo: GitRepo, before: Oid | undefined, after: Oid, env: Env): Promise<string[]> {
  const known = before !== undefined && (await repo.readObject(before)) !== undefined;
  const lines = known ? await hunks(repo, before, after, env) : await additions(repo, after);
  const shown = lines.slice(0, MOST_LINES).map((line) => clip(printable(line).replaceAll('\\t', '  '), WIDEST));
  if (lines.length <= MOST_LINES) return shown;
  return [...shown, `… ${lines.length - MOST_LINES} lines more: git ${known ? `diff ${before} ${after}` : `show ${after}`}`];
}

async function hunks({ layout }: GitRepo, before: Oid, after: Oid, env: Env): Promise<string[]> {
  const args = ['diff', '--no-ext-diff', '--no-textconv', '--no-color', '--unified=3', before, after];
  const { stdout } = await runGit(args, { layout, env });
  const lines = linesOf(stdout);
  // What stands above the first hunk names object ids only; binary content has no hunk.
  const first = lines.findIndex((line) => line.startsWith('@@'));
  return first < 0 ? lines.filter((line) => line.startsWith('Binary files')) : lines.slice(first);
}

async function additions(repo: GitRepo, oid: Oid): Promise<string[]> {
  const bytes = (await repo.readObject(oid))?.bytes ?? new Uint8Array();
  return bytes.includes(0) ? [`binary, ${bytes.length} bytes`] : linesOf(bytes).map((line) => `+${line}`);
}

function linesOf(bytes: Uint8Array): string[] {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
