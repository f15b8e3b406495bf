// SPDX-License-Identifier: Apache-2.0
// Certification paths (RFC 5280 §6): from the signer's certificate through those that came along to an authority that the
// roster trusts, judged for one time. Shortest paths first, each certificate once: no tangle of cross-signatures costs more
// than one verification for each pair. Revocation lists are not read: the roster revokes.
import { equal } from '../../bytes.ts';
import { isValidAt, issuanceProblem, type X509Certificate } from './certificate.ts';
import { EXTENSION, KEY_USAGE, PURPOSE, allowsPurpose, allowsUsage, basicConstraints, hasUnknownCritical } from './extension.ts';

/** Why a path that is there doesn't count; `name-constraints`, `key-type` and `signature-algorithm` are not known here. */
export type PathProblem = 'time' | 'chain' | 'usage' | 'digest-weak' | 'key-weak' | 'name-constraints' | 'key-type' | 'signature-algorithm';

export type Path<Anchor extends X509Certificate> = { kind: 'good'; anchor: Anchor } | { kind: 'bad'; reason: PathProblem } | { kind: 'none' };

/** The signer's, intermediates and the anchor; smart cards have three or four. */
const MAX_LENGTH = 8;

/**
 * Finds a good path to an anchor. Without one, tells why the first path that was found doesn't count, or why it couldn't be
 * followed; `none` where nothing leads from the certificate to an anchor.
 */
export function findPath<Anchor extends X509Certificate>(leaf: X509Certificate, others: readonly X509Certificate[], anchors: readonly Anchor[], at: number): Path<Anchor> {
  const seen = new Set([leaf.fingerprint]);
  const paths: X509Certificate[][] = [[leaf]];
  let problem: PathProblem | undefined;
  for (const path of paths) {
    for (const anchor of issuersOf(path, anchors)) {
      const reason = stepProblem(path.at(-1)!, anchor) ?? pathProblem([...path, anchor], at);
      if (reason === undefined) return { kind: 'good', anchor };
      if (reason !== 'stranger') problem ??= reason;
    }
    for (const issuer of path.length + 1 < MAX_LENGTH ? issuersOf(path, others) : []) {
      const reason = seen.has(issuer.fingerprint) ? 'stranger' : stepProblem(path.at(-1)!, issuer);
      if (reason === undefined) {
        seen.add(issuer.fingerprint);
        paths.push([...path, issuer]);
      } else if (reason !== 'stranger') problem ??= reason;
    }
  }
  return problem === undefined ? { kind: 'none' } : { kind: 'bad', reason: problem };
}

/** Returns those whose name the last certificate of a path gives as its issuer's. */
function issuersOf<T extends X509Certificate>(path: readonly X509Certificate[], candidates: readonly T[]): T[] {
  const last = path.at(-1)!;
  return candidates.filter((each) => each.fingerprint !== last.fingerprint && equal(each.subject, last.issuer));
}

/** Tells whether the issuer's key signed; one that didn't only bears the same name. */
function stepProblem(certificate: X509Certificate, issuer: X509Certificate): PathProblem | 'stranger' | undefined {
  switch (issuanceProblem(certificate, issuer)) {
    case undefined: return undefined;
    case 'signature': return 'stranger';
    case 'weak': return typeof certificate.scheme === 'string' ? 'digest-weak' : 'key-weak';
    case 'unknown': return 'signature-algorithm';
    case 'unsupported': return 'key-type';
    case 'malformed': return 'chain';
  }
}

/** Judges a path whose signatures hold, leaf first. */
function pathProblem(path: readonly X509Certificate[], at: number): PathProblem | undefined {
  const [leaf, ...authorities] = path;
  if (!path.every((each) => isValidAt(each, at))) return 'time';
  if (path.some(hasUnknownCritical)) return 'chain';
  // Each of them narrows what those below may be used for.
  if (!path.every((each) => allowsPurpose(each, PURPOSE.emailProtection, PURPOSE.any))) return 'usage';
  if (!isSigner(leaf!)) return 'usage';
  if (!authorities.every((each, i) => isAuthority(each, selfIssuedApart(authorities.slice(0, i))))) return 'chain';
  // Fail closed: an authority that may only name some people is not trusted to name any, until this is read.
  return authorities.some(({ extensions }) => extensions.has(EXTENSION.nameConstraints)) ? 'name-constraints' : undefined;
}

/** Tells whether a certificate is for signing, and not an authority's. */
export function isSigner(leaf: X509Certificate): boolean {
  const constraints = basicConstraints(leaf);
  return constraints !== 'malformed' && !constraints.ca && allowsUsage(leaf, KEY_USAGE.digitalSignature, KEY_USAGE.nonRepudiation);
}

/** Tells whether a certificate may sign certificates, with so many authorities below it (§6.1.4 k to n). */
export function isAuthority(certificate: X509Certificate, below: number): boolean {
  const constraints = basicConstraints(certificate);
  if (constraints === 'malformed' || !constraints.ca || !allowsUsage(certificate, KEY_USAGE.keyCertSign)) return false;
  return constraints.pathLength === undefined || below <= constraints.pathLength;
}

/** Counts authorities as path lengths do: one that issued itself a new certificate doesn't add to it. */
function selfIssuedApart(authorities: readonly X509Certificate[]): number {
  return authorities.filter(({ issuer, subject }) => !equal(issuer, subject)).length;
}
