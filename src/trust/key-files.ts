// SPDX-License-Identifier: Apache-2.0
// The files beside a roster: OpenPGP certificates, certification authorities, Sigstore's trusted root. Anybody may have
// put anything there, so each is bounded before it is parsed; and a private key among them is refused loudly, because
// whoever can read the repository has it now. Parsers are loaded only where the roster names such a file.
import { latin1, sha256 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { Recall } from '../recall.ts';
import type { Certificate } from '../signature/openpgp/certificate.ts';
import { standingsOf } from '../signature/openpgp/standing.ts';
import type { Authority } from '../signature/x509/authority.ts';
import { findDuplicates, materialsOf } from './duplicates.ts';
import type { Key, Revocation } from './key.ts';
import { refuseFile } from './refusal.ts';
import type { Agent, Forge, Person, Roster } from './roster.ts';

/** Returns a file below `.countersign/` by its name, `keys/alice.asc`; undefined where there is none. */
export type KeyFileReader = (name: string) => Promise<Uint8Array | undefined>;

export const TRUSTED_ROOT = 'keys/trusted-root.json';

const LARGEST_FILE = 1024 * 1024;
const LARGEST_SUM = 16 * 1024 * 1024;
/** Of all files together, subkeys included. */
const MOST_KEYS = 4096;

/** Where a file is named: the entry's key in the roster. */
type Where = readonly (string | number)[];

/**
 * Returns the roster with what its key files hold. Where it names none and there is no trusted root, it is the same object.
 * @throws Fault ROSTER_INVALID naming entry and file: missing, too large, not a key, a private key, or a key that stands in
 *   two entries; its cause is a FileRefusal. What `read` throws is passed on.
 */
export async function completeRoster(roster: Roster, read: KeyFileReader): Promise<Roster> {
  const files = new KeyFiles(read);
  const trustedRoot = await files.trustedRoot();
  if (trustedRoot === undefined && !namesFiles(roster)) return roster;
  const complete = {
    ...roster,
    people: await completeEntries('people', roster.people, files),
    agents: await completeEntries('agents', roster.agents, files),
    forges: await completeEntries('forges', roster.forges, files),
    ...(trustedRoot && { trustedRoot }),
  };
  const [duplicate] = findDuplicates(complete);
  if (duplicate !== undefined) throw refuseFile(duplicate.reason, duplicate.path, fileAt(complete, duplicate.path), duplicate.message);
  return complete;
}

function namesFiles({ people, agents, forges }: Roster): boolean {
  return [people, agents, forges].some((entries) => Object.values(entries).some(({ keys }: { keys: readonly Key[] }) => keys.some((key) => 'file' in key)));
}

async function completeEntries<T extends Person | Agent | Forge>(role: string, entries: Readonly<Record<string, T>>, files: KeyFiles): Promise<Readonly<Record<string, T>>> {
  const complete: Record<string, T> = Object.create(null);
  // One file after the other: together they may be large.
  for (const [id, entry] of Object.entries(entries)) {
    const keys: Key[] = [];
    for (const [index, key] of entry.keys.entries()) keys.push(await completeKey(key, [role, id, 'keys', index], files));
    complete[id] = { ...entry, keys: keys.map((key) => voided(key, keys)) };
  }
  return complete;
}

async function completeKey(key: Key, where: Where, files: KeyFiles): Promise<Key> {
  if (key.scheme === 'openpgp') return { ...key, certificates: await files.certificates(key.file, where) };
  if (key.scheme === 'x509') return { ...key, authority: await files.authority(key.file, where) };
  return key;
}

/**
 * Returns the key, compromised if another wrapping of it is, by the roster or, for an SSH key, by its own certificate: an
 * authentication subkey, for instance, that was revoked because it was stolen.
 */
function voided(key: Key, keys: readonly Key[]): Key {
  if (key.revoked?.reason === 'compromised') return key;
  const materials = new Set(materialsOf(key));
  const twins = keys.filter((other) => other !== key && materialsOf(other).some((material) => materials.has(material)));
  const byRoster = twins.find((other) => other.revoked?.reason === 'compromised')?.revoked;
  const revoked = byRoster ?? (key.scheme === 'ssh' ? revokedAsOpenpgp(key.material, twins) : undefined);
  return revoked === undefined ? key : { ...key, revoked };
}

/** Returns the hard revocation of a key of this material by the certificates that hold it. */
function revokedAsOpenpgp(material: string, twins: readonly Key[]): Revocation | undefined {
  const certificates = twins.flatMap((twin) => (twin.scheme === 'openpgp' ? twin.certificates : []));
  const standings = certificates.filter(({ materials }) => materials.includes(material)).flatMap((each) => [...standingsOf(each).values()]);
  const own = standings.filter(({ key }) => typeof key.material !== 'string' && key.material.digest === material);
  const hard = own.flatMap(({ revocations }) => revocations).find(({ isHard }) => isHard);
  return hard && { at: hard.at, reason: 'compromised' };
}

function fileAt(roster: Roster, [role, id, , index]: Where): string {
  const entries = roster[role as 'people' | 'agents' | 'forges'];
  const key = typeof index === 'number' ? entries[String(id)]?.keys[index] : undefined;
  return key !== undefined && 'file' in key ? key.file : '';
}

/** Reads each file once, however many entries name it. */
class KeyFiles {
  readonly #read: KeyFileReader;
  readonly #bytes = new Map<string, Uint8Array | undefined>();
  #sum = 0;
  #keys = 0;

  constructor(read: KeyFileReader) {
    this.#read = read;
  }

  async certificates(file: string, where: Where): Promise<readonly Certificate[]> {
    const bytes = await this.#need(file, where);
    const certificates = await parsed(bytes, file, where, async () => (await import('../signature/openpgp/certificate.ts')).readCertificates(bytes));
    this.#keys += certificates.reduce((sum, each) => sum + each.fingerprints.length, 0);
    if (this.#keys > MOST_KEYS) throw refuseFile('too-large', where, file, `is one key file too many: all together they hold more than ${MOST_KEYS} keys`);
    // An old copy of a certificate does not know that it was revoked since.
    const fingerprints = new Set(certificates.map(({ fingerprint }) => fingerprint));
    if (fingerprints.size < certificates.length) throw refuseFile('shared-key', where, file, 'holds one key twice');
    return certificates;
  }

  async authority(file: string, where: Where): Promise<Authority> {
    const bytes = await this.#need(file, where);
    return parsed(bytes, file, where, async () => (await import('../signature/x509/authority.ts')).readAuthority(bytes));
  }

  async trustedRoot(): Promise<Roster['trustedRoot']> {
    const bytes = await this.#bounded(TRUSTED_ROOT, []);
    if (bytes === undefined) return undefined;
    return parsed(bytes, TRUSTED_ROOT, [], async () => (await import('../signature/sigstore/trusted-root.ts')).readTrustedRoot(bytes));
  }

  async #need(file: string, where: Where): Promise<Uint8Array> {
    const bytes = await this.#bounded(file, where);
    if (bytes === undefined) throw refuseFile('missing-file', where, file, 'is missing');
    if (holdsPrivateKey(bytes)) throw refuseFile('private-key', where, file, 'holds a private key, which everybody who can read this repository has now', 'revoke the key, take the file out, and put the public half there');
    return bytes;
  }

  async #bounded(file: string, where: Where): Promise<Uint8Array | undefined> {
    if (this.#bytes.has(file)) return this.#bytes.get(file);
    const bytes = await this.#read(file);
    this.#sum += bytes?.length ?? 0;
    if ((bytes?.length ?? 0) > LARGEST_FILE || this.#sum > LARGEST_SUM) throw refuseFile('too-large', where, file, `is larger than key files may be (${LARGEST_FILE} bytes, all together ${LARGEST_SUM})`);
    this.#bytes.set(file, bytes);
    return bytes;
  }
}

/**
 * What was read, by the digest of what it was read from: a history goes through many rosters with the same files, and
 * checks keep what they know of a certificate as long as it is the same object.
 */
const readings = new Recall<Promise<unknown>>(64);

async function parsed<T>(bytes: Uint8Array, file: string, where: Where, parse: () => Promise<T>): Promise<T> {
  const id = `${file.slice(file.lastIndexOf('.'))} ${sha256(bytes)}`;
  try {
    return await (readings.get(id, parse) as Promise<T>);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    throw refuseFile('bad-key', where, file, `can't be used: ${thrown.message}`);
  }
}

/** The first bytes of a secret key or subkey packet, in the old and the new form (RFC 9580 §4.2, §5). */
const SECRET_PACKETS = new Set([0x94, 0x95, 0x96, 0x97, 0x9c, 0x9d, 0x9e, 0x9f, 0xc5, 0xc7]);

/** Tells whether a file says or shows that it holds a private key, of whatever kind. */
export function holdsPrivateKey(bytes: Uint8Array): boolean {
  return SECRET_PACKETS.has(bytes[0] ?? 0) || /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.test(latin1(bytes));
}
