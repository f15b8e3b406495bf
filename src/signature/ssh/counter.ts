// SPDX-License-Identifier: Apache-2.0
// The signature counters of FIDO2 authenticators. One counts up with every signature it makes, so a counter that goes back
// while time goes on, or stands in two signatures, says that a key has a copy or that a date is a lie. It says not which.

/** A signature as its authenticator counted it. */
export interface Observation {
  keyid: string;
  counter: number;
  /** Between these times it was made, in seconds since the epoch; both the same where one moment is known. */
  from: number;
  until: number;
  /** Names the signature: the same id seen twice is one signature, not two. */
  id: string;
}

/** Clocks differ: what is at most so many seconds apart has no order. */
const CLOCK_SKEW = 120;

interface Mark {
  time: number;
  height: number;
  id: string;
}

/**
 * Marks in the order of time, only those higher than all before them: of the others none can answer the one question, which is
 * the highest before a time. When there are too many, every second one is forgotten, never the highest: an answer may then be
 * missing, and never wrong.
 */
class Ridge {
  #marks: Mark[] = [];
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(mark: Mark): void {
    const start = this.#countBefore(mark.time);
    // Those at the very same time or later that are no higher are hidden behind this one, or it behind one before it.
    const rival = this.#marks[start]?.time === mark.time ? this.#marks[start] : this.#marks[start - 1];
    if (rival !== undefined && rival.height >= mark.height) return;
    let end = start;
    while (end < this.#marks.length && this.#marks[end]!.height <= mark.height) end++;
    this.#marks.splice(start, end - start, mark);
    if (this.#marks.length > this.#capacity) this.#marks = this.#marks.filter((_, i, { length }) => (length - i) % 2 === 1);
  }

  highestBefore(time: number): Mark | undefined {
    return this.#marks[this.#countBefore(time) - 1];
  }

  /** By bisection: the marks of a lower time come first. */
  #countBefore(time: number): number {
    let [low, high] = [0, this.#marks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#marks[middle]!.time < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What is remembered of one key. */
class Ledger {
  /** The highest counter so far at each time. */
  readonly #past: Ridge;
  /** The lowest counter from each time on: the same ridge with time and counter turned round. */
  readonly #future: Ridge;
  /** Two signatures of each counter, so that one of them is another than whichever comes. */
  readonly #ids = new Map<number, [first: string, second?: string]>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#past = new Ridge(capacity);
    this.#future = new Ridge(capacity);
  }

  add({ counter, from, until, id }: Observation): string | undefined {
    const earlier = this.#past.highestBefore(from - CLOCK_SKEW);
    const later = this.#future.highestBefore(-(until + CLOCK_SKEW));
    this.#past.add({ time: until, height: counter, id });
    this.#future.add({ time: -from, height: -counter, id });
    const twin = this.#twin(counter, id);
    if (earlier !== undefined && earlier.height > counter) return earlier.id;
    return later !== undefined && -later.height < counter ? later.id : twin;
  }

  /** Returns another signature with this counter. Zero says nothing: there are authenticators that do not count. */
  #twin(counter: number, id: string): string | undefined {
    if (counter === 0) return undefined;
    const ids = this.#ids.get(counter);
    if (ids === undefined) this.#ids.set(counter, [id]);
    else if (ids.length === 1 && ids[0] !== id) ids.push(id);
    if (this.#ids.size > this.#capacity) this.#ids.delete(this.#ids.keys().next().value!);
    return ids?.find((other) => other !== id);
  }
}

/**
 * Tells which signatures of a key contradict each other: a counter that was surely seen before a lower one (a difference of
 * two minutes is nobody's lie), or the same counter, not zero, of two signatures. In any order; each costs a bisection. Of a key
 * `capacity` signatures are remembered, then every second one, and of `capacity` / 64 keys; what is forgotten contradicts nothing.
 */
export class Counters {
  readonly #keys = new Map<string, Ledger>();
  readonly #capacity: number;

  constructor(capacity = 16384) {
    this.#capacity = capacity;
  }

  /** Notes a signature, and returns the id of one that it contradicts. */
  add(observation: Observation): string | undefined {
    const { keyid, from, until } = observation;
    const ledger = this.#keys.get(keyid) ?? new Ledger(this.#capacity);
    this.#keys.delete(keyid);
    this.#keys.set(keyid, ledger);
    if (this.#keys.size > Math.max(1, this.#capacity / 64)) this.#keys.delete(this.#keys.keys().next().value!);
    // Some write a commit that is older than what is in it: then it lies between, the other way round.
    return ledger.add({ ...observation, from: Math.min(from, until), until: Math.max(from, until) });
  }
}
