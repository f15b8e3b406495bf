// SPDX-License-Identifier: Apache-2.0
// The verdict for people: one line per commit, below it what is wrong and what to type, and the verdict in the last
// lines. Every text of a commit goes through printable() before it gets here.
import { pathText } from '../oid.ts';
import { clip, printable, printablePath } from '../printable.ts';
import type { CommitVerdict, Finding, RangeVerdict, Summary, TagVerdict } from '../verifier/verifier.ts';
import type { Paint, Style } from './paint.ts';
import type { Report } from './report.ts';

const SUBJECT = 60;
const WHO = 50;
const OID = 10;
/** Kinds that need no stamp are named for what they are. */
const KINDS: readonly (keyof Summary)[] = ['human', 'ai', 'assisted', 'merge', 'evidence', 'undeclared', 'preAdoption'];

/** Reports line by line as commits are judged. */
export function textReport(paint: Paint): Report {
  return {
    add: (judged) => `${(judged.kind === 'commit' ? commitLines(judged.commit, paint) : rangeLines(judged.range, paint)).join('\n')}\n`,
  };
}

function commitLines(commit: CommitVerdict, paint: Paint): string[] {
  const { oid, verdict, provenance, subject, findings, unauthenticated } = commit;
  const kind = provenance === 'preAdoption' ? 'before' : provenance;
  const judged = provenance === 'preAdoption' ? paint('quiet', 'listed ') : paint(verdict, verdict.padEnd(7));
  const columns = [judged, oid.slice(0, OID), kind.padEnd(10), whoOf(commit), paint('quiet', clip(printable(subject), SUBJECT))];
  const foreign = unauthenticated.map((line) => `          below the stamp, vouched for by nobody: ${clip(printable(line), SUBJECT)}`);
  return [columns.filter((text) => text !== '').join('  '), ...foreign, ...findings.flatMap((finding) => findingLines({ ...finding, commit: undefined }, paint))];
}

/** Returns who stands behind a commit; where nobody proved to, who its author line names. */
function whoOf({ provenance, signer, agent, author, binding }: CommitVerdict): string {
  const how = binding === undefined || binding === 'exact' ? '' : ` (${binding})`;
  if (signer === undefined && (provenance === 'evidence' || provenance === 'merge')) return 'needs no stamp';
  if (signer === undefined) return author === '' ? '' : `unproven: ${clip(printable(author), WHO)}`;
  const person = printable(signer.sponsor ?? signer.id);
  if (agent === undefined) return `${person}${how}`;
  return `${clip(printable(agent), WHO)} ${signer.kind === 'person' ? 'with' : 'for'} ${person}${how}`;
}

/** A tag, in the columns of commits. */
function tagLines({ name, oid, verdict, signer, tagger, findings }: TagVerdict, paint: Paint): string[] {
  const who = signer ? printable(signer.id) : tagger === '' ? '' : `unproven: ${clip(printable(tagger), WHO)}`;
  const columns = [paint(verdict, verdict.padEnd(7)), oid.slice(0, OID), 'tag'.padEnd(10), who, paint('quiet', clip(printable(name), SUBJECT))];
  return [columns.filter((text) => text !== '').join('  '), ...findings.flatMap((finding) => findingLines(finding, paint))];
}

function rangeLines(range: RangeVerdict, paint: Paint): string[] {
  const { verdict, findings, notes, summary, policy, serial, strength, tag } = range;
  const lines = tag ? tagLines(tag, paint) : [];
  lines.push(...[...findings].sort(byPathOf).flatMap((finding) => findingLines(finding, paint)));
  lines.push(...notes.map((note) => `note: ${printable(note)}`));
  const counted = KINDS.flatMap((kind) => (summary[kind] > 0 ? [`${summary[kind]} ${kind === 'preAdoption' ? 'before adoption' : kind}`] : []));
  const commits = `${summary.commits} commit${summary.commits === 1 ? '' : 's'}${counted.length > 0 ? ` (${counted.join(', ')})` : ''}`;
  const outcomes = (['bad', 'unknown'] as const).flatMap((outcome) => (summary[outcome] > 0 ? [`${summary[outcome]} ${outcome}`] : []));
  const broken = findings.filter(({ level, waivedBy }) => level === 'error' && !waivedBy?.length).length;
  if (broken > 0) outcomes.push(`${broken} error${broken === 1 ? '' : 's'} in the whole`);
  if (tag && tag.verdict !== 'good') outcomes.push(`the tag ${tag.verdict}`);
  const by = serial > 0 ? `, by the policy of ${policy.slice(0, OID)}, serial ${serial}` : '';
  lines.push(`${paint(verdict, verdict)}: ${[commits, ...outcomes].join(', ')}${by}`);
  if (strength === 'software' && (summary.commits > summary.preAdoption || tag?.signer)) {
    lines.push('Software keys decided: whatever ran as their owners could have signed, too.');
  }
  return lines;
}

function byPathOf(a: Finding, b: Finding): number {
  const [left, right] = [a.path ?? '', b.path ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A finding; below its commit's own line it need not name that. */
type Shown = Omit<Finding, 'commit'> & { commit?: Finding['commit'] | undefined };

/** What a finding weighs, in words that need no colour. */
function weigh({ level, waivedBy }: Shown): [Style, string] {
  if (waivedBy !== undefined && waivedBy.length > 0) return ['quiet', `waived by ${waivedBy.join(', ')}`];
  return level === 'error' ? ['bad', 'error'] : level === 'unknown' ? ['unknown', 'unknown'] : ['warn', 'warning'];
}

function findingLines(finding: Shown, paint: Paint): string[] {
  const { rule, path, commit, line, message, hint } = finding;
  const [style, weight] = weigh(finding);
  // Most messages name the path themselves.
  const where = path === undefined || message.includes(pathText(path) ?? path) ? '' : ` ${printablePath(path)}${line === undefined ? '' : `:${line}`}`;
  const by = commit === undefined ? '' : ` (${commit.slice(0, OID)})`;
  const lines = [`  ${paint(style, weight)}: ${paint('strong', rule)}${where}${by}: ${printable(message)}`];
  if (hint !== '') lines.push(`    fix: ${printable(hint)}`);
  return lines;
}
