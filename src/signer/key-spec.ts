// SPDX-License-Identifier: Apache-2.0
// The public half of the key that a spec names, ready for the roster: `ssh:PATH` of either half, a public key's line
// itself, `openpgp:PATH`, `gpg:FINGERPRINT`, or `git`. No passphrase is asked for, and nothing secret is decoded.
import { lstat } from 'node:fs/promises';
import { latin1, utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { pathOf, type Path } from '../oid.ts';
import { clip, printable, shellWord } from '../printable.ts';
import { parseSshPublicKey } from '../signature/ssh/key.ts';
import type { KeyText } from '../trust/roster-edit.ts';
import { KEYS_FOLDER } from '../trust/places.ts';
import { gitSource, readGitSigning, type GitSigning } from './git-settings.ts';
import { exportCertificate, findKeyPair } from './gpg.ts';
import { readKeyFile } from './key-file.ts';
import { inspectKey, inspectKeyFile, type KeyFacts } from './openpgp.ts';
import { parseSpec, SPEC_HINT, type Place, type Source } from './spec.ts';

export type { Place } from './spec.ts';

/** The public half of a key, ready for the roster. */
export interface PublicKey {
  /** `ssh:SHA256:…`, `openpgp:<fingerprint of the primary key>`. */
  keyid: string;
  hardware: boolean;
  /** The key as roster.yaml has it. */
  text: KeyText;
  /** What the roster names, to be written below the top of the working tree along with it. */
  file?: { path: Path; bytes: Uint8Array };
  /** `ssh-ed25519 AAAA…` without comment, of an SSH key. */
  line?: string;
}

/** What a spec names, with how git signs where it was asked. */
export interface Named {
  source: Source;
  git: GitSigning;
}

const GPG_HINT = 'write gpg: and the whole fingerprint or its last 16 digits, as "gpg --list-keys --keyid-format=long" shows them';

/**
 * Returns the public key that a spec names: for SSH a `.pub` file, the one beside a private key, or the line of a key
 * itself; for OpenPGP a certificate of its own, named by its fingerprint.
 * @throws Fault KEY_NOT_FOUND (no such file, none in gpg), KEY_INVALID (not a key we can check), SIGNER_UNAVAILABLE (no gpg, git
 *   signs in a way that can't be used here)
 */
export async function readPublicKey(spec: string, place: Place): Promise<PublicKey> {
  if (/^(?:ssh-|ecdsa-|sk-)\S+ \S/.test(spec)) return sshPublicKey(spec);
  const { source, git } = await resolveSpec(spec, place);
  switch (source.kind) {
    case 'ssh': return sshPublicKey(await readPublicLine(source.path));
    case 'ssh-line': return sshPublicKey(source.line);
    case 'openpgp': return openpgpPublicKey(await inspectKeyFile(source.path), source.path);
    case 'gpg': {
      const gpg = { program: git.gpgProgram, env: place.env };
      // What a person typed as a fingerprint is exported as it stands, also a public key; a name has to have a secret half.
      const key = spec === 'git' ? (await findKeyPair(source.key, gpg)).fingerprint : source.key;
      return openpgpPublicKey(await inspectKey(await exportCertificate(key, gpg), `gpg's ${key}`), `gpg's ${key}`);
    }
  }
}

/** Returns what a spec names, `git` followed to its key. @throws Fault KEY_INVALID where it is of no known form, SIGNER_UNAVAILABLE */
export async function resolveSpec(spec: string, place: Place): Promise<Named> {
  const git = await readGitSigning(place);
  const source = spec === 'git' ? await gitSource(git, place) : parseSpec(spec, place);
  if (source === undefined) throw new Fault('KEY_INVALID', `${printable(clip(spec, 80))} names no key`, { hint: spec.startsWith('gpg:') ? GPG_HINT : SPEC_HINT });
  return { source, git };
}

/** Returns the spec as settings keep it: with absolute paths and the whole fingerprint. */
export function settleSpec(spec: string, key: PublicKey, place: Place): string {
  const source = parseSpec(spec, place);
  if (source === undefined || source.kind === 'ssh-line') return spec;
  if (source.kind !== 'gpg') return `${source.kind}:${source.path}`;
  return `gpg:${source.key.endsWith('!') ? source.key : key.keyid.slice('openpgp:'.length)}`;
}

function sshPublicKey(line: string): PublicKey {
  const { fingerprint, hardware } = parseSshPublicKey(line);
  const plain = line.trim().split(/[ \t]+/, 2).join(' ');
  return { keyid: `ssh:${fingerprint}`, hardware, text: { ssh: plain }, line: plain };
}

async function openpgpPublicKey({ fingerprint, certificate }: KeyFacts, name: string): Promise<PublicKey> {
  const { readCertificates } = await import('../signature/openpgp/certificate.ts');
  const [read] = await readCertificates(utf8(certificate));
  if (read?.fingerprint !== fingerprint) throw new Fault('KEY_INVALID', `${printable(name)} is no key that can be checked`, { hint: SPEC_HINT });
  return certificateKey(fingerprint, certificate);
}

/** Returns the key of an armored certificate. A file for each, by its fingerprint: two never meet in one, and a renewed one takes the place of the old. */
export function certificateKey(fingerprint: string, armor: string): PublicKey {
  const file = `${fingerprint}.asc`;
  return { keyid: `openpgp:${fingerprint}`, hardware: false, text: { openpgp: `keys/${file}` }, file: { path: pathOf(`${KEYS_FOLDER}/${file}`), bytes: utf8(armor) } };
}

async function readPublicLine(path: string): Promise<string> {
  const file = path.endsWith('.pub') ? path : `${path}.pub`;
  const { bytes } = await readKeyFile(file).catch(async (cause: unknown) => {
    if (!(cause instanceof Fault) || cause.code !== 'KEY_NOT_FOUND') throw cause;
    const hint = path.endsWith('.pub') ? SPEC_HINT : await hintFor(path, file);
    throw new Fault('KEY_NOT_FOUND', `no public key at ${printable(file)}`, { hint, cause });
  });
  // The comment, which is dropped, may be in any encoding.
  const lines = latin1(bytes).split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (lines.length !== 1) throw new Fault('KEY_INVALID', `${printable(file)} holds ${lines.length} keys, not one`, { hint: SPEC_HINT });
  return lines[0]!;
}

/** The public half comes from the private one; where that is missing too, it is the whole key that has to be made. */
async function hintFor(path: string, file: string): Promise<string> {
  if (await lstat(path).catch(() => undefined)) return `make it with "ssh-keygen -y -f ${shellWord(path)} >${shellWord(file)}"`;
  return `name a key that is there, or make one with "ssh-keygen -t ed25519 -f ${shellWord(path)}"`;
}
