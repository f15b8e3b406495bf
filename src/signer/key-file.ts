// SPDX-License-Identifier: Apache-2.0
// Key files on disk, read with bounds; and how well an SSH key is kept from an agent that runs as the same user: told by
// the public header of its file. Nothing secret is decoded, and no passphrase is asked for.
import { readFile, stat } from 'node:fs/promises';
import { Fault } from '../fault.ts';
import { fromBase64, latin1 } from '../bytes.ts';
import { printable } from '../printable.ts';
import { decodeSshPublicKey, parseSshPublicKey } from '../signature/ssh/key.ts';
import { readWire } from '../signature/wire.ts';

/**
 * `hardware`: in a FIDO2 authenticator; `passphrase`: the file is encrypted; `unlocked`: whoever can read the file can sign;
 * `agent`: only the public half is here. An agent that holds an encrypted key signs for every process of its user.
 */
export type KeyProtection = 'hardware' | 'passphrase' | 'unlocked' | 'agent';

const MAX_FILE = 65536;
/** OpenPGP keys grow with every signature that somebody puts on them. */
const MAX_OPENPGP = 1024 * 1024;
const MAGIC = 'openssh-key-v1\0';

/**
 * Tells how the key behind a path (private key or `.pub` file, as git's `user.signingKey` names either) is kept.
 * @throws Fault SIGNER_UNAVAILABLE where there is no such file, KEY_INVALID where it isn't an SSH key
 */
export async function describeKey(path: string): Promise<KeyProtection> {
  const privatePath = path.replace(/\.pub$/, '');
  const privateText = await read(privatePath);
  if (privateText !== undefined) return protection(privateText, privatePath);
  const publicText = await read(`${privatePath}.pub`);
  if (publicText !== undefined) return parseSshPublicKey(publicText).hardware ? 'hardware' : 'agent';
  throw new Fault('SIGNER_UNAVAILABLE', `no key file at ${printable(path)}`, { hint: 'make one with "ssh-keygen -t ed25519-sk" or "ssh-keygen -t ed25519"' });
}

function protection(text: string, path: string): KeyProtection {
  const body = /^-----BEGIN OPENSSH PRIVATE KEY-----\n([^-]*)\n-----END OPENSSH PRIVATE KEY-----\n*$/.exec(text)?.[1];
  const found = body === undefined ? pemProtection(text) : opensshProtection(fromBase64(body.replaceAll('\n', '')));
  if (found === undefined) throw new Fault('KEY_INVALID', `${printable(path)} is not an ssh private key`);
  return found;
}

/** Reads the header of OpenSSH's PROTOCOL.key: cipher, KDF, its options, number of keys, public key; the secret part stays closed. */
function opensshProtection(bytes: Uint8Array | undefined): KeyProtection | undefined {
  return readWire(bytes ?? new Uint8Array(), (wire) => {
    if (latin1(wire.take(MAGIC.length)) !== MAGIC) wire.refuse();
    const cipher = wire.name();
    wire.name();
    wire.string();
    if (wire.uint32() !== 1) wire.refuse();
    const key = decodeSshPublicKey(wire.string());
    wire.rest();
    if (typeof key !== 'string' && key.hardware) return 'hardware';
    return cipher === 'none' ? 'unlocked' : 'passphrase';
  });
}

/** Reads the two older forms that ssh-keygen still takes: PKCS #8 (RFC 7468) and the traditional PEM of OpenSSL (RFC 1421). */
function pemProtection(text: string): KeyProtection | undefined {
  const label = /^-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----\n/.exec(text)?.[1];
  if (label === undefined) return undefined;
  return label.startsWith('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED$/m.test(text) ? 'passphrase' : 'unlocked';
}

/** A file that may hold a private key. */
export interface KeyFile {
  bytes: Uint8Array;
  /** Whether others on this machine can read it. */
  exposed: boolean;
}

/** Reads a key file. A device or a pipe is never opened: it could block. @throws Fault KEY_NOT_FOUND, KEY_INVALID, SIGNER_UNAVAILABLE (it can't be read) */
export async function readKeyFile(path: string, limit = MAX_OPENPGP): Promise<KeyFile> {
  try {
    const status = await stat(path);
    if (!status.isFile()) throw new Fault('KEY_INVALID', `${printable(path)} is not a key file but ${status.isDirectory() ? 'a folder' : 'a device or a pipe'}`, { hint: 'name a file with a key' });
    if (status.size > limit) throw new Fault('KEY_INVALID', `${printable(path)} is too large for a key file (at most ${limit} bytes)`, { hint: 'name a file with a key' });
    return { bytes: await readFile(path), exposed: process.platform !== 'win32' && (status.mode & 0o044) !== 0 };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new Fault('KEY_NOT_FOUND', `no key file at ${printable(path)}`, { cause, hint: 'name a key that is there' });
    throw new Fault('SIGNER_UNAVAILABLE', `can't read ${printable(path)}`, { cause, hint: 'check that it may be read, and where its links lead' });
  }
}

/** Returns the text with LF line ends, or undefined where there is no file. */
async function read(path: string): Promise<string | undefined> {
  try {
    return latin1((await readKeyFile(path, MAX_FILE)).bytes).replaceAll('\r\n', '\n');
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'KEY_NOT_FOUND') return undefined;
    throw thrown;
  }
}
