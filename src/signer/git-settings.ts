// SPDX-License-Identifier: Apache-2.0
// How git itself signs: its settings (git-config(1), gpg.* and user.signingKey), read as gpg-interface.c reads them, and
// the key that comes of them. Part of the hook: no process is started here but git.
import { fromUtf8, latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import { runGit } from '../repo/process.ts';
import { gpgKey, pathIn, SPEC_HINT, type Place, type Source } from './spec.ts';

export interface GitSigning {
  /** `gpg.format`: openpgp, ssh, x509, or what a newer git knows. */
  format: string;
  /** `user.signingKey`. */
  key: string | undefined;
  /** `gpg.program` or `gpg.openpgp.program`, whichever comes last. */
  gpgProgram: string | undefined;
  /** `gpg.ssh.program`. */
  sshProgram: string | undefined;
  /** Whether `gpg.ssh.defaultKeyCommand` is set. It is never run: no setting may start a program of its own choice here. */
  keyCommand: boolean;
  /** `commit.gpgSign`. */
  always: boolean;
}

/** What git does where no setting says otherwise. */
export const NO_SETTINGS: GitSigning = gitSigning(new Map());

/** Reads the settings that hold in a folder, in a repository or not. @throws Fault GIT_FAILED, GIT_UNAVAILABLE */
export async function readGitSigning({ dir, env }: Place): Promise<GitSigning> {
  const { stdout } = await runGit(['config', '--null', '--get-regexp', '^(gpg\\.|user\\.signingkey$|commit\\.gpgsign$)'], { cwd: dir, ...(env && { env }), accept: [1] });
  return gitSigning(parseConfig(stdout));
}

/** Takes the output of `git config --null --list` or `--get-regexp` apart: `key LF value NUL`, or `key NUL` for a bare key, which means true. */
export function parseConfig(list: Uint8Array): Map<string, string> {
  const values = new Map<string, string>();
  for (const entry of (fromUtf8(list) ?? latin1(list)).split('\0')) {
    const end = entry.indexOf('\n');
    const key = end < 0 ? entry : entry.slice(0, end);
    // Set anew, so that of two names for one setting the later one is the last in the map.
    values.delete(key);
    values.set(key, end < 0 ? 'true' : entry.slice(end + 1));
  }
  return values;
}

/** Returns git's settings for signing among all settings, the last of each. */
export function gitSigning(values: ReadonlyMap<string, string>): GitSigning {
  const last = (...keys: string[]): string | undefined => [...values].findLast(([key, value]) => keys.includes(key) && value !== '')?.[1];
  return {
    format: last('gpg.format') ?? 'openpgp',
    key: last('user.signingkey'),
    gpgProgram: last('gpg.program', 'gpg.openpgp.program'),
    sshProgram: last('gpg.ssh.program'),
    keyCommand: last('gpg.ssh.defaultkeycommand') !== undefined,
    always: isTrue(values.get('commit.gpgsign') ?? 'false'),
  };
}

/**
 * Returns what git itself would sign with.
 * @throws Fault SIGNER_UNAVAILABLE where git would sign in a way that can't make stamps, or does not say with what
 */
export async function gitSource({ format, key, keyCommand }: GitSigning, place: Place): Promise<Source> {
  const other = 'or name another key with "git config countersign.signer ssh:PATH"';
  if (format === 'openpgp') return { kind: 'gpg', key: key === undefined ? await committer(place) : (gpgKey(key) ?? key) };
  if (format !== 'ssh') {
    const reason = format === 'x509' ? "an X.509 signature counts in git's own header only, and can't make a stamp" : `gpg.format ${printable(clip(format, 40))} is none that can make a stamp`;
    throw new Fault('SIGNER_UNAVAILABLE', reason, { hint: `have git sign the commit itself (commit.gpgSign) under a policy with "gitSignature: any", ${other}` });
  }
  if (key === undefined) {
    const reason = keyCommand ? 'git asks gpg.ssh.defaultKeyCommand for its key, and that is not run here' : 'git has no key to sign with';
    throw new Fault('SIGNER_UNAVAILABLE', reason, { hint: `name it with "git config user.signingKey PATH", ${other}` });
  }
  if (/\p{Cc}/u.test(key)) throw new Fault('SIGNER_UNAVAILABLE', 'user.signingKey is no path and no key', { hint: SPEC_HINT });
  // is_literal_ssh_key in gpg-interface.c
  if (key.startsWith('key::')) return { kind: 'ssh-line', line: key.slice('key::'.length) };
  return key.startsWith('ssh-') ? { kind: 'ssh-line', line: key } : { kind: 'ssh', path: pathIn(key, place) };
}

/** Returns `Name <e-mail>`, by which gpg chooses a key where git names none. */
async function committer({ dir, env }: Place): Promise<string> {
  const { stdout } = await runGit(['var', 'GIT_COMMITTER_IDENT'], { cwd: dir, ...(env && { env }) });
  return latin1(stdout).replace(/>[^>]*$/, '>');
}

/** Reads a boolean as git does; a number is one too. */
export function isTrue(text: string): boolean {
  return !/^(?:|false|no|off|[+-]?(?:0x)?0+[kmg]?)$/i.test(text);
}
