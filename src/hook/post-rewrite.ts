// SPDX-License-Identifier: Apache-2.0
// post-rewrite: after a rebase, says in one line how many of the new commits have a stamp that fits them no longer, and
// how to mend them. Most stamps fit still: they bind the change, not the commit.
import { latin1 } from '../bytes.ts';
import { isOid } from '../oid.ts';
import { repositoryId } from './adoption.ts';
import type { HookCall } from './call.ts';
import { findMisfit } from './check.ts';
import { readObject } from './objects.ts';
import { findPlace } from './place.ts';

/** A rebase of more commits than this is looked at by whoever verifies. */
const MOST = 200;

/** Reads `old SP new [SP extra] LF` lines. @throws Fault GIT_FAILED, COMMIT_MALFORMED, REPO_NOT_FOUND */
export async function postRewrite({ args, env, input, say }: HookCall): Promise<void> {
  if (args[0] !== 'rebase') return;
  const made = newCommits(latin1(await input()));
  const place = findPlace(env);
  const repository = await repositoryId(place.toplevel, async (name) => readObject(name, env)?.bytes);
  if (repository === undefined) return;
  const misfits: string[] = [];
  for (const oid of made.slice(0, MOST)) {
    const misfit = await findMisfit(oid, { env, commonDir: place.commonDir, repository });
    if (misfit !== undefined) misfits.push(oid);
  }
  const [first] = misfits;
  if (first === undefined) return;
  const restamp = 'countersign restamp HEAD';
  const mend = misfits.length === 1 && first === made.at(-1) ? restamp : `git rebase --exec '${restamp}' ${first.slice(0, 12)}~1`;
  say('warning', `${misfits.length} of ${made.length} rebased commits need a new stamp; look with "countersign verify", mend with "${mend}"`);
}

/** Returns the new ids, each once: several commits may have become one. */
function newCommits(lines: string): string[] {
  const ids = lines.split('\n').map((line) => line.split(' ')[1] ?? '');
  return [...new Set(ids)].filter((id) => isOid(id, 'sha1') || isOid(id, 'sha256'));
}
