// SPDX-License-Identifier: Apache-2.0
// Attack: a grant that Sigstore certified, but for somebody else, by somebody else, over something else, or never. Signed with
// the signer of the command line against Sigstore's own mock, and judged as everywhere: without network, whatever the year.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes.ts';
import { readTrustedRoot } from '../../src/signature/sigstore/trusted-root.ts';
import { sigstoreSigner, type SigstoreSignerOptions } from '../../src/signer/sigstore.ts';
import type { Signed } from '../../src/signer/signer.ts';
import { evidencePath, printEvidence, statementOf } from '../../src/statement/evidence.ts';
import type { Grant } from '../../src/statement/schema.ts';
import { attempt, type Attempt } from '../kit/attempt.ts';
import { EPOCH, History, policyText, rosterText, type Files, type Session } from '../kit/history.ts';
import { softwareHand } from '../kit/person.ts';
import { startSigstore, type Sigstore } from '../kit/sigstore/sigstore.ts';

const test = suite('case: keyless');

const [sigstore, foreign] = [await startSigstore(), await startSigstore()];
const hands = { alice: softwareHand(), bob: softwareHand() };
const ALICE = { email: 'alice@example.com' };
const WORKLOAD = 'https://github.com/example/shop/.github/workflows/agent.yml@refs/heads/main';
const ROOT = '.countersign/keys/trusted-root.json';

/** Alice signs stamps with a key and the rest by her address; carol is entered with what only a workload can be. */
function roster(issuer: string): string {
  const identities = (...names: string[]): string => names.map((identity) => `      - sigstore: { issuer: "${issuer}", identity: "${identity}" }\n`).join('');
  const [alice, bob] = rosterText(hands).split(/(?=^ {2}bob:)/m);
  return `${alice}${identities('alice@example.com')}${bob}${identities('bob@example.com')}  carol:\n    name: Carol Example\n    emails: [carol@example.com]\n    keys:\n${identities(WORKLOAD)}`;
}

/** A private Sigstore without a log: only timestamps prove when. */
const LOGLESS = utf8(JSON.stringify({ ...(JSON.parse(Buffer.from(sigstore.trustedRoot).toString()) as object), tlogs: [] }));

const history = await History.make({ hands, roster: roster(sigstore.issuer), files: { [ROOT]: sigstore.trustedRoot } });
const unpinned = await History.make({ hands, roster: roster(sigstore.issuer) });
const logless = await History.make({ hands, roster: roster(sigstore.issuer), files: { [ROOT]: LOGLESS } });
// A grant has to be signed while it holds, and Sigstore's clock is today's.
const today = Math.floor(Date.now() / 1000);
for (const each of [history, unpinned, logless]) each.wait(today - 60 - EPOCH);
test.after(async () => {
  await Promise.all([history.close(), unpinned.close(), logless.close(), sigstore.close(), foreign.close()]);
});

type Offer = (url: string) => Partial<SigstoreSignerOptions['services']>;

interface Keyless {
  /** What the signer checks its work by; that of the Sigstore it asks. */
  root?: Uint8Array;
  claims?: Record<string, unknown>;
  by?: Sigstore;
  services?: Offer;
}

async function sign(payload: Uint8Array, { claims = ALICE, by = sigstore, root = by.trustedRoot, services = (url) => ({ rekor: { address: url, version: 1 } }) }: Keyless): Promise<Signed> {
  const trustedRoot = await readTrustedRoot(root);
  const offered = { fulcio: by.url, rekor: undefined, tsa: undefined, ...services(by.url) };
  return sigstoreSigner({ spec: 'sigstore', services: offered, trustedRoot, token: () => by.token(claims) }).sign(payload);
}

interface Altered extends Keyless {
  /** What stands in the envelope instead. */
  keyid?: string;
  bytes?: (genuine: Uint8Array) => Uint8Array;
}

/** Returns a session whose grant is signed keyless. */
async function granted(changes: Partial<Grant> & { in?: History } = {}, { keyid, bytes = (genuine) => genuine, ...keyless }: Altered = {}): Promise<Session> {
  const { in: where = history, ...grant } = changes;
  const session = where.session(grant);
  const predicate = { kind: 'grant', body: session.grant } as const;
  const { payload, signed } = statementOf(predicate);
  const made = await sign(signed, keyless);
  const path = Buffer.from(evidencePath(predicate), 'latin1').toString();
  return { ...session, file: { [path]: printEvidence(payload, keyid ?? made.keyid, bytes(made.bytes)) } };
}

/** Commits as a session, bringing its grant along. */
const use = (session: Session, files: Files = {}, where = history): Promise<Attempt> => attempt(where, { by: session, files: { 'src/b.ts': 'b\n', ...session.file, ...files } });

const REFUSED = ['bad-evidence', 'bad-grant'];

const SHAPES: Record<string, Offer> = {
  'Rekor': (url) => ({ rekor: { address: url, version: 1 } }),
  'Rekor and a timestamp': (url) => ({ rekor: { address: url, version: 1 }, tsa: url }),
  "Rekor's second version and a timestamp": (url) => ({ rekor: { address: url, version: 2 }, tsa: url }),
};

for (const [name, services] of Object.entries(SHAPES)) {
  test(`good: proven by ${name}`, async () => {
    const { range, commits, errors, unknowns } = await use(await granted({}, { services }));
    assert.equal([range.verdict, errors, unknowns], ['good', [], []]);
    assert.is(commits[0]!.provenance, 'ai');
  });
}

test('good: proven by a timestamp, where the root knows no log', async () => {
  const services: Offer = (url) => ({ tsa: url });
  const session = await granted({ in: logless }, { services, root: LOGLESS });
  assert.is((await use(session, {}, logless)).range.verdict, 'good');
  const skipping = await granted({}, { services, root: LOGLESS });
  assert.is.not((await use(skipping)).range.verdict, 'good');
});

test('another person signs in, in alice\'s name or under her keyid', async () => {
  const claims = { email: 'bob@example.com' };
  const his = await granted({ sponsor: 'bob' }, { claims });
  const author = { name: 'Bob Example', email: 'bob@example.com' };
  assert.is((await attempt(history, { by: his, author, files: { 'src/b.ts': 'b\n', ...his.file } })).range.verdict, 'good');
  assert.equal((await use(await granted({}, { claims }))).errors, REFUSED);
  assert.equal((await use(await granted({}, { claims, keyid: `sigstore:${sigstore.issuer}#alice@example.com` }))).errors, REFUSED);
});

test('an address that only looks like hers', async () => {
  for (const email of ['alice@example.com.evil.example', 'malice@example.com', 'Alice@example.com', 'alice@exampleXcom']) {
    assert.equal((await use(await granted({}, { claims: { email } }))).errors, REFUSED, email);
  }
});

test('her address, told by another issuer', async () => {
  assert.equal((await use(await granted({}, { claims: { ...ALICE, iss: 'https://issuer.evil.example' } }))).errors, REFUSED);
});

test('a workflow that is entered as a person', async () => {
  assert.equal((await use(await granted({ sponsor: 'carol' }, { claims: { sub: WORKLOAD } }))).errors, REFUSED);
});

test('her genuine signature, over another grant', async () => {
  const other = history.session();
  const { signed } = statementOf({ kind: 'grant', body: other.grant });
  const { bytes } = await sign(signed, {});
  assert.equal((await use(await granted({ allow: ['**'] }, { bytes: () => bytes }))).errors, REFUSED);
});

test('another Sigstore than the one that is pinned', async () => {
  const claims = { ...ALICE, iss: sigstore.issuer };
  assert.equal((await use(await granted({}, { claims, by: foreign }))).errors, REFUSED);
});

test('no proof of when: the log entry is taken out', async () => {
  const session = await granted({}, { bytes: (genuine) => without(genuine, 'tlogEntries') });
  const { range, errors, unknowns } = await use(session);
  assert.equal([range.verdict, errors, unknowns], ['unknown', [], REFUSED]);
});

/** Returns the bundle without its log entries or timestamps, in the spelling that it has to have. */
function without(bundle: Uint8Array, what: 'tlogEntries'): Uint8Array {
  const json = JSON.parse(Buffer.from(bundle).toString()) as { verificationMaterial: Record<string, unknown> };
  delete json.verificationMaterial[what];
  return utf8(JSON.stringify(json));
}

test('no root is pinned: unknown, never good', async () => {
  const { range, errors } = await use(await granted({ in: unpinned }), {}, unpinned);
  assert.equal([range.verdict, errors], ['unknown', []]);
});

test('the attacker\'s own Sigstore, pinned in the same range', async () => {
  const mine = await granted({}, { claims: { ...ALICE, iss: sigstore.issuer }, by: foreign });
  const pinned = { [ROOT]: foreign.trustedRoot, '.countersign/policy.yaml': policyText({ serial: 2 }) };
  const useAfter = async (by: string | Session, files: Files): Promise<string[]> => {
    const pinning = await history.commit({ parents: [history.adoption], by, files: { ...pinned, ...files } });
    const head = await history.commit({ parents: [pinning], by: mine, files: { 'src/b.ts': 'b\n', ...mine.file } });
    return (await history.verify(history.adoption, head)).errors;
  };
  assert.equal((await use(mine, pinned)).errors, ['bad-evidence', 'bad-grant', 'policy-change']);
  const session = await granted();
  assert.equal(await useAfter(session, session.file), ['bad-evidence', 'bad-grant', 'out-of-scope', 'policy-change']);
  assert.equal(await useAfter('bob', {}), ['bad-evidence', 'bad-grant', 'policy-change', 'wrong-author']);
  // An owner may.
  assert.equal(await useAfter('alice', {}), []);
});

test('good in a process without a network, ten years later, when Sigstore is gone and all its certificates ran out', async () => {
  const timestamped: Keyless = { services: (url) => ({ tsa: url }), root: LOGLESS };
  const sessions: [History, Session][] = [[logless, await granted({ in: logless }, timestamped)]];
  for (const services of Object.values(SHAPES)) sessions.push([history, await granted({}, { services })]);
  await Promise.all([sigstore.close(), foreign.close()]);
  for (const [where, session] of sessions) {
    const head = await where.commit({ parents: [where.adoption], by: session, files: { 'src/b.ts': 'b\n', ...session.file } });
    assert.is(verdictLater(where, head), 'good');
  }
});

/** Asks the command line, which has never seen these signatures: this process remembers what it checked when it signed. */
function verdictLater({ scratch, adoption }: History, head: string): unknown {
  const modules = ['./no-network.mjs', './years-later.mjs'].map((name) => new URL(`../kit/sigstore/${name}`, import.meta.url).href);
  const loaders = [import.meta.resolve('tsx'), ...modules].flatMap((module) => ['--import', module]);
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [...loaders, main, 'verify', `${adoption}..${head}`, '--format', 'json'], { cwd: scratch.dir, env: scratch.env, encoding: 'utf8' });
  return stdout === '' ? stderr : (JSON.parse(stdout) as { verdict: string }).verdict;
}

test.run();
