// SPDX-License-Identifier: Apache-2.0
// Signing with an OpenPGP key file, in process: the passphrase is asked for at each signature and kept nowhere. The only
// file that gives openpgp.js a secret; it is loaded when there is something to sign, since it costs more than all else.
import type * as openpgpTypes from 'openpgp';
import type { PrivateKey, PublicKey } from 'openpgp';
import { Fault } from '../fault.ts';
import { fromUtf8, latin1 } from '../bytes.ts';
import { clip, printable } from '../printable.ts';
import { isBinary, readPackets } from '../signature/openpgp/framing.ts';
import { readKeyFile } from './key-file.ts';
import { signedPacket } from './packet.ts';
import { askPassphrase, tellTerminal, type AskPassphrase } from './passphrase.ts';
import type { Signed, Signer } from './signer.ts';

type OpenPgp = typeof openpgpTypes;

export interface OpenpgpSignerOptions {
  /** The private key, armored or binary. */
  path: string;
  spec: string;
  ask?: AskPassphrase;
}

/** What a key file holds, as far as anybody may see it. */
export interface KeyFacts {
  /** Of the primary key: upper-case hex. */
  fingerprint: string;
  /** `public` where the secret half is missing. */
  secret: 'locked' | 'unlocked' | 'public';
  /** The certificate alone, armored, without what others have signed of it. */
  certificate: string;
}

const TRIES = 3;
const MOST_PACKETS = 10_000;
const HINT = 'export one with "gpg --armor --export-secret-keys FINGERPRINT", or make one with "countersign people key new --openpgp"';

/** Returns a signer of scheme `openpgp` with keyid `openpgp:<fingerprint of the primary key>`. Nothing is read before the first signing. */
export function openpgpSigner({ path, spec, ask = askPassphrase }: OpenpgpSignerOptions): Signer {
  return { spec, sign: (payload) => sign(path, payload, ask) };
}

/** Returns what a key file holds, private or public. @throws Fault KEY_NOT_FOUND, KEY_INVALID */
export async function inspectKeyFile(path: string): Promise<KeyFacts> {
  return inspectKey((await readKeyFile(path)).bytes, path);
}

/** The same of bytes; `name` is where they come from. @throws Fault KEY_INVALID */
export async function inspectKey(bytes: Uint8Array, name: string): Promise<KeyFacts> {
  const openpgp = await import('openpgp');
  const key = await parseKey(openpgp, bytes, name);
  const secret = key.isPrivate() ? (isOpen(key) ? 'unlocked' : 'locked') : 'public';
  return { fingerprint: key.getFingerprint().toUpperCase(), secret, certificate: certificateOf(key).armor().replaceAll('\r\n', '\n') };
}

/**
 * Returns a new key that signs: Ed25519 in the form that every gpg since 2.1 knows.
 * @param passphrase none where undefined
 */
export async function newOpenpgpKey(name: string, email: string, passphrase: string | undefined): Promise<{ armor: string; fingerprint: string }> {
  const { generateKey, readKey } = await import('openpgp');
  try {
    const secret = passphrase === undefined ? {} : { passphrase };
    const { privateKey, publicKey } = await generateKey({ type: 'ecc', curve: 'ed25519Legacy', subkeys: [], userIDs: [{ name, email }], format: 'armored', ...secret });
    return { armor: privateKey.replaceAll('\r\n', '\n'), fingerprint: (await readKey({ armoredKey: publicKey })).getFingerprint().toUpperCase() };
  } catch (cause) {
    throw new Fault('KEY_INVALID', `no key can be made for ${printable(clip(`${name} <${email}>`, 200))}`, { cause, hint: 'check --name and --email' });
  }
}

async function sign(path: string, payload: Uint8Array, ask: AskPassphrase): Promise<Signed> {
  const { bytes, exposed } = await readKeyFile(path).catch(unavailable);
  if (exposed) tellTerminal(`countersign: warning: others on this machine can read ${printable(path)}: chmod 600 it`);
  const openpgp = await import('openpgp');
  const key = await parseKey(openpgp, bytes, path).catch(unavailable);
  if (!key.isPrivate()) throw new Fault('SIGNER_UNAVAILABLE', `${printable(path)} holds the public half only`, { hint: HINT });
  const open = isOpen(key) ? key : await unlock(openpgp, key, path, ask);
  try {
    return await signedPacket(await detach(openpgp, open, payload, path), payload, certificateOf(key).write(), printable(path));
  } finally {
    for (const each of [key, open]) wipe(each);
    bytes.fill(0); // what was read of it may be a view of it
  }
}

async function detach(openpgp: OpenPgp, signingKeys: PrivateKey, payload: Uint8Array, path: string): Promise<Uint8Array> {
  try {
    const message = await openpgp.createMessage({ binary: payload });
    return (await openpgp.sign({ message, signingKeys, detached: true, format: 'binary' })) as Uint8Array;
  } catch (cause) {
    throw new Fault('SIGNER_UNAVAILABLE', `nothing in ${printable(path)} can sign: ${reasonOf(cause)}`, { hint: 'it has to hold a signing key that is neither expired nor revoked' });
  }
}

/** Asks until the passphrase fits. @throws Fault SIGNING_FAILED after three that did not */
async function unlock(openpgp: OpenPgp, privateKey: PrivateKey, path: string, ask: AskPassphrase): Promise<PrivateKey> {
  for (let tries = 0; tries < TRIES; tries++) {
    const typed = await ask(`${tries > 0 ? 'that was not it; ' : ''}passphrase of ${printable(path)}: `);
    try {
      // Text, because openpgp.js takes nothing else; it goes with the garbage, and can't be overwritten.
      return await openpgp.decryptKey({ privateKey, passphrase: fromUtf8(typed) ?? latin1(typed) });
    } catch (cause) {
      if (!/incorrect key passphrase/i.test(String(cause))) throw new Fault('SIGNER_UNAVAILABLE', `can't unlock ${printable(path)}: ${reasonOf(cause)}`, { hint: HINT });
    } finally {
      typed.fill(0);
    }
  }
  throw new Fault('SIGNING_FAILED', `${TRIES} passphrases did not unlock ${printable(path)}`, { hint: 'try again' });
}

/** Reads the one key of a file. @throws Fault KEY_INVALID */
async function parseKey(openpgp: OpenPgp, bytes: Uint8Array, name: string): Promise<PublicKey | PrivateKey> {
  const keys = await readAll(openpgp, bytes).catch((cause: unknown) => {
    throw new Fault('KEY_INVALID', `${printable(name)} is no OpenPGP key: ${reasonOf(cause)}`, { hint: HINT });
  });
  if (keys.length !== 1) throw new Fault('KEY_INVALID', `${printable(name)} holds ${keys.length} keys, not one`, { hint: HINT });
  return keys[0]!;
}

async function readAll({ readKeys, unarmor }: OpenPgp, bytes: Uint8Array): Promise<PublicKey[]> {
  const text = isBinary(bytes) ? undefined : (fromUtf8(bytes) ?? '');
  // openpgp.js would read the first block and pass over the others.
  if (text !== undefined && text.split('-----BEGIN PGP ').length > 2) throw new Error('several blocks of armor in one file');
  const binaryKeys = text === undefined ? bytes : ((await unarmor(text)).data as Uint8Array);
  // Its time grows with the square of their number.
  if (readPackets(binaryKeys, MOST_PACKETS) === undefined) throw new Error('it is not made of OpenPGP packets, or of too many');
  return readKeys({ binaryKeys });
}

/** Returns the public half without portraits and without what others say of it: that would be for their key files. */
function certificateOf(key: PublicKey): PublicKey {
  const half = key.toPublic();
  half.users = half.users.filter(({ userID }) => userID !== null);
  for (const user of half.users) user.otherCertifications = [];
  return half;
}

/** Tells whether no part wants a passphrase. One without its secret, as gpg exports an offline primary key, wants none. */
function isOpen(key: PrivateKey): boolean {
  return key.getKeys().every(({ keyPacket }) => keyPacket.isDecrypted() || ('isDummy' in keyPacket && keyPacket.isDummy()));
}

/** Overwrites what is secret, as far as the library holds it in bytes; its types don't know of that. */
function wipe(key: PrivateKey & { clearPrivateParams?(): void }): void {
  key.clearPrivateParams?.();
}

function reasonOf(cause: unknown): string {
  return printable(clip(cause instanceof Error ? cause.message : String(cause), 200));
}

/** To who signs, a key that is gone or broken is a signer that is not at hand. */
function unavailable(thrown: unknown): never {
  if (!(thrown instanceof Fault)) throw thrown;
  throw new Fault('SIGNER_UNAVAILABLE', thrown.message, { hint: thrown.hint ?? HINT, cause: thrown });
}
