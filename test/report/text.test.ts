// SPDX-License-Identifier: Apache-2.0
// The report for people: what is wrong, who, what to type, and nothing that acts on a terminal.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pathFromBytes, pathOf } from '../../src/oid.ts';
import type { Paint } from '../../src/report/paint.ts';
import { textReport } from '../../src/report/text.ts';
import type { Judged } from '../../src/verifier/verifier.ts';
import { commitVerdict, finding, OID, rangeVerdict, tagVerdict } from '../kit/verdicts.ts';

const test = suite('text');
const plain: Paint = (_, text) => text;
const show = (...judged: Judged[]): string => judged.map((each) => textReport(plain).add(each)).join('');

test('one line per commit: verdict, id, provenance, who, subject', () => {
  const signer = { kind: 'session', id: '01JDQ3M8Z0W6T3E9Q8C6T4XK2N', sponsor: 'alice', scheme: 'ed25519', strength: 'software' } as const;
  const commit = commitVerdict({ provenance: 'ai', signer, agent: 'claude-code/2 (m)', binding: 'carried', subject: 'fix it' });
  assert.is(show({ kind: 'commit', commit }), `good     ${OID.slice(0, 10)}  ai          claude-code/2 (m) for alice (carried)  fix it\n`);
});

test('an author who proved nothing is not shown as one who did', () => {
  const commit = commitVerdict({ verdict: 'bad', provenance: 'undeclared', author: 'Alice <alice@example.com>' });
  assert.match(show({ kind: 'commit', commit }), 'unproven: Alice <alice@example.com>');
});

test('findings: weight, rule, place, and the command that mends it', () => {
  const findings = [
    finding({ rule: 'missing-cosign', path: pathOf('b.md'), message: 'not cosigned', hint: 'countersign cosign b.md' }),
    finding({ rule: 'replayed', level: 'warn', path: pathOf('a.md'), line: 3, message: 'm', hint: '' }),
    finding({ rule: 'objection', level: 'unknown', message: 'c' }),
    finding({ rule: 'out-of-scope', message: 'd', waivedBy: ['01J'] }),
  ];
  const lines = show({ kind: 'range', range: rangeVerdict({ verdict: 'bad', findings }) }).split('\n');
  assert.equal(lines.slice(0, 7), [
    '  unknown: objection: c', '    fix: do it',
    '  waived by 01J: out-of-scope: d', '    fix: do it',
    '  warning: replayed a.md:3: m',
    '  error: missing-cosign b.md: not cosigned', '    fix: countersign cosign b.md',
  ]);
  assert.match(lines[7]!, /^bad: 2 commits \(1 human, 1 ai\), 1 error in the whole, by the policy of a{10}, serial 3$/);
});

test('a tag: a line like a commit\'s, what is wrong with it, and that it counts', () => {
  const signer = { kind: 'person', id: 'alice', scheme: 'ssh', strength: 'software' } as const;
  const lines = (tag: ReturnType<typeof tagVerdict>): string[] => show({ kind: 'range', range: rangeVerdict({ strength: 'presence', tag }) }).split('\n');
  assert.is(lines(tagVerdict({ signer }))[0], `good     ${OID.slice(0, 10)}  tag         alice  v1.2.0`);
  assert.not.match(lines(tagVerdict({ signer }))[1]!, 'tag');
  const bad = lines(tagVerdict({ verdict: 'bad', findings: [finding({ rule: 'unsigned-human', message: 'nobody', hint: 'sign it' })] }));
  assert.equal(bad.slice(0, 3), [`bad      ${OID.slice(0, 10)}  tag         unproven: Alice <alice@example.com>  v1.2.0`, '  error: unsigned-human: nobody', '    fix: sign it']);
  assert.match(bad[3]!, /^good: 2 commits \(1 human, 1 ai\), the tag bad, /);
});

test('software keys are named where they decided, and only there', () => {
  assert.match(show({ kind: 'range', range: rangeVerdict({}) }), /\nSoftware keys decided/);
  assert.not.match(show({ kind: 'range', range: rangeVerdict({ strength: 'presence' }) }), 'Software');
  const { summary } = rangeVerdict({});
  const none = { ...summary, commits: 2, preAdoption: 2 };
  assert.not.match(show({ kind: 'range', range: rangeVerdict({ summary: none }) }), 'Software');
});

test('the meaning stands without colour, and colour comes from the painter alone', () => {
  const painted = textReport((style, text) => `<${style}>${text}</>`).add({ kind: 'commit', commit: commitVerdict({ verdict: 'unknown' }) });
  assert.match(painted, /^<unknown>unknown<\/>/);
});

test('no text of a commit acts on a terminal or begins a line of its own', () => {
  const nasty = fc.string({ unit: fc.constantFrom('\u001b[2J', '\u202e', '\u009b', '\r', '\n', '\0', '\u200b', 'good: ', 'a', 'é', '\u2028', '\\', '\u{e0041}') });
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 12 });
  fc.assert(fc.property(nasty, bytes, (text, raw) => {
    const signer = { kind: 'person', id: text, scheme: 'ssh', strength: 'software' } as const;
    const findings = [finding({ message: text, hint: text, path: pathFromBytes(raw) })];
    const commit = commitVerdict({ subject: text, author: text, agent: text, signer, unauthenticated: [text], findings });
    const shown = show({ kind: 'commit', commit }, { kind: 'commit', commit: commitVerdict({ author: text }) }, { kind: 'range', range: rangeVerdict({ notes: [text], findings, tag: tagVerdict({ name: text, tagger: text, findings }) }) });
    assert.not.match(shown, /[^\P{C}\n]|[\u2028\u2029]/u);
    assert.is(shown.split('\n').length, show({ kind: 'commit', commit: commitVerdict({ unauthenticated: ['x'], findings: [finding({ hint: text })] }) },
      { kind: 'commit', commit: commitVerdict({}) }, { kind: 'range', range: rangeVerdict({ notes: ['x'], findings: [finding({ hint: text })], tag: tagVerdict({ findings: [finding({ hint: text })] }) }) }).split('\n').length);
  }), { numRuns: process.env['SLOW'] === '1' ? 5000 : 200 });
});

test.run();
