// SPDX-License-Identifier: Apache-2.0
// The sums over a range and over each session: a hundred small commits are as large as one. Work of agents, assisted
// work, and work of nobody knows whom counts; people's does not.
import type { Limits } from '../statement/schema.ts';
import type { Ulid } from '../ulid.ts';
import type { Facts, LineTotals } from './facts.ts';

export class Sums {
  readonly range: LineTotals = none();
  readonly sessions = new Map<Ulid, { lines: LineTotals; limits: Limits }>();
  /** Some lines could not be counted. */
  uncounted = false;

  add({ kind, lines, grant }: Facts): void {
    if (kind !== 'ai' && kind !== 'assisted' && kind !== 'undeclared') return;
    if (!lines) {
      this.uncounted = true;
      return;
    }
    add(this.range, lines);
    if (grant?.kind !== 'good') return;
    const { id, limits } = grant.grant;
    const session = this.sessions.get(id) ?? { lines: none(), limits: limits.range };
    add(session.lines, lines);
    this.sessions.set(id, session);
  }
}

function none(): LineTotals {
  return { files: 0, additions: 0, deletions: 0 };
}

function add(sum: LineTotals, lines: LineTotals): void {
  sum.files += lines.files;
  sum.additions += lines.additions;
  sum.deletions += lines.deletions;
}
