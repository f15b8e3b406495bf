// SPDX-License-Identifier: Apache-2.0
// Git's configuration, as far as this project keeps settings there. Written only to the repository's own file: an agent's
// runner may hide the user's and the system's.
import { fromUtf8 } from '../bytes.ts';
import type { Layout } from './layout.ts';
import { runGit, type Env } from './process.ts';

/** Returns the value that counts, from any file of git's, or undefined where there is none. @throws Fault GIT_FAILED */
export async function readConfig(layout: Layout, key: string, env?: Env): Promise<string | undefined> {
  return ask(layout, ['config', '--null', '--get', key], env);
}

/** Returns the value of the repository's own file. @throws Fault GIT_FAILED */
export async function readOwnConfig(layout: Layout, key: string, env?: Env): Promise<string | undefined> {
  return ask(layout, ['config', '--local', '--null', '--get', key], env);
}

/** Sets or, with undefined, removes a value of the repository's own file. @throws Fault GIT_FAILED */
export async function writeOwnConfig(layout: Layout, key: string, value: string | undefined, env?: Env): Promise<void> {
  const args = value === undefined ? ['--unset-all', key] : ['--replace-all', key, value];
  // 5: what was to be removed is not there.
  await runGit(['config', '--local', ...args], { layout, ...(env && { env }), accept: value === undefined ? [5] : [] });
}

/** Returns where hooks are looked for instead of the repository's own folder, and who says so; undefined where nobody does. */
export async function readHooksPath(layout: Layout, env?: Env): Promise<{ path: string; scope: string } | undefined> {
  const { stdout } = await runGit(['config', '--null', '--show-scope', '--get-all', 'core.hooksPath'], { layout, ...(env && { env }), accept: [1] });
  const fields = (fromUtf8(stdout) ?? '').split('\0').slice(0, -1);
  const entries = fields.flatMap((scope, i) => (i % 2 === 0 ? [{ scope, path: fields[i + 1] ?? '' }] : []));
  // What stands on a command line holds for one command; our own git is always told to run no hooks.
  return entries.findLast(({ scope }) => scope !== 'command');
}

async function ask(layout: Layout, args: readonly string[], env: Env | undefined): Promise<string | undefined> {
  const { code, stdout } = await runGit(args, { layout, ...(env && { env }), accept: [1] });
  return code === 0 ? fromUtf8(stdout)?.replace(/\0$/, '') : undefined;
}
