// SPDX-License-Identifier: Apache-2.0
// The policy: what a repository demands. Strict, because a demand that is misspelt and ignored is no demand; every
// optional key has a default, so that whoever asks never has to guess one. What guards the policy itself can't be
// turned down in it.
import * as z from 'zod';
import { parseGlob, type Glob } from '../glob.ts';
import { ID } from '../id.ts';
import { ISSUER } from './key.ts';
import { readYaml } from './yaml.ts';
import { refuseIssues } from './refusal.ts';

export type Level = 'error' | 'warn' | 'off';

/** Every rule and its level where the policy says nothing. docs/rules.md has a section on each. */
export const RULES = {
  'undeclared': 'error',
  'unsigned-ai': 'error',
  'unsigned-human': 'error',
  'malformed-stamp': 'error',
  'bad-signature': 'error',
  'stale-signature': 'error',
  'unknown-signer': 'error',
  'wrong-author': 'error',
  'revoked-key': 'error',
  'missing-grant': 'error',
  'bad-grant': 'error',
  'expired-session': 'error',
  'revoked-session': 'error',
  'contradiction': 'warn',
  'malleable-commit': 'error',
  'unclean-merge': 'error',
  'replayed': 'warn',
  'out-of-scope': 'error',
  'over-limit': 'error',
  'protected-path': 'error',
  'objection': 'error',
  'spent-approval': 'error',
  'policy-change': 'error',
  'bad-evidence': 'error',
  'evidence-removed': 'error',
  'agent-rules-change': 'error',
  'missing-cosign': 'error',
  'missing-participant': 'error',
  'compliance-deleted': 'error',
  'claim-mismatch': 'error',
  'dangling-reference': 'warn',
  'stale-drill': 'warn',
  'missing-objects': 'error',
  'untrusted-base': 'error',
} as const satisfies Record<string, Level>;

export type RuleName = keyof typeof RULES;

/** The rules on which all others stand: without one of them, whoever is judged could choose the judge. */
export const KERNEL: ReadonlySet<RuleName> = new Set([
  'policy-change', 'bad-evidence', 'evidence-removed', 'bad-signature', 'unknown-signer', 'malformed-stamp',
  'stale-signature', 'revoked-key', 'revoked-session', 'bad-grant', 'missing-grant', 'objection', 'missing-objects', 'untrusted-base',
]);

const GLOB = z.string().max(512).transform((text, context): Glob => {
  const glob = parseGlob(text);
  if (glob.kind === 'glob') return glob;
  context.addIssue({ code: 'custom', message: `not a usable pattern: ${glob.reason}`, params: { reason: 'bad-glob' } });
  return z.NEVER;
});

const GLOBS = z.array(GLOB).max(1000);
const WORD = z.string().regex(ID, 'not a name: lower-case letters, digits, dot, dash and underscore, at most 64');
const TITLE = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u, 'not a title: 1 to 200 characters on one line');
const COUNT = z.int().min(0).max(1_000_000_000);
const FOR = z.enum(['ai', 'all']).default('ai');

/** Whose signatures are asked for: how many people, each with one of the roles (none named: anybody of the roster). */
const DEMAND = {
  threshold: z.int().min(1).max(100).default(1),
  roles: z.array(WORD).max(100).default([]),
};

const LIMITS = (files: number, additions: number, deletions: number) =>
  z.strictObject({ files: COUNT.default(files), additions: COUNT.default(additions), deletions: COUNT.default(deletions) }).prefault({});

const AGENTS = z.strictObject({
  // Nothing named, nothing allowed: `run` then asks for --allow.
  defaults: z.strictObject({ allow: GLOBS.default([]), deny: GLOBS.default([]), hours: z.int().min(1).max(168).default(8) }).prefault({}),
  sessionHours: z.int().min(1).max(168).default(12),
  graceDays: z.int().min(0).max(365).default(7),
  limits: z.strictObject({ commit: LIMITS(50, 2000, 500), range: LIMITS(150, 6000, 1500) }).prefault({}),
});

const COMPLIANCE = z.strictObject({
  paths: GLOBS.min(1),
  for: FOR,
  cosign: z.strictObject({ ...DEMAND, excludeSponsor: z.boolean().default(true), participants: z.boolean().default(false) }).prefault({}),
  claims: z.enum(['off', 'check', 'required']).default('check'),
});

const PROTECTED = z.strictObject({
  name: TITLE,
  paths: GLOBS.min(1),
  for: FOR,
  approve: z.strictObject({ ...DEMAND, excludeSponsor: z.boolean().default(false) }).prefault({}),
});

/** An issuer whose signatures prove presence, if Sigstore's certificate makes all these claims (extensions by object identifier). */
const KEYLESS_PRESENCE = z.strictObject({
  issuer: ISSUER,
  claims: z.record(z.string().regex(/^[0-2](?:\.(?:0|[1-9][0-9]{0,15})){1,30}$/, 'not an object identifier like 1.3.6.1.4.1.57264.1.8'), z.string().min(1).max(1000)),
});

const KERNEL_LEVEL = z.enum(['error'], 'this rule guards the policy itself and is always an error');
const LEVEL = z.enum(['error', 'warn', 'off']);

const OVERRIDES = z
  .strictObject(Object.fromEntries(ruleNames().map((rule) => [rule, (KERNEL.has(rule) ? KERNEL_LEVEL : LEVEL).optional()])))
  .transform((levels) => ({ ...RULES, ...levels }) as Readonly<Record<RuleName, Level>>)
  .prefault({});

const POLICY = z
  .strictObject({
    version: z.literal(1),
    serial: z.int().min(1),
    repository: z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'not a UUID in lower case (RFC 9562)'),
    provenance: z.enum(['required', 'ai-only']).default('required'),
    gitSignature: z.enum(['presence', 'any']).default('presence'),
    presence: z.enum(['auto', 'required', 'off']).default('auto'),
    keylessTime: z.enum(['proven', 'certificate']).default('proven'),
    keylessPresence: z.array(KEYLESS_PRESENCE).max(100).default([]),
    agents: AGENTS.prefault({}),
    compliance: z.array(COMPLIANCE).max(1000).default([]),
    protected: z.array(PROTECTED).max(1000).default([]),
    squash: z.strictObject({ ...DEMAND, excludeSponsor: z.boolean().default(true) }).prefault({}),
    approvalDays: z.int().min(1).max(365).default(14),
    agentRules: z.enum(['locked', 'warn', 'off']).default('locked'),
    rules: OVERRIDES,
  })
  .refine(({ agents }) => agents.defaults.hours <= agents.sessionHours, {
    path: ['agents', 'defaults', 'hours'],
    message: 'more than agents.sessionHours allows',
    params: { reason: 'too-long' },
  });

/** The policy with every default filled in. `rules` has the level of every rule. */
export type Policy = z.output<typeof POLICY>;
export type Compliance = Policy['compliance'][number];
export type Protected = Policy['protected'][number];
export type Limits = Policy['agents']['limits']['commit'];
/** What `cosign`, `approve` and `squash` have in common. */
export type Demand = Policy['squash'];

/**
 * Reads a policy.
 * @throws Fault POLICY_INVALID with line, column and key; its cause is a Refusal
 */
export function parsePolicy(bytes: Uint8Array): Policy {
  const { value, locate } = readYaml(bytes, 'POLICY_INVALID');
  const parsed = POLICY.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refuseIssues('POLICY_INVALID', parsed.error.issues, locate, policySchema());
}

/** Returns the JSON Schema of policy.yaml, for editors. It can't say everything that parsePolicy demands. */
export function policySchema(): Record<string, unknown> {
  return { title: 'countersign policy', ...z.toJSONSchema(POLICY, { io: 'input' }) };
}

function ruleNames(): RuleName[] {
  return Object.keys(RULES) as RuleName[];
}
