// SPDX-License-Identifier: Apache-2.0
// A certification authority of OpenSSH's kind (PROTOCOL.certkeys) without ssh-keygen: it certifies whatever it is told, with
// every field as a test wants it, so that certificates can be made that ssh-keygen would not make.
import { concat, utf8 } from '../../src/bytes.ts';
import { readWire, wireString, wireUint32, wireUint64 } from '../../src/signature/wire.ts';

export interface CertificateFields {
  type?: string;
  serial?: bigint;
  /** 1 is a user, 2 a host. */
  role?: number;
  keyId?: string | Uint8Array;
  principals?: readonly (string | Uint8Array)[];
  validAfter?: bigint;
  validBefore?: bigint;
  options?: readonly (readonly [name: string, data: Uint8Array])[];
  extensions?: readonly (readonly [name: string, data: Uint8Array])[];
  reserved?: Uint8Array;
  /** The blob that stands for the authority, where it is not its own. */
  authority?: Uint8Array;
}

/** A key that can sign: its blob, and the SSH signature it makes of some bytes. */
export interface SigningKey {
  blob: Uint8Array;
  sign: (data: Uint8Array) => Uint8Array;
}

export const FOREVER = 2n ** 64n - 1n;

/** Returns the certificate of a plain key's blob. For `alice`, for all time, without options, if nothing is said. */
export function certify(authority: SigningKey, key: Uint8Array, fields: CertificateFields = {}): Uint8Array {
  const { serial = 7n, role = 1, keyId = 'a key', principals = ['alice'], validAfter = 0n, validBefore = FOREVER, options = [], extensions = [] } = fields;
  const [plain, numbers] = readWire(key, (wire) => [wire.name(), wire.rest()] as const)!;
  const type = fields.type ?? `${plain.replace('@openssh.com', '')}-cert-v01@openssh.com`;
  const body = concat(
    wireString(type), wireString(new Uint8Array(32).fill(5)), numbers, wireUint64(serial), wireUint32(role), wireString(keyId),
    wireString(concat(...principals.map(wireString))), wireUint64(validAfter), wireUint64(validBefore), wireString(tuples(options)),
    wireString(tuples(extensions)), wireString(fields.reserved ?? new Uint8Array()), wireString(fields.authority ?? authority.blob),
  );
  return concat(body, wireString(authority.sign(body)));
}

/** Returns the data of an option that holds one text. */
export function optionText(text: string): Uint8Array {
  return wireString(utf8(text));
}

function tuples(pairs: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  return concat(...pairs.flatMap(([name, data]) => [wireString(name), wireString(data)]));
}
