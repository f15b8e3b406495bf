// SPDX-License-Identifier: Apache-2.0
// The one door to openpgp.js for reading: it reads key packets, and hands on plain data. Nothing it thinks of a key is
// asked. Loaded only where there is a key file to be read: it costs 60 ms.
import type { PublicKeyPacket as KeyPacketReader } from 'openpgp';
import { equal, hex } from '../../bytes.ts';

/** The numbers of a public key; `other` are algorithms whose signatures we don't know, and those that only encrypt. */
export type Numbers =
  | { kind: 'rsa'; n: Uint8Array; e: Uint8Array }
  /** `oid` without DER's tag and length, `point` as SEC 1 has it. */
  | { kind: 'ecdsa'; oid: string; point: Uint8Array }
  | { kind: 'ed25519' | 'ed448'; point: Uint8Array }
  | { kind: 'other' };

export interface KeyPacket {
  version: 4 | 6;
  body: Uint8Array;
  createdAt: number;
  algorithm: number;
  numbers: Numbers;
}

/** The length of a version 4 key has two octets where its fingerprint is made (RFC 9580 §5.5.4.2). */
const MAX_BODY = 65_535;

/** Returns what a key packet holds, or undefined where openpgp.js cannot read it. */
export async function readKeyPacket(body: Uint8Array): Promise<KeyPacket | undefined> {
  if (body.length > MAX_BODY) return undefined;
  const { PublicKeyPacket } = await import('openpgp');
  const packet = new PublicKeyPacket() as KeyPacketReader & Reading;
  try {
    await packet.read(body);
    // Fingerprints are made of these bytes; a second way to write one key would be a second key.
    if (!equal(packet.write(), body)) return undefined;
  } catch {
    return undefined;
  }
  const { version, algorithm } = packet;
  if (version !== 4 && version !== 6) return undefined;
  return { version, body, algorithm, createdAt: packet.created.getTime() / 1000, numbers: numbersOf(algorithm, packet.publicParams) };
}

/** What the package's types leave out. */
interface Reading {
  read(body: Uint8Array): Promise<number>;
  write(): Uint8Array;
  publicParams: Params;
}

type Params = Partial<Record<'n' | 'e' | 'A' | 'Q', Uint8Array>> & { oid?: { write(): Uint8Array } };

/** The algorithms of RFC 9580 §9.1 that sign and that we can check. RSA for encryption only (2) is not among them. */
function numbersOf(algorithm: number, { n, e, oid, Q, A }: Params): Numbers {
  if ((algorithm === 1 || algorithm === 3) && n && e) return { kind: 'rsa', n, e };
  if (algorithm === 19 && oid && Q) return { kind: 'ecdsa', oid: hex(oid.write().subarray(1)), point: Q };
  // 0x40 says that the native encoding follows (§11.2.1)
  if (algorithm === 22 && Q?.[0] === 0x40) return { kind: 'ed25519', point: Q.subarray(1) };
  if (algorithm === 27 && A) return { kind: 'ed25519', point: A };
  return algorithm === 28 && A ? { kind: 'ed448', point: A } : { kind: 'other' };
}
