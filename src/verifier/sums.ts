// SPDX-License-Identifier: Apache-2.0
// The sums over a range and over each session: a hundred small commits are as large as one. Work of agents, assisted
// work, and work of nobody knows whom counts; people's does not.
import { NO_LINES, addLines, type LineTotals } from '../commit/change.ts';
import type { Grant } from '../statement/schema.ts';
import type { Ulid } from '../ulid.ts';
import type { Facts } from './facts.ts';

export class Sums {
  range = NO_LINES;
  readonly sessions = new Map<Ulid, { lines: LineTotals; grant: Grant }>();

  add({ kind, lines, grant }: Facts): void {
    if (kind !== 'ai' && kind !== 'assisted' && kind !== 'undeclared') return;
    // where lines cannot be counted, the commit's own finding says so
    if (!lines) return;
    this.range = addLines(this.range, lines);
    if (kind !== 'ai' || grant?.kind !== 'good') return;
    const { id } = grant.grant;
    this.sessions.set(id, { lines: addLines(this.sessions.get(id)?.lines ?? NO_LINES, lines), grant: grant.grant });
  }
}
