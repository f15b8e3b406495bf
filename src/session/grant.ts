// SPDX-License-Identifier: Apache-2.0
// A grant, worked out before anybody signs it: what was asked for, filled up from the policy and held against it.
import { base64 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { parseGlob } from '../glob.ts';
import type { Oid } from '../oid.ts';
import { printable } from '../printable.ts';
import type { Grant, Limits } from '../statement/schema.ts';
import { isAgentName } from '../statement/stamp.ts';
import type { Policy } from '../trust/policy.ts';
import { printTime } from '../time.ts';
import { newUlid } from '../ulid.ts';

/** What is asked for; what is not comes from the policy. */
export interface Wish {
  /** `claude-code/2.1.4`. */
  agent: string;
  model?: string | undefined;
  allow?: readonly string[] | undefined;
  deny?: readonly string[] | undefined;
  hours?: number | undefined;
  /** For the whole session; a commit may have no more, and no more than the policy allows one. */
  limits?: Partial<Limits> | undefined;
}

export interface GrantFacts {
  policy: Policy;
  adoption: Oid;
  sponsor: string;
  /** 32 bytes. */
  publicKey: Uint8Array;
  /** Milliseconds since the epoch. */
  now: number;
}

/** Returns the grant. @throws Fault USAGE (a pattern, a name, a number that is none), GRANT_TOO_WIDE (more than the policy allows) */
export function draftGrant(wish: Wish, { policy, adoption, sponsor, publicKey, now }: GrantFacts): Grant {
  const { defaults } = policy.agents;
  const allow = wish.allow?.length ? globsOf(wish.allow) : defaults.allow.map(({ text }) => text);
  if (allow.length === 0) throw new Fault('USAGE', 'nothing is allowed: neither a flag nor the policy names a path', { hint: 'name paths with --allow, for instance --allow "src/**"' });
  const notBefore = Math.floor(now / 1000);
  return {
    id: newUlid(now),
    repository: policy.repository,
    adoption,
    ...namesOf(wish),
    publicKey: base64(publicKey),
    sponsor,
    allow,
    deny: [...new Set([...defaults.deny.map(({ text }) => text), ...globsOf(wish.deny ?? [])])],
    limits: limitsOf(wish.limits ?? {}, policy),
    notBefore: printTime(notBefore),
    notAfter: printTime(notBefore + Math.floor(hoursOf(wish.hours, policy) * 3600)),
  };
}

function namesOf({ agent, model = 'unknown' }: Wish): { agent: string; model: string } {
  const names = { agent: part(agent, 'agent'), model: part(model, 'model') };
  if (!isAgentName(`${agent} (${model})`)) throw new Fault('USAGE', 'agent and model are too long together for a stamp');
  return names;
}

function part(text: string, what: string): string {
  if (/^[\x21-\x7e](?:[\x20-\x7e]{0,96}[\x21-\x7e])?$/.test(text)) return text;
  throw new Fault('USAGE', `not a name for the ${what}: ${printable(text.slice(0, 100))}`, { hint: 'printable ASCII, at most 98 characters' });
}

function hoursOf(hours: number | undefined, { agents }: Policy): number {
  if (hours === undefined) return Math.min(agents.defaults.hours, agents.sessionHours);
  if (!(hours * 3600 >= 1)) throw new Fault('USAGE', 'a session lasts a second at least', { hint: 'name its hours as a number, for instance --hours 4' });
  if (hours <= agents.sessionHours) return hours;
  throw new Fault('GRANT_TOO_WIDE', `${hours} hours are more than the ${agents.sessionHours} that the policy allows`, { hint: `name at most --hours ${agents.sessionHours}` });
}

function limitsOf(wish: Partial<Limits>, { agents: { limits } }: Policy): { commit: Limits; range: Limits } {
  const [commit, range] = [{ ...limits.commit }, { ...limits.range }];
  for (const name of ['files', 'additions', 'deletions'] as const) {
    const most = wish[name];
    if (most === undefined) continue;
    if (!Number.isSafeInteger(most) || most < 0) throw new Fault('USAGE', `--${name} is a whole number`);
    if (most > range[name]) throw new Fault('GRANT_TOO_WIDE', `${most} ${name} are more than the ${range[name]} that the policy allows`, { hint: `name at most --${name} ${range[name]}` });
    range[name] = most;
    commit[name] = Math.min(commit[name], most);
  }
  return { commit, range };
}

function globsOf(texts: readonly string[]): string[] {
  for (const text of texts) {
    const glob = parseGlob(text);
    if (glob.kind === 'bad') throw new Fault('USAGE', `not a usable pattern: ${printable(text.slice(0, 100))}: ${glob.reason}`, { hint: 'patterns look like src/** or docs/*.md' });
  }
  return [...new Set(texts)];
}
