// SPDX-License-Identifier: Apache-2.0
// Annotated tags signed in process, and what could be wrong with one.
import type { Oid } from '../../src/oid.ts';
import { encodeArmor } from '../../src/signature/ssh/sshsig.ts';
import type { History } from './history.ts';
import type { Hand } from './person.ts';

export interface Tagging {
  by?: Hand | null;
  name?: string;
  /** The name of the ref, where it is another than the name inside. */
  as?: string;
  of?: Oid;
  type?: string;
  tagger?: string;
  at?: number;
  message?: string;
  /** Changes the finished object. */
  alter?: (text: string) => string;
}

/** Makes a tag as git does, of the history's tip and by alice unless told, and its ref. */
export function tag(history: History, { by = history.hands['alice']!, name = 'v1', as = name, of = history.tip, type = 'commit', tagger = 'Alice Example <alice@example.com>', at = history.now, message = 'release\n', alter = (text) => text }: Tagging = {}): Oid {
  const payload = Buffer.from(`object ${of}\ntype ${type}\ntag ${name}\ntagger ${tagger} ${at} +0000\n\n${message}`);
  const whole = by === null ? payload : Buffer.concat([payload, encodeArmor(by.sign(payload, 'git'))]);
  const oid = history.scratch.git(['hash-object', '-t', 'tag', '-w', '--stdin', '--literally'], { input: Buffer.from(alter(whole.toString('latin1')), 'latin1') }) as Oid;
  // git itself would refuse a malformed one
  history.scratch.write(`.git/refs/tags/${as}`, `${oid}\n`);
  return oid;
}
