// SPDX-License-Identifier: Apache-2.0
// The table of commands, in the order in which help shows them.
import type { Command } from './command.ts';
import { cosign } from './commands/cosign.ts';
import { hook } from './commands/hook.ts';
import { init } from './commands/init.ts';
import { people } from './commands/people.ts';
import { restamp } from './commands/restamp.ts';
import { run } from './commands/run.ts';
import { session } from './commands/session.ts';
import { verify } from './commands/verify.ts';

export const COMMANDS: readonly Command[] = [init, people, run, session, cosign, restamp, verify, hook];
