// SPDX-License-Identifier: Apache-2.0
// Which person acts, and with which key: flags first, settings next, and in any case one that the roster knows. Asked
// before anything is shown or signed, so that nobody touches a key in vain.
import { Fault } from '../fault.ts';
import { printable, shellWord } from '../printable.ts';
import { readConfig } from '../repo/config.ts';
import type { Layout } from '../repo/layout.ts';
import type { Env } from '../repo/process.ts';
import { NAMESPACE } from '../statement/stamp.ts';
import type { Policy } from '../trust/policy.ts';
import type { Person, Roster } from '../trust/roster.ts';
import { keyHolder } from '../trust/holder.ts';
import { canSign, needsPresence, refusalOf, type Refusal } from '../trust/standing.ts';
import { readGitSigning } from './git-settings.ts';
import { readPublicKey, type Place } from './key-spec.ts';
import { openSigner } from './open.ts';
import { parseKeyless } from './spec.ts';
import type { Signed, Signer } from './signer.ts';

export interface Wanted {
  /** Roster id; the setting `countersign.person` if not given. */
  person?: string | undefined;
  /** `ssh:PATH`, `openpgp:PATH`, `gpg:FINGERPRINT`, `git`, `sigstore`; the setting `countersign.signer` if not given. */
  signer?: string | undefined;
}

export interface Acting {
  id: string;
  person: Person;
  keyid: string;
  /** Signs, and makes sure that it was the key that was looked up. */
  sign(payload: Uint8Array): Promise<Signed>;
}

const REFUSALS: Record<Refusal | 'revoked', string> = {
  revoked: 'is revoked',
  compromised: 'is revoked',
  retired: 'is revoked',
  'not-yet-valid': 'is not valid yet by the roster',
  expired: 'has expired by the roster',
  namespace: "is for git's own signatures only, by the roster",
};

/**
 * Returns the person who acts, with a key that counts for them now.
 * @throws Fault PERSON_UNKNOWN, KEY_NOT_FOUND, KEY_INVALID (revoked, out of its time, not for this, or not a
 *   hardware key where one is demanded; several identities), SIGNER_UNAVAILABLE (no gpg, no pinned root, git signs in a way
 *   that can't be used here)
 */
export async function actingPerson(layout: Layout, state: { policy: Policy; roster: Roster }, wanted: Wanted, place: Place, env: Env): Promise<Acting> {
  const id = wanted.person ?? (await readConfig(layout, 'countersign.person', env));
  if (id === undefined) throw new Fault('PERSON_UNKNOWN', 'nobody is set up to sign here', { hint: 'run "countersign init", or name yourself with --person' });
  const person = state.roster.people[id];
  if (person === undefined) {
    throw new Fault('PERSON_UNKNOWN', `${printable(id)} is not in the roster`, { hint: `an owner adds them with "countersign people add ${printable(id)} --name NAME --email ADDRESS --key FILE"` });
  }
  const spec = wanted.signer ?? (await readConfig(layout, 'countersign.signer', env));
  if (spec === undefined) throw new Fault('KEY_NOT_FOUND', `no key is set up for ${id}`, { hint: 'name one with --signer, or run "countersign init"' });
  const { keyid, open } = await handOf(spec, { id, person }, state.roster, { ...place, env });
  checkKey(state, id, person, keyid, spec);
  const signer = await open();
  return { id, person, keyid, sign: (payload) => signWith(signer, keyid, payload) };
}

/** Returns which key a spec names, and how to take it in hand: a key, or an identity that Sigstore certifies. */
async function handOf(spec: string, { id, person }: Pick<Acting, 'id' | 'person'>, { trustedRoot }: Roster, place: Place): Promise<{ keyid: string; open: () => Promise<Signer> }> {
  const keyless = parseKeyless(spec);
  if (keyless === undefined) {
    const { keyid } = await readPublicKey(spec, place);
    return { keyid, open: async () => openSigner(spec, await readGitSigning(place), place) };
  }
  const { keylessKey, keylessSigner } = await import('./keyless.ts');
  const key = keylessKey(id, person, keyless);
  return { keyid: key.keyid, open: () => keylessSigner(key, trustedRoot, place) };
}

function checkKey({ policy, roster }: { policy: Policy; roster: Roster }, id: string, person: Person, keyid: string, spec: string): void {
  const holder = keyHolder(roster, keyid);
  const name = printable(keyid);
  if (holder?.role !== 'person' || holder.id !== id) {
    const hint = holder?.role === 'person' ? `it is ${holder.id}'s: add --person ${holder.id}` : `an owner adds it with "countersign people add ${id} --key ${shellWord(spec)}"`;
    throw new Fault('KEY_NOT_FOUND', `the key ${name} is not ${id}'s in the roster`, { hint });
  }
  const at = Math.floor(Date.now() / 1000);
  const refusal = holder.key.revoked === undefined ? refusalOf(holder.key, { at, namespace: NAMESPACE }) : 'revoked';
  if (refusal !== undefined) throw new Fault('KEY_INVALID', `the key ${name} of ${id} ${REFUSALS[refusal]}`, { hint: 'name another with --signer' });
  // what a keyless signature proves of presence, only the certificate tells
  if (needsPresence(policy, person) && !canSign(policy, person, holder.key, at)) {
    throw new Fault('KEY_INVALID', `${id} has to sign with a hardware key, and ${name} is none`, { hint: 'name one with --signer ssh:PATH' });
  }
}

async function signWith(signer: Signer, keyid: string, payload: Uint8Array): Promise<Signed> {
  const signed = await signer.sign(payload);
  if (signed.keyid !== keyid) throw new Fault('SIGNING_FAILED', `${printable(signed.keyid)} signed instead of ${printable(keyid)}`, { hint: 'check that both halves of the key belong together' });
  return signed;
}
