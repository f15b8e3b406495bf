// SPDX-License-Identifier: Apache-2.0
// One commit tried on a history and judged by itself: the shape of most cases about the verifier.
import type { Oid } from '../../src/oid.ts';
import { encodeArmor } from '../../src/signature/ssh/sshsig.ts';
import { EPOCH, type History, type Making, type Verdict } from './history.ts';
import type { Hand } from './person.ts';

export type Attempt = Verdict & { oid: Oid };

/** Makes a commit on `base` beside the history's tip, and judges the range of this one commit. */
export async function attempt(history: History, making: Making, base: Oid = history.adoption): Promise<Attempt> {
  const oid = await history.commit({ parents: [base], ...making });
  return { oid, ...(await history.verify(base, oid)) };
}

/** Returns the message and date of a commit, stamp and all, as what another commit is made with. */
export function stolenFrom(history: History, oid: Oid): Pick<Making, 'by' | 'at' | 'alter'> {
  const raw = history.scratch.bytes(['cat-file', 'commit', oid]);
  const at = Number(/^author .* ([0-9]+) \+0000$/m.exec(raw.toString())![1]) - EPOCH;
  return { by: null, at, alter: () => raw.subarray(raw.indexOf('\n\n') + 2) };
}

/** Writes a commit object of these bytes, however odd. */
export function writeCommit(history: History, bytes: string | Uint8Array): Oid {
  return history.scratch.git(['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], { input: bytes }) as Oid;
}

/** Returns the commit with further header lines in front of its message. */
export function withHeaders(history: History, oid: Oid, headers: string): Oid {
  const raw = history.scratch.bytes(['cat-file', 'commit', oid]);
  const end = raw.indexOf('\n\n') + 1;
  return writeCommit(history, Buffer.concat([raw.subarray(0, end), Buffer.from(headers), raw.subarray(end)]));
}

/** Returns the commit signed as `git commit -S` signs. */
export function gitSigned(history: History, oid: Oid, hand: Hand): Oid {
  const armor = Buffer.from(encodeArmor(hand.sign(history.scratch.bytes(['cat-file', 'commit', oid]), 'git'))).toString();
  return withHeaders(history, oid, `gpgsig ${armor.trimEnd().replaceAll('\n', '\n ')}\n`);
}
