// SPDX-License-Identifier: Apache-2.0
// YAML as policies and rosters may use it: the core schema of 1.2 without anchors, aliases, tags, directives and second
// documents, so that a file holds what a reader sees in it. Read from hostile commits: sizes and depths are checked
// before the library recurses, and nothing but a fault comes out. The only file that imports the yaml package.
import { Composer, CST, isMap, isScalar, isSeq, Lexer, LineCounter, Parser } from 'yaml';
import type { Document, YAMLMap } from 'yaml';
import { fromUtf8 } from '../bytes.ts';
import type { Fault } from '../fault.ts';
import { quote, refuse } from './refusal.ts';
import type { KeyPath, Place, Reason, TrustFault } from './refusal.ts';

export interface Reading {
  text: string;
  /** Plain objects, arrays and scalars; `null` for an empty file. */
  value: unknown;
  /** The tree with its comments, for edits. */
  document: Document;
  /** Returns where the key stands, or the nearest thing around it. */
  locate: (keys: KeyPath) => Place;
}

const LARGEST = 256 * 1024;
const DEEPEST = 16;

/** Control characters, lone carriage returns, foreign line breaks and bidi controls: with them a file is not what it looks like. */
const UNPRINTABLE = /(?![\t\r\n])\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]|\r(?!\n)/u;

const BANNED: Readonly<Record<string, Reason>> = { anchor: 'anchor', alias: 'alias', tag: 'tag', 'directive-line': 'directive' };

type Refuse = (reason: Reason, offset: number, what: string) => Fault;

/**
 * Reads one YAML document.
 * @throws Fault with the given code; its cause is a Refusal
 */
export function readYaml(bytes: Uint8Array, code: TrustFault): Reading {
  const start = { line: 1, column: 1 };
  if (bytes.length > LARGEST) throw refuse(code, 'too-large', start, [], `${bytes.length} bytes, more than the ${LARGEST} allowed`);
  const text = fromUtf8(bytes);
  if (text === undefined) throw refuse(code, 'not-utf8', start, [], 'not UTF-8');
  const place = placesIn(text);
  const refusal: Refuse = (reason, offset, what) => refuse(code, reason, place(offset), [], what);
  const hidden = UNPRINTABLE.exec(text);
  if (hidden !== null) throw refusal('unprintable', hidden.index, 'a control character, a lone carriage return or a bidi control');
  const tokens = tokenize(text, refusal);
  checkTokens(tokens, refusal);
  const document = compose(tokens, text.length, refusal);
  checkKeys(document.contents, refusal);
  return { text, value: document.toJS({ maxAliasCount: 0 }), document, locate: (keys) => place(offsetOf(document, keys)) };
}

/** One scalar to be replaced, and the comment behind it that goes with it. */
export interface Replacement {
  keys: KeyPath;
  text: string;
  comment?: string;
}

/** Returns the text with these scalars replaced and every other byte as it was. What is no scalar stays. */
export function replaceScalars({ text, document }: Reading, replacements: readonly Replacement[]): string {
  const spans = replacements.flatMap(({ keys, text: after, comment = '' }) => {
    const node = document.getIn(keys, true);
    if (!isScalar(node) || !node.range) return [];
    const [start, end] = node.range;
    return [{ start, end: text.startsWith(comment, end) ? end + comment.length : end, after }];
  });
  // From the last to the first, so that the places of the others still hold.
  return spans.toSorted((a, b) => b.start - a.start).reduce((rest, { start, end, after }) => rest.slice(0, start) + after + rest.slice(end), text);
}

function placesIn(text: string): (offset: number) => Place {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
}

/** Returns the tokens, having refused what would be dangerous or misleading to compose. Lexer and parser don't recurse. */
function tokenize(text: string, refusal: Refuse): CST.Token[] {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let depth = 0;
  let scalar = false; // the lexeme after a scalar marker is text, whatever it begins with
  for (const lexeme of new Lexer().lex(text)) {
    const type: CST.TokenType | 'text' | null = scalar ? 'text' : CST.tokenType(lexeme);
    const banned = type === null ? undefined : BANNED[type];
    if (banned !== undefined) throw refusal(banned, parser.offset, `a YAML ${banned} is not allowed here`);
    if (type === 'flow-map-start' || type === 'flow-seq-start') depth++;
    if (type === 'flow-map-end' || type === 'flow-seq-end') depth--;
    if (depth > DEEPEST) throw refusal('too-deep', parser.offset, `nested more than ${DEEPEST} deep`);
    scalar = type === 'scalar';
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  return tokens;
}

/** Refuses what would make the composer recurse without end, or report a million errors. */
function checkTokens(tokens: readonly CST.Token[], refusal: Refuse): void {
  const documents = tokens.filter((token) => token.type === 'document');
  if (documents.length > 1) throw refusal('several-documents', documents[1]!.offset, 'a second document is not allowed here');
  const broken = tokens.find((token) => token.type === 'error');
  if (broken !== undefined) throw refusal('syntax', broken.offset, 'not YAML');
  const open: { token: CST.Token; depth: number }[] = documents.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST) throw refusal('too-deep', token.offset, `nested more than ${DEEPEST} deep`);
    const inside = 'items' in token ? token.items.flatMap((item) => [item.key, item.value]) : 'value' in token ? [token.value] : [];
    for (const child of inside) if (typeof child === 'object' && child !== null) open.push({ token: child, depth: depth + 1 });
  }
}

function compose(tokens: readonly CST.Token[], length: number, refusal: Refuse): Document {
  // The library compares every key with every other one; checkKeys does it with a set.
  const composer = new Composer({ version: '1.2', schema: 'core', merge: false, uniqueKeys: false, stringKeys: true, logLevel: 'silent' });
  const depth = Error.stackTraceLimit;
  Error.stackTraceLimit = 0; // it makes an error per misplaced comma: with stacks 256 KiB of commas take 250 MiB
  try {
    const [document] = [...composer.compose(tokens, true, length)];
    const [problem] = [...document!.errors, ...document!.warnings];
    if (problem !== undefined) throw refusal('syntax', problem.pos[0], `not YAML: ${quote(problem.message)}`);
    return document!;
  } finally {
    Error.stackTraceLimit = depth;
  }
}

/** Refuses a key that stands twice in one mapping, and `__proto__`, which half of all code would trip over. */
function checkKeys(node: unknown, refusal: Refuse): void {
  if (isSeq(node)) for (const item of node.items) checkKeys(item, refusal);
  if (!isMap(node)) return;
  const seen = new Set<string>();
  for (const { key, value } of node.items) {
    const name = keyText(key);
    if (seen.has(name)) throw refusal('duplicate-key', startOf(key), `the key ${quote(name)} stands twice`);
    if (name === '__proto__') throw refusal('unknown-key', startOf(key), 'unknown key __proto__');
    seen.add(name);
    checkKeys(value, refusal);
  }
}

function offsetOf(document: Document, keys: KeyPath): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const key of keys) {
    const pair = isMap(node) ? pairOf(node, String(key)) : undefined;
    const next = pair?.value ?? (isSeq(node) ? node.items[Number(key)] : undefined);
    if (pair === undefined && next === undefined) break;
    offset = startOf(pair?.key ?? next);
    node = next;
  }
  return offset;
}

function pairOf(map: YAMLMap, name: string) {
  return map.items.find((pair) => keyText(pair.key) === name);
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}

function startOf(node: unknown): number {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0;
}
