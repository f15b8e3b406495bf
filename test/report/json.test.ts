// SPDX-License-Identifier: Apache-2.0
// The reports for machines: one shape, one order, nothing but ASCII, and nothing lost.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pathFromBytes, pathOf } from '../../src/oid.ts';
import { jsonReport, printJson, printJsonLine } from '../../src/report/json.ts';
import { ndjsonReport } from '../../src/report/ndjson.ts';
import { commitVerdict, finding, OID, rangeVerdict, tagVerdict } from '../kit/verdicts.ts';

const test = suite('json');
const signer = { kind: 'session', id: '01JDQ3M8Z0W6T3E9Q8C6T4XK2N', sponsor: 'alice', scheme: 'ed25519', strength: 'software' } as const;

test('the whole verdict is one object, its keys in one order', () => {
  const report = jsonReport();
  const findings = [finding({ rule: 'missing-cosign', path: pathOf('post-mortems/x.md'), commit: OID, line: 3, waivedBy: ['01J'] })];
  assert.is(report.add({ kind: 'commit', commit: commitVerdict({ provenance: 'ai', binding: 'exact', signer, agent: 'a (m)', session: signer.id }) }), '');
  const text = report.add({ kind: 'range', range: rangeVerdict({ verdict: 'bad', findings }) });
  const value = JSON.parse(text);
  assert.equal(Object.keys(value), ['version', 'verdict', 'base', 'head', 'policy', 'strength', 'summary', 'commits', 'findings']);
  assert.equal(Object.keys(value.commits[0]), ['oid', 'verdict', 'provenance', 'binding', 'signer', 'agent', 'session', 'findings']);
  assert.equal(Object.keys(value.findings[0]), ['rule', 'level', 'path', 'commit', 'line', 'message', 'hint', 'waivedBy']);
  assert.equal(value.summary, rangeVerdict({}).summary);
});

test('what is not known is left out', () => {
  const report = jsonReport();
  report.add({ kind: 'commit', commit: commitVerdict({ provenance: 'undeclared' }) });
  const { commits } = JSON.parse(report.add({ kind: 'range', range: rangeVerdict({}) }));
  assert.equal(Object.keys(commits[0]), ['oid', 'verdict', 'provenance', 'findings']);
});

test('a tag stands beside the commits, with a verdict of its own', () => {
  const tag = tagVerdict({ verdict: 'bad', signer: { ...signer, kind: 'person', id: 'alice' }, findings: [finding({ rule: 'wrong-author' })] });
  for (const report of [jsonReport(), ndjsonReport()]) {
    const value = JSON.parse(report.add({ kind: 'range', range: rangeVerdict({ tag }) }));
    assert.equal(Object.keys(value.tag), ['name', 'oid', 'verdict', 'signer', 'tagger', 'findings']);
    assert.equal([value.tag.name, value.tag.verdict, value.tag.findings[0].rule, value.findings], ['v1.2.0', 'bad', 'wrong-author', []]);
  }
});

test('ndjson: each line is whole, and the last one is the range', () => {
  const report = ndjsonReport();
  const lines = [
    report.add({ kind: 'commit', commit: commitVerdict({ unauthenticated: ['Reviewed-by: nobody'] }) }),
    report.add({ kind: 'range', range: rangeVerdict({}) }),
  ];
  for (const line of lines) assert.match(line, /^[^\n]+\n$/);
  const [commit, range] = lines.map((line) => JSON.parse(line));
  assert.equal([commit.kind, commit.unauthenticated, range.kind, range.commits], ['commit', ['Reviewed-by: nobody'], 'range', undefined]);
});

test('two paths never look the same: bytes that are no UTF-8, and text that spells them', () => {
  const show = (bytes: Uint8Array): string => {
    const findings = [finding({ path: pathFromBytes(bytes) })];
    return JSON.parse(ndjsonReport().add({ kind: 'range', range: rangeVerdict({ findings }) })).findings[0].path;
  };
  assert.is(show(Buffer.from('é')), 'é');
  assert.is(show(Buffer.from([0x61, 0xff])), 'a\\xff');
  assert.is(show(Buffer.from('a\\xff')), 'a\\\\xff');
  const path = fc.uint8Array({ minLength: 1, maxLength: 8 });
  fc.assert(fc.property(path, path, (a, b) => assert.is(show(a) === show(b), Buffer.compare(a, b) === 0)), { numRuns: 200 });
});

test('only printable ASCII and the same value to every parser', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    for (const json of [printJson({ text }), printJsonLine({ text })]) {
      assert.match(json, /^[\n\x20-\x7e]+$/);
      assert.is(JSON.parse(json).text, text);
    }
  }), { numRuns: 200 });
});

test.run();
