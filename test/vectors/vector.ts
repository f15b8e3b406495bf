// SPDX-License-Identifier: Apache-2.0
// The shape of the vector files, which other implementations read too: unknown members are to be ignored, and a reader
// whose own answer has no reasons compares the status alone.

export interface Vector {
  id: string;
  comment: string;
  /** Names in the file's `notes`: what a reader must have thought of to get this one right. */
  flags: string[];
  /** Base64 of the raw bytes. */
  input: string;
  expect: { status: string; reason?: string } & Record<string, string | number>;
}

export interface VectorGroup {
  name: string;
  tests: Vector[];
  /** What all tests of the group share, by the file's own rules. */
  [shared: string]: unknown;
}

export interface VectorFile {
  schema: string;
  spec: string;
  notes: Record<string, string>;
  groups: VectorGroup[];
}

/** Returns the text of a vector file. */
export function printVectors(file: VectorFile): string {
  return `${JSON.stringify(file, undefined, 1)}\n`;
}

/** Returns the id of a vector that is named by its comment alone. */
export function idOf(comment: string): string {
  return comment.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}
