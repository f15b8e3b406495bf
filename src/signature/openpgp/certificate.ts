// SPDX-License-Identifier: Apache-2.0
// OpenPGP certificates (transferable public keys, RFC 9580 §10.1) as the roster's key files hold them: what stands in the
// file, sorted by what it says something about. What of it holds, and when, is standing.ts's to say.
import { Fault } from '../../fault.ts';
import { fromUtf8, latin1 } from '../../bytes.ts';
import { decodeKeyBlocks } from './armor.ts';
import { TAG, isBinary, readPackets, type Packet } from './framing.ts';
import { isNamed, keyOf, type Key } from './key.ts';
import { readKeyPacket } from './packets.ts';
import { readSignature, type Signature } from './signature-packet.ts';

/** One certificate: a primary key with its subkeys, identities and self-signatures. */
export interface Certificate {
  /** Of the primary key: 40 (v4) or 64 (v6) upper-case hex digits. */
  fingerprint: string;
  /** Fingerprints of the primary key and of every subkey, as above. */
  fingerprints: readonly string[];
  /** SHA-256 over each key's own numbers, hex: one key in two wrappings is one key. */
  materials: readonly string[];
  parts: Parts;
}

/** Everything in the certificate; a signature here is only what names the primary key, or nobody, as its issuer. */
export interface Parts {
  primary: Key;
  /** Signatures over the primary key alone. */
  direct: Signature[];
  users: User[];
  subkeys: Subkey[];
}

/** A user id or user attribute with the signatures behind it. */
export interface User {
  /** The user id's text; undefined for an attribute, or where it is not UTF-8. */
  text: string | undefined;
  isAttribute: boolean;
  body: Uint8Array;
  signatures: Signature[];
}

export interface Subkey {
  key: Key;
  signatures: Signature[];
}

/** Real files are below a tenth of this, unless thousands of strangers have certified the key. */
const MAX_FILE = 1_048_576;
const MAX_PACKETS = 10_000;
const MAX_CERTIFICATES = 100;
/** Each costs up to a millisecond to be read, so that a file of nothing else would take four seconds. */
const MAX_KEYS = 512;
/** Each costs a verification. Twenty identities renewed every year for ten years are 200. */
const MAX_SELF_SIGNATURES = 512;
const MAX_SUBKEYS = 64;

const KNOWN: readonly number[] = Object.values(TAG);

/**
 * Reads the certificates of a key file, armored or binary. Nothing is verified yet. Subkeys of algorithms that we cannot read are left
 * out, with their signatures; a primary key like that refuses the file.
 * @throws Fault KEY_INVALID
 */
export async function readCertificates(bytes: Uint8Array): Promise<Certificate[]> {
  const found: Certificate[] = [];
  for (const packets of cutKeyFile(bytes)) found.push(await readCertificate(packets));
  return found;
}

/** Returns the packets of each certificate in a key file, armored or binary; the first is its primary key. @throws Fault KEY_INVALID */
export function cutKeyFile(bytes: Uint8Array): Packet[][] {
  const packets = packetsOf(bytes);
  const starts = packets.flatMap(({ tag }, at) => (tag === TAG.publicKey ? [at] : []));
  const keys = packets.filter(({ tag }) => tag === TAG.publicKey || tag === TAG.subkey).length;
  if (starts.length > MAX_CERTIFICATES || keys > MAX_KEYS) throw new Fault('KEY_INVALID', 'a key file has too many keys');
  return starts.map((start, i) => packets.slice(start, starts[i + 1]));
}

function packetsOf(bytes: Uint8Array): Packet[] {
  if (bytes.length > MAX_FILE) throw new Fault('KEY_INVALID', 'a key file is too large', { hint: 'export it with --export-options export-minimal' });
  const packets = readPackets(isBinary(bytes) ? bytes : dearmor(bytes), MAX_PACKETS)?.filter(({ tag }) => !isIgnored(tag));
  if (!packets) throw new Fault('KEY_INVALID', 'a key file is not made of OpenPGP packets, or of too many');
  if (packets.some(({ tag }) => tag === TAG.secretKey || tag === TAG.secretSubkey)) {
    throw new Fault('KEY_INVALID', 'a key file holds a secret key', { hint: 'hand in the public half, as gpg --armor --export prints it' });
  }
  if (packets[0]?.tag !== TAG.publicKey) throw new Fault('KEY_INVALID', 'a key file does not begin with an OpenPGP key');
  if (packets.some(({ tag }) => !KNOWN.includes(tag))) throw new Fault('KEY_INVALID', 'a key file holds something else than keys');
  return packets;
}

/** Markers, trust of somebody's keyring, padding, and what is not critical (RFC 9580 §4.3, §5.8, §5.10, §5.14). */
function isIgnored(tag: number): boolean {
  return tag === 10 || tag === 12 || tag === 21 || tag >= 40;
}

function dearmor(bytes: Uint8Array): Uint8Array {
  const decoded = decodeKeyBlocks(latin1(bytes));
  if (decoded === undefined) throw new Fault('KEY_INVALID', 'a key file holds no OpenPGP public key, or its armor is broken');
  return decoded;
}

async function readCertificate(packets: readonly Packet[]): Promise<Certificate> {
  const [first, ...rest] = packets as [Packet, ...Packet[]];
  const packet = await readKeyPacket(first.body);
  if (!packet) throw new Fault('KEY_INVALID', 'a key file has a key of an unknown version or algorithm');
  const primary = keyOf(packet);
  const parts: Parts = { primary, direct: [], users: [], subkeys: [] };
  // Signatures say something about whatever stands before them.
  let signatures = parts.direct;
  let left = MAX_SELF_SIGNATURES;
  for (const { tag, body } of rest) {
    if (tag === TAG.signature) {
      const signature = readSignature(body);
      if (typeof signature === 'string' || !isOwn(signature, primary)) continue;
      if (left-- === 0) throw new Fault('KEY_INVALID', 'a key has too many self-signatures');
      signatures.push(signature);
    } else {
      signatures = tag === TAG.subkey ? await addSubkey(parts, body) : addUser(parts, tag, body);
    }
  }
  const keys = [primary, ...parts.subkeys.map(({ key }) => key)];
  const materials = keys.flatMap(({ material }) => (typeof material === 'string' ? [] : [material.digest]));
  return { fingerprint: primary.fingerprint, fingerprints: keys.map(({ fingerprint }) => fingerprint), materials, parts };
}

/** Returns where the signatures behind a subkey go; one that stands there twice is one. */
async function addSubkey({ subkeys }: Parts, body: Uint8Array): Promise<Signature[]> {
  const packet = await readKeyPacket(body);
  if (!packet) return [];
  const key = keyOf(packet);
  const known = subkeys.find((each) => each.key.fingerprint === key.fingerprint);
  if (known) return known.signatures;
  if (subkeys.length === MAX_SUBKEYS) throw new Fault('KEY_INVALID', 'a key has too many subkeys');
  subkeys.push({ key, signatures: [] });
  return subkeys.at(-1)!.signatures;
}

function addUser({ users }: Parts, tag: number, body: Uint8Array): Signature[] {
  const isAttribute = tag === TAG.userAttribute;
  users.push({ text: isAttribute ? undefined : fromUtf8(body), isAttribute, body, signatures: [] });
  return users.at(-1)!.signatures;
}

/** Other people's certifications mean nothing here. A wrong name among the unsigned hints only costs a verification. */
function isOwn({ issuers, hints }: Signature, primary: Key): boolean {
  const names = [...issuers, ...hints];
  return names.length === 0 || names.some((id) => isNamed(primary, id));
}
