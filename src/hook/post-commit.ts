// SPDX-License-Identifier: Apache-2.0
// post-commit: says in one line where the commit came out otherwise than expected: an amend that could not be told from
// a new commit, a clean-up or an editor nobody foresaw, a skipped hook. Changes nothing.
import { repositoryId } from './adoption.ts';
import type { HookCall } from './call.ts';
import { findMisfit } from './check.ts';
import { readObject } from './objects.ts';
import { findPlace } from './place.ts';

/** @throws Fault GIT_FAILED, COMMIT_MALFORMED, REPO_NOT_FOUND */
export async function postCommit({ env, say }: HookCall): Promise<void> {
  const place = findPlace(env);
  const repository = await repositoryId(place.toplevel, async (name) => readObject(name, env)?.bytes);
  if (repository === undefined) return;
  const misfit = await findMisfit('HEAD', { env, commonDir: place.commonDir, repository });
  if (misfit !== undefined) say('warning', `${misfit}; mend it with "countersign restamp HEAD"`);
}
