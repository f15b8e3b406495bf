// SPDX-License-Identifier: Apache-2.0
// Stamp lines that a message already holds: of the commit it was taken from, of squashed ones, or declared by a person.
// They are taken out whole, and nothing else is; a line of prose that a reader could take for one is refused.
import { fromLatin1, latin1 } from '../bytes.ts';
import { trimEnd } from '../commit/message.ts';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import { isAgentName } from '../statement/stamp.ts';
import { withoutStamp } from '../statement/trailers.ts';
import { isUlid, type Ulid } from '../ulid.ts';

/** What earlier stamps, or a person by `--trailer`, say of the work in a commit. */
export interface Declared {
  /** True where an agent had a part in it. */
  assisted: boolean;
  agent: string | undefined;
  session: Ulid | undefined;
}

export interface Unstamped {
  message: Uint8Array;
  declared: Declared;
  /** How many signed stamps were taken out. */
  stamps: number;
}

const LINE = /^Provenance(?:: (human|ai|assisted)|-Agent: (\S.*)|-Session: (\S+)|-(?:Change|Edit): \S.*|-(Signature): \S.*)$/;

/** Takes all stamp lines out; where they say different things, the last one counts. @throws Fault STAMP_REFUSED where a line begins like one and is none */
export function takeStamps(message: Uint8Array): Unstamped {
  const declared: Declared = { assisted: false, agent: undefined, session: undefined };
  if (withoutStamp(message) === message) return { message, declared, stamps: 0 };
  const kept: string[] = [];
  let stamps = 0;
  for (const [index, line] of latin1(message).split('\n').entries()) {
    if (!isStampLine(line)) {
      kept.push(line);
      continue;
    }
    const match = LINE.exec(trimEnd(line));
    if (!match) throw refusal(line, index + 1);
    const [, provenance, agent, session, signature] = match;
    if (signature !== undefined) stamps++;
    declared.assisted ||= provenance === 'ai' || provenance === 'assisted';
    if (agent !== undefined && isAgentName(agent)) declared.agent = agent;
    if (session !== undefined && isUlid(session)) declared.session = session;
  }
  return { message: fromLatin1(kept.join('\n')), declared, stamps };
}

function isStampLine(line: string): boolean {
  const bytes = fromLatin1(line);
  return withoutStamp(bytes) !== bytes;
}

function refusal(line: string, number: number): Fault {
  return new Fault('STAMP_REFUSED', `line ${number} of the message begins like a stamp: ${printable(clip(line, 60))}`, {
    hint: 'reword that line, or declare help with --trailer "Provenance: assisted"',
  });
}
