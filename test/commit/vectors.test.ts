// SPDX-License-Identifier: Apache-2.0
// Reads the vectors of this room as another implementation would, and holds the files to what the generator writes.
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { base64, fromBase64, fromLatin1, fromUtf8, latin1, utf8 } from '../../src/bytes.ts';
import { changeDigest } from '../../src/commit/change.ts';
import { editDigest } from '../../src/commit/edit.ts';
import { canonicalMessage, readText } from '../../src/commit/message.ts';
import { parseCommit } from '../../src/commit/raw.ts';
import type { Change, Mode, ObjectFormat, Oid, Path } from '../../src/oid.ts';
import { throwsWith } from '../kit/rejects.ts';
import { commitPayloadVectors } from '../vectors/commit-payload-vectors.ts';
import { changeVectors, editVectors, messageVectors } from '../vectors/digest-vectors.ts';
import { printVectors, type Vector, type VectorFile, type VectorGroup } from '../vectors/vector.ts';

const test = suite('commit vectors');

const files = { 'commit-payload': commitPayloadVectors, change: changeVectors, edit: editVectors, message: messageVectors };

function read(name: string): string {
  return readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8');
}

function bytesOf(text: unknown): Uint8Array {
  return fromBase64(text as string)!;
}

/** Reads what `git diff-tree --raw -z` prints. */
function changesOf(input: string): Change[] {
  const pieces = latin1(bytesOf(input)).split('\0');
  return pieces.flatMap((piece, i) => {
    if (i % 2 === 1 || piece === '') return [];
    const [oldMode, newMode, oldOid, newOid] = piece.slice(1).split(' ') as [Mode, Mode, Oid, Oid];
    return [{ oldMode, newMode, oldOid, newOid, path: pieces[i + 1] as Path }];
  });
}

function checkPayload({ objectFormat }: VectorGroup, { input, expect }: Vector): void {
  const parse = (): ReturnType<typeof parseCommit> => parseCommit(bytesOf(input), objectFormat as ObjectFormat);
  if (expect.status === 'malformed') {
    assert.is(throwsWith('COMMIT_MALFORMED', parse).cause, expect.reason);
    return;
  }
  const { signature, malleable } = parse();
  assert.is(malleable, expect.reason);
  if (expect.status === 'unsigned') assert.is(signature, undefined);
  if (signature) assert.is(latin1(signature.payload), latin1(bytesOf(expect['payload'])));
  if (expect.status === 'signed') assert.is(base64(signature!.armor), expect['armor']);
}

function checkChange({ objectFormat }: VectorGroup, { input, expect }: Vector): void {
  assert.is(changeDigest(objectFormat as ObjectFormat, changesOf(input)), expect['digest']);
}

async function checkEdit({ objectFormat, blobs }: VectorGroup, { input, expect }: Vector): Promise<void> {
  const content = blobs as Record<string, string>;
  const digest = await editDigest(objectFormat as ObjectFormat, changesOf(input), async (oid) => (content[oid] === undefined ? undefined : bytesOf(content[oid])));
  assert.is(digest, expect['digest']);
}

function checkMessage({ encoding }: VectorGroup, { input, expect }: Vector): void {
  const { text, message } = readText({ name: '', email: '', date: 0, zone: '+0000' }, bytesOf(input), encoding as string);
  assert.equal([text, message], [expect.status, expect['digest']]);
  const canonical = bytesOf(expect['canonical']);
  const again = text === 'raw' ? fromLatin1(canonicalMessage(latin1(canonical))) : utf8(canonicalMessage(fromUtf8(canonical)!));
  assert.is(base64(again), expect['canonical']);
}

const CHECKS: Record<string, (group: VectorGroup, vector: Vector) => void | Promise<void>> = {
  'commit-payload': checkPayload, change: checkChange, edit: checkEdit, message: checkMessage,
};

for (const [name, file] of Object.entries(files)) {
  test(`${name}.json is what its generator writes`, () => assert.is(read(name), printVectors(file)));

  const parsed = JSON.parse(read(name)) as VectorFile;
  const tests = parsed.groups.flatMap((group) => group.tests);

  test(`${name}.json: ids are unique, flags are explained`, () => {
    assert.is(new Set(tests.map(({ id }) => id)).size, tests.length);
    for (const { flags } of tests) for (const flag of flags) assert.ok(flag in parsed.notes, flag);
  });

  for (const group of parsed.groups) for (const vector of group.tests) test(`${name}: ${vector.comment}`, () => CHECKS[name]!(group, vector));
}

test('commit-payload.json: two thirds fail', () => {
  const tests = commitPayloadVectors.groups.flatMap((group) => group.tests);
  const failing = tests.filter(({ expect }) => expect.reason !== undefined);
  assert.ok(failing.length / tests.length >= 2 / 3, `${failing.length} of ${tests.length}`);
});

test.run();
