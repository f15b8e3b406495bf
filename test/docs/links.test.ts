// SPDX-License-Identifier: Apache-2.0
// What pages point to is there: other pages and their sections, tests, rules, packages. Written for people, checked here.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RULES } from '../../src/trust/policy.ts';
import { readSections, rowsOf, sectionOf } from './page.ts';

const test = suite('docs: links');

const RECORDS = readdirSync('docs/decisions').filter((file) => file.endsWith('.md'));
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...['keyless.md', 'rules.md', 'spec.md', 'threat-model.md'].map((page) => `docs/${page}`), ...RECORDS.map((file) => `docs/decisions/${file}`)];

for (const page of PAGES) {
  const text = readFileSync(page, 'utf8');

  test(`${page}: links lead somewhere`, () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!.split('#', 1)[0]!).filter((link) => link !== '' && !/^[a-z]+:/.test(link));
    assert.equal(links.filter((link) => !existsSync(join(dirname(page), link))), []);
  });

  test(`${page}: files that it names exist`, () => {
    const named = [...text.matchAll(/`((?:test|src|docs|bench|hooks)\/[\w./-]+)`/g)].map(([, path]) => path!);
    assert.equal(named.filter((path) => !existsSync(path)), []);
  });
}

test('threats are numbered in order, and name rules that exist', () => {
  const rows = rowsOf(sectionOf('threat-model.md', 'Threats'));
  assert.equal(rows.map(([number]) => number), rows.map((_, i) => `T${i + 1}`));
  const named = rows.flatMap(([, , check = '']) => [...check.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, rule]) => rule!));
  assert.equal(named.filter((rule) => !Object.hasOwn(RULES, rule)), []);
});

test('each record says context, decision, alternatives, security and consequences, on one screen', () => {
  for (const file of RECORDS) {
    const text = readFileSync(`docs/decisions/${file}`, 'utf8');
    assert.equal([...text.matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, word]) => word), ['Context', 'Decision', 'Alternatives', 'Security', 'Consequences'], file);
    assert.ok(text.split('\n').length <= 41, file);
    assert.match(text, new RegExp(`^# ${file.slice(0, 4)}: `), file);
  }
});

test('every package has its record', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
  const records = RECORDS.map((file) => readFileSync(`docs/decisions/${file}`, 'utf8')).join('\n');
  const names = [...Object.keys(dependencies!), ...Object.keys(devDependencies!).filter((name) => !name.startsWith('@types/'))];
  assert.equal(names.filter((name) => !records.includes(name)), []);
});

test('pages can be read in one sitting', () => {
  const longest = { 'spec.md': 300, 'threat-model.md': 180, 'rules.md': 450 };
  for (const [page, most] of Object.entries(longest)) {
    assert.ok(readFileSync(`docs/${page}`, 'utf8').trimEnd().split('\n').length <= most, page);
    assert.ok(readSections(page).length > 3, page);
  }
});

test.run();
