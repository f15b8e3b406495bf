// SPDX-License-Identifier: Apache-2.0
// Who touched the paths that rules about a whole range watch. Only watched paths are kept, so that memory follows the
// policy and not the history.
import { withoutEvidence } from '../commit/change.ts';
import { touches, type Glob } from '../glob.ts';
import type { Change, Mode, Oid, Path } from '../oid.ts';
import { cosignFolder } from '../statement/evidence.ts';
import { needsPresence } from '../trust/standing.ts';
import type { Policy } from '../trust/policy.ts';
import type { Facts } from './facts.ts';
import { movedTo } from './merge.ts';

/** One commit's change of one path. */
export interface Touch {
  oid: Oid;
  newOid: Oid;
  newMode: Mode;
  /** A person made it: stamped human, bound exactly, present where the policy asks. Everything else counts as an agent's. */
  human: boolean;
  /** Who may not be the one to stand behind it: the sponsor, or the person who answers for assisted work. */
  sponsor: string | undefined;
}

export class Touches {
  readonly #globs: readonly Glob[];
  readonly #paths = new Map<Path, Touch[]>();
  /** Folders of cosignatures that commits of the range brought, kept though a later one takes them away. */
  readonly #cosigned = new Set<string>();
  readonly #commits = new Set<Oid>();
  /** Files to which merges of the range carried an edit from another name, people's merges left out. */
  readonly moved = new Set<Path>();

  constructor(policies: readonly Policy[]) {
    this.#globs = policies.flatMap((policy) => [...policy.compliance, ...policy.protected].flatMap(({ paths }) => paths));
  }

  /** Notes what a commit did to watched paths. Commits come parents first. */
  add(facts: Facts): void {
    this.#commits.add(facts.oid);
    for (const path of this.#movedBy(facts)) this.moved.add(path);
    const human = isHuman(facts);
    const sponsor = sponsorOf(facts);
    for (const { path, verdict } of facts.evidence.added) if (verdict === 'good') this.#cosigned.add(path.slice(0, path.lastIndexOf('/') + 1));
    for (const change of this.#changesOf(facts)) {
      if (!this.#globs.some((glob) => touches(glob, change.path))) continue;
      const touch: Touch = { oid: facts.oid, newOid: change.newOid, newMode: change.newMode, human, sponsor };
      const known = this.#paths.get(change.path);
      if (known) known.push(touch);
      else this.#paths.set(change.path, [touch]);
    }
  }

  /**
   * A clean merge may still give a file that neither parent had: nobody signed that content. What a merge that cannot
   * be recomputed took from which parent nobody knows: it touched whatever differs from any.
   */
  #changesOf({ own, merge, diffs }: Facts): Change[] {
    if (!merge) return own;
    if (merge.recomputed === undefined) return withoutEvidence(diffs.flat());
    const beyond = new Set(own.map((change) => change.path));
    return [...own, ...(diffs[0] ?? []).filter((change) => merge.unlike.has(change.path) && !beyond.has(change.path))];
  }

  /** A person who signs a merge answers for it. What came from outside the range had its names there already. */
  #movedBy({ kind, merge, diffs, raw }: Facts): Path[] {
    if (!merge || kind === 'human' || kind === 'assisted') return [];
    return diffs.flatMap((diff, i) => (this.#commits.has(raw.parents[i]!) ? movedTo(merge.unlike, diff) : []));
  }

  /** Tells whether a commit of the range brought a cosignature of this path. */
  wasCosigned(path: Path): boolean {
    return this.#cosigned.has(cosignFolder(path));
  }

  get(path: Path): readonly Touch[] {
    return this.#paths.get(path) ?? [];
  }

  paths(): Iterable<Path> {
    return this.#paths.keys();
  }

  /**
   * Tells whether people alone explain what became of a path: every commit that touched it is a person's, and one of
   * them left exactly what stands at the end. What no commit explains counts as an agent's.
   */
  explainedByPeople(path: Path, end: { mode: Mode; oid: Oid }): boolean {
    const touched = this.get(path);
    return touched.length > 0 && touched.every((touch) => touch.human) && touched.some((touch) => touch.newOid === end.oid && touch.newMode === end.mode);
  }
}

function isHuman({ kind, proof, merge, state }: Facts): boolean {
  if (kind !== 'human' || merge || proof.kind !== 'good' || proof.binding !== 'exact') return false;
  const person = state.roster.people[proof.signer.id];
  return person !== undefined && proof.signer.kind === 'person' && (proof.signer.strength === 'presence' || !needsPresence(state.policy, person));
}

function sponsorOf({ kind, proof }: Facts): string | undefined {
  if (proof.kind !== 'good') return undefined;
  return kind === 'assisted' ? proof.signer.id : proof.signer.sponsor;
}
