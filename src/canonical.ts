// SPDX-License-Identifier: Apache-2.0
// Canonical JSON: the subset of RFC 8785 that statements need. One value has one text, so what was signed can be compared
// byte by byte, and a second reading (a duplicate key, a number that loses digits) has no text at all.
import { Fault } from './fault.ts';

const MAX_DEPTH = 32;

/** What a canonical text can hold. Numbers are safe integers. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Returns the only text of a value: no white space, keys sorted by UTF-16 code units (RFC 8785 §3.2.3), strings as ECMAScript writes them.
 * @throws Fault STATEMENT_INVALID for anything else than {@link Json}, nested more than 32 deep, or a lone surrogate. `cause`
 *   is the reason: `value`, `number`, `surrogate`, `depth`.
 */
export function canonical(value: unknown): string {
  return print(value, 0);
}

/**
 * Returns the value of a text that is canonical already. The caller bounds the length.
 * @throws Fault STATEMENT_INVALID; `cause` as in {@link canonical}, or `json` (not JSON), `canonical` (another text than the canonical one).
 */
export function parseCanonical(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal('is not JSON', 'json');
  }
  if (canonical(value) !== text) throw refusal('is not in canonical form', 'canonical');
  return value;
}

function print(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw refusal(`is nested more than ${MAX_DEPTH} deep`, 'depth');
  if (typeof value === 'string') return printString(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw refusal('holds a number that is not a safe integer', 'number');
    return JSON.stringify(value);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${Array.from(value, (item: unknown) => print(item, depth + 1)).join(',')}]`;
  if (!isRecord(value)) throw refusal('holds a value that is not JSON', 'value');
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${printString(key)}:${print(value[key], depth + 1)}`).join(',')}}`;
}

function printString(text: string): string {
  if (/\p{Cs}/u.test(text)) throw refusal('holds a lone surrogate', 'surrogate');
  return JSON.stringify(text);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refusal(what: string, reason: string): Fault {
  return new Fault('STATEMENT_INVALID', `a statement ${what}`, { cause: reason });
}
