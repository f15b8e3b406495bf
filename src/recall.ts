// SPDX-License-Identifier: Apache-2.0
// Answers that are kept: a history is signed by few keys, its signatures are judged in several passes, and some of that costs
// milliseconds. Never more than a fixed number of answers, whoever asks.

/** Keeps the last answers by an id, which must determine the answer; one that is a promise may be asked for while it is made. */
export class Recall<T> {
  readonly #kept = new Map<string, T>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Returns the answer that is kept, or makes and keeps it. What `make` throws is passed on, and nothing kept. */
  get(id: string, make: () => T): T {
    const answer = this.#kept.get(id) ?? make();
    // A Map iterates in the order of insertion: what is used moves to the end, what is first was not used for longest.
    this.#kept.delete(id);
    this.#kept.set(id, answer);
    if (this.#kept.size > this.#capacity) this.#kept.delete(this.#kept.keys().next().value!);
    return answer;
  }
}
