// SPDX-License-Identifier: Apache-2.0
// Signing without a key of one's own: a key made for this one signature, a certificate for it from Fulcio in exchange for an
// identity token, and a proof of time from a log or a timestamp authority. What comes back is checked against the pinned
// root before anybody sees it. The only file that knows @sigstore/sign; no message and no cause of a fault holds a token.
import type { Bundle, Witness } from '@sigstore/sign';
import { utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import { NO_ANCHORS } from '../signature/anchors.ts';
import { checkBytes } from '../signature/check.ts';
import type { TrustedRoot } from '../signature/sigstore/trusted-root.ts';
import { NAMESPACE } from '../statement/stamp.ts';
import type { Services } from './services.ts';
import type { Signed, Signer } from './signer.ts';
import { readClaims, withoutToken, type Claims } from './token.ts';
import { PATIENCE, silenceOf, unreachable } from './web.ts';

export interface SigstoreSignerOptions {
  spec: string;
  services: Pick<Services, 'fulcio' | 'rekor' | 'tsa'>;
  /** What is pinned in the repository. */
  trustedRoot: TrustedRoot;
  /** Returns an identity token, asked once for each signature. */
  token(): Promise<string>;
  /** Refuses a token before it is used: what is signed with it stands in a public log for good. */
  accept?(claims: Claims): void;
  /** Refuses the certificate of a build or service: what it signs would not count as a person's. */
  person?: boolean;
}

const BUNDLE_V03 = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** Lost answers are asked for once more; a log knows an entry that it has. */
const ASKING = { timeout: PATIENCE, retry: { retries: 1, minTimeout: 500, maxTimeout: 1000 } } as const;

/** Returns a signer of scheme `sigstore`, whose bytes are a bundle and whose keyid is `sigstore:<issuer>#<identity>` as certified. Nothing is asked before the first signing. */
export function sigstoreSigner(options: SigstoreSignerOptions): Signer {
  return { spec: options.spec, sign: (payload) => sign(options, payload) };
}

async function sign(options: SigstoreSignerOptions, payload: Uint8Array): Promise<Signed> {
  const token = await options.token();
  // The library would quote a token that it can't read.
  const claims = readClaims(token);
  options.accept?.(claims);
  const bundle = await makeBundle(options.services, token, payload).catch((thrown: unknown) => {
    throw refusal(thrown, options.services, token);
  });
  const bytes = await printBundle(bundle);
  const check = await checkBytes('sigstore', bytes, payload, NAMESPACE, { ...NO_ANCHORS, trustedRoot: options.trustedRoot });
  if (check.kind === 'good') {
    if (options.person !== true || check.workload !== true) return { scheme: 'sigstore', keyid: check.keyid, bytes };
    throw new Fault('SIGNING_FAILED', 'who signed in is a workload, and no person', { hint: 'sign in yourself, outside of CI and without countersign.sigstore.tokenFile' });
  }
  throw new Fault('SIGNING_FAILED', `what came back is no signature by the trusted root that is pinned here: ${check.kind === 'stranger' ? check.kind : check.reason}`, {
    hint: 'look with "countersign people trust-root" whether it is the root of this Sigstore, or renew it with --refresh',
  });
}

async function makeBundle({ fulcio, rekor, tsa }: SigstoreSignerOptions['services'], token: string, payload: Uint8Array): Promise<Bundle> {
  const { FulcioSigner, MessageSignatureBundleBuilder, RekorWitness, TSAWitness } = await import('@sigstore/sign');
  // A new signer each time: it keeps its key, and two signatures by one key could change their certificates.
  const signer = new FulcioSigner({ ...ASKING, fulcioBaseURL: fulcio, identityProvider: { getToken: () => Promise.resolve(token) } });
  const witnesses: Witness[] = [];
  if (rekor !== undefined) witnesses.push(new RekorWitness({ ...ASKING, rekorBaseURL: rekor.address, majorApiVersion: rekor.version, fetchOnConflict: true }));
  if (tsa !== undefined) witnesses.push(new TSAWitness({ ...ASKING, tsaBaseURL: tsa }));
  return new MessageSignatureBundleBuilder({ signer, witnesses }).create({ data: Buffer.from(payload) });
}

/** Returns the bundle in version 0.3, whose one certificate replaces the chain of one that the library writes in version 0.2. */
async function printBundle(bundle: Bundle): Promise<Uint8Array> {
  const { bundleToJSON } = await import('@sigstore/bundle');
  const { verificationMaterial: material } = bundle;
  const [certificate] = material.content.$case === 'x509CertificateChain' ? material.content.x509CertificateChain.certificates : [];
  if (certificate === undefined) throw new Fault('SIGNING_FAILED', 'the certificate authority gave no certificate');
  const content = { $case: 'certificate', certificate } as const;
  return utf8(JSON.stringify(bundleToJSON({ ...bundle, mediaType: BUNDLE_V03, verificationMaterial: { ...material, content } } as Bundle)));
}

/** Says who did not help, and why. Servers may quote what they were sent, so their words are told without it. */
function refusal(thrown: unknown, { fulcio, rekor, tsa }: SigstoreSignerOptions['services'], token: string): Fault {
  const { code, cause } = (thrown ?? {}) as { code?: unknown; cause?: unknown };
  const kind = typeof code === 'string' ? code.split('_', 1)[0] : undefined;
  const address = kind === 'CA' ? fulcio : kind === 'TLOG' ? rekor?.address : kind === 'TSA' ? tsa : undefined;
  const silence = silenceOf(cause);
  if (address !== undefined && silence !== undefined) return unreachable(address, silence);
  const said = cause instanceof Error && 'statusCode' in cause ? printable(clip(withoutToken(cause.message, token), 200)) : undefined;
  const hint = kind === 'CA' ? 'sign in again: a token is good for minutes only' : 'try again';
  return new Fault('SIGNING_FAILED', `${printable(clip(address ?? 'Sigstore', 200))} ${said === undefined ? "gave an answer that can't be used" : `refused: ${said}`}`, { hint });
}
