// SPDX-License-Identifier: Apache-2.0
// Git's settings that decide how a message is cleaned up and who signs it, read all at once with one git.
import { fromUtf8, latin1 } from '../bytes.ts';
import type { ObjectFormat } from '../oid.ts';
import { askGit } from '../repo/blocking.ts';
import type { Env } from '../repo/process.ts';

export interface Settings {
  objectFormat: ObjectFormat;
  /** `commit.cleanup`, `commit.verbose`. */
  cleanup: string | undefined;
  verbose: boolean;
  /** `core.commentChar` or `core.commentString`, whichever comes last; `auto` is git's choice. */
  comment: string;
  /** `i18n.commitEncoding`, where it is not UTF-8. */
  encoding: string | undefined;
  /** `countersign.signer`. */
  signer: string | undefined;
  gpgSshProgram: string | undefined;
}

/** Reads the settings that hold where this process runs, with those of git's command line. @throws Fault GIT_FAILED */
export function readSettings(env: Env): Settings {
  return parseSettings(askGit(['config', '--list', '--null'], { env }).stdout);
}

/** Takes the output of `git config --list --null` apart: `key LF value NUL`, or `key NUL` for a bare key, which means true. */
export function parseSettings(list: Uint8Array): Settings {
  const value = new Map<string, string>();
  for (const entry of (fromUtf8(list) ?? latin1(list)).split('\0')) {
    const end = entry.indexOf('\n');
    const key = end < 0 ? entry : entry.slice(0, end);
    const text = end < 0 ? 'true' : entry.slice(end + 1);
    // Two names of one setting: the later one counts, and an empty one is no setting.
    if (key === 'core.commentchar' || key === 'core.commentstring') value.set('comment', text === '' ? '#' : text);
    else value.set(key, text);
  }
  const encoding = value.get('i18n.commitencoding');
  return {
    objectFormat: value.get('extensions.objectformat')?.toLowerCase() === 'sha256' ? 'sha256' : 'sha1',
    cleanup: value.get('commit.cleanup'),
    verbose: isTrue(value.get('commit.verbose') ?? '0'),
    comment: value.get('comment') ?? '#',
    encoding: encoding === undefined || /^utf-?8$/i.test(encoding) ? undefined : encoding,
    signer: value.get('countersign.signer'),
    gpgSshProgram: value.get('gpg.ssh.program'),
  };
}

/** A boolean or a number, as `commit.verbose` may be. */
function isTrue(text: string): boolean {
  return !/^(?:|false|no|off|[+-]?0+)$/i.test(text);
}
