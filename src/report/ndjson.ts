// SPDX-License-Identifier: Apache-2.0
// One JSON object per line, each as soon as it is known: commits, then the range. For histories that no one wants whole
// in memory.
import { commitObject, printJsonLine, rangeObject } from './json.ts';
import type { Report } from './report.ts';

/** Reports each commit as `{"kind":"commit",…}` and at the end `{"kind":"range",…}`, with the fields of the JSON form. */
export function ndjsonReport(): Report {
  return {
    add: (judged) =>
      judged.kind === 'commit'
        ? printJsonLine({ kind: 'commit', ...commitObject(judged.commit) })
        : printJsonLine({ kind: 'range', ...rangeObject(judged.range) }),
  };
}
