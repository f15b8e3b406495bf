// SPDX-License-Identifier: Apache-2.0
// What a reader of a verdict is. It gets every commit as it is judged, then the range, and returns what is to be printed
// at each; it writes nothing itself.
import type { Judged } from '../verifier/verifier.ts';

export interface Report {
  /** Returns the text that belongs here, empty where there is none yet. */
  add(judged: Judged): string;
}
