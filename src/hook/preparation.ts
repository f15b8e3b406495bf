// SPDX-License-Identifier: Apache-2.0
// How git will clean the message up: from the command line, the settings, and what prepare-commit-msg saw before an
// editor ran.
import { join } from 'node:path';
import { latin1 } from '../bytes.ts';
import { chosenComment, cleanupMode, type Cleanup } from './cleanup.ts';
import type { GitCommand } from './command.ts';
import type { Sight } from './pending.ts';
import { firstLine, readIfThere, type Place } from './place.ts';
import type { Settings } from './settings.ts';

/** The folder in the git directory through which the hooks of one commit talk to each other. */
export const STATE = 'countersign-commit';

/** What prepare-commit-msg left. */
export interface PreparedState {
  /** Where the message comes from: `message`, `template`, `merge`, `squash`, `commit`, or nothing. */
  source: string | undefined;
  /** The message as the editor was about to show it. */
  draft: Uint8Array | undefined;
}

export function readState({ gitDir }: Place): PreparedState {
  const folder = join(gitDir, STATE);
  return { source: firstLine(join(folder, 'source')), draft: readIfThere(join(folder, 'draft')) };
}

type Circumstances = Pick<Sight, 'env' | 'git'> & { settings: Settings };

/** Returns how git will clean up this message. */
export function chooseCleanup({ env, git, settings }: Circumstances, { draft }: PreparedState, message: Uint8Array): Cleanup {
  // Git exports `:` where it opens no editor. A user may set that too: then the command line tells.
  const silent = env.GIT_EDITOR === ':';
  const editor = !silent || (git?.exact === true && git.command.editor === true);
  const mode = cleanupMode(git?.command.cleanup ?? settings.cleanup, editor);
  const automatic = settings.comment.toLowerCase() === 'auto';
  const comment = automatic ? chosenComment(draft ?? message, editor && draft !== undefined) : settings.comment;
  return { mode, verbose: showsDiff(git?.command, settings, draft), comment };
}

/** `git merge` shows none. Where the command line is unknown, what git has put into the draft tells. */
function showsDiff(command: GitCommand | undefined, { verbose }: Settings, draft: Uint8Array | undefined): boolean {
  if (command === undefined) return verbose || latin1(draft ?? new Uint8Array()).includes(' >8 ');
  return command.name === 'commit' && (command.verbose ?? verbose);
}
