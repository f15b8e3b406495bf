// SPDX-License-Identifier: Apache-2.0
// The author line of the commit that is being made. `git commit` exports it, exactly as it will stand there; where it
// is not exported, git is asked, and may write a second more.
import { fromLatin1, fromUtf8, latin1, utf8 } from '../bytes.ts';
import type { Ident } from '../commit/raw.ts';
import { Fault } from '../fault.ts';
import { askGit } from '../repo/blocking.ts';
import type { Env } from '../repo/process.ts';
import { repairUtf8 } from './encoding.ts';

const IDENT = /^([^<>\n\0]*) <([^<>\n\0]*)> (-?[0-9]{1,15}) ([+-][0-9]{4})\n?$/;

/**
 * Returns the author of the commit to be.
 * @param prepared what prepare-commit-msg wrote down of the exported variables, byte for byte
 * @throws Fault GIT_FAILED where git knows none
 */
export function pendingAuthor(env: Env, encoding: string | undefined, prepared: () => Uint8Array | undefined): Ident {
  const ident = exportedAuthor(env, prepared) ?? parseIdent(latin1(askGit(['var', 'GIT_AUTHOR_IDENT'], { env }).stdout));
  if (ident === undefined) throw new Fault('GIT_FAILED', 'git does not tell who the author is', { hint: 'set user.name and user.email' });
  if (encoding !== undefined) return ident;
  const repaired = (text: string): string => latin1(repairUtf8(fromLatin1(text)));
  return { ...ident, name: repaired(ident.name), email: repaired(ident.email) };
}

/** Reads what `git commit` exports to its hooks; undefined where that is not it. */
function exportedAuthor(env: Env, prepared: () => Uint8Array | undefined): Ident | undefined {
  const { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date } = env;
  if (name === undefined || email === undefined || !date?.startsWith('@')) return undefined;
  // Node reads its environment as UTF-8, and puts this character where that was none.
  const lost = (name + email).includes('\ufffd') ? prepared() : undefined;
  if (lost !== undefined) return parseIdent(latin1(lost).replace('> @', '> '));
  return parseIdent(`${latin1(utf8(name))} <${latin1(utf8(email))}> ${date.slice(1)}`);
}

function parseIdent(line: string): Ident | undefined {
  const [, name, email, date, zone] = IDENT.exec(line) ?? [];
  return name === undefined ? undefined : { name, email: email!, date: Number(date), zone: zone! };
}

/** Returns the author's address as text, to compare it with those of people. */
export function emailOf({ email }: Ident): string {
  return fromUtf8(fromLatin1(email)) ?? email;
}

/** Returns the line as it stands in a commit, a character per byte. */
export function printIdent({ name, email, date, zone }: Ident): string {
  return `${name} <${email}> ${date} ${zone}`;
}
