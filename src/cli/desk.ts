// SPDX-License-Identifier: Apache-2.0
// What all commands that edit the roster share: where it stands, and what is said once it is written.
import { Fault } from '../fault.ts';
import { printable } from '../printable.ts';
import type { Desk, Edited } from '../setup/people.ts';
import { readHead } from '../verifier/head.ts';
import type { Context } from './command.ts';
import { withRepo } from './flags.ts';

export async function deskOf(context: Context): Promise<Desk> {
  return withRepo(context, async (repo) => {
    const { toplevel } = repo.layout;
    if (toplevel === undefined) throw new Fault('REPO_NOT_FOUND', 'a bare repository has no working tree', { hint: 'run this in a clone' });
    const head = await readHead(repo).catch((thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === 'ADOPTION_MISSING') return undefined;
      throw thrown;
    });
    return { toplevel, committed: head?.state.policy.serial };
  });
}

/** Says that an edit is written, what it means, and that it counts once it is committed. */
export function saved(what: string, { serial }: Edited, { terminal }: Context, meaning?: string): void {
  terminal.say(`${printable(what)}, and the policy has serial ${serial}`);
  if (meaning !== undefined) terminal.say(meaning);
  terminal.say('next: git add .countersign && git commit, signed by an owner');
}
