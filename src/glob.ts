// SPDX-License-Identifier: Apache-2.0
// Patterns over repository paths, as policies and grants name them. Anchored at the root; `*` and `?` stay inside a
// segment, `**` is any number of segments (at the end, exactly, at least one), and everything else is literal. Matching is greedy with one way back, never
// a regular expression: the time is at most the pattern's length times the path's, whatever either of them holds.
import { fromLatin1, fromUtf8 } from './bytes.ts';
import type { Path } from './oid.ts';

/** A parsed pattern; made by {@link parseGlob} only. */
export interface Glob {
  readonly kind: 'glob';
  /** The pattern as it was written. */
  readonly text: string;
  readonly exact: Segments;
  readonly folded: Segments;
}

/** A pattern that can't be used, and why. */
export interface BadGlob {
  readonly kind: 'bad';
  readonly reason: 'empty' | 'too-long' | 'absolute' | 'bad-segment' | 'bad-character' | 'bad-double-star';
}

/**
 * `exact`: byte for byte, for what permits. `folded`: also what a file system of the team may take for the same path,
 * for what forbids.
 */
export type Matching = 'exact' | 'folded';

/** One segment as code points, so that `?` is one character and not half of one. */
type Segment = readonly string[];
type Segments = readonly Segment[];

/** The segment `**`, known by identity. */
const DEEP: Segment = ['*', '*'];
const LONGEST = 512;

/** Composing takes quadratic time over a row of accents; no file system confuses names longer than it can hold (255). */
const LONGEST_NAME = 1024;

/** Returns the pattern ready for matching, or why it is none. The longest pattern has 512 code points. */
export function parseGlob(text: string): Glob | BadGlob {
  const bad = (reason: BadGlob['reason']): BadGlob => ({ kind: 'bad', reason });
  if (text === '') return bad('empty');
  if (text.length > 2 * LONGEST || [...text].length > LONGEST) return bad('too-long');
  if (text.startsWith('/')) return bad('absolute');
  if (/[\p{Cc}\p{Cs}\\]/u.test(text)) return bad('bad-character');
  const names = (text.endsWith('/') ? text.slice(0, -1) : text).split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..')) return bad('bad-segment');
  // `src/**.ts` reads as "everywhere below src" and would mean "directly in src": refused rather than misread.
  if (names.some((name) => name !== '**' && name.includes('**'))) return bad('bad-double-star');
  // A directory stands for what is in it, whether it is written `infra` or `infra/`.
  if (text.endsWith('/') || !isWild(names.at(-1)!)) names.push('**');
  const segments = (fold: (name: string) => string) => names.map((name) => (name === '**' ? DEEP : characters(fold(name))));
  const exact = segments((name) => name);
  // `src/**` permits what is in src, not putting a symlink in place of src; what forbids takes the folder along.
  if (text.endsWith('**')) exact.push(['*']);
  return { kind: 'glob', text, exact, folded: segments(foldSegment) };
}

/** Tells whether the pattern takes the path. A path that is not UTF-8 never matches `exact`; `folded` reads it lossily. */
export function matchGlob(glob: Glob, path: Path, how: Matching): boolean {
  // What matches exactly also matches folded, though `?` takes the one `ß` and not the two letters it folds to.
  return matchExact(glob, path) || (how === 'folded' && takes(glob.folded, foldedSegments(path)));
}

/**
 * Tells whether a change of the path may change what the pattern protects: the path matches `folded`, or it is one of
 * the directories that the pattern names without a wildcard, which a symlink, a file or a submodule now replaces.
 */
export function touches(glob: Glob, path: Path): boolean {
  const segments = foldedSegments(path);
  if (takes(glob.folded, segments) || matchExact(glob, path)) return true;
  return segments.length < glob.folded.length && segments.every((name, i) => isSame(glob.folded[i]!, name));
}

function matchExact(glob: Glob, path: Path): boolean {
  const text = fromUtf8(fromLatin1(path));
  return text !== undefined && takes(glob.exact, text.split('/').map(characters));
}

/** Returns a name, without `/`, as the least exact file system compares it: equal results may be one file. */
export function foldSegment(name: string): string {
  const folded = foldName(name);
  let end = folded.length;
  while (end > 0 && (folded[end - 1] === '.' || folded[end - 1] === ' ')) end--; // Windows drops these at the end of a name
  return folded.slice(0, end);
}

/** Returns the name without what HFS+ ignores, composed, and without case. */
function foldName(name: string): string {
  // Code points that HFS+ ignores; they go first, because one between a letter and its accent would hinder composing.
  const shown = name.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '');
  if (/^[\x20-\x7e]*$/.test(shown) || shown.length > LONGEST_NAME) return shown.toLowerCase();
  // Through upper case, for `ß` and `ss`, `ı` and `i`, `ſ` and `s`; by character, because a final sigma looks around itself.
  return Array.from(shown.normalize('NFC'), (c) => (c === '\u0130' ? 'i' : c.toUpperCase().toLowerCase())).join('').normalize('NFC');
}

/** Returns one segment of a path as file systems compare it: {@link foldName}, and without the dots and spaces at its end. */
function foldedSegments(path: Path): Segments {
  return Buffer.from(path, 'latin1').toString('utf8').split('/').map((name) => characters(foldSegment(name)));
}

function characters(name: string): Segment {
  return [...name];
}

function isWild(name: Segment | string): boolean {
  return name.includes('*') || name.includes('?');
}

/** Tells whether a pattern's segment is free of wildcards and equals the path's. */
function isSame(pattern: Segment, name: Segment): boolean {
  return !isWild(pattern) && pattern.length === name.length && takesName(pattern, name);
}

function takes(pattern: Segments, path: Segments): boolean {
  return run(pattern, path, (part) => part === DEEP, takesName);
}

function takesName(pattern: Segment, name: Segment): boolean {
  return run(pattern, name, (c) => c === '*', (c, other) => c === '?' || c === other);
}

/**
 * Matches a row of parts with stars in it. Only the last star seen ever has to take more: whatever an earlier star
 * could take instead, the last one can take too. So two positions are remembered, and nothing grows.
 */
function run<T>(pattern: readonly T[], parts: readonly T[], isStar: (p: T) => boolean, matches: (p: T, part: T) => boolean): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < parts.length; ) {
    const here = at < pattern.length ? pattern[at]! : undefined;
    if (here !== undefined && isStar(here)) {
      star = at++;
      resume = i;
    } else if (here !== undefined && matches(here, parts[i]!)) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else return false;
  }
  return pattern.slice(at).every(isStar);
}
