// SPDX-License-Identifier: Apache-2.0
// Who a document says took part: the `participants` of its YAML front matter, resolved against the roster. Somebody
// who is quoted must be somebody, and must be one person only.
import { concat, fromUtf8, utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { normalEmail } from '../email.ts';
import type { Roster } from './roster.ts';
import { readYaml } from './yaml.ts';

const LARGEST = 64 * 1024;
const MOST = 200;

/** Returns the participants that the front matter names, or why there are none. */
export function readParticipants(bytes: Uint8Array): { names: string[] } | { reason: string } {
  const head = fromUtf8(bytes);
  if (head === undefined) return { reason: 'it is not UTF-8' };
  const lines = head.split(/\r?\n/, 2000);
  const end = lines.indexOf('---', 1);
  if (lines[0] !== '---' || end < 0) return { reason: 'it has no front matter' };
  const yaml = concat(utf8(`${lines.slice(1, end).join('\n')}\n`));
  if (yaml.length > LARGEST) return { reason: 'its front matter is too large' };
  const value = readFrontMatter(yaml);
  const names = typeof value === 'object' && value !== null && Object.hasOwn(value, 'participants') ? (value as { participants: unknown }).participants : undefined;
  if (!Array.isArray(names) || names.length === 0) return { reason: 'its front matter names no participants' };
  if (names.length > MOST || !names.every((name) => typeof name === 'string' && name.trim() !== '')) return { reason: 'its participants are no list of names' };
  return { names: names as string[] };
}

function readFrontMatter(yaml: Uint8Array): unknown {
  try {
    return readYaml(yaml, 'ROSTER_INVALID').value;
  } catch (thrown) {
    if (thrown instanceof Fault) return undefined;
    throw thrown;
  }
}

/** Returns the one person a name stands for, by id, e-mail address or full name; undefined where it is nobody or several. */
export function resolvePerson(roster: Roster, name: string): string | undefined {
  const plain = name.trim().normalize('NFC');
  const email = normalEmail(/<([^<>]+)>$/.exec(plain)?.[1] ?? plain);
  const found = Object.entries(roster.people).filter(([id, person]) => (
    id === plain || person.emails.includes(email) || person.name.normalize('NFC').toLowerCase() === plain.toLowerCase()
  ));
  return found.length === 1 ? found[0]![0] : undefined;
}
