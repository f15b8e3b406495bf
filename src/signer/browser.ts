// SPDX-License-Identifier: Apache-2.0
// The person's browser: whether there may be one here, and opening an address in it. That it opens is not waited for and
// not counted on: the address is printed as well.
import { spawn } from 'node:child_process';
import type { Env } from '../repo/process.ts';

/** The program, with what stands before the address. None is a shell: to `cmd /c start` an `&` would end the address. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = { darwin: ['open'], win32: ['rundll32.exe', 'url.dll,FileProtocolHandler'] };

/** Tells whether a browser that is opened here is likely to be seen. */
export function hasBrowser(env: Env, platform = process.platform): boolean {
  if ((env['SSH_CONNECTION'] ?? '') !== '') return false;
  return platform in OPENERS || (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
}

/** Opens an address of http or https, which can't be taken for an option. */
export function openBrowser(url: URL, env: Env, platform = process.platform): void {
  const [program, ...args] = OPENERS[platform] ?? ['xdg-open'];
  try {
    const child = spawn(program!, [...args, url.href], { stdio: 'ignore', detached: true, env: env as NodeJS.ProcessEnv, windowsHide: true, shell: false });
    child.on('error', () => undefined);
    child.unref();
  } catch {
    // The address has been printed.
  }
}
