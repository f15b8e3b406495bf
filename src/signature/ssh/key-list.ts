// SPDX-License-Identifier: Apache-2.0
// Files of public keys, one a line: what a forge tells of its users (https://github.com/alice.keys), a .pub file. One line
// that cannot be read refuses the whole file: whoever imports keys wants to know which are missing, and why.
import { Fault } from '../../fault.ts';
import { fromUtf8 } from '../../bytes.ts';
import { parseSshPublicKey } from './key.ts';
import type { SshPublicKey } from './key.ts';

const MAX_FILE = 1 << 20;
const MAX_LINE = 1 << 15;

/**
 * Returns the keys of a file, in its order. Blank lines and lines that begin with `#` hold none.
 * @throws Fault KEY_INVALID, which names the line
 */
export function parseKeyList(bytes: Uint8Array): SshPublicKey[] {
  return parseLines(bytes, parseSshPublicKey);
}

/**
 * Returns what `parse` makes of each line that is neither blank nor a comment, without blanks before it and line end.
 * @throws Fault KEY_INVALID: what `parse` threw, with the line's number
 */
export function parseLines<T>(bytes: Uint8Array, parse: (line: string) => T): T[] {
  if (bytes.length > MAX_FILE) throw new Fault('KEY_INVALID', 'a file of ssh keys has more than 1 MiB');
  const text = fromUtf8(bytes);
  if (text === undefined) throw new Fault('KEY_INVALID', 'a file of ssh keys is not UTF-8');
  return text.split('\n').flatMap((line, i) => {
    const entry = line.replace(/^[ \t]+/, '').replace(/\r$/, '');
    return entry === '' || entry.startsWith('#') ? [] : [parseNumbered(entry, i + 1, parse)];
  });
}

function parseNumbered<T>(line: string, number: number, parse: (line: string) => T): T {
  try {
    if (line.length > MAX_LINE) throw new Fault('KEY_INVALID', 'longer than 32 KiB');
    return parse(line);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    throw new Fault('KEY_INVALID', `line ${number}: ${thrown.message}`, { cause: thrown });
  }
}
