// SPDX-License-Identifier: Apache-2.0
// What a transcript writes where the output differs from run to run.

/** By name, the pattern that it stands for. `[..]` stands for anything and is the last resort. */
const PATTERNS: Record<string, string> = {
  oid: '[0-9a-f]{7,64}',
  ulid: '[0-7][0-9A-HJKMNP-TV-Z]{25}',
  digest: '(?:sha256:)?[0-9a-f]{64}',
  uuid: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  time: '\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?: ?Z| ?UTC| ?[+-]\\d\\d:?\\d\\d)?',
  '..': '.*',
};

/** What a fresh line certainly varies in, longest first; an abbreviated id looks too much like a word. */
const CERTAIN: readonly [name: string, pattern: RegExp][] = [
  ['digest', /\b(?:sha256:)?[0-9a-f]{64}\b/g],
  ['oid', /\b[0-9a-f]{40}\b/g],
  ['uuid', new RegExp(`\\b${PATTERNS['uuid']}\\b`, 'g')],
  ['ulid', new RegExp(`\\b${PATTERNS['ulid']}\\b`, 'g')],
  ['time', /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g],
];

/** Tells whether an expected line, with its placeholders, is this line. */
export function matches(expected: string, actual: string): boolean {
  if (expected === actual) return true;
  const parts = expected.split(/\[(oid|ulid|digest|uuid|time|\.\.)\]/);
  if (parts.length === 1) return false;
  const source = parts.map((part, index) => (index % 2 === 1 ? PATTERNS[part] : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')));
  return new RegExp(`^${source.join('')}$`, 'su').test(actual);
}

/** Returns the expectation for actual lines: the old lines as far as they match, in order, else the new with placeholders. */
export function renew(old: readonly string[], actual: readonly string[]): string[] {
  let from = 0;
  return actual.map((line) => {
    const found = old.findIndex((expected, index) => index >= from && matches(expected, line));
    if (found === -1) return CERTAIN.reduce((text, [name, pattern]) => text.replace(pattern, `[${name}]`), line);
    from = found + 1;
    return old[found]!;
  });
}
