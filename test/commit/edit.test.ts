// SPDX-License-Identifier: Apache-2.0
// The edit digest: its bytes written out, the region against a slow and plain reading of the same rule, and the line between
// what an edit survives (other people's edits elsewhere) and what it doesn't (one byte of its own).
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLatin1, latin1 } from '../../src/bytes.ts';
import { changedRegion, editDigest } from '../../src/commit/edit.ts';
import { ZERO, hashObject, pathOf, type Change, type Mode, type Oid } from '../../src/oid.ts';

const test = suite('edit digest');
const RUNS = { numRuns: process.env['SLOW'] ? 10_000 : 200 };

interface Edit {
  path: string;
  before?: string | Uint8Array;
  after?: string | Uint8Array;
  oldMode?: Mode;
  newMode?: Mode;
}

const bytesOf = (content: string | Uint8Array): Uint8Array => (typeof content === 'string' ? fromLatin1(content) : content);

/** Returns the edit digest of files, undefined content being none. */
async function digest(...edits: Edit[]): Promise<string | undefined> {
  const blobs = new Map<Oid, Uint8Array>();
  const side = (content: string | Uint8Array | undefined, mode: Mode): [Oid, Mode] => {
    if (content === undefined) return [ZERO.sha1, '000000'];
    const oid = hashObject('sha1', 'blob', bytesOf(content));
    blobs.set(oid, bytesOf(content));
    return [oid, mode];
  };
  const changes = edits.map(({ path, before, after, oldMode = '100644', newMode = '100644' }): Change => {
    const [[oldOid, from], [newOid, to]] = [side(before, oldMode), side(after, newMode)];
    return { path: pathOf(path), oldMode: from, newMode: to, oldOid, newOid };
  });
  return editDigest('sha1', changes, async (oid) => blobs.get(oid));
}

/** SHA-256 over fields, each preceded by its length and a line break. */
function digestOf(...fields: string[]): string {
  const text = `countersign-edit v1 sha1\n${fields.map((field) => `${field.length}\n${field}`).join('')}`;
  return `sha256:${createHash('sha256').update(text, 'latin1').digest('hex')}`;
}

function region(before: string, after: string): string[] {
  const { before: lead, old, new: fresh, after: tail } = changedRegion(fromLatin1(before), fromLatin1(after));
  return [lead, old, fresh, tail].map(latin1);
}

const blob = (content: string): string => hashObject('sha1', 'blob', fromLatin1(content));

test('the bytes, by hand', async () => {
  assert.is(await digest(), `sha256:${createHash('sha256').update('countersign-edit v1 sha1\n').digest('hex')}`);
  const hand = 'countersign-edit v1 sha1\n6\n1006446\n1006444\ntext5\na.txt6\n2\n3\n4\n2\n5\n2\nV\n6\n6\n7\n8\n';
  assert.is(await digest({ path: 'a.txt', before: '1\n2\n3\n4\n5\n6\n7\n8\n9\n', after: '1\n2\n3\n4\nV\n6\n7\n8\n9\n' }), `sha256:${createHash('sha256').update(hand).digest('hex')}`);
});

test('the fields of every kind of change', async () => {
  const [zero, a, b] = [ZERO.sha1, blob('a\n'), blob('b\n')];
  const cases: [edit: Edit, fields: string[]][] = [
    [{ path: 'new', after: 'a\nb' }, ['000000', '100644', 'text', 'new', '', '', 'a\nb', '']],
    [{ path: 'gone', before: 'a\n' }, ['100644', '000000', 'text', 'gone', '', 'a\n', '', '']],
    [{ path: 'empty', after: '' }, ['000000', '100644', 'text', 'empty', '', '', '', '']],
    [{ path: 'emptied', before: 'a\n', after: '' }, ['100644', '100644', 'text', 'emptied', '', 'a\n', '', '']],
    [{ path: 'run', before: 'a\n', after: 'a\n', newMode: '100755' }, ['100644', '100755', 'mode', 'run']],
    [{ path: 'run', before: 'a\n', after: 'b\n', newMode: '100755' }, ['100644', '100755', 'text', 'run', '', 'a\n', 'b\n', '']],
    [{ path: 'bin', before: 'a\n', after: 'a\0b' }, ['100644', '100644', 'binary', 'bin', a, blob('a\0b')]],
    [{ path: 'bin', before: '\0', after: 'b\n' }, ['100644', '100644', 'binary', 'bin', blob('\0'), b]],
    [{ path: 'bin', after: '\0' }, ['000000', '100644', 'binary', 'bin', zero, blob('\0')]],
    [{ path: 'link', before: 'a\n', after: 'b\n', oldMode: '120000', newMode: '120000' }, ['120000', '120000', 'symlink', 'link', a, b]],
    [{ path: 'link', before: 'a\n', after: 'b\n', newMode: '120000' }, ['100644', '120000', 'symlink', 'link', a, b]],
    // the file's content becomes the link's target: that is no change of a mode alone
    [{ path: 'link', before: 'a\n', after: 'a\n', newMode: '120000' }, ['100644', '120000', 'symlink', 'link', a, a]],
    [{ path: 'sub', before: 'a\n', after: 'b\n', oldMode: '160000', newMode: '160000' }, ['160000', '160000', 'gitlink', 'sub', a, b]],
    [{ path: 'sub', before: 'a\n', after: 'b\n', oldMode: '120000', newMode: '160000' }, ['120000', '160000', 'gitlink', 'sub', a, b]],
  ];
  for (const [edit, fields] of cases) assert.is(await digest(edit), digestOf(...fields), JSON.stringify(edit));
});

test('above 16 MiB the object ids stand for the file', async () => {
  const limit = Buffer.alloc(16 * 1024 * 1024, 'a\n');
  const above = Buffer.concat([limit, Buffer.from('a')]);
  const oid = (bytes: Uint8Array): string => hashObject('sha1', 'blob', bytes);
  assert.is(await digest({ path: 'big', before: limit, after: above }), digestOf('100644', '100644', 'binary', 'big', oid(limit), oid(above)));
  assert.is(await digest({ path: 'big', before: '', after: limit }), digestOf('100644', '100644', 'text', 'big', '', '', latin1(limit), ''));
});

test('a missing blob gives no digest, unless the change does not need it', async () => {
  const change: Change = { path: pathOf('a'), oldMode: '100644', newMode: '100644', oldOid: blob('a') as Oid, newOid: blob('b') as Oid };
  const none = async (): Promise<undefined> => undefined;
  assert.is(await editDigest('sha1', [change], none), undefined);
  assert.is(await editDigest('sha1', [change], async (oid) => (oid === change.oldOid ? fromLatin1('a') : undefined)), undefined);
  assert.type(await editDigest('sha1', [{ ...change, oldMode: '160000', newMode: '160000' }], none), 'string');
  assert.type(await editDigest('sha1', [{ ...change, newMode: '100755', newOid: change.oldOid }], none), 'string');
  assert.type(await editDigest('sha1', [{ ...change, path: pathOf('.countersign/evidence/x') }], none), 'string');
});

test('order of the input makes no difference; evidence is left out', async () => {
  const [a, b, c]: Edit[] = [{ path: 'a/b', after: '1\n' }, { path: 'a.b', after: '2\n' }, { path: '.countersign/evidence/x', after: '3\n' }];
  assert.is(await digest(a!, b!, c!), await digest(b!, a!));
  assert.is.not(await digest(a!, b!), await digest(a!));
});

test('region: examples, with and without a final line break', () => {
  assert.equal(region('', ''), ['', '', '', '']);
  assert.equal(region('a\n', 'a\n'), ['a\n', '', '', '']);
  assert.equal(region('a', 'a\n'), ['', 'a', 'a\n', '']);
  assert.equal(region('a\n', 'a\nb'), ['a\n', '', 'b', '']);
  assert.equal(region('a', 'a\nb'), ['', 'a', 'a\nb', '']);
  assert.equal(region('b', 'a\nb'), ['', '', 'a\n', 'b']);
  assert.equal(region('ab\n', 'b\n'), ['', 'ab\n', 'b\n', '']);
  assert.equal(region('x\nab\nc', 'x\nb\nc'), ['x\n', 'ab\n', 'b\n', 'c']);
  assert.equal(region('a\n\nb\n', 'a\n\n\nb\n'), ['a\n\n', '', '\n', 'b\n']);
  assert.equal(region('a\na\na\n', 'a\na\n'), ['a\na\n', 'a\n', '', '']);
  assert.equal(region('\n\n\n\n\nx\n\n\n\n\n', '\n\n\n\n\ny\n\n\n\n\n'), ['\n\n\n', 'x\n', 'y\n', '\n\n\n']);
  assert.equal(region('a\r\nb\r\n', 'a\r\nb\n'), ['a\r\n', 'b\r\n', 'b\n', '']);
  assert.equal(region('a\rb\n', 'a\rc\n'), ['', 'a\rb\n', 'a\rc\n', '']);
});

/** The same rule over a list of lines. */
function plainRegion(before: string, after: string): string[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let lead = 0;
  while (lead < a.length && lead < b.length && a[lead] === b[lead]) lead++;
  let tail = 0;
  while (tail < a.length - lead && tail < b.length - lead && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const end = a.length - tail;
  return [a.slice(Math.max(0, lead - 3), lead), a.slice(lead, end), b.slice(lead, b.length - tail), a.slice(end, end + 3)].map((lines) => lines.join(''));
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

const file = fc.array(fc.constantFrom('a', 'b', 'ab', '', '\r', 'ba'), { maxLength: 12 }).chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));

test('region: the same as a plain reading of the rule, line by line', () => {
  fc.assert(fc.property(file, file, (before, after) => assert.equal(region(before, after), plainRegion(before, after))), { numRuns: RUNS.numRuns * 5 });
});

test('region: the parts stand in the files side by side', () => {
  fc.assert(fc.property(file, file, (before, after) => {
    const [lead, old, fresh, tail] = region(before, after) as [string, string, string, string];
    assert.ok(before.includes(lead + old + tail));
    assert.ok(after.includes(lead + fresh + tail));
    if (linesOf(before).length <= 3) assert.is(lead + old + tail, before);
  }), RUNS);
});

const line = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 4 }).map((text) => `${text}\n`);
const lines = (least: number): fc.Arbitrary<string> => fc.array(line, { minLength: least, maxLength: least + 4 }).map((all) => all.join(''));

test('carried: unrelated lines further away than the context make no difference', async () => {
  await fc.assert(fc.asyncProperty(lines(4), lines(4), lines(1), lines(1), lines(0), lines(0), async (head, tail, old, fresh, above, below) => {
    // marked at both ends, so that neither file's edit shrinks or grows by chance
    const [from, to] = [`<${old}>\n`, `[${fresh}]\n`];
    const before = await digest({ path: 'f', before: head + from + tail, after: head + to + tail });
    assert.is(await digest({ path: 'f', before: above + head + from + tail + below, after: above + head + to + tail + below }), before);
  }), RUNS);
});

test('one byte of the edit, of its context or of its path makes another digest', async () => {
  const head = 'one\ntwo\nthree\n';
  const tail = 'six\nseven\neight\n';
  const edit = { path: 'f', before: `${head}four\n${tail}`, after: `${head}FOUR\nfive\n${tail}` };
  const original = await digest(edit);
  const swap = (text: string, from: string, to: string): string => text.replace(from, to);
  for (const [from, to] of [['one', 'onE'], ['three', 'thre'], ['six', 'six '], ['eight', 'Eight'], ['eight\n', 'eight\nnine']] as const) {
    const both = await digest({ ...edit, before: swap(edit.before, from, to), after: swap(edit.after, from, to) });
    if (from === 'eight\n') assert.is(both, original, 'beyond the context');
    else assert.is.not(both, original, from);
  }
  assert.is.not(await digest({ ...edit, before: swap(edit.before, 'four', 'f0ur') }), original);
  assert.is.not(await digest({ ...edit, after: swap(edit.after, 'five', 'fiVe') }), original);
  assert.is.not(await digest({ ...edit, path: 'g' }), original);
  assert.is.not(await digest({ ...edit, oldMode: '100755', newMode: '100755' }), original);
  assert.is.not(await digest({ ...edit, after: edit.before, before: edit.after }), original);
});

test('one byte changed anywhere in the new file makes another digest', async () => {
  await fc.assert(fc.asyncProperty(file.filter((text) => text !== ''), file, fc.nat(), async (after, before, where) => {
    const at = where % after.length;
    const other = `${after.slice(0, at)}#${after.slice(at + 1)}`;
    if (before === after || before === other) return;
    assert.is.not(await digest({ path: 'f', before, after }), await digest({ path: 'f', before, after: other }));
  }), RUNS);
});

test('documented limit: the same edit among the same lines elsewhere in the file has the same digest', async () => {
  const place = 'if (x) {\n  check();\n  go();\n}\n';
  const [a, b] = [`${place}MIDDLE\n${place}`, 'go();'];
  const upper = a.replace(b, 'stop();');
  const lower = a.slice(0, a.lastIndexOf(b)) + a.slice(a.lastIndexOf(b)).replace(b, 'stop();');
  assert.is.not(upper, lower);
  // other lines stand around the two places: told apart
  assert.is.not(await digest({ path: 'f', before: a, after: upper }), await digest({ path: 'f', before: a, after: lower }));
  const wide = `p\nq\n${place}r\ns\n`;
  const twice = wide + wide;
  const first = twice.replace(b, 'stop();');
  const second = wide + wide.replace(b, 'stop();');
  assert.is(await digest({ path: 'f', before: twice, after: first }), await digest({ path: 'f', before: twice, after: second }));
});

test('lengths keep fields apart: a path that looks like a field is not one', async () => {
  assert.is.not(await digest({ path: 'a', after: 'b\n' }), await digest({ path: 'a0\n0\n2\nb', after: '' }));
});

test('megabytes of lines are trimmed in linear time', () => {
  const started = performance.now();
  const big = '\n'.repeat(8_000_000);
  assert.equal(region(big, `${big}\n`), ['\n\n\n', '', '\n', '']);
  assert.equal(region(`a${big}`, `b${big}`), ['', 'a\n', 'b\n', '\n\n\n']);
  const long = 'a'.repeat(8_000_000);
  assert.equal(region(long, `${long}b`).map(({ length }) => length), [0, long.length, long.length + 1, 0]);
  assert.equal(region(long, `b${long}`).map(({ length }) => length), [0, long.length, long.length + 1, 0]);
  assert.ok(performance.now() - started < 20_000);
});

test.run();
