// SPDX-License-Identifier: Apache-2.0
// Reads the vectors of this room as another implementation would, and holds the files to what the generator writes.
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { base64, fromBase64, fromLatin1, latin1 } from '../../src/bytes.ts';
import { pathOf } from '../../src/oid.ts';
import { pae } from '../../src/signature/pae.ts';
import { evidencePath, parseEvidence, printEvidence, statementOf } from '../../src/statement/evidence.ts';
import { STAMP_TYPE, parseStamp, printStamp } from '../../src/statement/stamp.ts';
import { printTrailers, readTrailers } from '../../src/statement/trailers.ts';
import { throwsWith } from '../kit/rejects.ts';
import { evidenceVectors } from '../vectors/evidence-vectors.ts';
import { stampVectors } from '../vectors/stamp-vectors.ts';
import { trailersVectors } from '../vectors/trailers-vectors.ts';
import { printVectors, type Vector, type VectorFile } from '../vectors/vector.ts';

const test = suite('statement vectors');

const files = { stamp: stampVectors, trailers: trailersVectors, evidence: evidenceVectors };

function read(name: string): string {
  return readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8');
}

function bytesOf(text: unknown): Uint8Array {
  return fromBase64(text as string)!;
}

function checkStamp({ input, expect }: Vector): void {
  const bytes = bytesOf(input);
  if (expect.status === 'invalid') {
    assert.is(throwsWith('STATEMENT_INVALID', () => parseStamp(bytes)).cause, expect.reason);
    return;
  }
  const again = printStamp(parseStamp(bytes));
  assert.is(base64(again), input);
  assert.is(base64(pae(STAMP_TYPE, again)), expect['signed']);
}

function checkTrailers({ input, expect }: Vector): void {
  const carried = readTrailers(bytesOf(input));
  assert.is(carried.kind, expect.status);
  if (carried.kind === 'malformed') {
    assert.is(carried.reason, expect.reason);
    if (expect['line'] !== undefined) assert.is(carried.line, expect['line']);
    const crlf = latin1(bytesOf(input)).replaceAll('\n', '\r\n');
    assert.is(readTrailers(fromLatin1(crlf)).kind, 'malformed', 'the same with line breaks of Windows');
  }
  if (carried.kind !== 'stamp') return;
  const text = (lines: string[]): string => base64(fromLatin1(lines.map((line) => `${line}\n`).join('')));
  assert.equal([base64(carried.above), text(printTrailers(carried.stamp)), text(carried.below)], [expect['above'], expect['lines'], expect['below']]);
}

function checkEvidence({ input, expect, ...vector }: Vector): void {
  const { path } = vector as unknown as { path: string };
  if (expect.status === 'invalid') {
    assert.is(throwsWith('STATEMENT_INVALID', () => parseEvidence(bytesOf(input), pathOf(path))).cause, expect.reason);
    return;
  }
  const evidence = parseEvidence(bytesOf(input), pathOf(path));
  assert.equal([evidence.kind, evidence.envelope.keyid, evidencePath(evidence) as string], [expect['kind'], expect['keyid'], path]);
  const { payload, signed } = statementOf(evidence);
  assert.is(base64(signed), expect['signed']);
  assert.is(base64(printEvidence(payload, evidence.envelope.keyid, evidence.envelope.sig)), input);
}

const CHECKS: Record<string, (vector: Vector) => void> = { stamp: checkStamp, trailers: checkTrailers, evidence: checkEvidence };

for (const [name, file] of Object.entries(files)) {
  test(`${name}.json is what its generator writes`, () => assert.is(read(name), printVectors(file)));

  const tests = (JSON.parse(read(name)) as VectorFile).groups.flatMap((group) => group.tests);

  test(`${name}.json: ids are unique, two thirds fail`, () => {
    assert.is(new Set(tests.map(({ id }) => id)).size, tests.length);
    const failing = tests.filter(({ expect }) => expect.reason !== undefined);
    assert.ok(failing.length / tests.length >= 2 / 3, `${failing.length} of ${tests.length}`);
  });

  for (const vector of tests) test(`${name}: ${vector.comment}`, () => CHECKS[name]!(vector));
}

test.run();
