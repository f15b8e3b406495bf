// SPDX-License-Identifier: Apache-2.0
// The shapes of evidence, strict to the last key: what a reader does not know, it must not accept as signed.
// Canonical form is checked on the bytes (signature/dsse.ts); here only meaning is.
import { z } from 'zod';
import { fromBase64 } from '../bytes.ts';
import { isDigest, type Digest } from '../commit/change.ts';
import { parseGlob } from '../glob.ts';
import { ID } from '../id.ts';
import type { Oid } from '../oid.ts';
import { parseTime } from '../time.ts';
import { isUlid, type Ulid } from '../ulid.ts';

/** A shape, for whoever must not import zod. */
export type Schema = z.ZodType;

const ulid = z.custom<Ulid>((value) => typeof value === 'string' && isUlid(value), 'not a ULID');
const oid = z.custom<Oid>((value) => typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value), 'not an object id');
const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'not a digest');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const repository = z.uuid();
const person = z.string().regex(ID);
const role = z.string().regex(/^(?:[a-z0-9][a-z0-9._-]{0,63})?$/);
/** A stamp names both as `agent (model)`, which must be an agent's name there: 200 characters at most. */
const agentPart = z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,96}[\x21-\x7e])?$/);
/** RFC 3339, UTC, whole seconds: one way to write a time. */
const time = z.string().refine((value) => parseTime(value) !== undefined, 'not a time');
const text = z.string().max(1000);
const globs = z.array(z.string().refine((glob) => parseGlob(glob).kind === 'glob', 'not a pattern')).max(200);
const count = z.int().min(0).max(1_000_000_000);
const key = z.string().refine((value) => fromBase64(value)?.length === 32, 'not a 32-byte key');

export const limits = z.strictObject({ files: count, additions: count, deletions: count });
export type Limits = z.infer<typeof limits>;

/** A person's permission for one session of an agent, bound to one key and one repository. */
export const grant = z.strictObject({
  id: ulid, repository, adoption: oid, agent: agentPart, model: agentPart, publicKey: key, sponsor: person,
  allow: globs.min(1), deny: globs, limits: z.strictObject({ commit: limits, range: limits }),
  notBefore: time, notAfter: time,
});
export type Grant = z.infer<typeof grant>;

/** A person's signature over one file: path, mode and content. `base` is the target's tip when it was made. */
export const cosignature = z.strictObject({
  id: ulid, repository, path: z.string().min(1).max(4096), mode: z.enum(['100644', '100755', '120000']),
  oid, sha256, base: oid, person, role, time, remark: text,
});
export type Cosignature = z.infer<typeof cosignature>;

/** Takes back a session (by its sponsor or an owner), or one's own approval, objection or cosignature. */
export const revocation = z.strictObject({
  id: ulid, repository, target: ulid, kind: z.enum(['session', 'cosign', 'approval', 'objection']), person, time, remark: text,
});
export type Revocation = z.infer<typeof revocation>;

const manifestEntry = z.strictObject({
  change: digest, edit: z.union([digest, z.literal('-')]), provenance: z.enum(['human', 'ai', 'assisted', 'undeclared', 'merge']),
  session: z.union([ulid, z.literal('-')]), signer: z.string().max(200),
});
const protectedBlob = z.strictObject({ path: z.string().min(1).max(4096), mode: z.string().regex(/^[0-7]{6}$/), oid, sha256 });

/** A person's signature over a change, for its merge, rebase and squash; `waives` names the rules it sets aside. */
export const approval = z.strictObject({
  id: ulid, repository, change: digest, base: oid, head: oid, target: z.string().max(255), expires: time,
  waives: z.array(z.string().regex(/^[a-z-]{1,40}$/)).max(50), manifest: z.array(manifestEntry).max(10_000),
  protected: z.array(protectedBlob).max(10_000), person, role, time, remark: text,
});
export type Approval = z.infer<typeof approval>;

/** The opposite of an approval: blocks a change until its author revokes it. */
export const objection = z.strictObject({
  id: ulid, repository, change: digest, base: oid, head: oid, target: z.string().max(255), person, role, time, remark: text,
});
export type Objection = z.infer<typeof objection>;
