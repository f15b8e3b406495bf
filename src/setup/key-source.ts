// SPDX-License-Identifier: Apache-2.0
// The keys that a person names for the roster, in whatever form they have them: a spec, a line, or a file whose form is
// recognised by its content. Public halves only: a private key is refused before anything else is looked at.
import { basename } from 'node:path';
import { fromUtf8, utf8 } from '../bytes.ts';
import { normalEmail } from '../email.ts';
import { Fault } from '../fault.ts';
import { pathOf, type Path } from '../oid.ts';
import { clip, printable } from '../printable.ts';
import { isBinary } from '../signature/openpgp/framing.ts';
import { parseAllowedSigners, type AllowedSigner } from '../signature/ssh/allowed-signers.ts';
import { printSshPublicKey, type SshPublicKey } from '../signature/ssh/key.ts';
import { parseKeyList } from '../signature/ssh/key-list.ts';
import { encodeArmor } from '../signature/x509/armor.ts';
import { readKeyFile } from '../signer/key-file.ts';
import { certificateKey, readPublicKey } from '../signer/key-spec.ts';
import { pathIn, type Place } from '../signer/spec.ts';
import { printTime } from '../time.ts';
import type { KeyText } from '../trust/roster-edit.ts';
import { holdsPrivateKey } from '../trust/key-files.ts';
import { KEYS_FOLDER } from '../trust/places.ts';
import { splitCertificates } from './certificate-file.ts';

/** A key for the roster. */
export interface SourcedKey {
  /** `ssh:SHA256:…`, `openpgp:<fingerprint>` and so on; for a message, and to tell an agent's key. */
  keyid: string;
  text: KeyText;
  /** What the roster names; an OpenPGP file holds this one certificate. */
  file?: { path: Path; bytes: Uint8Array };
}

/** Whose keys are wanted: lines of an allowed_signers file are told apart by these names. */
export interface Owner {
  id: string;
  emails: readonly string[];
}

/** What roster.yaml may say of an ssh key. */
type Limits = Omit<Extract<KeyText, { ssh: string }>, 'ssh'>;

const HINT = 'name a public key file, ssh:PATH, openpgp:PATH, gpg:FINGERPRINT, x509:CA.pem#alice@example.com, sigstore:https://issuer#identity, or a key\'s line itself';
const LARGEST = 1024 * 1024;
const KEY_TYPE = /^(?:ssh-|ecdsa-|sk-)\S*$/;
/** A key's line, alone or behind principals and options: no path has this in it. */
const LINE = /(?:^|\s)(?:ssh-|ecdsa-sha2-|sk-)[!-~]{1,64}[ \t]+AAAA/;

/**
 * Returns the keys that a spec, a literal or a path names.
 * @throws Fault KEY_NOT_FOUND (no such file, none in gpg), KEY_INVALID (private, not a key, nobody's), SIGNER_UNAVAILABLE (no gpg)
 */
export async function readKeySource(source: string, owner: Owner, place: Place): Promise<SourcedKey[]> {
  if (KEY_TYPE.test(source.split(' ', 1)[0]!) && LINE.test(source) && !source.includes('\n')) return [await readPublicKey(source, place)];
  if (LINE.test(source) || source.startsWith('-----BEGIN ')) return recognise(utf8(source), 'the key', owner);
  const [, scheme, rest = ''] = /^(sigstore|x509|ssh|openpgp|gpg):(.+)$/s.exec(source) ?? [];
  if (scheme === 'sigstore') return [sigstoreKey(rest)];
  if (scheme === 'x509') return [await x509Key(rest, place)];
  if (scheme !== undefined || source === 'git') return [await readPublicKey(source, place)];
  if (source === '' || /\p{Cc}/u.test(source)) throw new Fault('KEY_INVALID', `${source === '' ? 'an empty word' : shown(source)} names no key`, { hint: HINT });
  const path = pathIn(source, place);
  return recognise((await readKeyFile(path, LARGEST)).bytes, `the file ${shown(basename(path))}`, owner);
}

async function recognise(bytes: Uint8Array, name: string, owner: Owner): Promise<SourcedKey[]> {
  if (holdsPrivateKey(bytes)) throw new Fault('KEY_INVALID', `${name} holds a private key`, { hint: 'nothing was copied; name its public half: the .pub file, or openpgp:PATH, which leaves the private half where it is' });
  if (isBinary(bytes)) return openpgpKeys(bytes, name);
  const text = fromUtf8(bytes) ?? '';
  if (text.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----')) return openpgpKeys(bytes, name);
  if (text.includes('-----BEGIN CERTIFICATE-----')) throw new Fault('KEY_INVALID', `${name} is an X.509 certificate`, { hint: 'name a certification authority with the address that it certifies: x509:CA.pem#alice@example.com' });
  if (text.startsWith('---- BEGIN SSH2 PUBLIC KEY')) throw new Fault('KEY_INVALID', `${name} is in RFC 4716 form`, { hint: 'convert it with "ssh-keygen -i -f FILE"' });
  const first = text.split('\n').map((line) => line.trim()).find((line) => line !== '' && !line.startsWith('#'));
  if (first === undefined) throw new Fault('KEY_INVALID', `${name} holds no key`, { hint: HINT });
  if (!LINE.test(first)) throw new Fault('KEY_INVALID', `${name} holds no key of a form that is known`, { hint: HINT });
  if (KEY_TYPE.test(first.split(/[ \t]/, 1)[0]!)) return named(name, () => parseKeyList(bytes)).map((key) => sshKey(key));
  return signersOf(named(name, () => parseAllowedSigners(bytes)), name, owner);
}

/** Returns what `parse` reads; its faults name the line, and this the file. */
function named<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    throw new Fault('KEY_INVALID', `${name}: ${thrown.message}`, { cause: thrown, ...(thrown.hint !== undefined && { hint: thrown.hint }) });
  }
}

async function openpgpKeys(bytes: Uint8Array, name: string): Promise<SourcedKey[]> {
  const certificates = await splitCertificates(bytes, name);
  return certificates.map(({ fingerprint, armor }) => certificateKey(fingerprint, armor));
}

function sshKey(key: SshPublicKey, limits: Limits = {}): SourcedKey {
  return { keyid: `ssh${limits.certAuthority ? '-ca' : ''}:${key.fingerprint}`, text: { ssh: printSshPublicKey({ ...key, comment: '' }), ...limits } };
}

/** Returns the lines that speak of the owner. A pattern names everybody, so that only an authority's line may hold one. */
function signersOf(signers: readonly AllowedSigner[], name: string, owner: Owner): SourcedKey[] {
  const names = [owner.id, ...owner.emails.map(normalEmail)];
  const found = signers.flatMap((signer) => {
    const mine = signer.isAuthority ? names.filter((each) => matches(signer.principals, each)) : signer.principals.filter((principal) => names.includes(normalEmail(principal)));
    return mine.length === 0 ? [] : [sshKey(signer.key, limitsOf(signer, mine, name))];
  });
  if (found.length > 0) return found;
  const principals = [...new Set(signers.flatMap((signer) => signer.principals))];
  const listed = principals.slice(0, 10).map((principal) => printable(clip(principal, 80))).join(', ');
  throw new Fault('KEY_INVALID', `${name} has no line for ${shown(owner.id)}, only for ${listed}${principals.length > 10 ? ` and ${principals.length - 10} more` : ''}`, { hint: 'add the address that is meant with --email' });
}

function limitsOf({ isAuthority, namespaces, validAfter, validBefore }: AllowedSigner, principals: readonly string[], name: string): Limits {
  const counted = namespaces && (['git', 'countersign'] as const).filter((namespace) => matches(namespaces, namespace));
  if (counted?.length === 0) throw new Fault('KEY_INVALID', `${name} has a key that counts neither for git's signatures nor for countersign's`, { hint: 'its namespaces have to hold "git" or "countersign"' });
  return {
    ...(isAuthority && { certAuthority: principals }),
    ...(counted?.length === 1 && { namespaces: counted }),
    ...(validAfter !== undefined && { validAfter: printTime(validAfter) }),
    ...(validBefore !== undefined && { validBefore: printTime(validBefore) }),
  };
}

/** Matches as OpenSSH's match_pattern_list: one pattern has to, and none that begins with `!` may. */
function matches(patterns: readonly string[], text: string): boolean {
  const hits = (pattern: string): boolean => globs(normalEmail(pattern), text);
  return patterns.some((pattern) => !pattern.startsWith('!') && hits(pattern)) && !patterns.some((pattern) => pattern.startsWith('!') && hits(pattern.slice(1)));
}

/** Matches `*` and `?` without going back further than to the last `*`: never longer than the product of both lengths. */
function globs(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') [star, mark] = [p++, t];
    else if (pattern[p] === '?' || pattern[p] === text[t]) [p, t] = [p + 1, t + 1];
    else if (star >= 0) [p, t] = [star + 1, ++mark];
    else return false;
  }
  return /^\**$/.test(pattern.slice(p));
}

function sigstoreKey(rest: string): SourcedKey {
  const hash = rest.indexOf('#');
  const [issuer, identity] = [rest.slice(0, hash), rest.slice(hash + 1)];
  if (hash < 0 || !issuer.startsWith('https://') || identity === '') throw new Fault('KEY_INVALID', `${shown(`sigstore:${rest}`)} is no identity`, { hint: 'write it like sigstore:https://accounts.google.com#alice@example.com' });
  return { keyid: `sigstore:${rest}`, text: { sigstore: { issuer, identity } } };
}

async function x509Key(rest: string, place: Place): Promise<SourcedKey> {
  const hash = rest.lastIndexOf('#');
  const identity = rest.slice(hash + 1);
  if (hash < 1 || !identity.includes('@')) throw new Fault('KEY_INVALID', `${shown(`x509:${rest}`)} is no CA with an address`, { hint: 'write it like x509:CA.pem#alice@example.com' });
  const path = pathIn(rest.slice(0, hash), place);
  const { bytes } = await readKeyFile(path, LARGEST);
  if (holdsPrivateKey(bytes)) throw new Fault('KEY_INVALID', `${shown(basename(path))} holds a private key`, { hint: 'name a file with the CA\'s certificate alone' });
  const { readAuthority } = await import('../signature/x509/authority.ts');
  const { fingerprint, der } = await readAuthority(bytes);
  const file = `${fingerprint}.pem`;
  return {
    keyid: `x509:${fingerprint}#${normalEmail(identity)}`,
    text: { x509: { ca: `keys/${file}`, identity } },
    file: { path: pathOf(`${KEYS_FOLDER}/${file}`), bytes: utf8(encodeArmor(der, 'CERTIFICATE')) },
  };
}

function shown(text: string): string {
  return printable(clip(text, 80));
}
