// SPDX-License-Identifier: Apache-2.0
// OpenSSH's allowed_signers files, which git's gpg.ssh.allowedSignersFile names (ssh-keygen(1), ALLOWED SIGNERS). Read strictly:
// an option that is not known could be a condition, so its line is refused, where ssh-keygen goes on to the next.
import { Fault } from '../../fault.ts';
import { clip, printable } from '../../printable.ts';
import { parseTime } from '../../time.ts';
import { parseLines } from './key-list.ts';
import { isSshKeyType, parseSshPublicKey, printSshPublicKey } from './key.ts';
import type { SshPublicKey } from './key.ts';

export interface AllowedSigner {
  /** Patterns with `*` and `?`, one of which must match whoever signs; none that begins with `!` may. */
  principals: readonly string[];
  key: SshPublicKey;
  /** The key signs nothing itself: it is an authority, whose certificates count. */
  isAuthority: boolean;
  /** Patterns as above, for the SSHSIG namespace; any namespace where there are none. */
  namespaces?: readonly string[];
  /** Seconds since the epoch, both included (of certificates, the last second is not). */
  validAfter?: number;
  validBefore?: number;
}

const OPTIONS = new Set(['cert-authority', 'namespaces', 'valid-after', 'valid-before']);

/** The first field: plain, or in quotes as a whole, which know no escapes here. */
const PRINCIPALS = /^(?:"([^"]*)"|([^"\s]+))[ \t]+(.*)$/s;
/** A quoted value: a backslash escapes a quote and nothing else. */
const VALUE = String.raw`"((?:[^"\\]|\\"|\\(?!"))*)"`;
const FIELD = new RegExp(`^((?:[^"\\s]|${VALUE})+)[ \\t]+(.*)$`, 's');
const OPTION = new RegExp(`([a-z-]+)(?:=${VALUE})?(?:,(?!$)|$)`, 'iy');
/** YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS; a Z for UTC. */
const TIME = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z?$/;

/**
 * Returns the signers of a file, in its order. A time without Z is local to OpenSSH, wherever it reads the file; here it is UTC, since
 * who may sign must not depend on where somebody asks.
 * @throws Fault KEY_INVALID, which names the line
 */
export function parseAllowedSigners(bytes: Uint8Array): AllowedSigner[] {
  return parseLines(bytes, parseAllowedSigner);
}

/**
 * Returns the line of a signer, without a line break. Its times end in Z.
 * @throws Fault KEY_INVALID for a pattern or time that no line can hold
 */
export function printAllowedSigner({ principals, key, isAuthority, namespaces, validAfter, validBefore }: AllowedSigner): string {
  const names = checkPatterns(principals.join(','), 'principals').join(',');
  if (names.includes('"')) throw invalid('a quote in its principals');
  const list = namespaces && checkPatterns(namespaces.join(','), 'namespaces').join(',');
  // It would escape the quote behind it.
  if (list?.endsWith('\\')) throw invalid('a backslash at the end of its namespaces');
  const options = [
    ...(isAuthority ? ['cert-authority'] : []),
    ...(list === undefined ? [] : [`namespaces="${list.replaceAll('"', '\\"')}"`]),
    ...(validAfter === undefined ? [] : [`valid-after="${printTimestamp(validAfter)}"`]),
    ...(validBefore === undefined ? [] : [`valid-before="${printTimestamp(validBefore)}"`]),
  ];
  return [/\s|^#/.test(names) ? `"${names}"` : names, ...(options.length > 0 ? [options.join(',')] : []), printSshPublicKey(key)].join(' ');
}

function parseAllowedSigner(line: string): AllowedSigner {
  const [, quoted, bare, rest] = PRINCIPALS.exec(line) ?? [];
  if (rest === undefined) throw invalid('no principals, or nothing after them');
  const principals = checkPatterns(quoted ?? bare ?? '', 'principals');
  if (isSshKeyType(rest.split(/[ \t]/, 1)[0]!)) return { principals, key: parseSshPublicKey(rest), isAuthority: false };
  const [, field, , key] = FIELD.exec(rest) ?? [];
  if (field === undefined || key === undefined) throw invalid('neither a key nor options and a key after its principals');
  const options = parseOptions(field);
  // Options first: where a key type is not known, it is taken for options, and named as such.
  return { principals, key: parseSshPublicKey(key), ...options };
}

function parseOptions(field: string): Pick<AllowedSigner, 'isAuthority' | 'namespaces' | 'validAfter' | 'validBefore'> {
  const options = splitOptions(field);
  const [namespaces, after, before] = ['namespaces', 'valid-after', 'valid-before'].map((name) => options.get(name));
  const validAfter = after === undefined ? undefined : parseTimestamp(after);
  const validBefore = before === undefined ? undefined : parseTimestamp(before);
  if (validAfter !== undefined && validBefore !== undefined && validBefore <= validAfter) throw invalid('an end that is not after its beginning');
  return {
    isAuthority: options.has('cert-authority'),
    ...(namespaces === undefined ? {} : { namespaces: checkPatterns(namespaces, 'namespaces') }),
    ...(validAfter === undefined ? {} : { validAfter }),
    ...(validBefore === undefined ? {} : { validBefore }),
  };
}

/** Returns the values by the names of the options, which are in any case (OpenSSH), each once. */
function splitOptions(field: string): Map<string, string | undefined> {
  const options = new Map<string, string | undefined>();
  for (OPTION.lastIndex = 0; OPTION.lastIndex < field.length;) {
    const start = OPTION.lastIndex;
    const [match, written, value] = OPTION.exec(field) ?? [];
    const name = written?.toLowerCase() ?? '';
    if (match === undefined || !OPTIONS.has(name)) throw invalid(`an unknown key type or option ${printable(clip(field.slice(start), 40))}`);
    if ((name === 'cert-authority') !== (value === undefined)) throw invalid(`option ${name} ${value === undefined ? 'without' : 'with'} a value`);
    if (options.has(name)) throw invalid(`option ${name} twice`);
    options.set(name, value?.replaceAll('\\"', '"'));
  }
  return options;
}

/** Returns the patterns of a list. OpenSSH takes an empty one for nobody, and a longer one for no match of the whole list. */
function checkPatterns(list: string, what: string): string[] {
  const patterns = list.split(',');
  const isSound = (pattern: string): boolean => /^!?[^!\p{Cc}\p{Cf}\p{Cs}][^\p{Cc}\p{Cf}\p{Cs}]*$/u.test(pattern) && Buffer.byteLength(pattern) <= 1000;
  if (!patterns.every(isSound)) throw invalid(`${what} that are empty, too long or hold control characters`);
  return patterns;
}

function parseTimestamp(text: string): number {
  const [match, year, month, day, hour = '00', minute = '00', second = '00'] = TIME.exec(text) ?? [];
  const seconds = match === undefined ? undefined : parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // OpenSSH takes the first second of 1970 for no time.
  if (seconds === undefined || seconds <= 0) throw invalid(`no time: ${printable(clip(text, 40))}`);
  return seconds;
}

function printTimestamp(seconds: number): string {
  // The last second of the year 9999: four digits are all there is.
  if (!Number.isInteger(seconds) || seconds <= 0 || seconds > 253402300799) throw invalid('a time that is not from 1970 to 9999');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`;
}

function invalid(what: string): Fault {
  return new Fault('KEY_INVALID', `an allowed signer has ${what}`);
}
