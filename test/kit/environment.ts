// SPDX-License-Identifier: Apache-2.0
// The environment of every process that a test starts. A list of what may pass, not of what may not: whoever runs the
// tests may be inside a Git hook or an agent, and new variables of both appear every month.

const KEPT = [
  'PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'TMP', 'TEMP', 'CI',
  // without these nothing starts on Windows
  'SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'PATHEXT', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'ProgramData', 'ProgramFiles',
  // the tests' own switches
  'COUNTERSIGN_CORPUS', 'SLOW', 'UPDATE',
] as const;

/** Returns what may pass of this process's environment, with locale, zone and colours pinned, and `more` on top. */
export function cleanEnvironment(more: Record<string, string> = {}): Record<string, string> {
  const kept = KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), TZ: 'UTC', LC_ALL: 'C', NO_COLOR: '1', COLUMNS: '80', ...more };
}
