// SPDX-License-Identifier: Apache-2.0
// What only a person may do, refused to an agent that is plainly one. It keeps honest agents honest; against the others
// stands the key that they don't have.
import { Fault } from '../fault.ts';
import { detectAgent } from './environment.ts';

/** Refuses an act inside a session or below an agent. @throws Fault SESSION_REFUSED */
export function requirePerson(act: string, env: Record<string, string | undefined>, hasTerminal: () => boolean): void {
  const hint = 'a person does this, in a terminal of their own';
  if ((env['COUNTERSIGN_SESSION'] ?? '') !== '') throw new Fault('SESSION_REFUSED', `an agent's session can't ${act}`, { hint });
  const sign = detectAgent(env, hasTerminal);
  if (sign !== undefined) throw new Fault('SESSION_REFUSED', `${sign.agent} (known by ${sign.variable}) can't ${act}`, { hint });
}
