// SPDX-License-Identifier: Apache-2.0
// Folders that are gone when the process ends. The runner gives every test file a TMPDIR of its own and removes that
// too, so that even a killed test leaves nothing behind.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

process.on('exit', () => {
  for (const dir of made) removeDir(dir);
});

/** Returns a new empty folder, as a real path: on macOS the temporary folder is a link, and git prints what it resolves to. */
export function tempDir(): string {
  // Short, because gpg-agent's socket lies below it and a socket's path has 104 bytes at most.
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'cs-'));
  made.push(dir);
  return dir;
}

export function removeDir(dir: string): void {
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
}
