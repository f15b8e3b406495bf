// SPDX-License-Identifier: Apache-2.0
// What somebody probably meant who typed a word that does not exist: a key of a policy, a command, a flag.

const LONGEST = 40;

/** Returns the known word that needs the fewest changes, case aside; the first of several, undefined where none is known. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const given = [...word].slice(0, LONGEST).join('').toLowerCase();
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of known) {
    const changes = distance(given, candidate.toLowerCase());
    if (changes < least) [best, least] = [candidate, changes];
  }
  return best;
}

/** Levenshtein's distance, row by row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
