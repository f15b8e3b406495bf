// SPDX-License-Identifier: Apache-2.0
// An open session as it lies on disk, in the repository's common folder: what the hook must know before a commit is
// made. Read by hand and strictly, because the hook starts at every commit and can afford neither a schema library nor
// the time to load Node's promises.
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromUtf8, utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { parseGlob } from '../glob.ts';
import { printable } from '../printable.ts';
import { isUlid, type Ulid } from '../ulid.ts';

export interface SessionLimits {
  files: number;
  additions: number;
  deletions: number;
}

/** `session.json`: a copy of the grant and of what the policy and roster said about it when the session was opened. */
export interface SessionState {
  version: 1;
  id: Ulid;
  agent: string;
  model: string;
  sponsor: string;
  sponsorEmails: string[];
  agentEmails: string[];
  repository: string;
  allow: string[];
  deny: string[];
  limits: { commit: SessionLimits; range: SessionLimits };
  /** RFC 3339. */
  notBefore: string;
  notAfter: string;
  /** Globs of files that need a cosignature, and of paths that need an approval. */
  compliance: string[];
  protected: string[];
}

const MAX_STATE = 256 * 1024;

/** Returns the folder of all sessions below the repository's common folder. */
export function sessionsFolder(commonDir: string): string {
  return join(commonDir, 'countersign', 'sessions');
}

/** Returns the folder of one session. @throws Fault SESSION_UNKNOWN where the text is no ULID and so must not become a path */
export function sessionFolder(commonDir: string, id: string): string {
  if (!isUlid(id)) throw unknown(id);
  return join(sessionsFolder(commonDir), id);
}

/** Returns the name of the agent as stamps write it: `claude-code/2.1.4 (claude-opus-5)`. */
export function stampedAgent({ agent, model }: Pick<SessionState, 'agent' | 'model'>): string {
  return `${agent} (${model})`;
}

/**
 * Reads the state of a session below the repository's common folder.
 * @throws Fault SESSION_UNKNOWN (none of this name), SESSION_CLOSED (its files are damaged or not its own)
 */
export async function readSessionState(commonDir: string, id: string): Promise<SessionState> {
  const bytes = readSessionFile(commonDir, id, 'session.json');
  const state = parseState(fromUtf8(bytes));
  if (state?.id !== id) throw damaged(id);
  return state;
}

/** Returns the private key in PEM: a secret. @throws Fault SESSION_UNKNOWN, SESSION_CLOSED */
export async function readSessionKey(commonDir: string, id: string): Promise<string> {
  const pem = fromUtf8(readSessionFile(commonDir, id, 'key.pem'));
  if (pem === undefined) throw damaged(id);
  return pem;
}

/** Writes `session.json` into a folder, which may still be a temporary one. @throws Fault FILE_FAILED */
export async function writeSessionState(folder: string, state: SessionState): Promise<void> {
  try {
    writeFileSync(join(folder, 'session.json'), utf8(`${JSON.stringify(state, undefined, 2)}\n`), { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new Fault('FILE_FAILED', `can't write into ${printable(folder)}`, { cause });
  }
}

function readSessionFile(commonDir: string, id: string, name: string): Uint8Array {
  const folder = sessionFolder(commonDir, id);
  const file = join(folder, name);
  try {
    const status = lstatSync(file);
    if (!status.isFile() || status.size > MAX_STATE) throw damaged(id);
    return readFileSync(file);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw lstatSync(folder, { throwIfNoEntry: false }) ? damaged(id) : unknown(id);
  }
}

type Shape = { [field: string]: (value: unknown) => boolean };

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= 1000 && !/[\x00-\x1f\x7f-\x9f]/.test(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isTime = (value: unknown): boolean => isText(value) && !Number.isNaN(Date.parse(value as string));
const isList = (is: (value: unknown) => boolean) => (value: unknown): boolean => Array.isArray(value) && value.length <= 1000 && value.every(is);
const isGlobs = isList((value) => typeof value === 'string' && parseGlob(value).kind === 'glob');
const isLimits = (value: unknown): boolean => fits(value, { files: isCount, additions: isCount, deletions: isCount });

const STATE: Record<keyof SessionState, (value: unknown) => boolean> = {
  version: (value) => value === 1,
  id: (value) => typeof value === 'string' && isUlid(value),
  agent: isText,
  model: isText,
  sponsor: isText,
  sponsorEmails: isList(isText),
  agentEmails: isList(isText),
  repository: isText,
  allow: isGlobs,
  deny: isGlobs,
  limits: (value) => fits(value, { commit: isLimits, range: isLimits }),
  notBefore: isTime,
  notAfter: isTime,
  compliance: isGlobs,
  protected: isGlobs,
};

/** Tells whether a value has exactly these fields, each of them sound. */
function fits(value: unknown, shape: Shape): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields = Object.keys(shape);
  const sound = (field: string): boolean => Object.hasOwn(value, field) && shape[field]!((value as Record<string, unknown>)[field]);
  return Object.keys(value).length === fields.length && fields.every(sound);
}

function parseState(text: string | undefined): SessionState | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return fits(value, STATE) ? (value as SessionState) : undefined;
  } catch {
    return undefined;
  }
}

const REOPEN = 'a person opens one with "countersign session start", or "countersign run -- <agent>"';

function unknown(id: string): Fault {
  return new Fault('SESSION_UNKNOWN', `no session ${printable(id.slice(0, 40))} is open in this repository`, { hint: REOPEN });
}

function damaged(id: string): Fault {
  return new Fault('SESSION_CLOSED', `session ${id} is closed or damaged`, { hint: REOPEN });
}
