// SPDX-License-Identifier: Apache-2.0
// Histories for the verifier, made of real git objects without hooks: an adopted repository, people who sign in
// process, sessions, stamps that fit or don't, evidence, merges. Each method does one thing an attacker might do by hand.
import { sha256, utf8 } from '../../src/bytes.ts';
import { changeDigest, isEvidence } from '../../src/commit/change.ts';
import { editDigest } from '../../src/commit/edit.ts';
import { readText } from '../../src/commit/message.ts';
import { parseCommit } from '../../src/commit/raw.ts';
import { EMPTY_TREE, hashObject, type ObjectFormat, type Oid } from '../../src/oid.ts';
import { openGit, type GitRepo } from '../../src/repo/git.ts';
import { diffTrees } from '../../src/repo/tree.ts';
import { pae } from '../../src/signature/pae.ts';
import { newSessionKey, sessionSigner } from '../../src/signer/session.ts';
import { evidencePath, printEvidence, statementOf, type Predicate } from '../../src/statement/evidence.ts';
import type { Cosignature, Grant } from '../../src/statement/schema.ts';
import { STAMP_TYPE, printStamp, type Provenance } from '../../src/statement/stamp.ts';
import { addStamp } from '../../src/statement/trailers.ts';
import { newUlid, type Ulid } from '../../src/ulid.ts';
import { verifyHistory, verifyRange } from '../../src/verifier/verify.ts';
import type { CommitVerdict, Finding, RangeVerdict } from '../../src/verifier/verifier.ts';
import { ScratchRepo } from './git.ts';
import { softwareHand, type Hand } from './person.ts';

export const REPOSITORY = '0192f6c4-7d5e-7a3b-8c1d-2e3f4a5b6c7d';
/** The first commit's date is a minute after this, in seconds since 1970. */
export const EPOCH = 1_767_323_045;

/** What a path becomes: text or bytes, another mode, a submodule's commit, or nothing. */
export type Content = string | Uint8Array | null | { mode: '100755' | '120000'; content: string } | { mode: '160000'; oid: Oid };
export type Files = Record<string, Content>;

export interface Session {
  id: Ulid;
  grant: Grant;
  privatePem: string;
  /** The evidence file: add it to the files of a commit. */
  file: Files;
}

export interface Making {
  files?: Files;
  message?: string;
  /** Who signs: a person of the history, a session, or nobody. */
  by?: string | Session | null;
  provenance?: Provenance;
  /** Parents; the branch's tip unless told. */
  parents?: Oid[];
  /** Starts from this tree instead of the first parent's. */
  tree?: Oid;
  author?: { name: string; email: string };
  /** Seconds after the epoch of the history. */
  at?: number;
  hand?: Hand;
  /** Changes the finished message. */
  alter?: (message: Uint8Array) => Uint8Array;
  agent?: string;
  repository?: string;
  encoding?: string;
}

export interface Verdict {
  range: RangeVerdict;
  commits: CommitVerdict[];
  findings: Finding[];
  /** Rules broken at level error, each once, sorted. */
  errors: string[];
  unknowns: string[];
}

export class History {
  readonly scratch: ScratchRepo;
  readonly repo: GitRepo;
  readonly hands: Record<string, Hand>;
  readonly format: ObjectFormat;
  tip: Oid;
  adoption: Oid;
  #clock = EPOCH;

  private constructor(scratch: ScratchRepo, repo: GitRepo, hands: Record<string, Hand>, base: Oid) {
    this.scratch = scratch;
    this.repo = repo;
    this.hands = hands;
    this.format = repo.objectFormat;
    this.tip = base;
    this.adoption = base;
  }

  /** Returns an adopted repository with alice (owner), bob (reviewer) and carol. */
  static async make(options: { format?: ObjectFormat; policy?: string; hands?: Record<string, Hand>; roster?: string; files?: Files } = {}): Promise<History> {
    const scratch = new ScratchRepo({ objectFormat: options.format ?? 'sha1' });
    const repo = await openGit(scratch.dir, { env: { ...process.env, ...scratch.env } });
    const hands = options.hands ?? { alice: softwareHand(), bob: softwareHand(), carol: softwareHand() };
    const history = new History(scratch, repo, hands, EMPTY_TREE[repo.objectFormat]);
    const files: Files = {
      'src/a.ts': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n',
      'firebase.json': '{"hosting":{}}\n',
      '.countersign/policy.yaml': policyText({}, options.policy),
      '.countersign/roster.yaml': options.roster ?? rosterText(hands),
      ...options.files,
    };
    history.tip = await history.commit({ files, parents: [], by: null, message: 'adopt' });
    history.adoption = history.tip;
    return history;
  }

  get now(): number {
    return this.#clock;
  }

  /** Moves the clock, in seconds. */
  wait(seconds: number): void {
    this.#clock += seconds;
  }

  /** Makes a commit; the tip moves to it where it was made from the tip. */
  async commit(making: Making = {}): Promise<Oid> {
    const onTip = making.parents === undefined;
    const parents = making.parents ?? [this.tip];
    const parentTrees = await Promise.all(parents.map((parent) => this.treeOf(parent)));
    const tree = this.#write(making.tree ?? parentTrees[0], making.files ?? {});
    const raw = await this.#stamp(making, tree, parents, parentTrees);
    const oid = this.scratch.git(['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], { input: raw }) as Oid;
    if (onTip) this.tip = oid;
    return oid;
  }

  async treeOf(commit: Oid): Promise<Oid> {
    const object = await this.repo.readObject(commit);
    return parseCommit(object!.bytes, this.format).tree;
  }

  /** Opens a session; its grant is a file to be committed. */
  session(changes: Partial<Grant> & { by?: string; hand?: Hand; key?: string } = {}): Session {
    const { by, hand, key, ...rest } = changes;
    const pair = newSessionKey();
    const id = rest.id ?? newUlid(this.#clock * 1000);
    const grant: Grant = {
      id, repository: REPOSITORY, adoption: this.adoption, agent: 'test-agent/1.0', model: 'test-model',
      publicKey: key ?? Buffer.from(pair.publicKey).toString('base64'), sponsor: by ?? 'alice', allow: ['src/**'], deny: [],
      limits: { commit: { files: 50, additions: 2000, deletions: 500 }, range: { files: 150, additions: 6000, deletions: 1500 } },
      notBefore: time(this.#clock), notAfter: time(this.#clock + 4 * 3600), ...rest,
    };
    return { id, grant, privatePem: pair.privatePem, file: this.evidence({ kind: 'grant', body: grant }, hand ?? this.hands[by ?? 'alice']!) };
  }

  /** Returns a signed statement as the file it is. */
  evidence(predicate: Predicate, hand: Hand): Files {
    const { payload, signed } = statementOf(predicate);
    const bytes = printEvidence(payload, hand.keyid, hand.sign(signed));
    return { [Buffer.from(evidencePath(predicate), 'latin1').toString()]: bytes };
  }

  /** Returns a cosignature of a content as the file it is. */
  cosign(path: string, content: string, person: string, changes: Partial<Cosignature> & { hand?: Hand } = {}): Files {
    const { hand, ...rest } = changes;
    const bytes = utf8(content);
    const body: Cosignature = {
      id: newUlid(this.#clock * 1000), repository: REPOSITORY, path, mode: '100644', oid: hashObject(this.format, 'blob', bytes),
      sha256: sha256(bytes), base: this.adoption, person, role: '', time: time(this.#clock), remark: '', ...rest,
    };
    return this.evidence({ kind: 'cosignature', body }, hand ?? this.hands[person]!);
  }

  async verify(base: Oid, head: Oid = this.tip, how: 'range' | 'history' = 'range'): Promise<Verdict> {
    const commits: CommitVerdict[] = [];
    let range: RangeVerdict | undefined;
    const question = { repo: this.repo, base, head, now: this.#clock };
    for await (const judged of how === 'range' ? verifyRange(question) : verifyHistory(question)) {
      if (judged.kind === 'commit') commits.push(judged.commit);
      else range = judged.range;
    }
    if (!range) throw new Error('no verdict over the range');
    const findings = [...commits.flatMap((commit) => commit.findings), ...range.findings];
    const at = (level: string): string[] => [...new Set(findings.filter((finding) => finding.level === level).map((finding) => finding.rule))].sort();
    return { range, commits, findings, errors: at('error'), unknowns: at('unknown') };
  }

  async close(): Promise<void> {
    await this.repo.close();
  }

  #write(from: Oid | undefined, files: Files): Oid {
    const env = { GIT_INDEX_FILE: `${this.scratch.dir}/.git/history-index` };
    this.scratch.git(['read-tree', from ?? '--empty'], { env });
    const lines = Object.entries(files).map(([path, content]) => {
      if (content === null) return `0 ${'0'.repeat(EMPTY_TREE[this.format].length)}\t${path}\0`;
      if (typeof content === 'object' && 'oid' in content) return `160000 ${content.oid}\t${path}\0`;
      const special = typeof content === 'object' && 'mode' in content;
      const blob = this.scratch.git(['hash-object', '-w', '--stdin'], { input: special ? content.content : content });
      return `${special ? content.mode : '100644'} ${blob}\t${path}\0`;
    });
    if (lines.length > 0) this.scratch.git(['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    return this.scratch.git(['write-tree', '--missing-ok'], { env }) as Oid;
  }

  async #stamp(making: Making, tree: Oid, parents: Oid[], parentTrees: Oid[]): Promise<Uint8Array> {
    const { by = 'alice', message = 'a change', author = { name: 'Alice Example', email: 'alice@example.com' }, encoding } = making;
    const date = EPOCH + (making.at ?? (this.#clock += 60) - EPOCH);
    const ident = `${author.name} <${author.email}> ${date} +0000`;
    const head = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), `author ${ident}`, `committer ${ident}`, ...(encoding ? [`encoding ${encoding}`] : [])];
    const body = utf8(`${message}\n`);
    const whole = (text: Uint8Array): Uint8Array => Buffer.concat([utf8(`${head.join('\n')}\n\n`), text]);
    if (by === null) return whole(making.alter ? making.alter(body) : body);
    const session = typeof by === 'object' ? by : undefined;
    const against = parentTrees.length > 0 ? parentTrees : [EMPTY_TREE[this.format]];
    const diffs = await Promise.all(against.map((before) => diffTrees(this.repo, before, tree)));
    const provenance = making.provenance ?? (session ? 'ai' : 'human');
    const agent = making.agent ?? (session ? `${session.grant.agent} (${session.grant.model})` : provenance === 'human' ? undefined : 'unspecified');
    const fields = {
      provenance, agent, session: session?.id,
      changes: diffs.map((diff) => changeDigest(this.format, diff)),
      edit: diffs.length > 1 ? undefined : await editDigest(this.format, diffs[0]!, async (oid) => (await this.repo.readObject(oid))?.bytes),
    };
    const empty = diffs.length === 1 && diffs[0]!.every((change) => isEvidence(change.path));
    const raw = parseCommit(whole(body), this.format);
    const payload = pae(STAMP_TYPE, printStamp({
      ...readText(raw.author, body, encoding), objectFormat: this.format, repository: making.repository ?? REPOSITORY, ...fields, tree: empty ? tree : undefined,
    }));
    const signature = session && !making.hand
      ? { scheme: 'ed25519' as const, bytes: (await sessionSigner(session.id, session.privatePem).sign(payload)).bytes }
      : { scheme: 'ssh' as const, bytes: (making.hand ?? this.hands[by as string]!).sign(payload) };
    const stamped = addStamp(body, { ...fields, signature });
    return whole(making.alter ? making.alter(stamped) : stamped);
  }
}

export function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** Returns a policy; `text` replaces what follows the first three lines. */
export function policyText({ serial = 1, repository = REPOSITORY }: { serial?: number; repository?: string } = {}, text?: string): string {
  return `version: 1\nserial: ${serial}\nrepository: ${repository}\n${text ?? DEMANDS}`;
}

export const DEMANDS = `compliance:
  - paths: [consultations/**]
    cosign: { threshold: 1, excludeSponsor: true, participants: true }
  - paths: [post-mortems/**]
    cosign: { threshold: 1, excludeSponsor: true }
protected:
  - name: routing
    paths: [firebase.json, infra/**]
    approve: { threshold: 1 }
`;

const ROLES: Record<string, string> = { alice: 'owner', bob: 'reviewer' };

/** Returns a roster of these hands: `alice` is Alice Example <alice@example.com>, and so on. */
export function rosterText(hands: Record<string, Hand>, more = ''): string {
  const people = Object.entries(hands).map(([id, hand]) => {
    const name = `${id[0]!.toUpperCase()}${id.slice(1)} Example`;
    return `  ${id}:\n    name: ${name}\n    emails: [${id}@example.com]\n    roles: [${ROLES[id] ?? ''}]\n    keys:\n      - ssh: ${hand.publicLine}\n`;
  });
  return `version: 1\npeople:\n${people.join('')}${more}`;
}
