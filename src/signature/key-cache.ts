// SPDX-License-Identifier: Apache-2.0
// Public keys as node:crypto wants them. Making a KeyObject costs more than an Ed25519 verification, and a history is
// signed by few keys.
import type { KeyObject } from 'node:crypto';
import { Recall } from '../recall.ts';

const cache = new Recall<KeyObject>(256);

/** Returns the key kept under this id, which must determine the key, or makes and keeps it. What `make` throws is passed on. */
export function cachedKeyObject(id: string, make: () => KeyObject): KeyObject {
  return cache.get(id, make);
}
