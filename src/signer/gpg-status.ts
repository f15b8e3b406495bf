// SPDX-License-Identifier: Apache-2.0
// What gpg says for programs to read: its status lines (doc/DETAILS in GnuPG) and its listings with colons. The text
// beside them is for people and changes with their language; nothing is read from it.
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import { complaint, type Exit } from './program.ts';

/** Codes of libgpg-error behind which stands a person's or a PIN pad's no, not a missing key: bad passphrase, timeout, bad PIN, cancelled, PIN blocked, cancelled for good. */
const REFUSALS = new Set([11, 62, 87, 99, 130, 198]);
const BAD_SECRET = new Set([11, 87]);
const NO_PINENTRY = 85;
const PINENTRY = 5;

/** Returns the fingerprint of the key that made one signature; undefined where gpg made none, or several. */
export function signingKey(stderr: string): string | undefined {
  const made = stderr.split(/\r?\n/).filter((line) => line.startsWith('[GNUPG:] SIG_CREATED '));
  return made.length === 1 ? /^\[GNUPG:\] SIG_CREATED D \d+ \d+ 00 \d+ ([0-9A-F]{40}|[0-9A-F]{64})$/.exec(made[0]!)?.[1] : undefined;
}

/** Returns why gpg made no signature. */
export function gpgRefusal(program: string, exit: Exit): Fault {
  const failure = /^\[GNUPG:\] FAILURE sign (\d{1,10})\r?$/m.exec(exit.stderr)?.[1];
  const [code, source] = failure === undefined ? [undefined, undefined] : [Number(failure) & 0xffff, (Number(failure) >>> 24) & 0x7f];
  // gpg's own words stand above the status line.
  const reason = complaint({ ...exit, stderr: exit.stderr.replaceAll(/^\[GNUPG:\].*$\n?/gm, '') });
  const shown = printable(clip(program, 200));
  if (code === undefined || REFUSALS.has(code)) {
    const hint = code !== undefined && BAD_SECRET.has(code) ? { hint: 'try again' } : {};
    return new Fault('SIGNING_FAILED', `${shown} did not sign: ${reason}`, hint);
  }
  const asks = code === NO_PINENTRY || source === PINENTRY;
  return new Fault('SIGNER_UNAVAILABLE', `${shown} can't sign: ${reason}`, {
    hint: asks ? 'gpg could not ask for the passphrase: run this in a terminal, or install a pinentry program' : 'look with "gpg --list-secret-keys": the key or its card has to be here, and neither expired nor revoked',
  });
}

/** A key pair as `gpg --with-colons --list-secret-keys` shows it. */
export interface ListedKey {
  /** Of the primary key. */
  fingerprint: string;
  /** Of the primary key and of its subkeys. */
  fingerprints: string[];
  usable: boolean;
  /** Whether a key of it that signs lies on a card. */
  card: boolean;
}

/** Reads such a listing; lines of other kinds are passed over. */
export function readListing(text: string): ListedKey[] {
  const keys: ListedKey[] = [];
  for (const line of text.split(/\r?\n/)) {
    const fields = line.split(':');
    const [kind, validity = ''] = fields;
    const key = keys.at(-1);
    if (kind === 'sec') keys.push({ fingerprint: '', fingerprints: [], usable: !/^[redi]/.test(validity) && isAble(fields[11]), card: isOnCard(fields) });
    else if (kind === 'ssb' && key !== undefined) key.card ||= isOnCard(fields);
    else if (kind === 'fpr' && key !== undefined && /^[0-9A-F]{40,64}$/.test(fields[9] ?? '')) key.fingerprints.push(fields[9]!);
  }
  return keys.flatMap((key) => (key.fingerprints[0] === undefined ? [] : [{ ...key, fingerprint: key.fingerprints[0] }]));
}

/** Capitals tell what the whole key can do; D is a key that its owner disabled. */
function isAble(capabilities = ''): boolean {
  return capabilities.includes('S') && !capabilities.includes('D');
}

/** Field 15 holds a card's serial number, `+` where the secret is here, `#` where it is not. */
function isOnCard(fields: readonly string[]): boolean {
  return /s/.test(fields[11] ?? '') && /^[0-9A-F]{8,}$/.test(fields[14] ?? '');
}
