// SPDX-License-Identifier: Apache-2.0
// Policy and roster as texts of the working tree, where people and commands edit them. They count when they are committed.
import { fromUtf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { readWorkFile } from '../repo/worktree.ts';
import { POLICY_PATH, ROSTER_PATH } from '../trust/places.ts';

export interface TrustTexts {
  policy: string;
  roster: string;
}

/**
 * Returns both texts, or undefined where there is neither.
 * @throws Fault POLICY_MISSING (one without the other), POLICY_INVALID, ROSTER_INVALID (not UTF-8), FILE_FAILED
 */
export async function readTrustTexts(toplevel: string): Promise<TrustTexts | undefined> {
  const [policy, roster] = await Promise.all([POLICY_PATH, ROSTER_PATH].map((path) => readWorkFile(toplevel, path)));
  if (policy === undefined && roster === undefined) return undefined;
  const missing = policy === undefined ? POLICY_PATH : ROSTER_PATH;
  if (policy === undefined || roster === undefined) throw new Fault('POLICY_MISSING', `${missing} is missing`, { hint: `restore it with "git checkout HEAD -- ${missing}"` });
  const texts = { policy: fromUtf8(policy), roster: fromUtf8(roster) };
  if (texts.policy === undefined) throw new Fault('POLICY_INVALID', `${POLICY_PATH} is not UTF-8`);
  if (texts.roster === undefined) throw new Fault('ROSTER_INVALID', `${ROSTER_PATH} is not UTF-8`);
  return { policy: texts.policy, roster: texts.roster };
}
