// SPDX-License-Identifier: Apache-2.0
// docs/rules.md says of every rule, verdict and fault what the code says: names, order, levels, what a policy may lower,
// what is judged at all, exit statuses.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { STATUS } from '../../src/cli/commands/verify.ts';
import { EXIT } from '../../src/fault.ts';
import { KERNEL, RULES, type RuleName } from '../../src/trust/policy.ts';
import { COMMIT_RULES } from '../../src/verifier/rules/commit-registry.ts';
import { RANGE_RULES } from '../../src/verifier/rules/range-registry.ts';
import { readSections, rowsOf, sectionOf } from './page.ts';

const test = suite('docs: rules');

const NAMES = Object.keys(RULES) as RuleName[];
const sections = readSections('rules.md').filter(({ depth, heading }) => depth === 2 && heading !== 'Faults');
const FIRST_LINE = /^\n\*(error|warn); (a policy may not lower it|a policy may lower it); (commits|range|commits, range|not judged yet)\*\n/;

/** The rules that the verifier names outside the registries, where something cannot even be read. */
function namedElsewhere(): Set<string> {
  const files = readdirSync('src/verifier').filter((file) => file.endsWith('.ts'));
  return new Set(files.flatMap((file) => [...readFileSync(join('src/verifier', file), 'utf8').matchAll(/\brule: '([a-z-]+)'/g)].map(([, name]) => name!)));
}

test('every rule has its section, in the order of the code, and nothing else has', () => {
  assert.equal(sections.map(({ heading }) => heading), NAMES);
});

test('each section says level, whether it may be lowered, and what it is judged on', () => {
  const [commits, ranges] = [COMMIT_RULES, RANGE_RULES].map((rules) => new Set<string>(rules.map(({ name }) => name)));
  const elsewhere = namedElsewhere();
  for (const { heading, text } of sections) {
    const [, level, lowered, scope = ''] = FIRST_LINE.exec(text) ?? [];
    const rule = heading as RuleName;
    assert.is(level, RULES[rule], heading);
    assert.is(lowered, KERNEL.has(rule) ? 'a policy may not lower it' : 'a policy may lower it', heading);
    assert.is(scope === 'not judged yet', !commits!.has(heading) && !ranges!.has(heading) && !elsewhere.has(heading), `${heading}: ${scope}`);
    if (scope === 'not judged yet' || elsewhere.has(heading)) continue;
    assert.is(scope, [...(commits!.has(heading) ? ['commits'] : []), ...(ranges!.has(heading) ? ['range'] : [])].join(', '), heading);
  }
});

test('each section says what, why and how to fix', () => {
  for (const { heading, text } of sections) assert.match(text, /\*\n\n[A-Z`].+\n\n\*\*Why:\*\* .+\n\n\*\*Fix:\*\* .+\n/, heading);
});

test('verdicts and faults have the exit statuses of the code', () => {
  const table = (words: string): string[][] => rowsOf(sectionOf('rules.md', words));
  assert.equal(Object.fromEntries(table('Rules, verdicts, faults').map(([verdict, status]) => [verdict, Number(status)])), STATUS);
  const faults = table('Faults');
  assert.equal(Object.fromEntries(faults.map(([code, status]) => [code!.replaceAll('`', ''), Number(status)])), EXIT);
  assert.ok(faults.every(([, , when = '']) => when.length > 3));
});

test.run();
