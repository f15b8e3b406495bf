// SPDX-License-Identifier: Apache-2.0
// What Fulcio's certificate says besides who: whether a person signed in or a workload showed its token, and which claims of
// that token stand in extensions (https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md).
import { fromUtf8 } from '../../bytes.ts';
import type { Good } from '../signature.ts';
import type { X509Certificate } from '../x509/certificate.ts';
import { dottedOf, identifier } from '../x509/identifier.ts';
import { NAME, subjectAltNames, utf8String } from '../x509/extension.ts';

const arcs = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => identifier(`1.3.6.1.4.1.57264.1.${from + i}`));

/** Octets as they are; all later extensions are a DER UTF8String. Which of the two is never guessed from the value. */
const RAW: ReadonlySet<string> = new Set(arcs(1, 6));
/** What only builds have: GitHub's workflow, build instructions, runner, repository, run, deployment. */
const BUILD: readonly string[] = [...arcs(2, 6), ...arcs(9, 23)];

const MAX_CLAIM = 1000;

/** Returns where a certificate comes from. Claims that are no text, or longer than 1000 characters, are passed over. */
export function originOf(certificate: X509Certificate): Required<Pick<Good, 'workload' | 'claims'>> {
  const claims = [...certificate.extensions].flatMap(([id, { value }]) => {
    const text = RAW.has(id) ? fromUtf8(value) : utf8String(value);
    return text === undefined || text.length > MAX_CLAIM ? [] : [[dottedOf(id), text] as const];
  });
  return { workload: isWorkload(certificate), claims: Object.fromEntries(claims) };
}

/** People have addresses or user names; what has a URI, or was built somewhere, is none. */
function isWorkload(certificate: X509Certificate): boolean {
  const names = subjectAltNames(certificate);
  return names === 'malformed' || names.some(({ tag }) => tag === NAME.uri) || BUILD.some((id) => certificate.extensions.has(id));
}
