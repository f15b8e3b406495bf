// SPDX-License-Identifier: Apache-2.0
// The way back out of a set-up that fails in the middle: each step leaves how to undo it, and what was there before is
// there again. Half a set-up would be worse than none: hooks without a policy, or a policy that nothing applies.
import { lstat, mkdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeWhole } from '../repo/worktree.ts';

export class Undo {
  readonly #steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Undoes everything, the last first. A step that fails does not keep the others from being undone. */
  async all(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) await step().catch(() => undefined);
  }

  /** Writes a file so that the old one, or its absence, and that of its folders, can come back. @throws Fault FILE_FAILED */
  async write(file: string, bytes: Uint8Array, mode = 0o666): Promise<void> {
    await this.#makeFolder(dirname(file));
    const before = await readFile(file).catch(() => undefined);
    const beforeMode = before && (await lstat(file)).mode & 0o777;
    await writeWhole(file, bytes, mode);
    this.add(() => (before === undefined ? rm(file, { force: true }) : writeWhole(file, before, beforeMode)));
  }

  async #makeFolder(folder: string): Promise<void> {
    if (await lstat(folder).catch(() => undefined)) return;
    await this.#makeFolder(dirname(folder));
    await mkdir(folder, { recursive: true }).then(
      () => this.add(() => rmdir(folder)),
      () => undefined, // the write that follows says what is wrong
    );
  }
}
