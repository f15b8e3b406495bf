// SPDX-License-Identifier: Apache-2.0
// OpenPGP key files taken apart into single certificates, and put together again: each is kept as little as it can be,
// without portraits and without what strangers say of it, under the name of its fingerprint.
import { concat, utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { printable } from '../printable.ts';
import { cutKeyFile, readCertificates, type Certificate } from '../signature/openpgp/certificate.ts';
import { describeCertificate } from '../signature/openpgp/description.ts';
import type { Packet } from '../signature/openpgp/framing.ts';
import { standingsOf, type Revocation } from '../signature/openpgp/standing.ts';
import { inspectKey } from '../signer/openpgp.ts';

export interface MinimalCertificate {
  /** Of the primary key, upper-case hex. */
  fingerprint: string;
  /** Armored, with a line break at the end. */
  armor: string;
}

/** Returns each certificate of a key file. @throws Fault KEY_INVALID; `name` is where the bytes come from, escaped */
export async function splitCertificates(bytes: Uint8Array, name: string): Promise<MinimalCertificate[]> {
  // The strict reader first: what it refuses could never be checked by.
  const known = new Set((await readCertificates(bytes)).map(({ fingerprint }) => fingerprint));
  const found: MinimalCertificate[] = [];
  for (const packets of cutKeyFile(bytes)) {
    const { fingerprint, certificate: armor } = await inspectKey(concat(...packets.map(frame)), name);
    const [read] = await readCertificates(utf8(armor));
    if (read?.fingerprint !== fingerprint || !known.has(fingerprint)) throw new Fault('KEY_INVALID', `${name} holds a key that can't be read the same way twice`);
    // A revoked one is wanted: it tells those who have the old copy.
    const { signs, revoked } = describeCertificate(read);
    if (!signs && revoked === undefined) throw new Fault('KEY_INVALID', `the key ${fingerprint} in ${name} can't sign`, { hint: 'it needs a signing key of a kind that is checked: RSA of 2048 bits or more, ECDSA or Ed25519' });
    found.push({ fingerprint, armor });
  }
  return found;
}

/**
 * Returns a key file with one of its certificates renewed, whatever others it holds.
 * @throws Fault KEY_INVALID where the new copy forgets that one of its keys was revoked, or the file can't be read
 */
export async function renewCertificate(file: Uint8Array, fingerprint: string, armor: Uint8Array, name: string): Promise<Uint8Array> {
  const [before, after] = await Promise.all([file, armor].map(async (bytes) => (await readCertificates(bytes)).find((each) => each.fingerprint === fingerprint)));
  const forgotten = before && after && forgottenRevocation(before, after);
  if (forgotten !== undefined) {
    throw new Fault('KEY_INVALID', `the key ${forgotten} is revoked in ${printable(name)}, and this copy does not say so`, { hint: 'export it anew' });
  }
  const others = (await splitCertificates(file, printable(name))).filter((each) => each.fingerprint !== fingerprint);
  return concat(...others.map((each) => utf8(each.armor)), armor);
}

/** Returns a key, primary or sub, whose revocation the newer copy does not have, or has milder or later. One that is gone signs nothing. */
function forgottenRevocation(before: Certificate, after: Certificate): string | undefined {
  const now = new Map([...standingsOf(after).values()].map((each) => [each.key.fingerprint, each.revocations]));
  const isKept = (old: Revocation, known: readonly Revocation[]): boolean => known.some(({ isHard, at }) => isHard || (!old.isHard && at <= old.at));
  return [...standingsOf(before).values()].find(({ key, revocations }) => {
    const known = now.get(key.fingerprint);
    return known !== undefined && !revocations.every((each) => isKept(each, known));
  })?.key.fingerprint;
}

/** Returns the packet in the new format, with a length of five octets (RFC 9580 §4.2.1). */
function frame({ tag, body }: Packet): Uint8Array {
  const head = Buffer.alloc(6);
  head.writeUInt8(0xc0 | tag);
  head.writeUInt8(0xff, 1);
  head.writeUInt32BE(body.length, 2);
  return concat(head, body);
}
