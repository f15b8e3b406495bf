// SPDX-License-Identifier: Apache-2.0
// Cut histories: an answer is given only where what is missing cannot change it. An incomplete range must never look
// complete, a complete one in a shallow clone should not be refused.
import * as fc from 'fast-check';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../src/fault.ts';
import type { Oid } from '../../src/oid.ts';
import { openGit } from '../../src/repo/git.ts';
import { isAncestorIn, mergeBasesIn, parentsOf, walkGraph } from '../../src/repo/graph.ts';
import { openIsomorphic } from '../../src/repo/isomorphic.ts';
import type { Repo } from '../../src/repo/repo.ts';
import { utf8 } from '../../src/bytes.ts';
import { ScratchRepo } from '../kit/git.ts';
import { rejectsWith, throwsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const SLOW = process.env['SLOW'] !== undefined;

async function collect(commits: AsyncIterable<Oid>): Promise<Oid[]> {
  const list: Oid[] = [];
  for await (const oid of commits) list.push(oid);
  return list;
}

/** Merging without the merge base must not pass for merging unrelated histories. */
async function refusesMerge(repo: Repo, a: Oid, b: Oid): Promise<void> {
  if ('layout' in repo) await rejectsWith('REPO_OBJECT_MISSING', () => repo.merge(a, b));
  else assert.equal(await repo.merge(a, b), { kind: 'unsupported' });
}

/** Ten commits; at c[8] a side branch with two commits of its own is merged. */
function makeHistory({ fork = 5, step = 60 } = {}) {
  const origin = new ScratchRepo({ step });
  const c: Oid[] = [];
  for (let i = 0; i < 8; i++) c.push(origin.commit(`c${i}`, { files: { [`f${i}`]: `${i}\n` } }));
  origin.git(['checkout', '-q', '-b', 'side', c[fork]!]);
  const side = [origin.commit('s0', { files: { s: '0\n' } }), origin.commit('s1', { files: { s: '1\n' } })];
  origin.git(['checkout', '-q', 'main']);
  origin.git(['merge', '-q', '--no-ff', '-m', 'merge', 'side']);
  c.push(origin.oid('HEAD'));
  c.push(origin.commit('c9', { files: { f9: '9\n' } }));
  return { origin, c, side };
}

const { origin, c, side } = makeHistory();

/** Opens a clone of some depth through each door. */
async function inClones(depth: number, check: (repo: Repo, clone: string) => Promise<void>, from: ScratchRepo = origin): Promise<void> {
  const clone = join(tempDir(), 'clone');
  from.git(['clone', '-q', '--no-single-branch', `--depth=${depth}`, `file://${from.dir}`, clone]);
  for (const open of [openGit, openIsomorphic]) {
    const repo = await open(clone, { env: from.env });
    await check(repo, clone).finally(() => repo.close());
  }
}

const test = suite('shallow');

test('depth 1: the tip alone is no history', async () => {
  await inClones(1, async (repo) => {
    assert.is(await repo.resolve('HEAD'), c[9]);
    assert.is(await repo.resolve('HEAD~1'), undefined);
    const fault = await rejectsWith('REPO_OBJECT_MISSING', () => collect(repo.walk(c[9]!, [])));
    assert.match(fault.hint ?? '', '--unshallow');
    await rejectsWith('REPO_OBJECT_MISSING', () => collect(repo.walk(c[9]!, [c[8]!])));
    assert.equal(await collect(repo.walk(c[9]!, [c[9]!])), []);
    await rejectsWith('REPO_OBJECT_MISSING', () => repo.isAncestor(c[8]!, c[7]!));
    assert.equal(await repo.mergeBases(c[9]!, c[9]!), [c[9]]);
  });
});

test('base inside the clone: the range is complete', async () => {
  await inClones(3, async (repo) => {
    assert.equal(await collect(repo.walk(c[9]!, [c[8]!])), [c[9]]);
    assert.ok(await repo.isAncestor(c[8]!, c[9]!));
    assert.not(await repo.isAncestor(c[9]!, c[8]!));
    assert.equal(await repo.mergeBases(c[8]!, c[9]!), [c[8]]);
  });
});

test('base inside the clone, but a merged side branch is cut', async () => {
  // From main's tip there are c9, c8 and c7, from the side's tip s1, s0 and c5.
  await inClones(3, async (repo) => {
    // Nobody can tell that c5 is older than c7.
    await rejectsWith('REPO_OBJECT_MISSING', () => collect(repo.walk(c[9]!, [c[7]!])));
    await rejectsWith('REPO_OBJECT_MISSING', () => repo.mergeBases(c[7]!, side[1]!));
    await rejectsWith('REPO_OBJECT_MISSING', () => repo.isAncestor(c[7]!, side[1]!));
    await refusesMerge(repo, c[7]!, side[1]!);
    // With both known ends excluded nothing is open.
    assert.equal(await collect(repo.walk(c[9]!, [c[7]!, side[1]!])), [c[8], c[9]]);
  });
});

test('deep enough for the whole range', async () => {
  await inClones(5, async (repo) => {
    assert.equal((await collect(repo.walk(c[9]!, [c[7]!]))).sort(), [...side, c[8]!, c[9]!].sort());
    assert.equal(await repo.mergeBases(c[7]!, side[1]!), [c[5]]);
    assert.not(await repo.isAncestor(c[7]!, side[1]!));
    await rejectsWith('REPO_OBJECT_MISSING', () => collect(repo.walk(c[9]!, [])));
  });
});

test('the base is cut above where a complete side branch begins', async () => {
  const early = makeHistory({ fork: 2 });
  // The side's line is complete to the root, main's ends at c5: c0, c1 and c2 would look like a part of the range.
  await inClones(5, async (repo) => {
    await rejectsWith('REPO_OBJECT_MISSING', () => collect(repo.walk(early.c[9]!, [early.c[7]!])));
    await rejectsWith('REPO_OBJECT_MISSING', () => repo.mergeBases(early.c[7]!, early.side[1]!));
  }, early.origin);
});

test('the same with all commits of one second, and with clocks that run backwards', async () => {
  for (const step of [0, -3600]) {
    const other = makeHistory({ step });
    await inClones(5, async (repo) => {
      assert.equal((await collect(repo.walk(other.c[9]!, [other.c[7]!]))).sort(), [...other.side, other.c[8]!, other.c[9]!].sort());
      assert.equal(await repo.mergeBases(other.c[7]!, other.side[1]!), [other.c[5]]);
    }, other.origin);
  }
});

test('a hole without a shallow file is a hole too', async () => {
  const { origin: own, c: d } = makeHistory();
  rmSync(join(own.dir, '.git/objects', d[5]!.slice(0, 2), d[5]!.slice(2)));
  for (const open of [openGit, openIsomorphic]) {
    const repo = await open(own.dir, { env: own.env });
    assert.equal(await collect(repo.walk(d[7]!, [d[6]!])), [d[7]]);
    await rejectsWith('REPO_OBJECT_MISSING', () => collect(repo.walk(d[7]!, [])));
    await rejectsWith('REPO_OBJECT_MISSING', () => collect(repo.walk(d[7]!, [d[4]!])));
    await rejectsWith('REPO_OBJECT_MISSING', () => repo.isAncestor(d[0]!, d[7]!));
    await rejectsWith('REPO_OBJECT_MISSING', () => repo.mergeBases(d[0]!, d[7]!));
    await refusesMerge(repo, d[0]!, d[7]!);
    await repo.close();
  }
});

test('a shallow file that cuts what is there changes nothing', async () => {
  const { origin: own, c: d } = makeHistory();
  writeFileSync(join(own.dir, '.git/shallow'), `${d[7]}\n`);
  const repo = await openGit(own.dir, { env: own.env });
  assert.is((await collect(repo.walk(d[9]!, []))).length, 12);
  assert.ok(await repo.isAncestor(d[0]!, d[9]!));
  await repo.close();
});

test('a partial clone: nothing is fetched, what is missing is said', async () => {
  const { origin: own, c: d } = makeHistory();
  own.git(['config', 'uploadpack.allowFilter', 'true']);
  own.git(['config', 'uploadpack.allowAnySHA1InWant', 'true']);
  const clone = join(tempDir(), 'clone');
  own.git(['clone', '-q', '--no-checkout', '--filter=blob:none', `file://${own.dir}`, clone]);
  const blob = own.oid(`${d[9]}:f9`);
  const repo = await openGit(clone, { env: own.env });
  assert.is((await repo.readObject(own.oid(`${d[9]}^{tree}`)))?.kind, 'tree');
  assert.is(await repo.readObject(blob), undefined);
  await rejectsWith('REPO_OBJECT_MISSING', () => repo.lineCounts(own.oid(`${d[8]}^{tree}`), own.oid(`${d[9]}^{tree}`)));
  // The counter died of it and is there again for the next question.
  assert.equal(await repo.lineCounts(own.oid(`${d[9]}^{tree}`), own.oid(`${d[9]}^{tree}`)), []);
  await rejectsWith('REPO_OBJECT_MISSING', () => repo.lineCounts('1'.repeat(40) as Oid, own.oid(`${d[9]}^{tree}`)));
  assert.is(await repo.resolve(`${d[9]}:f9`), undefined);
  assert.is(await repo.readObject(blob), undefined);
  await repo.close();
  const held = own.git(['-C', clone, 'rev-list', '--objects', '--all', '--missing=print']);
  assert.ok(held.includes(`?${blob}`));
});

test('parents: read from the header as git reads them', () => {
  const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
  const head = `tree ${a}\n`;
  const parents = (text: string) => parentsOf(utf8(text), 'sha1');
  assert.equal(parents(`${head}author x\n\nparent ${a}\n`), []);
  assert.equal(parents(`${head}parent ${a}\nparent ${b}\nauthor x\n\nm`), [a, b]);
  assert.equal(parents(`${head}author x\nparent ${a}\n\nm`), []);
  assert.equal(parents(head.trimEnd()), []);
  const malformed = ['', `parent ${a}\n${head}`, `tree x\n`, `${head}parent x\n`, `${head}parent ${a} \n`, `tree ${a}b\n`, `${head}parent ${a.toUpperCase()}\n`];
  for (const text of malformed) throwsWith('COMMIT_MALFORMED', () => parents(text));
});

/** Random histories: each commit has up to three earlier ones as parents; some are then taken away. */
const graphs = fc
  .array(fc.tuple(fc.array(fc.nat(), { maxLength: 3 }), fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 14 })
  .map((rows) => {
    const id = (i: number) => i.toString(16).padStart(40, '0') as Oid;
    const full = new Map(rows.map(([links], i) => [id(i), i === 0 ? [] : [...new Set(links.map((link) => id(link % i)))]]));
    const gone = new Set(rows.flatMap(([, one, two], i) => (one && two ? [id(i)] : [])));
    return { full, gone, ids: [...full.keys()] };
  });

function ancestors(full: Map<Oid, Oid[]>, oid: Oid): Set<Oid> {
  const seen = new Set([oid]);
  for (const next of seen) for (const parent of full.get(next) ?? []) seen.add(parent);
  return seen;
}

/** Gives the value, or undefined for REPO_OBJECT_MISSING. */
async function answer<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch((thrown: unknown) => {
    if (thrown instanceof Fault && thrown.code === 'REPO_OBJECT_MISSING') return undefined;
    throw thrown;
  });
}

test('graph: on random histories with holes, every answer is the true one', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, fc.nat(), fc.nat(), async ({ full, gone, ids }, i, j) => {
      const [a, b] = [ids[i % ids.length]!, ids[j % ids.length]!];
      for (const cut of [new Set<Oid>(), gone]) {
        const parents = async (oid: Oid) => (cut.has(oid) ? undefined : full.get(oid));
        const [ofA, ofB] = [ancestors(full, a), ancestors(full, b)];

        const range = await answer(collect(walkGraph(parents, a, [b])));
        const truth = [...ofA].filter((oid) => !ofB.has(oid));
        if (range !== undefined) assert.equal([...range].sort(), truth.sort());
        else assert.ok(cut.size > 0);
        for (const [at, oid] of (range ?? []).entries()) {
          for (const parent of full.get(oid)!) assert.ok(!range!.includes(parent) || range!.indexOf(parent) < at);
        }

        const common = [...ofA].filter((oid) => ofB.has(oid));
        const bases = common.filter((oid) => !common.some((other) => other !== oid && ancestors(full, other).has(oid)));
        const found = await answer(mergeBasesIn(parents, a, b));
        if (found !== undefined) assert.equal([...found].sort(), bases.sort());
        else assert.ok(cut.size > 0);

        const older = await answer(isAncestorIn(parents, a, b));
        if (older !== undefined) assert.is(older, ofB.has(a));
        else assert.ok(cut.size > 0);
      }
    }),
    { numRuns: SLOW ? 20_000 : 200 },
  );
});

test.run();
