// SPDX-License-Identifier: Apache-2.0
// Answers that are kept: the same signatures are judged in several passes, and some cost milliseconds. Never more than a
// fixed number of them, whoever chooses the signatures.

const CAPACITY = 1024;

/** Keeps the last answers by an id, which must determine the answer. */
export class Recall<T> {
  readonly #kept = new Map<string, T>();

  /** Returns the answer that is kept, or makes and keeps it. What `make` throws is passed on. */
  async get(id: string, make: () => Promise<T>): Promise<T> {
    const answer = this.#kept.get(id) ?? (await make());
    // A Map iterates in the order of insertion: what is used moves to the end, what is first was not used for longest.
    this.#kept.delete(id);
    this.#kept.set(id, answer);
    if (this.#kept.size > CAPACITY) this.#kept.delete(this.#kept.keys().next().value!);
    return answer;
  }
}
