// SPDX-License-Identifier: Apache-2.0
// Which branch a contribution is meant for, as far as this clone knows: what work is compared with where nobody says.
import { latin1 } from '../bytes.ts';
import { isOid, type Oid } from '../oid.ts';
import { readConfig } from './config.ts';
import type { Layout } from './layout.ts';
import { runGit, type Env } from './process.ts';

/** A reference and the commit or tag it names. */
export interface Branch {
  ref: string;
  oid: Oid;
}

/** Returns what HEAD's branch follows, or undefined. @throws Fault GIT_FAILED */
export async function upstreamBranch(layout: Layout, env?: Env): Promise<Branch | undefined> {
  const ref = await ask(layout, ['rev-parse', '--symbolic-full-name', '--verify', '--quiet', '@{upstream}'], env);
  return ref === undefined ? undefined : lookUp(layout, ref, env);
}

/** Returns the default branch as a remote has it: what its HEAD names, else its `main` or `master`. @throws Fault GIT_FAILED */
export async function remoteDefault(layout: Layout, remote: string, env?: Env): Promise<Branch | undefined> {
  const head = await ask(layout, ['symbolic-ref', '--quiet', `refs/remotes/${remote}/HEAD`], env);
  const refs = [...(head === undefined ? [] : [head]), `refs/remotes/${remote}/main`, `refs/remotes/${remote}/master`];
  return firstOf(layout, refs, env);
}

/** Returns the default branch: `origin`'s, else the local `main`, `master` or `init.defaultBranch`. @throws Fault GIT_FAILED */
export async function defaultBranch(layout: Layout, env?: Env): Promise<Branch | undefined> {
  const named = await readConfig(layout, 'init.defaultBranch', env);
  const locals = ['main', 'master', ...(named === undefined ? [] : [named])].map((name) => `refs/heads/${name}`);
  return (await remoteDefault(layout, 'origin', env)) ?? firstOf(layout, locals, env);
}

async function firstOf(layout: Layout, refs: readonly string[], env: Env | undefined): Promise<Branch | undefined> {
  for (const ref of refs) {
    const branch = await lookUp(layout, ref, env);
    if (branch !== undefined) return branch;
  }
  return undefined;
}

async function lookUp(layout: Layout, ref: string, env: Env | undefined): Promise<Branch | undefined> {
  const oid = await ask(layout, ['rev-parse', '--verify', '--quiet', '--end-of-options', ref], env);
  return oid !== undefined && isOid(oid, layout.objectFormat) ? { ref, oid } : undefined;
}

async function ask(layout: Layout, args: readonly string[], env: Env | undefined): Promise<string | undefined> {
  const { code, stdout } = await runGit(args, { layout, ...(env && { env }), accept: [1, 128] });
  const answer = latin1(stdout).trimEnd();
  return code === 0 && answer !== '' ? answer : undefined;
}
