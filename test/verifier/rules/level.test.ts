// SPDX-License-Identifier: Apache-2.0
// Levels: what a policy may turn down, what it may not, and that nothing turned down in a range helps that range.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { levelOf } from '../../../src/verifier/rule.ts';
import { KERNEL, RULES, parsePolicy, type RuleName } from '../../../src/trust/policy.ts';
import { utf8 } from '../../../src/bytes.ts';
import { attempt } from '../../kit/attempt.ts';
import { History, policyText } from '../../kit/history.ts';
import { throwsWith } from '../../kit/rejects.ts';

const test = suite('levels');
const policy = (text: string) => parsePolicy(utf8(policyText({}, text)));
const outOfScope = { 'docs/a.md': 'x\n' };

test('the strictest of the judging policies gives the level', () => {
  const [off, warn, error] = ['off', 'warn', 'error'].map((level) => policy(`rules: { wrong-author: ${level} }\n`));
  assert.is(levelOf('wrong-author', [off!]), undefined);
  assert.is(levelOf('wrong-author', [off!, warn!]), 'warn');
  assert.is(levelOf('wrong-author', [warn!, error!, off!]), 'error');
});

test('the rules on which all others stand cannot be turned down', () => {
  for (const rule of Object.keys(RULES) as RuleName[]) {
    const text = `rules: { ${rule}: warn }\n`;
    if (KERNEL.has(rule)) throwsWith('POLICY_INVALID', () => policy(text));
    else assert.is(levelOf(rule, [policy(text)]), 'warn', rule);
  }
});

test('a rule at warn warns, one that is off says nothing', async () => {
  for (const [level, found] of [['warn', [['out-of-scope', 'warn']]], ['off', []]] as const) {
    const history = await History.make({ policy: `rules: { out-of-scope: ${level} }\n` });
    const session = history.session();
    const { range, findings } = await attempt(history, { by: session, files: { ...outOfScope, ...session.file } });
    assert.equal(findings.map((finding) => [finding.rule, finding.level]), found);
    assert.is(range.verdict, 'good');
    await history.close();
  }
});

test('turned down by an owner in the range: still an error in it, a warning in the next', async () => {
  const history = await History.make({ policy: '' });
  const session = history.session();
  const lowered = await history.commit({ files: { '.countersign/policy.yaml': policyText({ serial: 2 }, 'rules: { out-of-scope: warn }\n'), ...session.file } });
  await history.commit({ by: session, files: outOfScope });
  assert.equal((await history.verify(history.adoption)).errors, ['out-of-scope']);
  assert.equal((await history.verify(lowered)).errors, []);
  await history.close();
});

test('ai-only reports what nobody declared, and enforces the rest', async () => {
  const history = await History.make({ policy: 'provenance: ai-only\n' });
  const plain = await attempt(history, { by: null, files: { 'src/b.ts': 'b\n' } });
  assert.equal(plain.findings.map(({ rule, level }) => [rule, level]), [['undeclared', 'warn']]);
  assert.is(plain.range.verdict, 'good');
  const marked = await attempt(history, { by: null, files: { 'src/b.ts': 'b\n' }, author: { name: 'C', email: 'noreply@anthropic.com' } });
  assert.equal(marked.errors, ['unsigned-ai']);
  await history.close();
});

test('ai-only brought in the range enforces until the next', async () => {
  const history = await History.make({ policy: '' });
  const lowered = await history.commit({ files: { '.countersign/policy.yaml': policyText({ serial: 2 }, 'provenance: ai-only\n') } });
  await history.commit({ by: null, files: { 'src/b.ts': 'b\n' } });
  assert.equal((await history.verify(history.adoption)).errors, ['undeclared']);
  assert.equal((await history.verify(lowered)).errors, []);
  await history.close();
});

test.run();
