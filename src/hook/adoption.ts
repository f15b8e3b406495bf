// SPDX-License-Identifier: Apache-2.0
// Whether this repository has adopted countersign, under which id, and what it thinks of git's own signatures: two lines
// of its policy. The hook needs no more of it, and a whole YAML reader would cost more than everything else it does.
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { latin1 } from '../bytes.ts';
import { readIfThere } from './place.ts';

export const POLICY = '.countersign/policy.yaml';
const MAX_POLICY = 256 * 1024;
const LINE = /^repository:[ \t]*(["']?)([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\1[ \t]*(?:#.*)?\r?$/gm;

const GIT_SIGNATURE = /^gitSignature:.*$/gm;
const ANY = /^gitSignature:[ \t]+(["']?)any\1[ \t]*(?:#.*)?\r?$/;

/**
 * Returns the repository id of the working tree's policy, else of HEAD's; undefined where neither names exactly one.
 * @param read reads an object by name
 */
export async function repositoryId(toplevel: string, read: (name: string) => Promise<Uint8Array | undefined>): Promise<string | undefined> {
  return idIn(readPolicy(join(toplevel, POLICY))) ?? idIn(await read(`HEAD:${POLICY}`));
}

/** Tells whether a policy takes git's own signature of any key (`gitSignature: any`); not where that is not plain to see. */
export function takesGitSignature(policy: Uint8Array | undefined): boolean {
  const lines = latin1(policy ?? new Uint8Array()).match(GIT_SIGNATURE) ?? [];
  return lines.length === 1 && ANY.test(lines[0]);
}

function readPolicy(path: string): Uint8Array | undefined {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.isFile() && status.size <= MAX_POLICY ? readIfThere(path) : undefined;
}

function idIn(policy: Uint8Array | undefined): string | undefined {
  const found = [...latin1(policy ?? new Uint8Array()).matchAll(LINE)];
  return found.length === 1 ? found[0]![2] : undefined;
}
