// SPDX-License-Identifier: Apache-2.0
// The web, as far as signing in needs it: which addresses may be asked, answers of a bounded size, and in a few words why
// there was none. What went over the line is secret: it stands in no message, and no cause is passed on.
import { isIP } from 'node:net';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';

/** Milliseconds for one answer. */
export const PATIENCE = 20_000;
const LARGEST = 1024 * 1024;

/** Codes of node:dns and node:net, of undici, and of TLS. */
const SILENT = /^(?:E(?!RR_)[A-Z_]{3,30}|UND_ERR_[A-Z_]{1,40}|ERR_(?:TLS|SSL)_[A-Z_]{1,40}|UNABLE_TO_[A-Z_]{1,40}|[A-Z_]{0,30}CERT[A-Z_]{0,30})$/;

/**
 * Returns the address without a `/` at its end.
 * @param name what it is, for people
 * @throws Fault SIGNER_UNAVAILABLE where it is neither https nor http on this machine, or holds more than an address
 */
export function checkAddress(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url !== undefined && plain && (url.protocol === 'https:' || isLoopback(url))) return url.href.replace(/\/+$/, '');
  throw new Fault('SIGNER_UNAVAILABLE', `${name} is no address to send an identity to: ${printable(clip(text, 200))}`, { hint: 'it has to begin with https://, or be on this machine' });
}

/** Tells whether an address is http on this very machine, where nobody can listen in between. */
export function isLoopback({ protocol, hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return protocol === 'http:' && (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.')));
}

/** Fetches, follows no redirect, and reads the whole answer, which may have a megabyte. */
export async function fetchBounded(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE), ...options, redirect: 'manual' });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > LARGEST) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  // These have no body, not even an empty one (Fetch, "null body status").
  const body = [101, 204, 205, 304].includes(response.status) ? null : Buffer.concat(chunks);
  return new Response(body, { status: response.status, headers: response.headers });
}

/** Returns why nobody answered, as a code or a word; undefined where somebody did and it is something else. */
export function silenceOf(thrown: unknown, depth = 0): string | undefined {
  if (!(thrown instanceof Error) || depth > 4) return undefined;
  const { code, type } = thrown as { code?: unknown; type?: unknown };
  if (thrown.name === 'TimeoutError' || code === 'OAUTH_TIMEOUT' || String(type).endsWith('timeout')) return 'no answer in time';
  // An AggregateError has no code of its own: several addresses were tried.
  const inner = [thrown.cause, ...(thrown instanceof AggregateError ? (thrown.errors as unknown[]) : [])];
  const deeper = inner.map((each) => silenceOf(each, depth + 1)).find((each) => each !== undefined);
  return deeper ?? (typeof code === 'string' && SILENT.test(code) ? code : undefined);
}

/** Returns the fault of an address that does not answer. */
export function unreachable(address: string, reason: string): Fault {
  return new Fault('SIGNER_UNAVAILABLE', `can't reach ${printable(clip(address, 200))}: ${reason}`, { hint: 'keyless signing needs the network for each signature; sign with another key, for instance --signer ssh:PATH' });
}
