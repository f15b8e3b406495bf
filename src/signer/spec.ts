// SPDX-License-Identifier: Apache-2.0
// How people name what they sign with: `ssh:PATH`, `openpgp:PATH`, `gpg:FINGERPRINT`, or `git` for whatever git itself
// would sign with here. Read to the letter; nothing is opened. Part of the hook.
import { join, resolve } from 'node:path';

/** Where paths begin, and what `~` stands for. */
export interface Place {
  dir: string;
  home: string | undefined;
  /** The process's own environment if not given. */
  env?: Record<string, string | undefined>;
  /** Shows a printable line to whoever is to sign in; on the terminal itself if not given. */
  tell?: (line: string) => void;
}

/** What a spec names. */
export type Source =
  | { kind: 'ssh'; path: string }
  /** A public key whose private half is in an agent. */
  | { kind: 'ssh-line'; line: string }
  | { kind: 'openpgp'; path: string }
  /** A fingerprint or key id; for git's own key also what else gpg takes for one. */
  | { kind: 'gpg'; key: string };

export const SPEC_HINT = 'name a key as ssh:PATH, openpgp:PATH, gpg:FINGERPRINT or git, for instance ssh:~/.ssh/id_ed25519';

/** An identity that Sigstore certifies. */
export interface KeylessSpec {
  issuer: string | undefined;
  identity: string | undefined;
}

/** Returns whom `sigstore`, `sigstore:ISSUER` or `sigstore:ISSUER#IDENTITY` names; undefined where a spec is none of them. */
export function parseKeyless(spec: string): KeylessSpec | undefined {
  const match = /^sigstore(?::(https:\/\/[^\s#\p{Cc}\p{Cf}]+)(?:#([^\s\p{Cc}\p{Cf}]+))?)?$/u.exec(spec);
  return match === null ? undefined : { issuer: match[1], identity: match[2] };
}

/** Returns what a spec names, but for `git`; undefined where it is of no known form. */
export function parseSpec(spec: string, place: Place): Source | undefined {
  const [, scheme, rest = ''] = /^(ssh|openpgp|gpg):([^\p{Cc}]+)$/u.exec(spec) ?? [];
  if (scheme === 'ssh' || scheme === 'openpgp') return { kind: scheme, path: pathIn(rest, place) };
  const key = scheme === 'gpg' ? gpgKey(rest) : undefined;
  return key === undefined ? undefined : { kind: 'gpg', key };
}

/** A shell leaves the tilde alone where it does not stand first in the word. */
export function pathIn(path: string, { dir, home }: Place): string {
  return path.startsWith('~/') && home !== undefined ? join(home, path.slice(2)) : resolve(dir, path);
}

/**
 * Returns a fingerprint or key id as gpg prints it, or undefined where it is none. They are shown in groups, and copied so;
 * shorter ids than 16 digits are anybody's to forge.
 */
export function gpgKey(text: string): string | undefined {
  const digits = text.replaceAll(' ', '').replace(/^0x/i, '').toUpperCase();
  return /^(?:[0-9A-F]{16}|[0-9A-F]{40}|[0-9A-F]{64})!?$/.test(digits) ? digits : undefined;
}
