// SPDX-License-Identifier: Apache-2.0
// Loaded before a program: for it, ten years have passed. Certificates, and those that certified them, ran out long ago.
const AHEAD = 10 * 365 * 86_400_000;
const Today = Date;

globalThis.Date = class extends Today {
  constructor(...parts) {
    super(...(parts.length === 0 ? [Today.now() + AHEAD] : parts));
  }

  static now() {
    return Today.now() + AHEAD;
  }
};
