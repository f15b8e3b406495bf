// SPDX-License-Identifier: Apache-2.0
// The roster for readers: a table for people, JSON for programs. Names come from whoever edited the roster and are escaped.
import { printable } from '../printable.ts';
import { printTime } from '../time.ts';
import type { Ability, ListedEntry, ListedKey, Shortcoming } from '../trust/listing.ts';

const ABILITIES: Record<Ability, string> = {
  'change-policy': 'change policy and roster',
  grant: 'let agents loose',
  cosign: 'cosign',
  approve: 'approve',
  commit: 'commit as an agent',
};

const SHORTCOMINGS: Record<Shortcoming, string> = {
  compromised: 'compromised',
  retired: 'retired',
  expired: 'expired',
  'not-yet-valid': 'not valid yet',
  presence: 'a hardware key is demanded',
  'no-trusted-root': 'there is no .countersign/keys/trusted-root.json',
};

/** What was signed at another time may count. */
const PASSING = new Set<Shortcoming>(['retired', 'expired', 'not-yet-valid']);

/** Returns the table; an entry each, with a line for what it may do and one for each key. */
export function renderRoster(entries: readonly ListedEntry[]): string {
  const rows = entries.map(({ keys }) => keys.map(cells));
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.flat().map((row) => row[column]!.length)));
  return entries.map((entry, i) => {
    const lines = rows[i]!.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).filter((cell) => cell !== '').join('  ').trimEnd()}\n`);
    return `${heading(entry)}\n  ${mayText(entry)}\n${lines.join('')}`;
  }).join('');
}

/**
 * Returns what `people list --format json` prints: `{version, at, people, agents, forges}`, each entry by its id, as
 * ListedEntry has it; times are RFC 3339.
 */
export function rosterDocument(entries: readonly ListedEntry[], now: number): Record<string, unknown> {
  const of = (wanted: ListedEntry['kind']): Record<string, unknown> => Object.fromEntries(entries.flatMap(({ kind, id, ...entry }) => (
    kind === wanted ? [[id, { ...entry, keys: entry.keys.map(keyDocument) }]] : []
  )));
  return { version: 1, at: timeText(now), people: of('person'), agents: of('agent'), forges: of('forge') };
}

function keyDocument({ validFrom, validUntil, revoked, ...key }: ListedKey): Record<string, unknown> {
  return {
    ...key,
    ...(validFrom !== undefined && { validFrom: timeText(validFrom) }),
    ...(validUntil !== undefined && { validUntil: timeText(validUntil) }),
    ...(revoked && { revoked: { at: timeText(revoked.at), reason: revoked.reason } }),
  };
}

function heading({ kind, id, name, emails, roles }: ListedEntry): string {
  const who = [name === undefined ? kind : printable(name), ...(emails.length > 0 ? [`<${emails.map(printable).join('>, <')}>`] : [])].join(' ');
  return [id, who, ...(roles.length > 0 ? [roles.join(', ')] : [])].join('  ');
}

function mayText({ kind, may, keys }: ListedEntry): string {
  if (kind === 'forge') return 'proves that the forge wrote the bytes, and no more';
  if (may.length === 0 && keys.some(({ counts }) => counts)) return 'may sign with git, and nothing else: no other key of theirs counts';
  return may.length === 0 ? 'may do nothing: no key of theirs counts' : `may ${may.map((ability) => ABILITIES[ability]).join(', ')}`;
}

function cells({ keyid, algorithm, strength, validFrom, validUntil, revoked, principals, namespaces, counts, why }: ListedKey): string[] {
  const limits = [
    ...(principals ? [`certifies ${principals.map(printable).join(', ')}`] : []),
    ...(namespaces ? [`for ${namespaces.map((namespace) => (namespace === 'git' ? "git's own signatures" : 'stamps and evidence')).join(' and ')}`] : []),
    ...(revoked ? [`revoked ${dayText(revoked.at)}, ${revoked.reason}`] : []),
    ...(counts ? ['counts'] : [`does not count${PASSING.has(why!) ? ' now' : ''}${why === revoked?.reason ? '' : `: ${SHORTCOMINGS[why!]}`}`]),
  ];
  return [printable(keyid), algorithm ?? '', strength === 'presence' ? 'hardware, proves presence' : 'software', periodText(validFrom, validUntil), limits.join('; ')];
}

function periodText(from: number | undefined, until: number | undefined): string {
  return [...(from === undefined ? [] : [`from ${dayText(from)}`]), ...(until === undefined ? [] : [`until ${dayText(until)}`])].join(' ');
}

function dayText(seconds: number): string {
  return timeText(seconds).slice(0, 10);
}

/** Beyond the years that dates can have there is no end, for people. */
function timeText(seconds: number): string {
  return printTime(Math.max(-8.64e12, Math.min(8.64e12, seconds)));
}
