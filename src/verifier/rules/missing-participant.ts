// SPDX-License-Identifier: Apache-2.0
// missing-participant: a document that says who took part, and one of them did not sign it. Nobody can be quoted in a
// consultation that never was.
import { quoted } from '../../printable.ts';
import { readParticipants, resolvePerson } from '../../trust/participants.ts';
import type { RangeFacts } from '../range.ts';
import { named, type Draft, type RangeRule } from '../rule.ts';
import { casesOf, type Case } from './compliance.ts';

export const missingParticipant: RangeRule = {
  name: 'missing-participant',
  async judge(facts) {
    const drafts = new Map<string, Draft>();
    for await (const item of casesOf(facts)) {
      if (!item.entry.cosign.participants || item.change.newMode === '000000') continue;
      for (const draft of await absent(facts, item)) drafts.set(draft.message, draft);
    }
    return [...drafts.values()];
  },
};

async function absent(facts: RangeFacts, { change, cosigned }: Case): Promise<Draft[]> {
  const path = named(change.path);
  const draft = (message: string, hint: string): Draft => ({ path: change.path, message, hint });
  const content = change.newMode === '160000' ? undefined : await facts.repo.readObject(change.newOid);
  if (!content) return [{ ...draft(`the participants of ${path} cannot be read`, 'git fetch --unshallow'), level: 'unknown' }];
  const read = readParticipants(content.bytes);
  if ('reason' in read) return [draft(`${path} names no participants: ${read.reason}`, 'begin it with "---", "participants: [alice, bob]", "---"')];
  const signed = new Set(cosigned.by(change.newMode, change.newOid).map((cosigner) => cosigner.person));
  return read.names.flatMap((name) => {
    const people = new Set(facts.states.map(({ roster }) => resolvePerson(roster, name)));
    const [person] = people;
    if (people.size !== 1 || person === undefined) return [draft(`${path} names ${name}, who is no one person of the roster`, 'name participants by their id in .countersign/roster.yaml')];
    return signed.has(person) ? [] : [draft(`${path} quotes ${person}, who has not cosigned it`, `${person}: countersign cosign -- ${quoted(path)}`)];
  });
}
