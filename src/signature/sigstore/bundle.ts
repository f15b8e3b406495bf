// SPDX-License-Identifier: Apache-2.0
// Checking a Sigstore bundle (version 0.3) over a payload: first what its own bytes tell, then what stands behind its
// certificate, by @sigstore/verify and the pinned root. One bundle has one spelling, the one that @sigstore/bundle writes.
import { createHash } from 'node:crypto';
import type { BundleLatest, BundleWithMessageSignature, BundleWithSingleCertificate, TLogEntryWithInclusionProof } from '@sigstore/bundle';
import type { SignedEntity } from '@sigstore/verify';
import { equal, fromUtf8, sha256 } from '../../bytes.ts';
import { Recall } from '../../recall.ts';
import { NO_ANCHORS, type Anchors } from '../anchors.ts';
import type { Check } from '../signature.ts';
import { verifySignature } from '../x509/algorithm.ts';
import { decodeCertificate } from '../x509/certificate.ts';
import { publicKeyOf } from '../x509/public-key.ts';
import { entityOf, type EntityProblem } from './entity.ts';
import { keylessKeyid } from './identity.ts';
import { isFit, judge } from './judgement.ts';
import { entryProblem, type Logged } from './log-entry.ts';
import { originOf } from './origin.ts';
import { BUNDLE } from './schema.ts';
import { materialOf, type Material } from './trusted-root.ts';

const MAX_BYTES = 262_144;

/** A bundle costs 6 to 16 ms. */
const checked = new Recall<Promise<Check>>(1024);

type Anchored = Pick<Anchors, 'trustedRoot' | 'keylessTime'>;

/**
 * Checks a bundle with a signature of the payload. A good check's `signedAt` is when a log or a timestamp authority saw it; if
 * the policy is content with the certificate's minutes (`keylessTime`), and there is nothing better, their first. It also tells
 * `workload` and `claims`. Reads hostile bytes; never throws.
 */
export async function checkBundle(bytes: Uint8Array, payload: Uint8Array, { trustedRoot, keylessTime }: Anchored = NO_ANCHORS): Promise<Check> {
  if (bytes.length > MAX_BYTES) return { kind: 'bad', reason: 'bundle' };
  const material = trustedRoot && (await materialOf(trustedRoot));
  const id = [material?.digest ?? '-', keylessTime, sha256(bytes), sha256(payload)].join(' ');
  return checked.get(id, () => check(bytes, payload, material, keylessTime));
}

async function check(bytes: Uint8Array, payload: Uint8Array, material: Material | undefined, keylessTime: Anchors['keylessTime']): Promise<Check> {
  const bundle = await readBundle(bytes);
  if (bundle === undefined) return { kind: 'bad', reason: 'bundle' };
  const { messageDigest, signature } = bundle.content.messageSignature;
  if (!equal(messageDigest.digest, createHash('sha256').update(payload).digest())) return { kind: 'bad', reason: 'binding' };
  const signer = decodeCertificate(bundle.verificationMaterial.content.certificate.rawBytes);
  if (signer === undefined) return { kind: 'bad', reason: 'certificate' };
  const logged = { signedBytes: payload, signature, signer };
  const refusal = arithmeticProblem(logged);
  if (refusal !== undefined) return refusal;
  const keyid = keylessKeyid(signer);
  if (keyid === undefined) return { kind: 'bad', reason: 'identity' };
  if (!isFit(signer)) return { kind: 'bad', keyid, reason: 'usage' };
  if (material === undefined) return { kind: 'undecided', keyid, reason: 'no-trusted-root' };
  const { trust } = material;
  const thresholds = { ctlogThreshold: Math.min(trust.ctlogs.length, 1), tlogThreshold: Math.min(trust.tlogs.length, 1) };
  const claimed = keylessTime === 'certificate' ? signer.notBefore : undefined;
  const judgement = await judge({ entity: await toEntity(bundle, logged), signer, trust, thresholds, claimed });
  return 'kind' in judgement ? { ...judgement, keyid } : { kind: 'good', keyid, strength: 'software', ...judgement, ...originOf(signer) };
}

/** What {@link BUNDLE} accepts of all that a bundle can be. */
type Message = BundleLatest & BundleWithMessageSignature & BundleWithSingleCertificate;

/** Returns the bundle, or undefined where the bytes are none, or none in the one spelling that it has. */
async function readBundle(bytes: Uint8Array): Promise<Message | undefined> {
  const { bundleFromJSON, bundleToJSON } = await import('@sigstore/bundle');
  try {
    const text = fromUtf8(bytes) ?? '';
    const bundle = bundleFromJSON(BUNDLE.parse(JSON.parse(text)));
    // Whatever reads otherwise elsewhere is another text: a key that stands twice, another order, other digits of base64.
    return JSON.stringify(bundleToJSON(bundle)) === text ? (bundle as Message) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns why the certificate's key did not make the signature; keyless keys are on P-256. */
function arithmeticProblem({ signedBytes, signature, signer }: Logged): Check | undefined {
  const key = publicKeyOf(signer.publicKey);
  if (key === 'unsupported') return { kind: 'undecided', reason: 'key-type' };
  if (typeof key === 'string') return { kind: 'bad', reason: `key-${key}` };
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return { kind: 'undecided', reason: 'signature-algorithm' };
  return verifySignature(key, { kind: 'ec', hash: 'sha256' }, signedBytes, signature) ? undefined : { kind: 'bad', reason: 'signature' };
}

function toEntity(bundle: Message, logged: Logged): Promise<SignedEntity | EntityProblem> | EntityProblem {
  const entries: readonly TLogEntryWithInclusionProof[] = bundle.verificationMaterial.tlogEntries;
  const problems = entries.map((entry) => entryProblem(entry, logged));
  if (problems.includes('malformed')) return 'log';
  return problems.includes('version') ? 'log-version' : entityOf(bundle, logged);
}
