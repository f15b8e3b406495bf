// SPDX-License-Identifier: Apache-2.0
// Which person acts, and with which key: flags first, settings next, and in any case one that the roster knows. Asked
// before anything is shown or signed, so that nobody touches a key in vain.
import { Fault } from '../fault.ts';
import { printable } from '../printable.ts';
import { readConfig } from '../repo/config.ts';
import type { Layout } from '../repo/layout.ts';
import type { Env } from '../repo/process.ts';
import type { Policy } from '../trust/policy.ts';
import type { Key, Person, Roster } from '../trust/roster.ts';
import { keyHolder, needsPresence } from '../trust/standing.ts';
import { readPublicKey, sshKeyPath, type Place } from './key-spec.ts';
import { openSigner } from './open.ts';
import type { Signed, Signer } from './signer.ts';

export interface Wanted {
  /** Roster id; the setting `countersign.person` if not given. */
  person?: string | undefined;
  /** `ssh:PATH`; the setting `countersign.signer` if not given. */
  signer?: string | undefined;
}

export interface Acting {
  id: string;
  person: Person;
  keyid: string;
  /** Signs, and makes sure that it was the key that was looked up. */
  sign(payload: Uint8Array): Promise<Signed>;
}

/**
 * Returns the person who acts, with a key that counts for them now.
 * @throws Fault PERSON_UNKNOWN, KEY_NOT_FOUND, KEY_INVALID (revoked, or not a hardware key where one is demanded)
 */
export async function actingPerson(layout: Layout, state: { policy: Policy; roster: Roster }, wanted: Wanted, place: Place, env: Env): Promise<Acting> {
  const id = wanted.person ?? (await readConfig(layout, 'countersign.person', env));
  if (id === undefined) throw new Fault('PERSON_UNKNOWN', 'nobody is set up to sign here', { hint: 'run "countersign init", or name yourself with --person' });
  const person = state.roster.people[id];
  if (person === undefined) {
    throw new Fault('PERSON_UNKNOWN', `${printable(id)} is not in the roster`, { hint: `an owner adds them with "countersign people add ${printable(id)} --key ssh:PATH"` });
  }
  const spec = wanted.signer ?? (await readConfig(layout, 'countersign.signer', env));
  if (spec === undefined) throw new Fault('KEY_NOT_FOUND', `no key is set up for ${id}`, { hint: 'name one with --signer ssh:PATH, or run "countersign init"' });
  const { keyid } = await readPublicKey(spec, place);
  checkKey(state, id, person, keyid);
  const gpgSshProgram = await readConfig(layout, 'gpg.ssh.program', env);
  const signer = openSigner(`ssh:${sshKeyPath(spec, place)}`, { gpgSshProgram });
  return { id, person, keyid, sign: (payload) => signWith(signer, keyid, payload) };
}

function checkKey({ policy, roster }: { policy: Policy; roster: Roster }, id: string, person: Person, keyid: string): void {
  const holder = keyHolder(roster, keyid);
  if (holder?.role !== 'person' || holder.id !== id) {
    const hint = holder?.role === 'person' ? `it is ${holder.id}'s: add --person ${holder.id}` : `an owner adds it with "countersign people add ${id} --key ssh:PATH"`;
    throw new Fault('KEY_NOT_FOUND', `the key ${keyid} is not ${id}'s in the roster`, { hint });
  }
  if (holder.key.revoked !== undefined) throw new Fault('KEY_INVALID', `the key ${keyid} of ${id} is revoked`, { hint: 'name another with --signer' });
  if (needsPresence(policy, person) && !isHardware(holder.key)) {
    throw new Fault('KEY_INVALID', `${id} has to sign with a hardware key, and ${keyid} is none`, { hint: 'name one with --signer ssh:PATH' });
  }
}

async function signWith(signer: Signer, keyid: string, payload: Uint8Array): Promise<Signed> {
  const signed = await signer.sign(payload);
  if (signed.keyid !== keyid) throw new Fault('SIGNING_FAILED', `${signed.keyid} signed instead of ${keyid}`, { hint: 'check that both halves of the key belong together' });
  return signed;
}

function isHardware(key: Key): boolean {
  return key.scheme === 'ssh' && key.hardware;
}
