// SPDX-License-Identifier: Apache-2.0
// The eye, from end to end: the trusted end's state, every commit parents first, then the range as a whole. Commits are
// yielded as they are judged; nothing of a history but what the policy watches is kept.
import { Fault } from '../fault.ts';
import type { Oid } from '../oid.ts';
import type { Policy, RuleName } from '../trust/policy.ts';
import { satisfiable } from '../trust/standing.ts';
import { findingOf, judgeCommit } from './commit.ts';
import { KeyCounters } from './counters.ts';
import { readCommit, Readings } from './reading.ts';
import { Grants } from './grants.ts';
import { judgeRange, readEnds, type RangeFacts } from './range.ts';
import { isUnadopted, readPolicy, readState, States, trustFiles, type State } from './state.ts';
import { Sums } from './sums.ts';
import { judgeTag } from './tag.ts';
import { outcomeOf, Tally, worse } from './tally.ts';
import { Touches } from './touches.ts';
import type { CommitVerdict, Finding, Judged, Question, RangeVerdict, TagVerdict } from './verifier.ts';

/**
 * Judges `base..head` by the policy and roster in `base`.
 * @throws Fault POLICY_INVALID, ROSTER_INVALID where the trusted end itself cannot be read; GIT_* where git fails
 */
export function verifyRange(question: Question): AsyncGenerator<Judged> {
  return judge(question, (start, around) => judgeSegment(question, start, { ...around, isStep: false }));
}

/**
 * Judges a whole history from the commit that is trusted to be its beginning: what it already holds is listed as
 * pre-adoption, then each first-parent step is judged by itself, with the state that the steps before it left.
 * @throws Fault as {@link verifyRange}; REVISION_UNKNOWN where the trusted commit is not on the first-parent line
 */
export function verifyHistory(question: Question): AsyncGenerator<Judged> {
  return judge(question, async function* whole(start, around) {
    yield* listBefore(question, around.tally);
    return yield* judgeSteps(question, start, around);
  });
}

/**
 * Judges what a release adds to an earlier one, step by step as a history; nothing older is listed.
 * @throws Fault as {@link verifyHistory}
 */
export function verifyRelease(question: Question): AsyncGenerator<Judged> {
  return judge(question, (start, around) => judgeSteps(question, start, around));
}

type Around = Omit<Segment, 'isStep'>;
/** What commits leave when they are judged: findings on the whole, and the accepted state. */
type Left = { findings: Finding[]; state: State };

/** Begins with the trusted state, lets `way` judge commits, and ends with the range; where there is no such state, with that. */
async function* judge(question: Question, way: (start: State, around: Around) => AsyncGenerator<Judged, Left>): AsyncGenerator<Judged> {
  const { repo, base, head } = question;
  const start = await trustedState(question);
  if ('rule' in start) {
    yield { kind: 'range', range: emptyRange(question, start) };
    return;
  }
  const tally = new Tally();
  const grants = new Grants(repo, start.policy.agents.sessionHours, { base, head, trees: [] });
  const left = yield* way(start, { tally, grants, counters: new KeyCounters(), readings: new Readings(repo) });
  const tag = question.tag && (await judgeTag(repo, question.tag, head, left.state, [start.policy, left.state.policy]));
  if (tag?.signer) tally.sign(tag.signer.strength);
  yield { kind: 'range', range: { ...rangeVerdict(question, start, tally, left.findings, tag), notes: await notesOn(question, start) } };
}

/** Judges the first-parent line from after the base to the head, each step with the state that those before it left. */
async function* judgeSteps(question: Question, start: State, around: Around): AsyncGenerator<Judged, Left> {
  const findings: Finding[] = [];
  let state = start;
  let from = question.base;
  for await (const to of around.readings.ahead(await firstParents(question))) {
    const step = yield* judgeSegment({ ...question, base: from, head: to }, state, { ...around, isStep: true });
    findings.push(...step.findings.map((finding) => ({ ...finding, commit: finding.commit ?? to })));
    state = step.state;
    from = to;
  }
  return { findings, state };
}

/** Yields what the trusted commit already holds, itself included: listed, not judged. */
async function* listBefore({ repo, base }: Question, tally: Tally): AsyncGenerator<Judged> {
  for await (const oid of repo.walk(base, [])) {
    const commit: CommitVerdict = { oid, verdict: 'good', provenance: 'preAdoption', subject: '', author: '', unauthenticated: [], findings: [] };
    tally.add(commit);
    yield { kind: 'commit', commit };
  }
}

/** Returns the first-parent line from after the base to the head, oldest first. */
async function firstParents({ repo, base, head }: Question): Promise<Oid[]> {
  const line: Oid[] = [];
  for (let at = head; at !== base; ) {
    line.push(at);
    const [parent] = (await readCommit(repo, at)).parents;
    if (!parent) throw new Fault('REVISION_UNKNOWN', `${base} is not on the first-parent line of ${head}`, { hint: 'name a commit of the main line with --trust' });
    at = parent;
  }
  return line.reverse();
}

async function trustedState({ repo, base }: Question): Promise<State | Finding> {
  try {
    const state = await readState(repo, base, (await readCommit(repo, base)).tree);
    return state ?? {
      rule: 'untrusted-base',
      level: 'unknown',
      commit: base,
      message: 'the commit to start from has no policy, so nothing says what to demand or whom to believe',
      hint: 'countersign verify --trust <the commit that adopted countersign>',
    };
  } catch (thrown) {
    const finding = findingOf(thrown, base);
    if (!finding) throw thrown;
    return finding;
  }
}

interface Segment {
  tally: Tally;
  grants: Grants;
  counters: KeyCounters;
  readings: Readings;
  isStep: boolean;
}

/** Judges the commits of one range, then the range; returns its findings and the state it leaves. */
async function* judgeSegment(question: Question, start: State, { tally, grants, counters, readings, isStep }: Segment): AsyncGenerator<Judged, Left> {
  const { repo, base, head, signal } = question;
  const states = new States(repo, base, start);
  const sums = new Sums();
  const broken = new Set<RuleName>();
  try {
    const ends = await readEnds(repo, base, head);
    grants.turnTo({ base, head, trees: [ends.endTree, ends.baseTree] });
    const touches = new Touches([start.policy, ...(await headPolicy(question, start))]);
    for await (const oid of readings.ahead(commitsOf(question))) {
      signal?.throwIfAborted();
      const { verdict, facts } = await judgeCommit(oid, readings.take(oid), { repo, states, grants, counters, head });
      if (facts) {
        sums.add(facts);
        touches.add(facts);
      }
      for (const { rule, level } of verdict.findings) if (level === 'error') broken.add(rule);
      tally.add(verdict);
      yield { kind: 'commit', commit: verdict };
    }
    const last = states.after(head);
    const facts: RangeFacts = {
      repo, base, head, ...ends, touches, sums, broken, isStep,
      states: last === start ? [start] : [start, last],
      onSoftware: () => tally.sign('software'),
    };
    return { findings: await judgeRange(facts), state: last };
  } catch (thrown) {
    const finding = findingOf(thrown);
    if (!finding) throw thrown;
    return { findings: [finding], state: states.after(head) };
  }
}

/** Yields the commits of a range, parents first. A step of a straight history is one commit, and git need not be asked. */
async function* commitsOf({ repo, base, head }: Question): AsyncGenerator<Oid> {
  const { parents } = await readCommit(repo, head);
  if (parents.length === 1 && parents[0] === base) yield head;
  else yield* repo.walk(head, [base]);
}

/** Returns the policy at the head, accepted or not: it only widens what is watched. */
async function headPolicy({ repo, head }: Question, start: State): Promise<Policy[]> {
  try {
    const { tree } = await readCommit(repo, head);
    const files = await trustFiles(repo, tree);
    return files === start.files || isUnadopted(files) ? [] : [await readPolicy(repo, tree)];
  } catch (thrown) {
    // an unreadable policy is a finding of the commit that brings it
    if (thrown instanceof Fault && thrown.code === 'POLICY_INVALID') return [];
    throw thrown;
  }
}

function rangeVerdict({ base, head }: Question, start: State, tally: Tally, findings: Finding[], tag: TagVerdict | undefined): RangeVerdict {
  return {
    verdict: worse(worse(tally.outcome, outcomeOf(findings)), tag?.verdict ?? 'good'),
    base,
    head,
    policy: start.commit,
    serial: start.policy.serial,
    strength: tally.strength,
    summary: tally.summary,
    ...(tag ? { tag } : {}),
    findings,
    notes: [],
  };
}

function emptyRange({ base, head }: Question, finding: Finding): RangeVerdict {
  const tally = new Tally();
  return { verdict: outcomeOf([finding]), base, head, policy: base, serial: 0, strength: tally.strength, summary: tally.summary, findings: [finding], notes: [] };
}

async function notesOn({ repo }: Question, { policy, roster }: State): Promise<string[]> {
  const rewrites = (await repo.rewrites()).map((name) => `${name} is ignored: the history is judged as it was committed`);
  const demands = satisfiable(policy, roster).map(({ where, need, have }) => `nobody can satisfy ${where}: it needs ${need}, the roster has ${have}`);
  return [...rewrites, ...demands];
}
