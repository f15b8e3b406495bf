// SPDX-License-Identifier: Apache-2.0
// The OpenPGP certificates that a commit brings along, for the look at its own stamp after it was made. Loaded only where
// a stamp is signed by one: most hooks never need it.
import { latin1 } from '../bytes.ts';
import { askGit } from '../repo/blocking.ts';
import type { Env } from '../repo/process.ts';
import { readCertificates, type Certificate } from '../signature/openpgp/certificate.ts';
import { checkOpenpgp } from '../signature/openpgp/openpgp.ts';
import { KEYS_FOLDER } from '../trust/places.ts';
import { readObject } from './objects.ts';

const MOST = 100;
const LARGEST = 1024 * 1024;

/**
 * Tells whether a packet is by a key that the commit knows, and over another payload. What can't be told is not, and what else
 * may be wrong with packet or key, the verifier says in its own words.
 */
export async function signsSomethingElse(packet: Uint8Array, payload: Uint8Array, commit: string, env: Env): Promise<boolean> {
  const listed = askGit(['ls-tree', '-z', '--name-only', `${commit}:${KEYS_FOLDER}`], { env, accept: [128] });
  const names = latin1(listed.stdout).split('\0').filter((name) => name.endsWith('.asc')).slice(0, MOST);
  const certificates: Certificate[] = [];
  for (const name of names) {
    // A name with a line break would be another question to git.
    const object = name.includes('\n') ? undefined : readObject(`${commit}:${KEYS_FOLDER}/${name}`, env);
    if (object?.kind === 'blob' && object.bytes.length <= LARGEST) certificates.push(...(await readCertificates(object.bytes).catch(() => [])));
  }
  const check = await checkOpenpgp(packet, payload, certificates);
  return check.kind === 'bad' && check.reason === 'signature';
}
