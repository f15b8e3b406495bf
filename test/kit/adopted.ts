// SPDX-License-Identifier: Apache-2.0
// A repository that has adopted countersign, set up through the rooms themselves: alice owns it, bob reviews. Hooks stay
// off, so that a test says itself what a commit carries.
import { openGit, type GitRepo } from '../../src/repo/git.ts';
import { findLayout } from '../../src/repo/layout.ts';
import { adopt, type Founder } from '../../src/setup/adopt.ts';
import { enrol } from '../../src/setup/people.ts';
import { readPublicKey } from '../../src/signer/key-spec.ts';
import type { Oid } from '../../src/oid.ts';
import { ScratchRepo, type ScratchOptions } from './git.ts';
import { sshKey } from './keys.ts';

/** The time of {@link ScratchRepo}'s first commit, in milliseconds. */
export const NOW = 1_767_323_045_000;

export const nobodyThere = (): boolean => false;

/** Returns what init would know of a person who has a key of that name. */
export async function founder(id = 'alice'): Promise<Founder> {
  const { file } = sshKey(id);
  const key = await readPublicKey(`ssh:${file}`, { dir: '/', home: undefined });
  return { id, name: `${id} Example`, email: `${id}@example.com`, key, signer: `ssh:${file}` };
}

export async function adoptedRepo(options: ScratchOptions = {}): Promise<{ scratch: ScratchRepo; adoption: Oid }> {
  const scratch = new ScratchRepo(options);
  scratch.env['COUNTERSIGN'] = '0';
  scratch.commit('base', { files: { 'README.md': 'hello\n' } });
  const layout = await findLayout(scratch.dir, scratch.env);
  await adopt(layout, await founder(), '/bin/countersign', scratch.env);
  const bob = { id: 'bob', name: 'Bob Example', emails: ['bob@example.com'], roles: ['reviewer'], keys: [{ ssh: sshKey('bob').line }] };
  await enrol({ toplevel: scratch.dir, committed: undefined }, bob, true);
  scratch.git(['add', '.countersign']);
  return { scratch, adoption: scratch.commit('adopt countersign') };
}

/** Opens the repository for one piece of work. */
export async function withGit<T>({ dir, env }: Pick<ScratchRepo, 'dir' | 'env'>, work: (repo: GitRepo) => Promise<T>): Promise<T> {
  const repo = await openGit(dir, { env });
  try {
    return await work(repo);
  } finally {
    await repo.close();
  }
}
