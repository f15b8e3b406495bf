// SPDX-License-Identifier: Apache-2.0
// missing-cosign: a compliance file that an agent made or changed, and too few people sign that this is what it says.
import { quoted } from '../../printable.ts';
import type { RangeFacts } from '../range.ts';
import { named, type Draft, type RangeRule } from '../rule.ts';
import { casesOf, counting, type Case } from './compliance.ts';

export const missingCosign: RangeRule = {
  name: 'missing-cosign',
  async judge(facts) {
    const drafts = new Map<string, Draft>();
    for await (const item of casesOf(facts)) {
      if (item.change.newMode === '000000') continue;
      const draft = shortage(facts, item);
      if (draft) drafts.set(item.change.path, draft);
    }
    return [...drafts.values()];
  },
};

function shortage(facts: RangeFacts, item: Case): Draft | undefined {
  const { entry, change, cosigned } = item;
  const cosigners = counting(facts, item);
  if (cosigners.some((cosigner) => cosigner.strength === 'software')) facts.onSoftware();
  if (cosigners.length >= entry.cosign.threshold) return undefined;
  const path = named(change.path);
  const roles = entry.cosign.roles.length > 0 ? ` with role ${entry.cosign.roles.join(' or ')}` : '';
  const why = cosigned.rejected.length > 0 ? `; not counted: ${cosigned.rejected.join(', ')}` : '';
  return {
    path: change.path,
    message: `${path} was made by an agent and has ${cosigners.length} of ${entry.cosign.threshold} cosignatures${roles}${entry.cosign.excludeSponsor ? ', its sponsor not counted' : ''}${why}`,
    hint: `a person who can vouch for it: countersign cosign -- ${quoted(path)}`,
    ...(cosigned.undecided ? { level: 'unknown' } : {}),
  };
}
