// SPDX-License-Identifier: Apache-2.0
// Git's settings that decide how a message is cleaned up and who signs it, read all at once with one git.
import type { ObjectFormat } from '../oid.ts';
import { askGit } from '../repo/blocking.ts';
import type { Env } from '../repo/process.ts';
import { gitSigning, isTrue, parseConfig, type GitSigning } from '../signer/git-settings.ts';

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
  /** How git itself signs. */
  signing: GitSigning;
}

/** Reads the settings that hold where this process runs, with those of git's command line. @throws Fault GIT_FAILED */
export function readSettings(env: Env): Settings {
  return parseSettings(askGit(['config', '--list', '--null'], { env }).stdout);
}

/** Picks what counts here from the output of `git config --list --null`. */
export function parseSettings(list: Uint8Array): Settings {
  const value = parseConfig(list);
  // Two names of one setting: the later one counts, and an empty one is no setting.
  const comment = [...value].findLast(([key]) => key === 'core.commentchar' || key === 'core.commentstring')?.[1] ?? '';
  const encoding = value.get('i18n.commitencoding');
  return {
    objectFormat: value.get('extensions.objectformat')?.toLowerCase() === 'sha256' ? 'sha256' : 'sha1',
    cleanup: value.get('commit.cleanup'),
    verbose: isTrue(value.get('commit.verbose') ?? '0'),
    comment: comment === '' ? '#' : comment,
    encoding: encoding === undefined || /^utf-?8$/i.test(encoding) ? undefined : encoding,
    signer: value.get('countersign.signer'),
    signing: gitSigning(value),
  };
}
