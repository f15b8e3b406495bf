// SPDX-License-Identifier: Apache-2.0
// Git hooks: which of ours are where. A hook that somebody else put there is never touched; for those there is a private
// copy of ours and the line that calls it.
import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, latin1, utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { readHooksPath } from '../repo/config.ts';
import type { Layout } from '../repo/layout.ts';
import type { Env } from '../repo/process.ts';
import type { Undo } from './undo.ts';

export const HOOKS = ['pre-commit', 'pre-merge-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit', 'post-rewrite', 'pre-push'] as const;
export type HookName = (typeof HOOKS)[number];

/** What is to be done, found before anything is. */
export interface HookPlan {
  /** `core.hooksPath` and its scope, where git looks there instead of in the repository's own folder. */
  elsewhere: { path: string; scope: string } | undefined;
  /** Files to write: hooks where there were none, private copies for those that stand beside somebody else's. */
  files: { hook: HookName; file: string; copy: boolean }[];
  /** Hooks that somebody has to call from their own, with {@link hookLine}. */
  lines: HookName[];
  /** A program that writes hooks itself, by its configuration file. */
  manager: string | undefined;
}

const SHIPPED = fileURLToPath(new URL('../../hooks/', import.meta.url));
const PRIVATE = join('countersign', 'hooks');

const MANAGERS = ['.husky', 'lefthook.yml', '.lefthook.yml', 'lefthook.yaml', '.pre-commit-config.yaml', '.overcommit.yml'] as const;

/** Looks what is there. Changes nothing. @throws Fault FILE_FAILED, GIT_FAILED */
export async function planHooks(layout: Layout, env?: Env): Promise<HookPlan> {
  const elsewhere = await readHooksPath(layout, env);
  const plan: HookPlan = { elsewhere, files: [], lines: [], manager: await findManager(layout) };
  for (const hook of HOOKS) await planHook(layout, hook, plan);
  return plan;
}

async function planHook(layout: Layout, hook: HookName, plan: HookPlan): Promise<void> {
  const ours = await shippedHook(hook);
  const file = join(layout.commonDir, 'hooks', hook);
  const there = plan.elsewhere === undefined ? await readHook(file) : undefined;
  if (there !== undefined && equal(there, ours)) return;
  if (there === undefined && plan.elsewhere === undefined) {
    plan.files.push({ hook, file, copy: false });
    return;
  }
  const beside = join(layout.commonDir, PRIVATE, hook);
  const kept = await readHook(beside);
  if (kept === undefined || !equal(kept, ours)) plan.files.push({ hook, file: beside, copy: true });
  const callers = there === undefined ? await readCallers(layout, plan.elsewhere!.path, hook) : [there];
  if (!callers.some((bytes) => latin1(bytes).includes(`/countersign/hooks/${hook}`))) plan.lines.push(hook);
}

/** Returns the hooks that git would run from another folder; husky's own stand one level higher. */
async function readCallers(layout: Layout, path: string, hook: HookName): Promise<Uint8Array[]> {
  const folder = resolve(layout.toplevel ?? layout.gitDir, path);
  const files = [join(folder, hook), ...(basename(folder) === '_' ? [join(folder, '..', hook)] : [])];
  return (await Promise.all(files.map(readHook))).filter((bytes) => bytes !== undefined);
}

/** Carries a plan out. @throws Fault FILE_FAILED */
export async function installHooks(plan: HookPlan, undo: Undo): Promise<void> {
  for (const { hook, file } of plan.files) await undo.write(file, await shippedHook(hook), 0o777);
}

/** Returns the line that a foreign hook needs; it does nothing in a clone where countersign was never set up. */
export function hookLine(hook: HookName): string {
  return `h="$(git rev-parse --git-common-dir)/countersign/hooks/${hook}"; [ ! -x "$h" ] || "$h" "$@" || exit $?`;
}

/** Removes those hooks that are ours to the last byte, and the private copies. Returns what it removed and what it left. */
export async function removeHooks(layout: Layout): Promise<{ removed: HookName[]; left: HookName[] }> {
  const removed: HookName[] = [];
  const left: HookName[] = [];
  for (const hook of HOOKS) {
    const file = join(layout.commonDir, 'hooks', hook);
    const there = await readHook(file);
    if (there === undefined) continue;
    if (equal(there, await shippedHook(hook))) {
      await rm(file);
      removed.push(hook);
    } else if (isOurs(there)) left.push(hook);
  }
  await rm(join(layout.commonDir, PRIVATE), { recursive: true, force: true });
  return { removed, left };
}

/** Tells whether a hook bears our mark or calls us. */
function isOurs(bytes: Uint8Array): boolean {
  return /^# countersign hook v\d|\/countersign\/hooks\//m.test(latin1(bytes));
}

async function shippedHook(hook: HookName): Promise<Uint8Array> {
  return readFile(join(SHIPPED, hook));
}

/** Returns what stands there: a link or anything else that is no file counts as something foreign. */
async function readHook(file: string): Promise<Uint8Array | undefined> {
  try {
    const status = await lstat(file);
    return status.isFile() ? await readFile(file) : utf8('');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Fault('FILE_FAILED', "can't look at the hooks of this repository", { cause });
  }
}

async function findManager({ toplevel }: Layout): Promise<string | undefined> {
  const names = new Set<string>(toplevel === undefined ? [] : await readdir(toplevel));
  return MANAGERS.find((name) => names.has(name));
}
