// SPDX-License-Identifier: Apache-2.0
// A cache bounded by bytes. What was used longest ago goes first; a Map keeps that order by itself.
import type { Oid } from '../oid.ts';
import type { GitObject } from './repo.ts';

export interface ObjectCache {
  get(oid: Oid): GitObject | undefined;
  put(oid: Oid, object: GitObject): void;
}

// What an entry costs beside its content: the id, the object and the map's own slot, roughly.
const OVERHEAD = 256;

/** Returns a cache for at most so many bytes of objects, none of which is larger than `largest`. */
export function objectCache(bytes: number, largest: number): ObjectCache {
  const kept = new Map<Oid, GitObject>();
  let used = 0;
  return {
    get(oid) {
      const object = kept.get(oid);
      if (object === undefined) return undefined;
      kept.delete(oid);
      kept.set(oid, object);
      return object;
    },
    put(oid, object) {
      if (object.bytes.length > largest || kept.has(oid)) return;
      kept.set(oid, object);
      used += object.bytes.length + OVERHEAD;
      for (const [eldest, { bytes: content }] of kept) {
        if (used <= bytes) break;
        kept.delete(eldest);
        used -= content.length + OVERHEAD;
      }
    },
  };
}
