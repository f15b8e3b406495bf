// SPDX-License-Identifier: Apache-2.0
// The text of a transcript, both directions side by side: print(parse(text)) is the text again, but for blank lines
// inside the part about stderr and the exit code. The format is told in test/cli/README.md.

export interface Step {
  /** Comments and blank lines above the command, as they stand. */
  lead: string[];
  /** Number of the command's line in the transcript. */
  line: number;
  /** The command, and its further lines. */
  command: string[];
  stdout: string[];
  stderr: string[];
  code: number;
}

export interface Transcript {
  steps: Step[];
  /** Comments and blank lines below the last step. */
  tail: string[];
  /** Files to put in place beforehand. */
  files: [name: string, content: string][];
}

/** What must not be taken for one of the format's own marks. */
const MARK = /^(?:\$ |> |2>|\? \d|#|-- |\\)/;

/** Reads a transcript. Throws, with the line, where something belongs to no command. */
export function parseTranscript(text: string): Transcript {
  const sections = text.replaceAll('\r\n', '\n').split(/^-- (.+) --\n/m);
  const files: Transcript['files'] = [];
  for (let i = 1; i < sections.length; i += 2) files.push([sections[i]!, sections[i + 1]!]);
  const steps: Step[] = [];
  let between: string[] = [];
  for (const [index, line] of sections[0]!.replace(/\n$/, '').split('\n').entries()) {
    if (line.startsWith('$ ')) {
      steps.push({ lead: between, line: index + 1, command: [line.slice(2)], stdout: [], stderr: [], code: 0 });
      between = [];
    } else if (line.startsWith('#') || line === '') {
      between.push(line);
    } else {
      const step = steps.at(-1);
      if (step === undefined || between.some((above) => above !== '')) throw new Error(`line ${index + 1} belongs to no command: ${line}`);
      readExpectation(step, line, between);
      between = [];
    }
  }
  return { steps, tail: between, files };
}

/** Takes one line that is neither command nor comment; `blanks` stood between it and the line before. */
function readExpectation(step: Step, line: string, blanks: readonly string[]): void {
  if (line.startsWith('> ') && step.stdout.length + step.stderr.length + blanks.length === 0) step.command.push(line.slice(2));
  else if (line === '2>' || line.startsWith('2> ')) step.stderr.push(line.slice(3));
  else if (/^\? \d+$/.test(line)) step.code = Number(line.slice(2));
  else step.stdout.push(...blanks, line.startsWith('\\') ? line.slice(1) : line);
}

export function printTranscript({ steps, tail, files }: Transcript): string {
  const lines = steps.flatMap(({ lead, command, stdout, stderr, code }) => [
    ...lead,
    ...command.map((line, index) => `${index === 0 ? '$' : '>'} ${line}`),
    ...stdout.map((line) => (MARK.test(line) ? `\\${line}` : line)),
    ...stderr.map((line) => (line === '' ? '2>' : `2> ${line}`)),
    ...(code === 0 ? [] : [`? ${code}`]),
  ]);
  return `${[...lines, ...tail].join('\n')}\n${files.map(([name, content]) => `-- ${name} --\n${content}`).join('')}`;
}
