// SPDX-License-Identifier: Apache-2.0
// JSON for machines that a terminal may still show: everything outside ASCII is written as `\uXXXX`, so that no text of
// a commit can act, and the value is the same to every parser.
import { fromLatin1, fromUtf8 } from '../bytes.ts';
import type { Path } from '../oid.ts';
import type { CommitVerdict, Finding, RangeVerdict, TagVerdict } from '../verifier/verifier.ts';
import type { Report } from './report.ts';

/** Reports the whole verdict as one object, once it is complete: the shape is in docs/formats. */
export function jsonReport(): Report {
  const commits: object[] = [];
  return {
    add(judged) {
      if (judged.kind === 'range') return printJson(rangeObject(judged.range, commits));
      commits.push(commitObject(judged.commit));
      return '';
    },
  };
}

/** Returns the range as both JSON forms show it; the keys stand in one order. */
export function rangeObject(range: RangeVerdict, commits?: readonly object[]): object {
  const { verdict, base, head, policy, strength, summary, tag, findings } = range;
  const parts = { summary: { ...summary }, tag: tag && tagObject(tag), ...(commits && { commits }) };
  return { version: 1, verdict, base, head, policy, strength, ...parts, findings: findings.map(findingObject) };
}

function tagObject({ name, oid, verdict, signer, tagger, findings }: TagVerdict): object {
  return { name, oid, verdict, signer, tagger, findings: findings.map(findingObject) };
}

/** Returns a commit as both JSON forms show it. What is not known is left out. */
export function commitObject({ oid, verdict, provenance, binding, signer, agent, session, findings, unauthenticated }: CommitVerdict): object {
  const more = unauthenticated.length > 0 ? { unauthenticated } : {};
  return { oid, verdict, provenance, binding, signer, agent, session, findings: findings.map(findingObject), ...more };
}

function findingObject({ rule, level, path, commit, line, message, hint, waivedBy }: Finding): object {
  return { rule, level, path: path === undefined ? undefined : pathObject(path), commit, line, message, hint, waivedBy };
}

/** Returns the path as text, or with its bytes as `\xNN` where they are not UTF-8. A backslash is doubled, so that the two can be told apart. */
function pathObject(path: Path): string {
  const text = fromUtf8(fromLatin1(path));
  return (text ?? path).replaceAll('\\', '\\\\').replace(/[\x80-\xff]/g, (c) => (text === undefined ? `\\x${c.charCodeAt(0).toString(16)}` : c));
}

/** Returns indented JSON with a final newline. */
export function printJson(value: unknown): string {
  return `${escapeText(JSON.stringify(value, undefined, 2))}\n`;
}

/** Returns JSON in one line. */
export function printJsonLine(value: unknown): string {
  return `${escapeText(JSON.stringify(value))}\n`;
}

/** Escapes by UTF-16 unit, as JSON does (RFC 8259 §7); JSON.stringify has seen to everything below U+0020. */
function escapeText(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
