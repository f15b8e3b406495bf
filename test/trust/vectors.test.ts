// SPDX-License-Identifier: Apache-2.0
// Reads glob.json and policy.json as another implementation would, and holds the generated files to their generator.
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromBase64, fromUtf8 } from '../../src/bytes.ts';
import { matchGlob, parseGlob, touches } from '../../src/glob.ts';
import { pathFromBytes } from '../../src/oid.ts';
import { parsePolicy } from '../../src/trust/policy.ts';
import type { Refusal } from '../../src/trust/refusal.ts';
import { parseRoster } from '../../src/trust/roster.ts';
import { throwsWith } from '../kit/rejects.ts';
import { trustFiles } from '../vectors/trust-files.ts';
import type { Vector, VectorFile, VectorGroup } from '../vectors/vector.ts';

const test = suite('trust vectors');

function read(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
}

for (const [file, text] of Object.entries(trustFiles())) {
  test(`${file} is what its generator writes`, () => assert.is(read(file), text));
}

function checkPattern(_: VectorGroup, { input, expect }: Vector): void {
  const glob = parseGlob(fromUtf8(fromBase64(input)!)!);
  assert.equal(glob.kind === 'glob' ? { status: 'good' } : { status: 'bad', reason: glob.reason }, expect);
}

function checkPath({ pattern, how }: VectorGroup, { input, expect }: Vector): void {
  const glob = parseGlob(pattern as string);
  const path = pathFromBytes(fromBase64(input)!);
  if (glob.kind === 'bad') return assert.unreachable(glob.reason);
  const matches = how === 'touches' ? touches(glob, path) : matchGlob(glob, path, how as 'exact' | 'folded');
  assert.is(matches ? 'match' : 'no-match', expect.status);
}

function checkFile({ form }: VectorGroup, { input, expect }: Vector): void {
  const bytes = fromBase64(input)!;
  const parse = () => (form === 'policy' ? parsePolicy(bytes) : parseRoster(bytes));
  if (expect.status === 'good') parse();
  else assert.is((throwsWith(form === 'policy' ? 'POLICY_INVALID' : 'ROSTER_INVALID', parse).cause as Refusal).reason, expect.reason);
}

const CHECKS: Record<string, (group: VectorGroup, vector: Vector) => void> = { pattern: checkPattern, path: checkPath, policy: checkFile, roster: checkFile };

for (const name of ['glob', 'policy']) {
  const { groups, notes } = JSON.parse(read(`test/vectors/${name}.json`)) as VectorFile;
  const tests = groups.flatMap((group) => group.tests);

  test(`${name}.json: ids are unique, flags are explained, two thirds fail`, () => {
    assert.is(new Set(tests.map(({ id }) => id)).size, tests.length);
    for (const { flags } of tests) for (const flag of flags) assert.ok(flag in notes, flag);
    const failing = tests.filter(({ expect }) => expect.reason !== undefined);
    assert.ok(failing.length / tests.length >= 2 / 3, `${failing.length} of ${tests.length}`);
  });

  for (const group of groups) {
    for (const vector of group.tests) test(`${group.name}: ${vector.id}: ${vector.comment}`, () => CHECKS[group['form'] as string]!(group, vector));
  }
}

test.run();
