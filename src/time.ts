// SPDX-License-Identifier: Apache-2.0
// Times as policies, rosters and statements write them: RFC 3339, UTC, whole seconds. Everywhere else here a time is a
// number of seconds since the epoch.

const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;

/** Returns the seconds since the epoch of a time like `2026-01-31T12:00:00Z`, or undefined where it is none. */
export function parseTime(text: string): number | undefined {
  const milliseconds = TIME.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes the 30th of February for the 2nd of March, and 24:00 for the next day.
  const isReal = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text.replace('Z', '.000Z');
  return isReal ? milliseconds / 1000 : undefined;
}

/** Returns the time as text; for one before the year 0 or after 9999 a text that {@link parseTime} refuses. */
export function printTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'never' : `${date.toISOString().slice(0, -5)}Z`;
}
