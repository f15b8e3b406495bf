// SPDX-License-Identifier: Apache-2.0
// Git's command line, as far as it decides what a commit will be. Hooks aren't told whether a commit amends another
// one, nor how its message will be cleaned up. Aliases need no care: git runs what they stand for as a process of its own.
import { COMMIT_OPTIONS, MERGE_OPTIONS, readOptions, type Given } from './options.ts';

export interface GitCommand {
  /** `commit`, `merge`, or another one. */
  name: string;
  amend: boolean;
  /** Whether git opens an editor; undefined where the command line does not say. */
  editor: boolean | undefined;
  cleanup: string | undefined;
  verbose: boolean | undefined;
  allowEmpty: boolean;
  allowEmptyMessage: boolean;
  /** `--gpg-sign`, with the key it may name; undefined where the command line does not say. */
  gpgSign: { on: boolean; value: string | undefined } | undefined;
}

/** Git's own options that take the next word. */
const WITH_VALUE = new Set(['-C', '-c', '--git-dir', '--work-tree', '--namespace', '--super-prefix', '--config-env', '--attr-source', '--shallow-file']);

/** Reads a command line; undefined where it is not git's. */
export function readCommand(argv: readonly string[]): GitCommand | undefined {
  const words = commandWords(argv);
  const [name, ...rest] = words ?? [];
  if (name === undefined) return undefined;
  const options = name === 'commit' ? COMMIT_OPTIONS : name === 'merge' ? MERGE_OPTIONS : [];
  const given = readOptions(rest, options);
  const last = (option: string): Given | undefined => given.findLast((one) => one.name === option);
  // What concludes a merge is `git commit` without arguments, inside the same process.
  if (name === 'merge' && last('continue')?.on) return readCommand(['git', 'commit']);
  const [fixup, sign] = [last('fixup'), last('gpg-sign')];
  return {
    name,
    amend: last('amend')?.on ?? false,
    editor: name === 'commit' ? opensEditor(last) : last('edit')?.on,
    cleanup: last('cleanup')?.value,
    verbose: name === 'commit' ? last('verbose')?.on : undefined,
    // `--fixup=reword:` records a change of the message alone
    allowEmpty: last('allow-empty')?.on ?? (fixup?.on === true && /^(?:amend|reword):/.test(fixup.value ?? '')),
    allowEmptyMessage: last('allow-empty-message')?.on ?? false,
    gpgSign: sign && { on: sign.on, value: sign.value },
  };
}

/** Returns the command and its arguments, without git's own options before them. */
function commandWords(argv: readonly string[]): readonly string[] | undefined {
  const program = (argv[0] ?? '').split(/[\\/]/).at(-1)!.replace(/\.exe$/i, '');
  if (program.startsWith('git-')) return [program.slice('git-'.length), ...argv.slice(1)];
  if (program !== 'git') return undefined;
  let at = 1;
  while (argv[at]?.startsWith('-')) at += WITH_VALUE.has(argv[at]!) ? 2 : 1;
  return argv.slice(at);
}

/** As builtin/commit.c decides it: a given message needs no editor, `--edit` and `--no-edit` have the last word. */
function opensEditor(last: (option: string) => Given | undefined): boolean {
  const edit = last('edit');
  if (edit !== undefined) return edit.on;
  const given = ['file', 'message', 'reuse-message'].some((option) => last(option)?.on);
  const fixup = last('fixup');
  return !given && !(fixup?.on === true && !/^(?:amend|reword):/.test(fixup.value ?? ''));
}
