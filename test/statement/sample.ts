// SPDX-License-Identifier: Apache-2.0
// Statements and stamps for tests: one good one of each kind, with nothing left out.
import { base64, sha256, utf8 } from '../../src/bytes.ts';
import type { Digest } from '../../src/commit/change.ts';
import type { Oid } from '../../src/oid.ts';
import type { Approval, Cosignature, Grant, Objection, Revocation } from '../../src/statement/schema.ts';
import type { Predicate } from '../../src/statement/evidence.ts';
import type { StampStatement } from '../../src/statement/stamp.ts';
import type { Stamp } from '../../src/statement/trailers.ts';
import type { Ulid } from '../../src/ulid.ts';

export const ULID = '01JDQ3M8Z0W6T3E9Q8C6T4XK2N' as Ulid;
export const OTHER_ULID = '01JDQ3M8Z0W6T3E9Q8C6T4XK2P' as Ulid;
export const REPOSITORY = '0192f6c4-7a1b-7c3d-8e5f-0123456789ab';
export const CHANGE = `sha256:${'5b'.repeat(32)}` as Digest;
export const EDIT = `sha256:${'9d'.repeat(32)}` as Digest;
export const AGENT = 'claude-code/2.1.4 (claude-opus-5)';
const OID = 'c0ffee'.padEnd(40, '0') as Oid;
const OLD = 'beef'.padEnd(40, '0') as Oid;

export const STATEMENT: StampStatement = {
  objectFormat: 'sha1', repository: REPOSITORY, provenance: 'ai', agent: AGENT, session: ULID, changes: [CHANGE], edit: EDIT, tree: undefined,
  author: { name: 'Zoë Example', email: 'zoe@example.com', date: 1767323045, zone: '+0100' },
  text: 'utf-8', message: `sha256:${'11'.repeat(32)}`,
};

/** The text of {@link STATEMENT}, by hand. */
export const TEXT = `countersign stamp v1
object-format: sha1
repository: ${REPOSITORY}
provenance: ai
agent: ${AGENT}
session: ${ULID}
change: ${CHANGE}
edit: ${EDIT}
tree: -
author-name: Zoë Example
author-email: zoe@example.com
author-date: 1767323045
author-zone: +0100
text: utf-8
message: sha256:${'11'.repeat(32)}
`;

export const STAMP: Stamp = {
  provenance: 'ai', agent: AGENT, session: ULID, changes: [CHANGE], edit: EDIT, signature: { scheme: 'ed25519', bytes: Buffer.alloc(64, 7) },
};

export const LINES = [
  'Provenance: ai',
  `Provenance-Agent: ${AGENT}`,
  `Provenance-Session: ${ULID}`,
  `Provenance-Change: ${CHANGE}`,
  `Provenance-Edit: ${EDIT}`,
  `Provenance-Signature: v1 ed25519 ${base64(Buffer.alloc(64, 7))}`,
];
export const BLOCK = `${LINES.join('\n')}\n`;

const byAlice = { person: 'alice', role: 'owner', time: '2026-01-02T03:04:05Z', remark: 'read "it" \\ twice, ünd\nslept' };
const ofChange = { repository: REPOSITORY, change: CHANGE, base: OLD, head: OID, target: 'refs/heads/main' };

const grant: Grant = {
  id: ULID, repository: REPOSITORY, adoption: OLD, agent: 'claude-code/2.1.4', model: 'claude-opus-5', publicKey: base64(new Uint8Array(32).fill(9)), sponsor: 'alice',
  allow: ['src/**', 'test/**'], deny: ['src/secret/**'],
  limits: { commit: { files: 50, additions: 2000, deletions: 500 }, range: { files: 150, additions: 6000, deletions: 1500 } },
  notBefore: '2026-01-02T03:04:05Z', notAfter: '2026-01-02T11:04:05Z',
};
const revocation: Revocation = { id: ULID, repository: REPOSITORY, target: OTHER_ULID, kind: 'session', person: 'alice', time: '2026-01-02T03:04:05Z', remark: '' };
const cosignature: Cosignature = {
  id: ULID, repository: REPOSITORY, path: 'post-mortems/größe.md', mode: '100644', oid: OID, sha256: sha256(utf8('content\n')), base: OLD, ...byAlice,
};
const approval: Approval = {
  id: ULID, ...ofChange, expires: '2026-01-16T03:04:05Z', waives: ['protected-path', 'over-limit'],
  manifest: [{ change: CHANGE, edit: EDIT, provenance: 'ai', session: ULID, signer: 'session' }, { change: EDIT, edit: '-', provenance: 'merge', session: '-', signer: '' }],
  protected: [{ path: 'infra/a.tf', mode: '100644', oid: OID, sha256: sha256(utf8('a')) }], ...byAlice,
};
const objection: Objection = { id: ULID, ...ofChange, ...byAlice };

export const PREDICATES: Predicate[] = [
  { kind: 'grant', body: grant },
  { kind: 'revocation', body: revocation },
  { kind: 'cosignature', body: cosignature },
  { kind: 'approval', body: approval },
  { kind: 'objection', body: objection },
];
