// SPDX-License-Identifier: Apache-2.0
// Reads sshsig.json and dsse.json as another implementation would, and holds the files to what the generator writes.
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { base64, fromBase64 } from '../../src/bytes.ts';
import { PAYLOAD_TYPE, pae, parseEnvelope, printEnvelope } from '../../src/signature/dsse.ts';
import type { Certificate } from '../../src/signature/ssh/certificate.ts';
import { checkSshsig, decodeArmor, decodeSshsig, encodeArmor, encodeSshsig } from '../../src/signature/ssh/sshsig.ts';
import { throwsWith } from '../kit/rejects.ts';
import { dsseVectors } from '../vectors/dsse-vectors.ts';
import { sshsigVectors } from '../vectors/sshsig-vectors.ts';
import { printVectors } from '../vectors/vector.ts';
import type { Vector, VectorFile, VectorGroup } from '../vectors/vector.ts';

const test = suite('signature vectors');

function read(name: string): string {
  return readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8');
}

function bytesOf(text: unknown): Uint8Array {
  return fromBase64(text as string)!;
}

const files = { sshsig: sshsigVectors, dsse: dsseVectors };
const parsed = Object.fromEntries(Object.keys(files).map((name) => [name, JSON.parse(read(name)) as VectorFile]));

for (const [name, file] of Object.entries(files)) {
  test(`${name}.json is what its generator writes`, () => assert.is(read(name), printVectors(file)));

  test(`${name}.json: ids are unique, flags are explained, two thirds fail`, () => {
    const tests = file.groups.flatMap((group) => group.tests);
    assert.is(new Set(tests.map(({ id }) => id)).size, tests.length);
    for (const { flags } of tests) for (const flag of flags) assert.ok(flag in file.notes, flag);
    const failing = tests.filter(({ expect }) => 'reason' in expect);
    assert.ok(failing.length / tests.length >= 2 / 3, `${failing.length} of ${tests.length}`);
  });
}

function checkBlob({ namespace, payload }: VectorGroup, { input, expect }: Vector): void {
  const { key, certificate, ...check } = checkSshsig(bytesOf(input), bytesOf(payload), namespace as string);
  const { status, ...rest } = expect;
  assert.is(key !== undefined, status === 'good');
  // A claimed keyid stands beside a failure of the signature; the vectors name it where it is proven.
  const got: Record<string, unknown> = { ...check, ...(certificate && flatten(certificate)) };
  if (status !== 'good') delete got['keyid'];
  assert.equal(got, { kind: status, ...rest });
  if (status !== 'good') return;
  const fields = decodeSshsig(bytesOf(input));
  assert.is(typeof fields === 'string' ? fields : base64(encodeSshsig(fields)), input);
  assert.equal(decodeArmor(encodeArmor(bytesOf(input))), bytesOf(input));
}

/** A certificate as the vectors have it: names in one text, no end of time where it has none, its key id left out. */
function flatten({ authority, principals, validAfter, validBefore, serial }: Certificate): Record<string, unknown> {
  return { authority, validAfter, serial, principals: principals.join(), ...(validBefore === Infinity ? {} : { validBefore }) };
}

function checkArmor({ namespace, payload }: VectorGroup, { input, expect }: Vector): void {
  const blob = decodeArmor(bytesOf(input));
  assert.is(blob === undefined ? 'bad' : checkSshsig(blob, bytesOf(payload), namespace as string).kind, expect.status);
}

function checkEnvelope(_: VectorGroup, { input, expect }: Vector): void {
  if (expect.status === 'invalid') {
    assert.is(throwsWith('STATEMENT_INVALID', () => parseEnvelope(bytesOf(input))).cause, expect.reason);
    return;
  }
  const envelope = parseEnvelope(bytesOf(input));
  assert.is(envelope.keyid, expect['keyid']);
  assert.is(envelope.payloadType, PAYLOAD_TYPE);
  assert.is(base64(printEnvelope(envelope)), input);
}

function checkEncoding(_: VectorGroup, { input, expect }: Vector): void {
  assert.is(base64(pae(expect['type'] as string, bytesOf(input))), expect['bytes']);
}

const CHECKS: Record<string, (group: VectorGroup, vector: Vector) => void> = {
  blob: checkBlob,
  armor: checkArmor,
  envelope: checkEnvelope,
  pae: checkEncoding,
};

for (const [name, file] of Object.entries(parsed)) {
  for (const group of file.groups) {
    for (const vector of group.tests) test(`${name}: ${vector.id}: ${vector.comment}`, () => CHECKS[group['form'] as string]!(group, vector));
  }
}

test.run();
