// SPDX-License-Identifier: Apache-2.0
// Sigstore's trusted root (trusted_root.json): the authorities, logs and timestamp authorities that Fulcio's certificates,
// log entries and timestamps are held against. It is pinned in the repository; nothing here asks a network for a newer one.
import type { TrustMaterial } from '@sigstore/verify';
import { fromUtf8, sha256 } from '../../bytes.ts';
import { Fault } from '../../fault.ts';
import { decodeCertificate } from '../x509/certificate.ts';

/** What Fulcio's certificates, Rekor's entries and timestamps are held against; opaque outside this folder. */
export interface TrustedRoot {
  /** The JSON it was read from. */
  json: Uint8Array;
}

/** The keys and certificates of a trusted root, as @sigstore/verify takes them, and the digest of its JSON. */
export interface Material {
  digest: string;
  trust: TrustMaterial;
}

const MAX_BYTES = 262144;
const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.\d|\.v0\.\d\+json)$/;

/** Making it costs milliseconds, and each signature of a history asks for the same one. */
const made = new WeakMap<TrustedRoot, Material>();

/** Reads a Sigstore trusted root (JSON). @throws Fault KEY_INVALID */
export async function readTrustedRoot(bytes: Uint8Array): Promise<TrustedRoot> {
  const root = { json: bytes };
  await materialOf(root);
  return root;
}

/** Returns what a trusted root holds. @throws Fault KEY_INVALID */
export async function materialOf(root: TrustedRoot): Promise<Material> {
  const known = made.get(root);
  if (known !== undefined) return known;
  const material = { digest: sha256(root.json), trust: await readMaterial(root.json) };
  made.set(root, material);
  return material;
}

async function readMaterial(json: Uint8Array): Promise<TrustMaterial> {
  const [{ TrustedRoot }, { toTrustMaterial }] = await Promise.all([import('@sigstore/protobuf-specs'), import('@sigstore/verify')]);
  try {
    const value: unknown = json.length > MAX_BYTES ? undefined : JSON.parse(fromUtf8(json) ?? '');
    const root = TrustedRoot.fromJSON(value);
    if (!MEDIA_TYPE.test(root.mediaType)) throw new Error('it has no media type of a trusted root');
    const trust = toTrustMaterial(root);
    if (!trust.certificateAuthorities.some(({ certChain }) => certChain.length > 0)) throw new Error('it holds no certificate authority');
    // @sigstore/core reads a certificate only where it is used, and that would be too late to say so.
    const certificates = [...root.certificateAuthorities, ...root.timestampAuthorities].flatMap(({ certChain }) => certChain?.certificates ?? []);
    if (certificates.some(({ rawBytes }) => decodeCertificate(rawBytes) === undefined)) throw new Error('a certificate in it is none');
    return trust;
  } catch (cause) {
    throw new Fault('KEY_INVALID', 'not a Sigstore trusted root', { cause, hint: 'it is the trusted_root.json that Sigstore hands out' });
  }
}
