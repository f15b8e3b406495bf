// SPDX-License-Identifier: Apache-2.0
// Pages of docs/ as tests read them: sections by their heading, fenced blocks and tables as they stand there, so that
// what a reader copies is what was tested.
import { readFileSync } from 'node:fs';

export interface Section {
  /** The heading without its marks, as written: `16. By hand`. */
  heading: string;
  depth: number;
  /** Everything up to the next heading of any depth. */
  text: string;
}

/** Returns the sections of a page below docs/. A line of a fenced block is no heading. */
export function readSections(page: string): Section[] {
  const sections: Section[] = [];
  let fenced = false;
  for (const line of readFileSync(`docs/${page}`, 'utf8').split('\n')) {
    if (line.startsWith('```')) fenced = !fenced;
    const [, marks, heading] = (fenced ? null : /^(#{1,6}) (.+)$/.exec(line)) ?? [];
    if (marks !== undefined) sections.push({ heading: heading!, depth: marks.length, text: '' });
    else if (sections.length > 0) sections.at(-1)!.text += `${line}\n`;
  }
  return sections;
}

/** Returns the one section whose heading ends in these words. */
export function sectionOf(page: string, words: string): Section {
  const found = readSections(page).filter(({ heading }) => heading.endsWith(words));
  if (found.length !== 1) throw new Error(`docs/${page} has ${found.length} sections "${words}"`);
  return found[0]!;
}

/** Returns the contents of the fenced blocks of a language, each with its final line break. */
export function blocksOf({ text }: Section, language: string): string[] {
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].filter(([, name]) => name === language).map(([, , block]) => block!);
}

/** Returns the rows of the tables of a section, without their heads; cells are trimmed. */
export function rowsOf({ text }: Section): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const rows = lines.filter((line, i) => !/^\|[-| ]+\|$/.test(line) && !/^\|[-| ]+\|$/.test(lines[i + 1] ?? ''));
  return rows.map((line) => line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim()));
}
