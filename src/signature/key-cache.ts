// SPDX-License-Identifier: Apache-2.0
// Public keys as node:crypto wants them. Making a KeyObject costs more than an Ed25519 verification, and a history is
// signed by few keys, so the last ones are kept; never more than a fixed number, whoever chooses the keys.
import type { KeyObject } from 'node:crypto';

const CAPACITY = 256;
const cache = new Map<string, KeyObject>();

/** Returns the key kept under this id, which must determine the key, or makes and keeps it. What `make` throws is passed on. */
export function cachedKeyObject(id: string, make: () => KeyObject): KeyObject {
  const key = cache.get(id) ?? make();
  // A Map iterates in the order of insertion: what is used moves to the end, what is first was not used for longest.
  cache.delete(id);
  cache.set(id, key);
  if (cache.size > CAPACITY) cache.delete(cache.keys().next().value!);
  return key;
}
