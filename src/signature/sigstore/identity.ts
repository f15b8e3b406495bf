// SPDX-License-Identifier: Apache-2.0
// Whom Fulcio's certificate names: the issuer of the sign-in and the identity that it told, as `sigstore:<issuer>#<identity>`.
// Fulcio's extensions: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
import { fromUtf8, latin1 } from '../../bytes.ts';
import type { X509Certificate } from '../x509/certificate.ts';
import { readDer, TAG } from '../x509/der.ts';
import { identifier } from '../x509/identifier.ts';
import { NAME, emailAddresses, subjectAltNames, utf8String, type GeneralName } from '../x509/extension.ts';

const ISSUER = identifier('1.3.6.1.4.1.57264.1.8');
/** The older extension: the issuer's bare octets. */
const RAW_ISSUER = identifier('1.3.6.1.4.1.57264.1.1');
const USERNAME = identifier('1.3.6.1.4.1.57264.1.7');

/** Tells whether a certificate says that it is Fulcio's. */
export function isFulcio({ extensions }: X509Certificate): boolean {
  return extensions.has(ISSUER) || extensions.has(RAW_ISSUER);
}

/**
 * Returns the keyid, or undefined where the certificate doesn't name exactly one identity of one issuer, or where it holds
 * what has no place in one: white space, control and format characters, a wildcard, or (in the issuer) the `#` that ends it.
 */
export function keylessKeyid(certificate: X509Certificate): string | undefined {
  const [issuer, identity] = [issuerOf(certificate), identityOf(certificate)];
  if (issuer === undefined || identity === undefined) return undefined;
  return isPlain(issuer) && !issuer.includes('#') && isPlain(identity) ? `sigstore:${issuer}#${identity}` : undefined;
}

function issuerOf({ extensions }: X509Certificate): string | undefined {
  const [newer, older] = [extensions.get(ISSUER), extensions.get(RAW_ISSUER)];
  const issuers = [newer && utf8String(newer.value), older && fromUtf8(older.value)];
  const stated = [newer, older].flatMap((extension, i) => (extension === undefined ? [] : [issuers[i]]));
  // Where both are there, as Fulcio writes them, they are one.
  return stated.every((issuer) => issuer === stated[0]) ? stated[0] : undefined;
}

function identityOf(certificate: X509Certificate): string | undefined {
  const names = subjectAltNames(certificate);
  const [name] = names;
  if (names === 'malformed' || names.length !== 1 || typeof name !== 'object') return undefined;
  if (name.tag === NAME.email) return emailOf(name);
  // A URI is an IA5String; what isn't ASCII in it is none.
  if (name.tag === NAME.uri) return /^[\x21-\x7e]+$/.test(latin1(name.content)) ? latin1(name.content) : undefined;
  return name.tag === NAME.other ? usernameOf(name) : undefined;
}

function emailOf(name: GeneralName): string | undefined {
  const emails = emailAddresses([name]);
  return emails === 'malformed' ? undefined : emails[0];
}

function usernameOf({ content }: GeneralName): string | undefined {
  return readDer(content, (reader) => {
    if (reader.identifier() !== USERNAME) reader.refuse();
    return fromUtf8(reader.inside(0xa0, (value) => value.next(TAG.utf8)).content);
  });
}

function isPlain(text: string): boolean {
  return /^[^\s*\p{Cc}\p{Cf}\p{Cs}]{1,500}$/u.test(text);
}

