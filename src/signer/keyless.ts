// SPDX-License-Identifier: Apache-2.0
// A person who signs without a key: which of their identities in the roster it is, and how they prove it. Whoever proves to
// be somebody else is refused before anything is certified, because what is certified is public for good.
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import type { TrustedRoot } from '../signature/sigstore/trusted-root.ts';
import type { SigstoreKey } from '../trust/key.ts';
import type { Person } from '../trust/roster.ts';
import { ambientToken } from './ambient.ts';
import { hasBrowser, openBrowser } from './browser.ts';
import { tellTerminal } from './passphrase.ts';
import { readServices, type Services } from './services.ts';
import { signIn } from './sign-in.ts';
import { sigstoreSigner } from './sigstore.ts';
import type { Signer } from './signer.ts';
import type { KeylessSpec, Place } from './spec.ts';
import type { Claims } from './token.ts';

/**
 * Returns the one identity of a person that a spec means.
 * @throws Fault KEY_NOT_FOUND (none), KEY_INVALID (several)
 */
export function keylessKey(id: string, { keys }: Person, { issuer, identity }: KeylessSpec): SigstoreKey {
  const own = keys.filter((key) => key.scheme === 'sigstore').filter((key) => issuer === undefined || (key.issuer === issuer && (identity === undefined || key.identity === identity)));
  const live = own.filter(({ revoked }) => revoked === undefined);
  const [first, second] = live.length > 0 ? live : own;
  if (first === undefined) throw new Fault('KEY_NOT_FOUND', `${id} has no such identity in the roster`, { hint: `an owner adds it with "countersign people add ${id} --key sigstore:https://ISSUER#${id}@…"` });
  if (second !== undefined) throw new Fault('KEY_INVALID', `${id} has several identities in the roster`, { hint: `name one with --signer '${printable(clip(first.keyid, 300))}'` });
  return first;
}

/**
 * Returns the signer of an identity. Nothing is asked before the first signing.
 * @throws Fault SIGNER_UNAVAILABLE where no root is pinned, or the settings make no sense
 */
export async function keylessSigner(key: SigstoreKey, trustedRoot: TrustedRoot | undefined, place: Place): Promise<Signer> {
  if (trustedRoot === undefined) throw new Fault('SIGNER_UNAVAILABLE', 'this repository pins no Sigstore root to check keyless signatures by', { hint: 'an owner pins one with "countersign people trust-root", and commits it' });
  const services = await readServices(place);
  const accept = (claims: Claims): void => checkClaims(key, claims);
  return sigstoreSigner({ spec: key.keyid, services, trustedRoot, accept, person: true, token: () => tokenOf(key, services, place) });
}

async function tokenOf({ issuer: wanted }: SigstoreKey, { issuer, clientId, flow, tokenFile }: Services, { env = process.env, tell = tellTerminal }: Place): Promise<string> {
  const ambient = await ambientToken(env, tokenFile);
  if (ambient !== undefined) return ambient;
  if (issuer === undefined) throw new Fault('SIGNER_UNAVAILABLE', 'where to sign in is not set', { hint: 'git config countersign.sigstore.issuer ADDRESS, as countersign.sigstore.fulcio is a private one' });
  return signIn({
    issuer, clientId, tell,
    flow: flow ?? (hasBrowser(env) ? 'browser' : 'device'),
    connector: wanted === issuer ? undefined : wanted,
    open: (url) => openBrowser(url, env),
  });
}

/**
 * Certificates for people name an address, the one that the token has. What a workload's token becomes depends on its
 * issuer, so only that it is no person's is known here.
 */
function checkClaims({ identity }: SigstoreKey, { email, subject }: Claims): void {
  const said = email ?? subject;
  if (!/^[^\s/:]+@[^\s/:]+$/.test(identity) || said === identity) return;
  throw new Fault('SIGNING_FAILED', `who signed in is ${printable(clip(said, 200))}, not ${printable(clip(identity, 200))}`, { hint: 'nothing was signed; sign in as the one that the roster names' });
}
