// SPDX-License-Identifier: Apache-2.0
// Evidence: statements in files below .countersign/evidence/ that prove themselves. A registry of kinds: where each
// may stand, what it says, and who signs it. Both directions side by side.
import { fromUtf8, sha256, utf8 } from '../bytes.ts';
import { canonical } from '../canonical.ts';
import { EVIDENCE_PREFIX, type Digest } from '../commit/change.ts';
import { Fault } from '../fault.ts';
import { pathOf, type Path } from '../oid.ts';
import { clip, printable } from '../printable.ts';
import { PAYLOAD_TYPE, pae, parseEnvelope, printEnvelope, type Envelope } from '../signature/dsse.ts';
import type { Ulid } from '../ulid.ts';
import { approval, cosignature, grant, objection, revocation, type Approval, type Cosignature, type Grant, type Objection, type Revocation, type Schema } from './schema.ts';

export type Predicate =
  | { kind: 'grant'; body: Grant }
  | { kind: 'revocation'; body: Revocation }
  | { kind: 'cosignature'; body: Cosignature }
  | { kind: 'approval'; body: Approval }
  | { kind: 'objection'; body: Objection };
export type EvidenceKind = Predicate['kind'];

/** A statement with the envelope that carries it. Nothing is verified yet. */
export type Evidence = Predicate & { envelope: Envelope };

/** Largest evidence file in bytes; one that bears a Sigstore bundle may have {@link MAX_BUNDLE}. */
export const MAX_EVIDENCE = 64 * 1024;
export const MAX_BUNDLE = 256 * 1024;

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

interface KindOfEvidence {
  schema: Schema;
  folder: (body: never) => string;
  /** What an in-toto consumer is told the statement is about. */
  subject: (body: never) => { name: string; digest: Record<string, string> };
}

const hexOf = (digest: Digest): string => digest.slice('sha256:'.length);

const KINDS: Record<EvidenceKind, KindOfEvidence> = {
  grant: {
    schema: grant,
    folder: () => 'sessions',
    subject: (body: Grant) => ({ name: `session:${body.id}`, digest: { sha256: sha256(Buffer.from(body.publicKey, 'base64')) } }),
  },
  revocation: {
    schema: revocation,
    folder: () => 'revocations',
    subject: (body: Revocation) => ({ name: `${body.kind}:${body.target}`, digest: { sha256: sha256(utf8(body.target)) } }),
  },
  cosignature: {
    schema: cosignature,
    folder: (body: Cosignature) => `cosign/${pathKey(pathOf(body.path))}`,
    subject: (body: Cosignature) => ({ name: body.path, digest: { gitBlob: body.oid, sha256: body.sha256 } }),
  },
  approval: {
    schema: approval,
    folder: (body: Approval) => `approvals/${hexOf(body.change)}`,
    subject: (body: Approval) => ({ name: 'change', digest: { sha256: hexOf(body.change) } }),
  },
  objection: {
    schema: objection,
    folder: (body: Objection) => `objections/${hexOf(body.change)}`,
    subject: (body: Objection) => ({ name: 'change', digest: { sha256: hexOf(body.change) } }),
  },
};

const predicateType = (kind: EvidenceKind): string => `urn:countersign:${kind}:v1`;

/** Returns the folder name under which a file's cosignatures stand. */
export function pathKey(path: Path): string {
  return sha256(Buffer.from(path, 'latin1'));
}

/** Returns where the cosignatures of a path stand, as a prefix that ends in `/`. */
export function cosignFolder(path: Path): Path {
  return pathOf(`${EVIDENCE_PREFIX}cosign/${pathKey(path)}/`);
}

/** Returns where a session's grant stands. */
export function grantPath(session: Ulid): Path {
  return pathOf(`${EVIDENCE_PREFIX}sessions/${session}.json`);
}

/** Returns the one path at which this statement may stand. */
export function evidencePath(predicate: Predicate): Path {
  const folder = KINDS[predicate.kind].folder(predicate.body as never);
  return pathOf(`${EVIDENCE_PREFIX}${folder}/${predicate.body.id}.json`);
}

/** Returns the payload (canonical JSON of the in-toto statement) and the bytes that its signer signs (DSSE PAE). */
export function statementOf(predicate: Predicate): { payload: Uint8Array; signed: Uint8Array } {
  const kind = KINDS[predicate.kind];
  const payload = utf8(canonical({
    _type: STATEMENT_TYPE,
    subject: [kind.subject(predicate.body as never)],
    predicateType: predicateType(predicate.kind),
    predicate: predicate.body,
  }));
  return { payload, signed: pae(PAYLOAD_TYPE, payload) };
}

/** Returns the file for a signed statement. @throws Fault STATEMENT_INVALID where {@link parseEvidence} would refuse it */
export function printEvidence(payload: Uint8Array, keyid: string, sig: Uint8Array): Uint8Array {
  const bytes = printEnvelope({ payloadType: PAYLOAD_TYPE, payload, keyid, sig });
  parseEvidence(bytes);
  return bytes;
}

/**
 * Reads an evidence file: canonical envelope, canonical statement, a known kind, and, where `path` is given, at the
 * one path where it may stand. Its signature is not checked here.
 * @throws Fault STATEMENT_INVALID. `cause` is the reason: `size`, `json`, `kind`, `schema`, `canonical` (unknown keys and a wrong
 *   subject, too), `path`, or one of the envelope's (src/signature/dsse.ts)
 */
export function parseEvidence(bytes: Uint8Array, path?: Path): Evidence {
  if (bytes.length > MAX_BUNDLE) throw invalid('size', 'too large');
  const envelope = parseEnvelope(bytes);
  if (bytes.length > MAX_EVIDENCE && !envelope.keyid.startsWith('sigstore:')) throw invalid('size', 'too large');
  const predicate = readStatement(envelope.payload);
  if (path !== undefined && evidencePath(predicate) !== path) throw invalid('path', 'it stands under another name than it says');
  return { ...predicate, envelope };
}

function readStatement(payload: Uint8Array): Predicate {
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(payload) ?? '');
  } catch {
    throw invalid('json', 'the statement is not JSON');
  }
  const type = typeof value === 'object' && value !== null && 'predicateType' in value ? value.predicateType : undefined;
  const kind = (Object.keys(KINDS) as EvidenceKind[]).find((name) => predicateType(name) === type);
  if (!kind) throw invalid('kind', 'an unknown kind of statement');
  const parsed = KINDS[kind].schema.safeParse((value as { predicate?: unknown }).predicate);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    // zod quotes the keys it does not know, and those come from whoever made the file
    throw invalid('schema', clip(printable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`), 200));
  }
  const predicate = { kind, body: parsed.data } as Predicate;
  // subject and spelling are derived from the body: rebuilding it settles both, and every unknown key
  if (Buffer.compare(statementOf(predicate).payload, payload) !== 0) throw invalid('canonical', 'the statement is not canonical');
  return predicate;
}

function invalid(reason: string, what: string): Fault {
  return new Fault('STATEMENT_INVALID', `invalid evidence: ${what}`, { cause: reason });
}
