// SPDX-License-Identifier: Apache-2.0
// The counters of hardware keys over a history. An authenticator counts its signatures; a counter that goes back says that
// two share one key. What was signed when is known only roughly: a stamp after its author date and before the commit that
// carries it was made, git's own signature when that was.
import { sha256 } from '../bytes.ts';
import type { RawCommit } from '../commit/raw.ts';
import type { Oid } from '../oid.ts';
import { Counters } from '../signature/ssh/counter.ts';
import type { GitProof } from './git-signature.ts';
import type { Proof } from './proof.ts';
import type { Signed } from './signer.ts';

interface Read {
  raw: RawCommit;
  proof: Proof;
  git: GitProof;
}

export class KeyCounters {
  readonly #counters = new Counters();
  /** Which commit carried a signature first. A stamp that was picked or rebased is one signature in two commits. */
  readonly #carriers = new Map<string, Oid>();

  /** Notes the counters of a commit's signatures; returns the commit whose signature they do not go together with. */
  note(oid: Oid, { raw: { author, committer }, proof, git }: Read): Oid | undefined {
    const turned = [
      proof.kind === 'good' && proof.by !== git ? this.#add(oid, proof.by, Math.min(author.date, committer.date), committer.date) : undefined,
      git.kind === 'signed' ? this.#add(oid, git, committer.date, committer.date) : undefined,
    ];
    return turned.find((other) => other !== undefined);
  }

  #add(oid: Oid, by: Signed | undefined, from: number, until: number): Oid | undefined {
    if (by?.counter === undefined) return undefined;
    // not by its bytes: anybody can write one ECDSA signature in two ways, or show another certificate with it
    const id = sha256(by.payload);
    if (!this.#carriers.has(id)) this.#carriers.set(id, oid);
    const other = this.#counters.add({ keyid: by.keyid, counter: by.counter, from, until, id });
    return other === undefined ? undefined : this.#carriers.get(other);
  }
}
