// SPDX-License-Identifier: Apache-2.0
// Who signs: the session that the environment names, else the person who set a signer up here. An agent without a
// session is refused before it can take that person's place. What a message says never changes who signs.
import { detectAgent } from '../agents/environment.ts';
import { readSessionKey, readSessionState, stampedAgent, type SessionState } from '../agents/session-state.ts';
import { Fault } from '../fault.ts';
import { printable } from '../printable.ts';
import type { Env } from '../repo/process.ts';
import { openSigner } from '../signer/open.ts';
import { sessionSigner } from '../signer/session.ts';
import type { Signer } from '../signer/signer.ts';
import type { Provenance } from '../statement/stamp.ts';
import type { Ulid } from '../ulid.ts';
import type { Declared } from './old-stamp.ts';
import type { Settings } from './settings.ts';

export type Identity = { kind: 'session'; state: SessionState; signer: Signer } | { kind: 'person'; signer: Signer };

export interface Whereabouts {
  env: Env;
  commonDir: string;
  /** Where relative paths of settings begin: the top of the working tree, where hooks run, if not given. */
  dir?: string;
  hasTerminal: () => boolean;
}

/**
 * Returns who commits.
 * @throws Fault SESSION_UNKNOWN, SESSION_CLOSED, SIGNER_UNAVAILABLE (nothing is set up, or in no known form), STAMP_REFUSED (an agent
 * without a session)
 */
export async function identify({ env, commonDir, dir, hasTerminal }: Whereabouts, settings: Pick<Settings, 'signer' | 'signing'>): Promise<Identity> {
  const { signer, signing } = settings;
  const id = env.COUNTERSIGN_SESSION;
  if (id !== undefined && id !== '') {
    const state = await readSessionState(commonDir, id);
    return { kind: 'session', state, signer: sessionSigner(state.id, await readSessionKey(commonDir, id)) };
  }
  const sign = detectAgent(env, hasTerminal);
  if (sign !== undefined) {
    throw new Fault('STAMP_REFUSED', `${printable(sign.agent)} commits here without a session (${sign.variable} is set)`, {
      hint: `a person runs "countersign run -- ${printable(sign.agent)}", or "countersign session start" and sets COUNTERSIGN_SESSION`,
    });
  }
  if (signer === undefined) {
    throw new Fault('SIGNER_UNAVAILABLE', 'nobody is set up to sign commits in this clone', {
      hint: 'run "countersign init", which asks for your key, or skip the hooks once with COUNTERSIGN=0',
    });
  }
  return { kind: 'person', signer: openSigner(signer, signing, { dir: dir ?? process.cwd(), home: env['HOME'] ?? env['USERPROFILE'], env }) };
}

export interface Claim {
  provenance: Provenance;
  agent: string | undefined;
  session: Ulid | undefined;
}

/**
 * Returns what the stamp says of the work: a session's is always `ai`. A person's is `human`, unless a stamp before this
 * one or the person says that an agent had a part in it; then the person answers for it.
 * @param earlier what the message declares, then what the amended commit's stamp says
 */
export function claimWork(identity: Identity, ...earlier: Declared[]): Claim {
  if (identity.kind === 'session') return { provenance: 'ai', agent: stampedAgent(identity.state), session: identity.state.id };
  if (!earlier.some(({ assisted }) => assisted)) return { provenance: 'human', agent: undefined, session: undefined };
  const first = <K extends 'agent' | 'session'>(key: K): Declared[K] | undefined => earlier.find((one) => one[key] !== undefined)?.[key];
  return { provenance: 'assisted', agent: first('agent') ?? 'unspecified', session: first('session') };
}
