// SPDX-License-Identifier: Apache-2.0
// Which Sigstore signs here: git's settings `countersign.sigstore.*`, or the public one. They are settings of whoever signs,
// never of the repository: what a commit brings must not choose where an identity is sent.
import { resolve } from 'node:path';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import { runGit } from '../repo/process.ts';
import { parseConfig } from './git-settings.ts';
import { pathIn, type Place } from './spec.ts';
import { checkAddress } from './web.ts';

export interface Services {
  /** Where people sign in (OpenID issuer); undefined where a private authority is set and this is not. */
  issuer: string | undefined;
  clientId: string;
  /** The certificate authority. */
  fulcio: string;
  /** The log, if signatures go into one. */
  rekor: { address: string; version: 1 | 2 } | undefined;
  /** The timestamp authority, if there is one. */
  tsa: string | undefined;
  /** How people sign in: in a browser here, or with a code on another device. */
  flow: 'browser' | 'device' | undefined;
  /** A file with a token, absolute. */
  tokenFile: string | undefined;
}

export const PUBLIC = { issuer: 'https://oauth2.sigstore.dev/auth', fulcio: 'https://fulcio.sigstore.dev', rekor: 'https://rekor.sigstore.dev' } as const;

const PREFIX = 'countersign.sigstore.';
const FLOWS = ['browser', 'device'] as const;

/** Reads the settings that hold in a folder. @throws Fault SIGNER_UNAVAILABLE where they make no sense, GIT_FAILED */
export async function readServices(place: Place): Promise<Services> {
  const { dir, env } = place;
  const { stdout } = await runGit(['config', '--null', '--get-regexp', '^countersign\\.sigstore\\.'], { cwd: dir, ...(env && { env }), accept: [1] });
  return servicesOf(parseConfig(stdout), place);
}

/** Returns what the settings say, their names in lower case. @throws Fault SIGNER_UNAVAILABLE */
export function servicesOf(values: ReadonlyMap<string, string>, place: Place): Services {
  const setting = (name: string): string | undefined => values.get(PREFIX + name.toLowerCase()) || undefined;
  const address = (name: string): string | undefined => mapped(setting(name), (text) => checkAddress(text, PREFIX + name));
  const own = address('fulcio');
  // What a private authority certifies is nobody else's business: it goes into no public log, and no public token to it.
  const [issuer, rekor, tsa] = [address('issuer') ?? (own ? undefined : PUBLIC.issuer), logOf(setting, own === undefined), address('tsa')];
  if (rekor === undefined && tsa === undefined) throw unfit('neither a log nor a timestamp authority is set, so that nothing would prove when it was signed', `git config ${PREFIX}rekor ADDRESS, or tsa`);
  if (rekor?.version === 2 && tsa === undefined) throw unfit("the log's second version tells no time, and no timestamp authority is set", `git config ${PREFIX}tsa ADDRESS`);
  return {
    issuer, rekor, tsa,
    fulcio: own ?? PUBLIC.fulcio,
    clientId: setting('clientId') ?? 'sigstore',
    flow: oneOf(FLOWS, 'flow', setting('flow')),
    tokenFile: mapped(setting('tokenFile'), (path) => resolve(pathIn(path, place))),
  };
}

function logOf(setting: (name: string) => string | undefined, isPublic: boolean): Services['rekor'] {
  const version = oneOf(['1', '2'], 'rekorVersion', setting('rekorVersion')) === '2' ? 2 : 1;
  const text = setting('rekor') ?? (isPublic ? PUBLIC.rekor : 'none');
  return text === 'none' ? undefined : { address: checkAddress(text, `${PREFIX}rekor`), version };
}

function oneOf<T extends string>(choices: readonly T[], name: string, text: string | undefined): T | undefined {
  const chosen = choices.find((choice) => choice === text);
  if (text !== undefined && chosen === undefined) throw unfit(`${PREFIX}${name} is ${printable(clip(text, 40))}`, `it is one of ${choices.join(', ')}`);
  return chosen;
}

function mapped<T>(text: string | undefined, map: (text: string) => T): T | undefined {
  return text === undefined ? undefined : map(text);
}

function unfit(message: string, hint: string): Fault {
  return new Fault('SIGNER_UNAVAILABLE', message, { hint });
}
