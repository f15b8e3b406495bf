// SPDX-License-Identifier: Apache-2.0
// A long history of stamped commits, by people and sessions in turn, written by one `git fast-import`; and a shorter one
// of commits that git itself signed. Stamps are made here, in process: only reading them is measured.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromLatin1, utf8 } from '../src/bytes.ts';
import { changeDigest } from '../src/commit/change.ts';
import { editDigest } from '../src/commit/edit.ts';
import { readText } from '../src/commit/message.ts';
import { ZERO, hashObject, pathOf, type Change, type Oid } from '../src/oid.ts';
import { pae } from '../src/signature/pae.ts';
import { sessionSigner } from '../src/signer/session.ts';
import { STAMP_TYPE, printStamp } from '../src/statement/stamp.ts';
import { addStamp } from '../src/statement/trailers.ts';
import { gitSigned } from '../test/kit/attempt.ts';
import { History, REPOSITORY, policyText, type Session } from '../test/kit/history.ts';

const FOLDERS = 20;
const FILES = 25;
const LINES = 60;
/** Commits of one session, and of each ten how many are a session's. */
const RUN = 50;
const OF_TEN = 6;
const MOST = '{ files: 1000000, additions: 1000000, deletions: 1000000 }';
const POLICY = `agents:\n  limits:\n    commit: ${MOST}\n    range: ${MOST}\nprotected:\n  - { name: routing, paths: [infra/**] }\n`;

export interface LongHistory {
  history: History;
  base: Oid;
  head: Oid;
}

/** Makes a repository with this many stamped commits after its adoption. */
export async function longHistory(count: number): Promise<LongHistory> {
  const content = new Map(Array.from({ length: FOLDERS * FILES }, (_, i) => [`src/part${i % FOLDERS}/file${i}.ts`, Array.from({ length: LINES }, (_line, n) => `line ${n} of file ${i}`)]));
  const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
  const history = await History.make({ files: { ...Object.fromEntries([...content].map(([path, lines]) => [path, text(lines)])), '.countersign/policy.yaml': policyText({}, POLICY) } });
  const base = history.adoption;
  const stream: Uint8Array[] = [];
  let session: Session | undefined;
  let spent = 0;
  for (let i = 0; i < count; i++) {
    history.wait(10);
    const byAgent = i % 10 < OF_TEN;
    const fresh = byAgent && (session === undefined || spent++ % RUN === 0);
    if (fresh) session = history.session();
    const [path, lines] = [...content][(i * 7919) % content.size]!;
    const before = text(lines);
    lines[(i * 31) % LINES] = `changed by ${i}`;
    const files: [string, Uint8Array][] = [[path, utf8(text(lines))]];
    if (fresh) files.push(...Object.entries(session!.file).map(([name, bytes]): [string, Uint8Array] => [name, bytes as Uint8Array]));
    const message = await stamped(history, `edit ${path}, the ${i}th time`, { path, before: utf8(before), after: files[0]![1] }, byAgent ? session : undefined);
    stream.push(...importCommit(history.now, message, files, i === 0 ? base : undefined));
  }
  history.scratch.git(['fast-import', '--quiet', '--force'], { input: Buffer.concat(stream) });
  return { history, base, head: history.scratch.oid('refs/heads/long') };
}

interface Edit {
  path: string;
  before: Uint8Array;
  after: Uint8Array;
}

async function stamped({ hands, now }: History, subject: string, { path, before, after }: Edit, session: Session | undefined): Promise<Uint8Array> {
  const blobs = new Map([before, after].map((bytes) => [hashObject('sha1', 'blob', bytes), bytes]));
  const [oldOid = ZERO.sha1, newOid = ZERO.sha1] = blobs.keys();
  const change: Change = { path: pathOf(path), oldMode: '100644', newMode: '100644', oldOid, newOid };
  const above = utf8(`${subject}\n`);
  const fields = {
    provenance: session ? 'ai' as const : 'human' as const,
    agent: session && `${session.grant.agent} (${session.grant.model})`,
    session: session?.id,
    changes: [changeDigest('sha1', [change])],
    edit: await editDigest('sha1', [change], async (oid) => blobs.get(oid)),
  };
  const author = { name: 'Alice Example', email: 'alice@example.com', date: now, zone: '+0000' };
  const payload = pae(STAMP_TYPE, printStamp({ ...readText(author, above, undefined), objectFormat: 'sha1', repository: REPOSITORY, ...fields, tree: undefined }));
  const signature = session
    ? { scheme: 'ed25519' as const, bytes: (await sessionSigner(session.id, session.privatePem).sign(payload)).bytes }
    : { scheme: 'ssh' as const, bytes: hands['alice']!.sign(payload) };
  return addStamp(above, { ...fields, signature });
}

function importCommit(date: number, message: Uint8Array, files: [string, Uint8Array][], from: Oid | undefined): Uint8Array[] {
  const ident = `Alice Example <alice@example.com> ${date} +0000`;
  const data = (bytes: Uint8Array): Uint8Array[] => [utf8(`data ${bytes.length}\n`), bytes, utf8('\n')];
  return [
    utf8(`commit refs/heads/long\nauthor ${ident}\ncommitter ${ident}\n`), ...data(message), ...(from ? [utf8(`from ${from}\n`)] : []),
    ...files.flatMap(([path, bytes]) => [utf8(`M 100644 inline ${path}\n`), ...data(bytes)]),
    utf8('\n'),
  ];
}

/** Returns the last commits of a history, as git would have signed them with an SSH key, and the settings to check them. */
export function signedByGit({ history, head }: LongHistory, count: number): { oids: Oid[]; settings: string[] } {
  const newest = history.scratch.git(['rev-list', `--max-count=${count}`, head]).split('\n') as Oid[];
  const oids = newest.map((oid) => gitSigned(history, oid, history.hands['alice']!));
  const folder = join(history.scratch.dir, '.git', 'bench');
  mkdirSync(folder);
  const signers = join(folder, 'signers');
  writeFileSync(signers, fromLatin1(`alice@example.com namespaces="git" ${history.hands['alice']!.publicLine}\n`));
  return { oids, settings: ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${signers}`] };
}
